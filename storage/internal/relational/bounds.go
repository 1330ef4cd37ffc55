package relational

import (
	"context"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// Bound implements storage.Store.
func (s *Store) Bound(bounds storage.Bounds) { s.bounds = bounds }

// fewer is nil if the query, which counts, finds fewer than most, else storage.ErrFull.
func fewer(ctx context.Context, tx Tx, most int, sql string, args ...any) error {
	var there int64
	err := tx.Query(ctx, Query{SQL: sql, Args: args, Row: func(row Row) error { return row.Scan(&there) }})
	if err == nil && there >= int64(most) {
		err = storage.ErrFull
	}
	return err
}

// holdOwner holds a user's row until the transaction ends: what they have is counted by one transaction after another.
func (s *Store) holdOwner(ctx context.Context, tx Tx, owner id.User) error {
	return tx.Query(ctx, Query{SQL: "SELECT id FROM users WHERE id = $1" + s.dialect.ForUpdate, Args: []any{[16]byte(owner)}, Row: ignored})
}

// mayOwnMore is nil if the user, whose row is held, may own another document.
func (s *Store) mayOwnMore(ctx context.Context, tx Tx, owner id.User) error {
	const own = "SELECT count(*) FROM documents WHERE owner = $1 AND deleted_at "
	return fewer(ctx, tx, s.bounds.Documents, "SELECT ("+own+"= 0) + ("+own+"<> 0)", [16]byte(owner))
}

// mayGrantMore is nil if the locked document has a grant to that principal already, or takes another.
func (s *Store) mayGrantMore(ctx context.Context, tx Tx, doc id.Doc, to authz.Principal) error {
	standing, err := grantOf(ctx, tx, doc, to)
	if err != nil || standing != nil {
		return err
	}
	const grants = "SELECT count(*) FROM grants WHERE document = $1"
	err = fewer(ctx, tx, s.bounds.Grants, grants, [16]byte(doc))
	if err == nil && to.Kind == authz.ToAddress {
		err = fewer(ctx, tx, s.bounds.Addresses, grants+" AND principal_kind = $2", [16]byte(doc), int64(to.Kind))
	}
	return err
}
