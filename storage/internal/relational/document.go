package relational

import (
	"context"
	"fmt"

	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// blank is the content of revision 0.
var blank = []byte(`{"ops":[{"insert":"\n"}]}`)

// CreateDocument implements storage.Documents.
func (s *Store) CreateDocument(ctx context.Context, doc storage.Document, by storage.By) error {
	err := s.engine.Write(ctx, func(ctx context.Context, tx Tx) error {
		if stands, err := ownedBy(ctx, tx, doc.ID, doc.Owner); err != nil || stands {
			return err
		}
		if err := s.holdOwner(ctx, tx, doc.Owner); err != nil {
			return err
		}
		if err := s.fenced(ctx, tx, by); err != nil {
			return err
		}
		if err := s.mayOwnMore(ctx, tx, doc.Owner); err != nil {
			return err
		}
		created, err := tx.Exec(ctx, "INSERT INTO documents ("+documentColumns+")"+
			" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (id) DO NOTHING",
			[16]byte(doc.ID), doc.Title, [16]byte(doc.Owner), doc.Epoch, int64(doc.Head), doc.AccessVersion, doc.OpenHistory, doc.Locked,
			int64(doc.CreatedAt), int64(doc.UpdatedAt), int64(doc.DeletedAt), [16]byte(doc.OfferedTo))
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
		if err := s.putSnapshot(ctx, tx, doc.ID, storage.Snapshot{Content: blank}); err != nil {
			return err
		}
		return s.audit(ctx, tx, entry{chain: doc.ID, by: by, action: storage.AuditCreate, target: target("document", doc.ID),
			after: state{"owner": doc.Owner}})
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
		if err != nil {
			return err
		}
		return s.audit(ctx, tx, entry{chain: doc, by: guard.By(), action: storage.AuditRename, target: target("document", doc)})
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
		if err != nil {
			return err
		}
		return s.audit(ctx, tx, entry{chain: doc, by: guard.By(), action: storage.AuditDelete, target: target("document", doc)})
	})
	return wrap(err, "delete a document")
}
