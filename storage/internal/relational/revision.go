package relational

import (
	"context"
	"errors"
	"fmt"

	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

const revisionColumns = "rev, edit, author, seat, client, seq, at, kind, delta, crc"

// scanRevision reads the columns above and tests their checksum.
func scanRevision(row Row, doc id.Doc) (storage.Revision, error) {
	var r storage.Revision
	var sum int64
	err := row.Scan((*int64)(&r.Rev), key(&r.Edit), key(&r.Author), key(&r.Seat), key(&r.Client), &r.Seq, (*int64)(&r.At),
		(*string)(&r.Kind), &r.Delta, &sum)
	if err != nil {
		return r, err
	}
	if sum != RevisionSum(doc, &r) {
		return r, fmt.Errorf("revision %d of document %v: %w", r.Rev, doc, storage.ErrCorrupt)
	}
	return r, nil
}

// revisions is a query whose rows are appended to list.
func revisions(list *[]storage.Revision, doc id.Doc, sql string, args ...any) Query {
	return Query{SQL: sql, Args: args, Row: func(row Row) error {
		r, err := scanRevision(row, doc)
		*list = append(*list, r)
		return err
	}}
}

// After implements storage.Revisions.
func (s *Store) After(ctx context.Context, doc id.Doc, after ot.Rev, limit int) ([]storage.Revision, error) {
	var list []storage.Revision
	page := revisions(&list, doc,
		"SELECT "+revisionColumns+" FROM revisions WHERE document = $1 AND rev > $2 ORDER BY rev LIMIT $3",
		[16]byte(doc), int64(after), int64(limit))
	read, bytes := page.Row, 0
	page.Row = func(row Row) error {
		if bytes >= storage.PageBytes {
			return errFull
		}
		err := read(row)
		bytes += len(list[len(list)-1].Delta)
		return err
	}
	err := s.engine.Read(ctx, page)
	if errors.Is(err, errFull) {
		err = nil
	}
	if err == nil {
		err = contiguous(list, doc, after)
	}
	if err != nil {
		return nil, wrap(err, "read revisions after %d", after)
	}
	return list, nil
}

// errFull ends the reading of a page.
var errFull = errors.New("the page is full")

// contiguous is nil if list goes on from after without a gap.
func contiguous(list []storage.Revision, doc id.Doc, after ot.Rev) error {
	for i := range list {
		if want := after + 1 + ot.Rev(i); list[i].Rev != want {
			return fmt.Errorf("revision %d of document %v is missing: %w", want, doc, storage.ErrCorrupt)
		}
	}
	return nil
}

// Edits implements storage.Revisions.
func (s *Store) Edits(ctx context.Context, doc id.Doc, author id.User, client id.Client, first, last int64) ([]storage.Revision, error) {
	var list []storage.Revision
	err := s.engine.Read(ctx, revisions(&list, doc, "SELECT "+revisionColumns+
		" FROM revisions WHERE document = $1 AND author = $2 AND client = $3 AND seq >= $4 AND seq <= $5 ORDER BY seq",
		[16]byte(doc), [16]byte(author), [16]byte(client), first, last))
	if err != nil {
		return nil, wrap(err, "read edits %d to %d", first, last)
	}
	return list, nil
}

// LastSeq implements storage.Revisions.
func (s *Store) LastSeq(ctx context.Context, doc id.Doc, author id.User, client id.Client) (int64, error) {
	var last int64
	err := s.read(ctx, "read the last seq", Query{
		SQL:  "SELECT coalesce(max(seq), 0) FROM revisions WHERE document = $1 AND author = $2 AND client = $3",
		Args: []any{[16]byte(doc), [16]byte(author), [16]byte(client)},
		Row:  func(row Row) error { return row.Scan(&last) },
	})
	return last, err
}
