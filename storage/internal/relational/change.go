package relational

import (
	"context"
	"errors"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// change is a change to who may do what in one document.
type change struct {
	// first takes what is locked before documents; nil for nothing.
	first func(ctx context.Context, tx Tx) error

	// fromTrash: the document is deleted before the change. After it, it never is.
	fromTrash bool

	// anywhere: the document may be deleted or not, and stays as it is.
	anywhere bool

	// twice: the version moves by two. No other change takes a document for as it would have left it that this one has changed.
	twice bool

	// stands tells whether the locked document is as the change leaves it. It is asked where the version is the one that the
	// change leaves: then this is the same call again, after an unknown outcome.
	stands func(ctx context.Context, tx Tx, document *storage.Document) (bool, error)

	// make changes the rows, while the guard holds, and returns what the audit says of it. errStands: there is nothing to change.
	make func(ctx context.Context, tx Tx, document *storage.Document) (entry, error)
}

// changeAccess makes a change to a document and bumps its access version, which it returns.
func (s *Store) changeAccess(ctx context.Context, doc id.Doc, guard storage.Guard, c change) (version int64, err error) {
	err = s.engine.Write(ctx, func(ctx context.Context, tx Tx) error {
		if c.first != nil {
			if err := c.first(ctx, tx); err != nil {
				return err
			}
		}
		document, err := s.lockDocument(ctx, tx, doc)
		if err != nil {
			return err
		}
		version = guard.AccessVersion + 1
		if c.twice {
			version++
		}
		if document.AccessVersion == version && (document.DeletedAt == 0 || c.anywhere) {
			if stands, err := c.stands(ctx, tx, &document); err != nil || stands {
				return err
			}
		}
		if err := s.guardedIn(ctx, tx, document, guard, c.fromTrash || c.anywhere && document.DeletedAt != 0); err != nil {
			return err
		}
		done, err := c.make(ctx, tx, &document)
		if errors.Is(err, errStands) {
			version = guard.AccessVersion
			return nil
		}
		if err != nil {
			return err
		}
		if err := setVersion(ctx, tx, doc, version); err != nil {
			return err
		}
		done.chain, done.by = doc, guard.By()
		return s.audit(ctx, tx, done)
	})
	if err != nil {
		return 0, err
	}
	return version, nil
}

// guardedIn is guarded for a document that is in the trash, or is not.
func (s *Store) guardedIn(ctx context.Context, tx Tx, document storage.Document, guard storage.Guard, trash bool) error {
	if (document.DeletedAt != 0) != trash {
		return storage.ErrNoDocument
	}
	document.DeletedAt = 0
	return s.guarded(ctx, tx, document, guard)
}

func setVersion(ctx context.Context, tx Tx, doc id.Doc, version int64) error {
	_, err := tx.Exec(ctx, "UPDATE documents SET access_version = $2 WHERE id = $1", [16]byte(doc), version)
	return err
}

// bumpGrantedTo bumps the access versions of all documents with a grant to the principal, whose row is held, so that there
// can be no further ones. It returns them in the order of their ids, in which they are locked.
func (s *Store) bumpGrantedTo(ctx context.Context, tx Tx, to authz.Principal) ([]id.Doc, error) {
	const granted = "(SELECT document FROM grants WHERE principal = $1 AND principal_kind = $2)"
	var docs []id.Doc
	err := tx.Query(ctx, Query{
		SQL:  "SELECT id FROM documents WHERE id IN " + granted + " ORDER BY id" + s.dialect.ForUpdate,
		Args: []any{to.ID, int64(to.Kind)},
		Row: func(row Row) error {
			var doc id.Doc
			err := row.Scan(key(&doc))
			docs = append(docs, doc)
			return err
		},
	})
	if err != nil || len(docs) == 0 {
		return nil, err
	}
	_, err = tx.Exec(ctx, "UPDATE documents SET access_version = access_version + 1 WHERE id IN "+granted, to.ID, int64(to.Kind))
	return docs, err
}

// ignored is a Row function for rows that are only locked.
func ignored(Row) error { return nil }
