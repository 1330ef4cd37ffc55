package relational

import (
	"context"

	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// Links implements storage.Links.
func (s *Store) Links(ctx context.Context, doc id.Doc) ([]storage.Link, error) {
	return s.links(ctx, Query{
		SQL:  "SELECT " + linkColumns + " FROM links l WHERE l.document = $1 ORDER BY l.created_at, l.id",
		Args: []any{[16]byte(doc)},
	})
}

// LinksByID implements storage.Links.
func (s *Store) LinksByID(ctx context.Context, links []id.Link) ([]storage.Link, error) {
	return s.links(ctx, inLists("SELECT "+linkColumns+" FROM links l WHERE l.id IN ", distinct(links), nil)...)
}

func (s *Store) links(ctx context.Context, queries ...Query) ([]storage.Link, error) {
	var list []storage.Link
	for i := range queries {
		queries[i].Row = func(row Row) error {
			var link storage.Link
			err := row.Scan(linkDest(&link)...)
			list = append(list, link)
			return err
		}
	}
	if err := s.read(ctx, "list links", queries...); err != nil {
		return nil, err
	}
	return list, nil
}

// LinkBySecret implements storage.Links.
func (s *Store) LinkBySecret(ctx context.Context, secret storage.Hash, now storage.Micros) (storage.Link, error) {
	var found bool
	var link storage.Link
	err := s.engine.Read(ctx, Query{
		SQL:  "SELECT " + linkColumns + leading + " AND l.hash = $2",
		Args: []any{int64(now), secret[:]},
		Row:  one(&found, linkDest(&link)...),
	})
	if err == nil && !found {
		err = storage.ErrNoLink
	}
	return link, wrap(err, "read a link")
}
