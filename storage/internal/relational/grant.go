package relational

import (
	"context"
	"fmt"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// PutGrant implements storage.Documents.
func (s *Store) PutGrant(ctx context.Context, doc id.Doc, grant storage.Grant, guard storage.Guard) (int64, error) {
	version, err := s.changeAccess(ctx, doc, guard, change{
		first: func(ctx context.Context, tx Tx) error { return s.holdPrincipal(ctx, tx, grant.To) },
		stands: func(ctx context.Context, tx Tx, _ *storage.Document) (bool, error) {
			return grantStands(ctx, tx, doc, grant)
		},
		make: func(ctx context.Context, tx Tx, _ *storage.Document) (entry, error) {
			if err := s.mayGrantMore(ctx, tx, doc, grant.To); err != nil {
				return entry{}, err
			}
			return putGrant(ctx, tx, doc, grant)
		},
	})
	return version, wrap(err, "grant")
}

// DropGrant implements storage.Documents. A link goes with its grant.
func (s *Store) DropGrant(ctx context.Context, doc id.Doc, to authz.Principal, guard storage.Guard) (int64, error) {
	version, err := s.changeAccess(ctx, doc, guard, change{
		stands: func(ctx context.Context, tx Tx, _ *storage.Document) (bool, error) {
			standing, err := grantOf(ctx, tx, doc, to)
			return standing == nil, err
		},
		make: func(ctx context.Context, tx Tx, _ *storage.Document) (entry, error) {
			standing, err := grantOf(ctx, tx, doc, to)
			if err != nil {
				return entry{}, err
			}
			if standing == nil {
				return entry{}, storage.ErrNoGrant
			}
			_, err = tx.Exec(ctx, "DELETE FROM grants WHERE document = $1 AND principal_kind = $2 AND principal = $3",
				[16]byte(doc), int64(to.Kind), to.ID)
			if err == nil && to.Kind == authz.ToLink {
				err = s.dropLink(ctx, tx, to.ID)
			}
			return entry{action: storage.AuditRevoke, target: principalTarget(to), before: grantState(standing)}, err
		},
	})
	return version, wrap(err, "revoke a grant")
}

// holdPrincipal holds the row that grants to a group or an address go by, before any document's: neither a group's members
// change beside the grant, nor is the account of that address made, unless they know of it.
func (s *Store) holdPrincipal(ctx context.Context, tx Tx, to authz.Principal) error {
	switch to.Kind {
	case authz.ToGroup:
		return tx.Query(ctx, Query{SQL: "SELECT id FROM groups WHERE id = $1" + s.dialect.ForShare, Args: []any{to.ID}, Row: ignored})
	case authz.ToAddress:
		return holdAddress(ctx, tx, to)
	}
	return nil
}

// putGrant makes the grant in the locked document, in place of the principal's former one.
func putGrant(ctx context.Context, tx Tx, doc id.Doc, grant storage.Grant) (entry, error) {
	if err := grantable(ctx, tx, doc, grant); err != nil {
		return entry{}, err
	}
	standing, err := grantOf(ctx, tx, doc, grant.To)
	if err != nil {
		return entry{}, err
	}
	_, err = tx.Exec(ctx, "INSERT INTO grants (document, "+grantColumns+") VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"+
		" ON CONFLICT (document, principal_kind, principal) DO UPDATE SET role = excluded.role,"+
		" expires_at = excluded.expires_at, address = excluded.address, granted_by = excluded.granted_by, granted_at = excluded.granted_at",
		[16]byte(doc), int64(grant.To.Kind), grant.To.ID, int64(grant.Role), grant.ExpiresAt, grant.Address,
		[16]byte(grant.GrantedBy), int64(grant.GrantedAt))
	return entry{action: storage.AuditGrant, target: principalTarget(grant.To), before: grantState(standing), after: grantState(&grant)}, err
}

// grantable is nil if there is the one to whom the grant speaks; if that is an address, while nobody has proven to have it.
func grantable(ctx context.Context, tx Tx, doc id.Doc, grant storage.Grant) error {
	there := func(missing error, sql string, args ...any) error {
		var found bool
		err := tx.Query(ctx, Query{SQL: sql, Args: args, Row: one(&found, new(int64))})
		if err == nil && !found {
			err = missing
		}
		return err
	}
	switch grant.To.Kind {
	case authz.ToUser:
		return there(storage.ErrNoUser, "SELECT 1 FROM users WHERE id = $1", grant.To.ID)
	case authz.ToGroup:
		return there(storage.ErrNoGroup, "SELECT 1 FROM groups WHERE id = $1", grant.To.ID)
	case authz.ToLink:
		return there(storage.ErrNoLink, "SELECT 1 FROM links WHERE id = $1 AND document = $2", grant.To.ID, [16]byte(doc))
	case authz.ToAddress:
		if grant.To != storage.ToAddress(grant.Address) {
			panic(fmt.Sprintf("storage: a grant in document %v to the hash of another address than its own", doc))
		}
		free := there(storage.ErrNoUser, "SELECT 1 FROM users WHERE email = $1 AND email <> '' AND proven", grant.Address)
		if free == nil {
			return storage.ErrEmailTaken
		}
		return except(free, storage.ErrNoUser)
	}
	return nil
}

// grantStands tells whether there is this very grant in the locked document.
func grantStands(ctx context.Context, tx Tx, doc id.Doc, grant storage.Grant) (bool, error) {
	standing, err := grantOf(ctx, tx, doc, grant.To)
	return standing != nil && *standing == grant, err
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
