package relational

import (
	"context"
	"fmt"
	"math"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// listing is the page of what a user owns and the page of what was granted to them, merged. The two are disjoint: a principal has
// one grant in a document, and an owner's own is passed over.
var listing = fmt.Sprintf("SELECT * FROM (SELECT "+listedColumns+", %d AS role FROM documents d"+
	" WHERE d.owner = $1 AND d.deleted_at = 0"+onPage+") AS owned"+
	" UNION ALL SELECT * FROM (SELECT "+listedColumns+", g.role AS role FROM grants g JOIN documents d ON d.id = g.document"+
	" WHERE g.principal = $1 AND g.principal_kind = %d AND (g.expires_at = 0 OR g.expires_at > $4)"+
	" AND d.owner <> $1 AND d.deleted_at = 0"+onPage+") AS granted"+
	" ORDER BY updated_at DESC, id LIMIT $5", authz.Owner, authz.ToUser)

const (
	listedColumns = "d.id, d.title, d.owner, d.epoch, d.head, d.access_version, d.open_history, d.locked, d.created_at, d.updated_at, d.deleted_at"
	onPage        = " AND d.updated_at <= $2 AND (d.updated_at < $2 OR d.id > $3) ORDER BY d.updated_at DESC, d.id LIMIT $5"
)

// DocumentsOf implements storage.Documents. Postgres sorts by a column that every append changes: an index on it would cost each
// of them more than the sorting costs here.
func (s *Store) DocumentsOf(ctx context.Context, user id.User, now storage.Micros, page storage.Page) ([]storage.Listed, error) {
	before := page.Before
	if before == 0 {
		before = math.MaxInt64
	}
	var list []storage.Listed
	err := s.read(ctx, "list documents", Query{
		SQL:  listing,
		Args: []any{[16]byte(user), int64(before), [16]byte(page.Doc), int64(now), int64(page.Limit)},
		Row: func(row Row) error {
			var item storage.Listed
			err := row.Scan(append(documentDest(&item.Document), (*uint8)(&item.Role))...)
			list = append(list, item)
			return err
		},
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}
