package relational

import (
	"context"
	"errors"

	"github.com/coscribe/coscribe/storage"
)

const invitationColumns = "id, hash, email, setup, created_by, created_at, expires_at, used_at"

// invitationDest are the destinations of invitationColumns.
func invitationDest(i *storage.Invitation) []any {
	return []any{key(&i.ID), (*digest)(&i.Hash), &i.Email, &i.Setup, fromNull(&i.CreatedBy), (*int64)(&i.CreatedAt),
		(*int64)(&i.ExpiresAt), (*int64)(&i.UsedAt)}
}

// PutInvitation implements storage.Accounts.
func (s *Store) PutInvitation(ctx context.Context, invitation storage.Invitation, by storage.By) error {
	conflict := "(id) DO NOTHING"
	if invitation.Setup {
		conflict = "(setup) WHERE setup DO UPDATE SET id = excluded.id, hash = excluded.hash, email = excluded.email," +
			" created_at = excluded.created_at, expires_at = excluded.expires_at, used_at = excluded.used_at" +
			" WHERE invitations.id <> excluded.id"
	}
	err := s.engine.Write(ctx, func(ctx context.Context, tx Tx) error {
		err := s.fencedUnless(ctx, tx, by.Fence, "SELECT 1 FROM invitations WHERE id = $1", [16]byte(invitation.ID))
		if err != nil {
			return except(err, errStands)
		}
		if invitation.Setup {
			if err := empty(ctx, tx); err != nil {
				return err
			}
		}
		made, err := tx.Exec(ctx, "INSERT INTO invitations ("+invitationColumns+") VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT "+conflict,
			[16]byte(invitation.ID), invitation.Hash[:], invitation.Email, invitation.Setup, orNull(invitation.CreatedBy),
			int64(invitation.CreatedAt), int64(invitation.ExpiresAt), int64(invitation.UsedAt))
		if err != nil || made == 0 {
			return err
		}
		return s.audit(ctx, tx, entry{by: by, action: storage.AuditInvite, target: target("invitation", invitation.ID),
			after: state{"setup": invitation.Setup, "bound": invitation.Email != "", "expires_at": invitation.ExpiresAt}})
	})
	return wrap(err, "store an invitation")
}

// Invitation implements storage.Accounts.
func (s *Store) Invitation(ctx context.Context, hash storage.Hash, now storage.Micros) (storage.Invitation, error) {
	var found bool
	var invitation storage.Invitation
	err := s.engine.Read(ctx, Query{
		SQL:  "SELECT " + invitationColumns + " FROM invitations WHERE hash = $1 AND used_at = 0 AND expires_at > $2",
		Args: []any{hash[:], int64(now)},
		Row:  one(&found, invitationDest(&invitation)...),
	})
	if err == nil && !found {
		err = storage.ErrNoInvitation
	}
	return invitation, wrap(err, "read an invitation")
}

// useInvitation uses it up at a moment for somebody who says that an address is theirs, and tells whether it is the set-up link, and
// whether it proves that.
func (s *Store) useInvitation(ctx context.Context, tx Tx, hash storage.Hash, email string, at storage.Micros) (
	setup, proven bool, err error) {
	var found bool
	err = tx.Query(ctx, Query{
		SQL: "UPDATE invitations SET used_at = $2 WHERE hash = $1 AND used_at = 0 AND expires_at > $2" +
			" AND (email = '' OR email = $3) RETURNING setup, email <> ''",
		Args: []any{hash[:], int64(at), email},
		Row:  one(&found, &setup, &proven),
	})
	switch {
	case err != nil:
		return false, false, err
	case !found:
		return false, false, storage.ErrNoInvitation
	case !setup:
		return false, proven, nil
	}
	if s.dialect.HoldUsers != "" {
		if _, err := tx.Exec(ctx, s.dialect.HoldUsers); err != nil {
			return false, false, err
		}
	}
	err = empty(ctx, tx)
	if errors.Is(err, storage.ErrNotEmpty) {
		err = storage.ErrNoInvitation
	}
	return true, false, err
}

// empty is ErrNotEmpty if there is a user.
func empty(ctx context.Context, tx Tx) error {
	var found bool
	err := tx.Query(ctx, Query{SQL: "SELECT 1 FROM users LIMIT 1", Row: one(&found, new(int64))})
	if err == nil && found {
		err = storage.ErrNotEmpty
	}
	return err
}
