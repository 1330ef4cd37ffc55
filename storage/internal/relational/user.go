package relational

import (
	"context"
	"errors"

	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

const userColumns = "id, email, name, password_hash, instance_admin, created_at, suspended_at, guest, proven"

// userDest are the destinations of userColumns.
func userDest(u *storage.User) []any {
	return []any{key(&u.ID), &u.Email, &u.Name, &u.PasswordHash, &u.InstanceAdmin, (*int64)(&u.CreatedAt), (*int64)(&u.SuspendedAt), &u.Guest, &u.Proven}
}

// CreateUser implements storage.Accounts. A refusal may mean that the same call, made before, landed meanwhile; then the user
// is there.
func (s *Store) CreateUser(ctx context.Context, user storage.User, invitation *storage.Hash, by storage.By) (storage.User, error) {
	var created storage.User
	err := s.engine.Write(ctx, func(ctx context.Context, tx Tx) error {
		find := func() (found bool, err error) {
			err = tx.Query(ctx, Query{SQL: "SELECT " + userColumns + " FROM users WHERE id = $1",
				Args: []any{[16]byte(user.ID)}, Row: one(&found, userDest(&created)...)})
			return found, err
		}
		if stands, err := find(); err != nil || stands {
			return err
		}
		if by.Fence != nil {
			if err := s.Fenced(ctx, tx, *by.Fence); err != nil {
				return err
			}
		}
		if user.Guest {
			if err := s.admitsGuests(ctx, tx); err != nil {
				return err
			}
		}
		created = user
		claimed, refusal := s.insertUser(ctx, tx, &created, invitation, by)
		if errors.Is(refusal, storage.ErrEmailTaken) || errors.Is(refusal, storage.ErrNoInvitation) {
			if stands, err := find(); err != nil || stands {
				return err
			}
		}
		if refusal != nil || user.Guest {
			return refusal // anybody makes as many guests as they like, so they are not audited
		}
		return s.audit(ctx, tx, append(claimed, entry{by: by, actor: user.ID, action: storage.AuditAccount, target: target("user", user.ID),
			after: state{"instance_admin": created.InstanceAdmin, "invited": invitation != nil}})...)
	})
	if err != nil {
		return storage.User{}, wrap(err, "create a user")
	}
	return created, nil
}

// insertUser inserts a user, and gives them what waited for their address, if the invitation proves that it is theirs.
func (s *Store) insertUser(ctx context.Context, tx Tx, user *storage.User, invitation *storage.Hash, by storage.By) (claimed []entry, err error) {
	if invitation != nil {
		setup, proven, err := s.useInvitation(ctx, tx, *invitation, user.Email, user.CreatedAt)
		if err == nil && proven {
			_, claimed, err = s.claimAddress(ctx, tx, *user, user.CreatedAt, by)
		}
		if err != nil {
			return nil, err
		}
		user.InstanceAdmin, user.Proven = user.InstanceAdmin || setup, user.Proven || proven || setup
		if proven { // who only said that it was theirs, and is out, does not keep it from who has it
			_, err := tx.Exec(ctx, "UPDATE users SET email = '' WHERE email = $1 AND NOT proven AND suspended_at <> 0", user.Email)
			if err != nil {
				return nil, err
			}
		}
	}
	inserted, err := tx.Exec(ctx, "INSERT INTO users ("+userColumns+") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING",
		[16]byte(user.ID), user.Email, user.Name, user.PasswordHash, user.InstanceAdmin, int64(user.CreatedAt), int64(user.SuspendedAt), user.Guest, user.Proven)
	if err == nil && inserted == 0 {
		err = storage.ErrEmailTaken
	}
	return claimed, err
}

// User implements storage.Accounts.
func (s *Store) User(ctx context.Context, user id.User) (storage.User, error) {
	return s.userBy(ctx, "id = $1", [16]byte(user))
}

// UserByEmail implements storage.Accounts.
func (s *Store) UserByEmail(ctx context.Context, email string) (storage.User, error) {
	return s.userBy(ctx, "email = $1 AND email <> ''", email)
}

func (s *Store) userBy(ctx context.Context, condition string, arg any) (storage.User, error) {
	var found bool
	var user storage.User
	err := s.engine.Read(ctx, Query{SQL: "SELECT " + userColumns + " FROM users WHERE " + condition, Args: []any{arg}, Row: one(&found, userDest(&user)...)})
	if err == nil && !found {
		err = storage.ErrNoUser
	}
	return user, wrap(err, "read a user")
}

// Users implements storage.Accounts.
func (s *Store) Users(ctx context.Context, users []id.User) ([]storage.User, error) {
	seen := make(map[id.User]bool, len(users))
	var list []storage.User
	err := s.engine.Read(ctx, inLists("SELECT "+userColumns+" FROM users WHERE id IN ", users, func(row Row) error {
		var user storage.User
		if err := row.Scan(userDest(&user)...); err != nil {
			return err
		}
		if !seen[user.ID] { // an id asked for twice may be in two lists
			seen[user.ID] = true
			list = append(list, user)
		}
		return nil
	})...)
	if err != nil {
		return nil, wrap(err, "read users")
	}
	return list, nil
}

// SetPassword implements storage.Accounts. It takes the user's row for itself before the fence does with others: who shares a
// row and then wants it alone waits for those who do the same.
func (s *Store) SetPassword(ctx context.Context, user id.User, hash string, by storage.By, now storage.Micros) error {
	var keep id.Credential
	if by.Fence != nil {
		keep = by.Fence.Credential.ID
	}
	err := s.engine.Write(ctx, func(ctx context.Context, tx Tx) error {
		var found bool
		var before string
		err := tx.Query(ctx, Query{
			SQL:  "SELECT password_hash FROM users WHERE id = $1" + s.dialect.ForUpdate,
			Args: []any{[16]byte(user)},
			Row:  one(&found, &before),
		})
		if err != nil {
			return err
		}
		err = s.fencedUnless(ctx, tx, by.Fence, "SELECT 1 FROM users WHERE id = $1 AND password_hash = $2", [16]byte(user), hash)
		if err != nil {
			return except(err, errStands)
		}
		if !found {
			return storage.ErrNoUser
		}
		if _, err := tx.Exec(ctx, "UPDATE users SET password_hash = $2 WHERE id = $1", [16]byte(user), hash); err != nil {
			return err
		}
		const others = " FROM sessions WHERE user_id = $1 AND id <> $2 AND ended_at = 0"
		err = tx.Query(ctx, Query{ // takes the rows in order
			SQL:  "SELECT id" + others + " ORDER BY id" + s.dialect.ForUpdate,
			Args: []any{[16]byte(user), [16]byte(keep)},
			Row:  func(Row) error { return nil },
		})
		if err != nil {
			return err
		}
		ended, err := tx.Exec(ctx, "UPDATE sessions SET ended_at = $3 WHERE user_id = $1 AND id <> $2 AND ended_at = 0",
			[16]byte(user), [16]byte(keep), int64(now))
		if err != nil || before == hash && ended == 0 {
			return err
		}
		return s.audit(ctx, tx, entry{by: by, action: storage.AuditPassword, target: target("user", user), after: state{"sessions_ended": ended}})
	})
	return wrap(err, "set a password")
}
