package relational

import (
	"context"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// holdAddress holds an address's row, which it makes if there is none, until the transaction ends. It goes before every document.
func holdAddress(ctx context.Context, tx Tx, to authz.Principal) error {
	_, err := tx.Exec(ctx, "INSERT INTO addresses (id) VALUES ($1) ON CONFLICT (id) DO UPDATE SET id = excluded.id", to.ID)
	return err
}

// claimAddress makes the grants to an address those of the user who has just proven to have it, and has no others yet. It returns
// what the documents' chains say of it.
func (s *Store) claimAddress(ctx context.Context, tx Tx, address string, user id.User, by storage.By) ([]entry, error) {
	to := storage.ToAddress(address)
	if err := holdAddress(ctx, tx, to); err != nil {
		return nil, err
	}
	docs, err := s.bumpGrantedTo(ctx, tx, to)
	if err != nil || len(docs) == 0 {
		return nil, err
	}
	var done []entry
	claimed := authz.Principal{Kind: authz.ToUser, ID: user}
	err = tx.Query(ctx, Query{
		SQL: "UPDATE grants SET principal_kind = $3, principal = $4, address = '' WHERE principal = $1 AND principal_kind = $2" +
			" RETURNING document, role, expires_at",
		Args: []any{to.ID, int64(to.Kind), int64(claimed.Kind), claimed.ID},
		Row: func(row Row) error {
			e := entry{by: by, actor: user, action: storage.AuditGrant, target: principalTarget(claimed), before: state{"to": principalTarget(to)}}
			var grant storage.Grant
			err := row.Scan(key(&e.chain), (*uint8)(&grant.Role), &grant.ExpiresAt)
			e.after = grantState(&grant)
			done = append(done, e)
			return err
		},
	})
	return done, err
}
