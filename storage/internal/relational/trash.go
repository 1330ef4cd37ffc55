package relational

import (
	"context"
	"math"

	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// UndeleteDocument implements storage.Custody.
func (s *Store) UndeleteDocument(ctx context.Context, doc id.Doc, now storage.Micros, guard storage.Guard) (int64, error) {
	version, err := s.changeAccess(ctx, doc, guard, change{
		fromTrash: true,
		stands:    func(context.Context, Tx, *storage.Document) (bool, error) { return true, nil }, // it is not deleted
		make: func(ctx context.Context, tx Tx, document *storage.Document) (entry, error) {
			if document.DeletedAt <= now-storage.Micros(storage.TrashLasts.Microseconds()) {
				return entry{}, storage.ErrNoDocument
			}
			_, err := tx.Exec(ctx, "UPDATE documents SET deleted_at = 0 WHERE id = $1", [16]byte(doc))
			return entry{action: storage.AuditUndelete, target: target("document", doc)}, err
		},
	})
	return version, wrap(err, "undelete a document")
}

// DeletedOf implements storage.Custody.
func (s *Store) DeletedOf(ctx context.Context, owner id.User, page storage.Page) ([]storage.Document, error) {
	var list []storage.Document
	err := s.read(ctx, "list deleted documents", Query{
		SQL: "SELECT " + documentColumns + " FROM documents WHERE owner = $1 AND deleted_at <> 0" +
			" AND deleted_at <= $2 AND (deleted_at < $2 OR id > $3) ORDER BY deleted_at DESC, id LIMIT $4",
		Args: []any{[16]byte(owner), startOf(page.Before), [16]byte(page.Doc), int64(page.Limit)},
		Row: func(row Row) error {
			var doc storage.Document
			err := row.Scan(documentDest(&doc)...)
			list = append(list, doc)
			return err
		},
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

// startOf is where a page begins: 0 stands for the newest.
func startOf(before storage.Micros) int64 {
	if before == 0 {
		return math.MaxInt64
	}
	return int64(before)
}

// purgeAtOnce is how many rows of the log one transaction of Purge removes: others write between them.
const purgeAtOnce = 1000

// Purge implements storage.Custody.
func (s *Store) Purge(ctx context.Context, before storage.Micros, limit int, by storage.By) ([]id.Doc, error) {
	var docs []id.Doc
	err := s.read(ctx, "list what is to be purged", Query{
		SQL:  "SELECT id FROM documents WHERE deleted_at <> 0 AND deleted_at <= $1 ORDER BY deleted_at LIMIT $2",
		Args: []any{int64(before), int64(limit)},
		Row: func(row Row) error {
			var doc id.Doc
			err := row.Scan(key(&doc))
			docs = append(docs, doc)
			return err
		},
	})
	if err != nil {
		return nil, err
	}
	for i, doc := range docs {
		if err := s.purge(ctx, doc, before, by); err != nil {
			return docs[:i], wrap(err, "purge document %v", doc)
		}
	}
	return docs, nil
}

// purge first dates the deletion back to where nothing undeletes it, then empties the log, and last of all removes the rest.
func (s *Store) purge(ctx context.Context, doc id.Doc, before storage.Micros, by storage.By) error {
	doomed := false
	err := s.engine.Write(ctx, func(ctx context.Context, tx Tx) error {
		dated, err := tx.Exec(ctx, "UPDATE documents SET deleted_at = 1 WHERE id = $1 AND deleted_at <> 0 AND deleted_at <= $2", [16]byte(doc), int64(before))
		doomed = dated > 0
		if err != nil || !doomed {
			return err
		}
		return s.fenced(ctx, tx, by)
	})
	if err != nil || !doomed {
		return err
	}
	for _, log := range []string{"revisions", "snapshots"} {
		remove := "DELETE FROM " + log + " WHERE document = $1 AND rev IN (SELECT rev FROM " + log + " WHERE document = $1 ORDER BY rev LIMIT $2)"
		for removed := int64(purgeAtOnce); removed == purgeAtOnce; {
			err := s.engine.Write(ctx, func(ctx context.Context, tx Tx) (err error) {
				removed, err = tx.Exec(ctx, remove, [16]byte(doc), int64(purgeAtOnce))
				return err
			})
			if err != nil {
				return err
			}
		}
	}
	return s.engine.Write(ctx, func(ctx context.Context, tx Tx) error {
		for _, statement := range []string{
			"DELETE FROM access_requests WHERE document = $1",
			"DELETE FROM members WHERE principal_kind = 3 AND principal IN (SELECT id FROM links WHERE document = $1)",
			"DELETE FROM links WHERE document = $1",
			"DELETE FROM grants WHERE document = $1",
			"DELETE FROM documents WHERE id = $1",
		} {
			if _, err := tx.Exec(ctx, statement, [16]byte(doc)); err != nil {
				return err
			}
		}
		return s.audit(ctx, tx, entry{by: by, action: storage.AuditPurge, target: target("document", doc)})
	})
}
