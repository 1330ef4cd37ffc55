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

// forgetAddresses removes the rows of addresses that nothing is granted to any more. They are only there to be held: whoever needs
// one that is gone makes it again.
func (s *Store) forgetAddresses(ctx context.Context) error {
	for removed := int64(expireAtOnce); removed == expireAtOnce; {
		err := s.engine.Write(ctx, func(ctx context.Context, tx Tx) (err error) {
			removed, err = tx.Exec(ctx, "DELETE FROM addresses WHERE id IN (SELECT a.id FROM addresses a"+
				" WHERE NOT EXISTS (SELECT 1 FROM grants g WHERE g.principal = a.id AND g.principal_kind = $1)"+
				" ORDER BY a.id LIMIT $2"+s.dialect.ForIdle+")", int64(authz.ToAddress), int64(expireAtOnce))
			return err
		})
		if err != nil {
			return wrap(err, "forget addresses")
		}
	}
	return nil
}

// ProveAddress implements storage.Accounts.
func (s *Store) ProveAddress(ctx context.Context, user id.User, invitation storage.Hash, now storage.Micros, by storage.By) (
	proven storage.User, docs []id.Doc, err error,
) {
	err = s.engine.Write(ctx, func(ctx context.Context, tx Tx) error {
		proven, docs = storage.User{}, nil
		var found bool
		read := Query{SQL: "SELECT " + userColumns + " FROM users WHERE id = $1", Args: []any{[16]byte(user)}, Row: one(&found, userDest(&proven)...)}
		if err := tx.Query(ctx, read); err != nil {
			return err
		}
		switch {
		case !found:
			return storage.ErrNoUser
		case proven.Proven:
			return nil // it may be this very call that proved it
		}
		setup, bound, err := s.useInvitation(ctx, tx, invitation, proven.Email, now)
		if err == nil && (setup || !bound) {
			err = storage.ErrNoInvitation
		}
		if err != nil {
			return err
		}
		var done []entry
		if docs, done, err = s.claimAddress(ctx, tx, proven, now, by); err != nil {
			return err
		}
		if err := s.holdOwner(ctx, tx, user); err != nil {
			return err
		}
		if err := s.fenced(ctx, tx, by); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "UPDATE users SET proven = $2 WHERE id = $1", [16]byte(user), true); err != nil {
			return err
		}
		proven.Proven = true
		return s.audit(ctx, tx, append(done, entry{by: by, action: storage.AuditProve, target: target("user", user)})...)
	})
	if err != nil {
		return storage.User{}, nil, wrap(err, "prove an address")
	}
	return proven, docs, nil
}

// claim is a grant to an address, with what its claimer has in the same document already.
type claim struct {
	doc      id.Doc
	owner    id.User
	waiting  authz.Right
	standing authz.Right // of no role: none
}

// better tells whether the claimer has more by the grant than without it.
func (c *claim) better(now storage.Micros) bool {
	who := authz.Who{User: [16]byte{1}}
	gives := func(right authz.Right) authz.Effective {
		right.To = authz.Principal{Kind: authz.ToUser, ID: who.User}
		return authz.Decide([16]byte{}, []authz.Right{right}, who, int64(now))
	}
	waiting, standing := gives(c.waiting), gives(c.standing)
	if waiting.Role != standing.Role {
		return waiting.Role > standing.Role
	}
	return standing.ValidUntil != 0 && (waiting.ValidUntil == 0 || waiting.ValidUntil > standing.ValidUntil)
}

// claimAddress makes the grants to the address of a user, who has just proven to have it, those of the user: where they have none
// yet that gives as much, and do not own the document. It returns the documents, and what their chains say of it.
func (s *Store) claimAddress(ctx context.Context, tx Tx, user storage.User, now storage.Micros, by storage.By) ([]id.Doc, []entry, error) {
	to, claimed := storage.ToAddress(user.Email), authz.Principal{Kind: authz.ToUser, ID: user.ID}
	if err := holdAddress(ctx, tx, to); err != nil {
		return nil, nil, err
	}
	docs, err := s.bumpGrantedTo(ctx, tx, to)
	if err != nil || len(docs) == 0 {
		return nil, nil, err
	}
	var claims []claim
	err = tx.Query(ctx, Query{
		SQL: "SELECT g.document, d.owner, g.role, g.expires_at, COALESCE(own.role, 0), COALESCE(own.expires_at, 0)" +
			" FROM grants g JOIN documents d ON d.id = g.document" +
			" LEFT JOIN grants own ON own.document = g.document AND own.principal = $3 AND own.principal_kind = $4" +
			" WHERE g.principal = $1 AND g.principal_kind = $2 ORDER BY g.document",
		Args: []any{to.ID, int64(to.Kind), claimed.ID, int64(claimed.Kind)},
		Row: func(row Row) error {
			var c claim
			err := row.Scan(key(&c.doc), key(&c.owner), (*uint8)(&c.waiting.Role), &c.waiting.ExpiresAt, (*uint8)(&c.standing.Role), &c.standing.ExpiresAt)
			claims = append(claims, c)
			return err
		},
	})
	if err != nil {
		return nil, nil, err
	}
	const ofAddress = " WHERE document = $1 AND principal_kind = $2 AND principal = $3"
	var done []entry
	for _, c := range claims {
		gave := grantState(&storage.Grant{Right: c.waiting})
		if c.owner == user.ID || c.standing.Role != authz.None && !c.better(now) {
			if _, err := tx.Exec(ctx, "DELETE FROM grants"+ofAddress, [16]byte(c.doc), int64(to.Kind), to.ID); err != nil {
				return nil, nil, err
			}
			done = append(done, entry{chain: c.doc, by: by, actor: user.ID, action: storage.AuditRevoke, target: principalTarget(to), before: gave})
			continue
		}
		if _, err := tx.Exec(ctx, "DELETE FROM grants"+ofAddress, [16]byte(c.doc), int64(claimed.Kind), claimed.ID); err != nil {
			return nil, nil, err
		}
		_, err := tx.Exec(ctx, "UPDATE grants SET principal_kind = $4, principal = $5"+ofAddress,
			[16]byte(c.doc), int64(to.Kind), to.ID, int64(claimed.Kind), claimed.ID)
		if err != nil {
			return nil, nil, err
		}
		e := entry{chain: c.doc, by: by, actor: user.ID, action: storage.AuditGrant, target: principalTarget(claimed), before: state{"to": principalTarget(to)}, after: gave}
		if c.standing.Role != authz.None {
			e.before["role"] = c.standing.Role.String()
		}
		done = append(done, e)
	}
	return docs, done, nil
}
