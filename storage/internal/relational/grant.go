package relational

import (
	"context"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// PutGrant implements storage.Documents.
func (s *Store) PutGrant(ctx context.Context, doc id.Doc, grant storage.Grant, guard storage.Guard) (int64, error) {
	version, err := s.changeGrant(ctx, doc, grant.To, guard, func(ctx context.Context, tx Tx, _ *storage.Grant) (*storage.Grant, error) {
		if err := grantable(ctx, tx, grant.To); err != nil {
			return nil, err
		}
		_, err := tx.Exec(ctx, "INSERT INTO grants (document, "+grantColumns+") VALUES ($1, $2, $3, $4, $5, $6, $7)"+
			" ON CONFLICT (document, principal_kind, principal) DO UPDATE SET role = excluded.role,"+
			" expires_at = excluded.expires_at, granted_by = excluded.granted_by, granted_at = excluded.granted_at",
			[16]byte(doc), int64(grant.To.Kind), grant.To.ID, int64(grant.Role), grant.ExpiresAt, [16]byte(grant.GrantedBy), int64(grant.GrantedAt))
		return &grant, err
	}, func(standing *storage.Grant) bool { return standing != nil && *standing == grant })
	return version, wrap(err, "grant")
}

// grantable is nil unless to is a user who does not exist.
func grantable(ctx context.Context, tx Tx, to authz.Principal) error {
	if to.Kind != authz.ToUser {
		return nil
	}
	var found bool
	err := tx.Query(ctx, Query{SQL: "SELECT 1 FROM users WHERE id = $1", Args: []any{to.ID}, Row: one(&found, new(int64))})
	if err == nil && !found {
		err = storage.ErrNoUser
	}
	return err
}

// DropGrant implements storage.Documents.
func (s *Store) DropGrant(ctx context.Context, doc id.Doc, to authz.Principal, guard storage.Guard) (int64, error) {
	version, err := s.changeGrant(ctx, doc, to, guard, func(ctx context.Context, tx Tx, standing *storage.Grant) (*storage.Grant, error) {
		if standing == nil {
			return nil, storage.ErrNoGrant
		}
		_, err := tx.Exec(ctx, "DELETE FROM grants WHERE document = $1 AND principal_kind = $2 AND principal = $3",
			[16]byte(doc), int64(to.Kind), to.ID)
		return nil, err
	}, func(standing *storage.Grant) bool { return standing == nil })
	return version, wrap(err, "revoke a grant")
}

// changeGrant makes a change to the principal's grant, which returns the grant that stands after it, and bumps the access version. If the version is the next one already and
// done says that the grant is as the change leaves it, this is the same call after an unknown outcome.
func (s *Store) changeGrant(ctx context.Context, doc id.Doc, to authz.Principal, guard storage.Guard,
	change func(ctx context.Context, tx Tx, standing *storage.Grant) (*storage.Grant, error), done func(standing *storage.Grant) bool,
) (int64, error) {
	next := guard.AccessVersion + 1
	err := s.engine.Write(ctx, func(ctx context.Context, tx Tx) error {
		document, err := s.lockDocument(ctx, tx, doc)
		if err != nil {
			return err
		}
		standing, err := grantOf(ctx, tx, doc, to)
		if err != nil {
			return err
		}
		if document.AccessVersion == next && document.DeletedAt == 0 && done(standing) {
			return nil
		}
		if err := s.guarded(ctx, tx, document, guard); err != nil {
			return err
		}
		after, err := change(ctx, tx, standing)
		if err != nil {
			return err
		}
		if _, err = tx.Exec(ctx, "UPDATE documents SET access_version = $2 WHERE id = $1", [16]byte(doc), next); err != nil {
			return err
		}
		done := entry{chain: doc, by: guard.By(), action: storage.AuditGrant, target: principalTarget(to), before: grantState(standing), after: grantState(after)}
		if after == nil {
			done.action = storage.AuditRevoke
		}
		return s.audit(ctx, tx, done)
	})
	if err != nil {
		return 0, err
	}
	return next, nil
}

// grantOf is the principal's grant in the locked document, or nil.
func grantOf(ctx context.Context, tx Tx, doc id.Doc, to authz.Principal) (*storage.Grant, error) {
	var found bool
	var grant storage.Grant
	err := tx.Query(ctx, Query{
		SQL:  "SELECT " + grantColumns + " FROM grants WHERE document = $1 AND principal_kind = $2 AND principal = $3",
		Args: []any{[16]byte(doc), int64(to.Kind), to.ID},
		Row:  one(&found, grantDest(&grant)...),
	})
	if err != nil || !found {
		return nil, err
	}
	return &grant, nil
}
