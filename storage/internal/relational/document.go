package relational

import (
	"context"
	"fmt"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// blank is the content of revision 0.
var blank = []byte(`{"ops":[{"insert":"\n"}]}`)

// CreateDocument implements storage.Documents.
func (s *Store) CreateDocument(ctx context.Context, doc storage.Document, by storage.Fence) error {
	err := s.engine.Write(ctx, func(ctx context.Context, tx Tx) error {
		if stands, err := ownedBy(ctx, tx, doc.ID, doc.Owner); err != nil || stands {
			return err
		}
		if err := s.Fenced(ctx, tx, by); err != nil {
			return err
		}
		created, err := tx.Exec(ctx, "INSERT INTO documents ("+documentColumns+")"+
			" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (id) DO NOTHING",
			[16]byte(doc.ID), doc.Title, [16]byte(doc.Owner), doc.Epoch, int64(doc.Head), doc.AccessVersion, doc.OpenHistory, doc.Locked,
			int64(doc.CreatedAt), int64(doc.UpdatedAt), int64(doc.DeletedAt))
		if err != nil {
			return err
		}
		if created == 0 { // the same call, made before, landed just now
			stands, err := ownedBy(ctx, tx, doc.ID, doc.Owner)
			if err == nil && !stands {
				err = fmt.Errorf("another document has the id %v", doc.ID)
			}
			return err
		}
		return s.putSnapshot(ctx, tx, doc.ID, storage.Snapshot{Content: blank})
	})
	return wrap(err, "create a document")
}

// ownedBy tells whether there is such a document of that owner.
func ownedBy(ctx context.Context, tx Tx, doc id.Doc, owner id.User) (owned bool, err error) {
	err = tx.Query(ctx, Query{
		SQL:  "SELECT 1 FROM documents WHERE id = $1 AND owner = $2",
		Args: []any{[16]byte(doc), [16]byte(owner)},
		Row:  one(&owned, new(int64)),
	})
	return owned, err
}

// Rename implements storage.Documents.
func (s *Store) Rename(ctx context.Context, doc id.Doc, title string, now storage.Micros, guard storage.Guard) error {
	err := s.engine.Write(ctx, func(ctx context.Context, tx Tx) error {
		document, err := s.lockDocument(ctx, tx, doc)
		if err != nil {
			return err
		}
		if document.DeletedAt == 0 && document.Title == title && document.UpdatedAt >= now {
			return nil // it stands
		}
		if err := s.guarded(ctx, tx, document, guard); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "UPDATE documents SET title = $2, updated_at = $3 WHERE id = $1",
			[16]byte(doc), title, int64(max(now, document.UpdatedAt)))
		return err
	})
	return wrap(err, "rename a document")
}

// DeleteDocument implements storage.Documents.
func (s *Store) DeleteDocument(ctx context.Context, doc id.Doc, now storage.Micros, guard storage.Guard) error {
	err := s.engine.Write(ctx, func(ctx context.Context, tx Tx) error {
		document, err := s.lockDocument(ctx, tx, doc)
		if err != nil {
			return err
		}
		if document.DeletedAt == now && document.AccessVersion == guard.AccessVersion+1 {
			return nil // it stands
		}
		if err := s.guarded(ctx, tx, document, guard); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "UPDATE documents SET deleted_at = $2, access_version = access_version + 1 WHERE id = $1",
			[16]byte(doc), int64(now))
		return err
	})
	return wrap(err, "delete a document")
}

// DocumentsOf implements storage.Documents. What a user owns and what was granted to them are disjoint, since a principal has
// one grant in a document and the owner's own is passed over. The order is by a column that every append changes; an index
// on it would cost each of them more than the sorting costs here.
func (s *Store) DocumentsOf(ctx context.Context, user id.User, now storage.Micros, page storage.Page) ([]storage.Listed, error) {
	const place = " AND (CAST($2 AS bigint) = 0 OR d.updated_at < $2 OR d.updated_at = $2 AND d.id > $3)"
	const columns = "d.id, d.title, d.owner, d.epoch, d.head, d.access_version, d.open_history, d.locked, d.created_at, d.updated_at, d.deleted_at"
	var list []storage.Listed
	err := s.read(ctx, "list documents", Query{
		SQL: fmt.Sprintf("SELECT "+columns+", %d AS role FROM documents d"+
			" WHERE d.owner = $1 AND d.deleted_at = 0"+place+
			" UNION ALL SELECT "+columns+", g.role FROM grants g JOIN documents d ON d.id = g.document"+
			" WHERE g.principal = $1 AND g.principal_kind = %d AND (g.expires_at = 0 OR g.expires_at > $4)"+
			" AND d.owner <> $1 AND d.deleted_at = 0"+place+
			" ORDER BY updated_at DESC, id LIMIT $5", authz.Owner, authz.ToUser),
		Args: []any{[16]byte(user), int64(page.Before), [16]byte(page.Doc), int64(now), int64(page.Limit)},
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
