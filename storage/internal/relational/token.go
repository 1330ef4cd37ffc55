package relational

import (
	"context"

	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

const tokenColumns = "id, hash, user_id, name, created_at, expires_at, last_used_at, revoked_at, withheld"

// tokenDest are the destinations of tokenColumns.
func tokenDest(t *storage.Token) []any {
	return []any{key(&t.ID), (*digest)(&t.Hash), key(&t.User), &t.Name, (*int64)(&t.CreatedAt), (*int64)(&t.ExpiresAt),
		(*int64)(&t.LastUsedAt), (*int64)(&t.RevokedAt), (*uint8)(&t.Withheld)}
}

// PutToken implements storage.Accounts.
func (s *Store) PutToken(ctx context.Context, t storage.Token, by storage.By) error {
	err := s.engine.Write(ctx, func(ctx context.Context, tx Tx) error {
		if err := s.holdOwner(ctx, tx, t.User); err != nil {
			return err
		}
		err := s.fencedUnless(ctx, tx, by.Fence, "SELECT 1 FROM tokens WHERE id = $1", [16]byte(t.ID))
		if err != nil {
			return except(err, errStands)
		}
		if err := s.mayHaveToken(ctx, tx, t); err != nil {
			return err
		}
		made, err := tx.Exec(ctx, "INSERT INTO tokens ("+tokenColumns+") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (id) DO NOTHING",
			[16]byte(t.ID), t.Hash[:], [16]byte(t.User), t.Name, int64(t.CreatedAt), int64(t.ExpiresAt), int64(t.LastUsedAt), int64(t.RevokedAt), int64(t.Withheld))
		if err != nil || made == 0 {
			return err
		}
		after := state{"user": t.User}
		if t.ExpiresAt != 0 {
			after["expires_at"] = t.ExpiresAt
		}
		return s.audit(ctx, tx, entry{by: by, action: storage.AuditToken, target: target("token", t.ID), after: after})
	})
	return wrap(err, "store a token")
}

// revokedStay is how long a revoked token's row stays at least, for the same call made again. Until then it counts.
const revokedStay = 60 * minute

// mayHaveToken is nil if the token stands already, or its user, whose row is held, may have another.
func (s *Store) mayHaveToken(ctx context.Context, tx Tx, t storage.Token) error {
	_, err := tx.Exec(ctx, "DELETE FROM tokens WHERE user_id = $1 AND revoked_at <> 0 AND revoked_at <= $2", [16]byte(t.User), int64(t.CreatedAt)-revokedStay)
	if err != nil {
		return err
	}
	return fewer(ctx, tx, s.bounds.Tokens, "SELECT count(*) FROM tokens WHERE user_id = $1 AND id <> $2"+
		" AND NOT EXISTS (SELECT 1 FROM tokens WHERE id = $2)", [16]byte(t.User), [16]byte(t.ID))
}

// Token implements storage.Accounts.
func (s *Store) Token(ctx context.Context, hash storage.Hash, now storage.Micros) (storage.Token, error) {
	var found bool
	var token storage.Token
	err := s.engine.Read(ctx, Query{
		SQL: "SELECT " + tokenColumns + " FROM tokens" +
			" WHERE hash = $1 AND revoked_at = 0 AND (expires_at = 0 OR expires_at > $2)",
		Args: []any{hash[:], int64(now)},
		Row:  one(&found, tokenDest(&token)...),
	})
	if err == nil && !found {
		err = storage.ErrNoCredential
	}
	return token, wrap(err, "read a token")
}

// Tokens implements storage.Accounts.
func (s *Store) Tokens(ctx context.Context, user id.User) ([]storage.Token, error) {
	var list []storage.Token
	err := s.engine.Read(ctx, Query{
		SQL:  "SELECT " + tokenColumns + " FROM tokens WHERE user_id = $1 AND revoked_at = 0 ORDER BY created_at, id",
		Args: []any{[16]byte(user)},
		Row: func(row Row) error {
			var token storage.Token
			err := row.Scan(tokenDest(&token)...)
			list = append(list, token)
			return err
		},
	})
	if err != nil {
		return nil, wrap(err, "list tokens")
	}
	return list, nil
}

// TouchToken implements storage.Accounts. A use within the minute after the one on record costs no write.
func (s *Store) TouchToken(ctx context.Context, token id.Credential, now storage.Micros) error {
	var stale bool
	err := s.engine.Read(ctx, Query{
		SQL:  "SELECT 1 FROM tokens WHERE id = $1 AND last_used_at <= $2",
		Args: []any{[16]byte(token), int64(now) - minute},
		Row:  one(&stale, new(int64)),
	})
	if err != nil || !stale {
		return wrap(err, "note a token's use")
	}
	err = s.engine.Write(ctx, func(ctx context.Context, tx Tx) error {
		_, err := tx.Exec(ctx, "UPDATE tokens SET last_used_at = $2 WHERE id = $1 AND last_used_at < $2", [16]byte(token), int64(now))
		return err
	})
	return wrap(err, "note a token's use")
}

// RevokeToken implements storage.Accounts.
func (s *Store) RevokeToken(ctx context.Context, user id.User, token id.Credential, now storage.Micros, by storage.By) error {
	err := s.engine.Write(ctx, func(ctx context.Context, tx Tx) error {
		err := s.fencedUnless(ctx, tx, by.Fence, "SELECT 1 FROM tokens WHERE id = $1 AND user_id = $2 AND revoked_at = $3",
			[16]byte(token), [16]byte(user), int64(now))
		if err != nil {
			return except(err, errStands)
		}
		var found bool
		var revokedAt storage.Micros
		err = tx.Query(ctx, Query{
			SQL:  "SELECT revoked_at FROM tokens WHERE id = $1 AND user_id = $2" + s.dialect.ForUpdate,
			Args: []any{[16]byte(token), [16]byte(user)},
			Row:  one(&found, (*int64)(&revokedAt)),
		})
		switch {
		case err != nil:
			return err
		case found && revokedAt == now:
			return nil // it stands
		case !found || revokedAt != 0:
			return storage.ErrNoCredential
		}
		if _, err := tx.Exec(ctx, "UPDATE tokens SET revoked_at = $2 WHERE id = $1", [16]byte(token), int64(now)); err != nil {
			return err
		}
		return s.audit(ctx, tx, entry{by: by, action: storage.AuditUntoken, target: target("token", token), before: state{"user": user}})
	})
	return wrap(err, "revoke a token")
}
