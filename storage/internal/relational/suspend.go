package relational

import (
	"context"

	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// SuspendUser implements storage.Accounts. It holds the rows of all who might be the last administrator, and its own maker's, in
// the order of their ids, before the fence shares one of them.
func (s *Store) SuspendUser(ctx context.Context, user id.User, now storage.Micros, by storage.By) error {
	err := s.engine.Write(ctx, func(ctx context.Context, tx Tx) error {
		standing, others, err := s.lockAdmins(ctx, tx, user, by)
		switch {
		case err != nil:
			return err
		case standing == nil:
			return storage.ErrNoUser
		case standing.SuspendedAt == now:
			return nil // it stands
		}
		if err := s.fenced(ctx, tx, by); err != nil {
			return err
		}
		if standing.SuspendedAt != 0 {
			return nil
		}
		if standing.InstanceAdmin && others == 0 {
			return storage.ErrLastAdmin
		}
		if _, err := tx.Exec(ctx, "UPDATE users SET suspended_at = $2 WHERE id = $1", [16]byte(user), int64(now)); err != nil {
			return err
		}
		if err := s.endSessions(ctx, tx, user, id.Credential{}, now); err != nil {
			return err
		}
		return s.audit(ctx, tx, entry{by: by, action: storage.AuditSuspend, target: target("user", user)})
	})
	return wrap(err, "suspend a user")
}

// ReinstateUser implements storage.Accounts.
func (s *Store) ReinstateUser(ctx context.Context, user id.User, by storage.By) error {
	err := s.engine.Write(ctx, func(ctx context.Context, tx Tx) error {
		standing, _, err := s.lockAdmins(ctx, tx, user, by)
		switch {
		case err != nil:
			return err
		case standing == nil:
			return storage.ErrNoUser
		case standing.SuspendedAt == 0:
			return nil
		}
		if err := s.fenced(ctx, tx, by); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "UPDATE users SET suspended_at = 0 WHERE id = $1", [16]byte(user)); err != nil {
			return err
		}
		return s.audit(ctx, tx, entry{by: by, action: storage.AuditReinstate, target: target("user", user)})
	})
	return wrap(err, "reinstate a user")
}

// lockAdmins holds the user's row, that of the one who asks, and those of the administrators who are not suspended. It returns
// the user, or nil, and how many such administrators there are besides.
func (s *Store) lockAdmins(ctx context.Context, tx Tx, user id.User, by storage.By) (standing *storage.User, others int, err error) {
	asking := user
	if by.Fence != nil {
		asking = by.Fence.User
	}
	err = tx.Query(ctx, Query{
		SQL:  "SELECT " + userColumns + " FROM users WHERE id = $1 OR id = $2 OR instance_admin AND suspended_at = 0 ORDER BY id" + s.dialect.ForUpdate,
		Args: []any{[16]byte(user), [16]byte(asking)},
		Row: func(row Row) error {
			var read storage.User
			err := row.Scan(userDest(&read)...)
			switch {
			case read.ID == user:
				standing = &read
			case read.InstanceAdmin && read.SuspendedAt == 0:
				others++
			}
			return err
		},
	})
	return standing, others, err
}

// endSessions ends the live sessions of a user but one, whose rows it takes in order.
func (s *Store) endSessions(ctx context.Context, tx Tx, user id.User, but id.Credential, now storage.Micros) error {
	err := tx.Query(ctx, Query{
		SQL:  "SELECT id FROM sessions WHERE user_id = $1 AND id <> $2 AND ended_at = 0 ORDER BY id" + s.dialect.ForUpdate,
		Args: []any{[16]byte(user), [16]byte(but)},
		Row:  ignored,
	})
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, "UPDATE sessions SET ended_at = $3 WHERE user_id = $1 AND id <> $2 AND ended_at = 0",
		[16]byte(user), [16]byte(but), int64(now))
	return err
}

// Sessions implements storage.Accounts.
func (s *Store) Sessions(ctx context.Context, user id.User, now storage.Micros) ([]storage.Session, error) {
	var list []storage.Session
	err := s.read(ctx, "list sessions", Query{
		SQL: "SELECT " + sessionColumns + " FROM sessions WHERE user_id = $1 AND ended_at = 0 AND expires_at > $2" +
			" ORDER BY created_at DESC, id",
		Args: []any{[16]byte(user), int64(now)},
		Row: func(row Row) error {
			var v storage.Session
			err := row.Scan(key(&v.ID), (*digest)(&v.Hash), fromNull(&v.User), &v.Data, (*int64)(&v.CreatedAt),
				(*int64)(&v.ExpiresAt), (*int64)(&v.EndedAt), (*int64)(&v.LivesUntil))
			list = append(list, v)
			return err
		},
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

// EndSessionByID implements storage.Accounts.
func (s *Store) EndSessionByID(ctx context.Context, user id.User, session id.Credential, now storage.Micros, by storage.By) error {
	err := s.engine.Write(ctx, func(ctx context.Context, tx Tx) error {
		err := s.fencedUnless(ctx, tx, by.Fence, "SELECT 1 FROM sessions WHERE id = $1 AND user_id = $2 AND ended_at = $3",
			[16]byte(session), [16]byte(user), int64(now))
		if err != nil {
			return except(err, errStands)
		}
		var found bool
		var endedAt storage.Micros
		err = tx.Query(ctx, Query{
			SQL:  "SELECT ended_at FROM sessions WHERE id = $1 AND user_id = $2" + s.dialect.ForUpdate,
			Args: []any{[16]byte(session), [16]byte(user)},
			Row:  one(&found, (*int64)(&endedAt)),
		})
		switch {
		case err != nil:
			return err
		case found && endedAt == now:
			return nil // it stands
		case !found || endedAt != 0:
			return storage.ErrNoCredential
		}
		_, err = tx.Exec(ctx, "UPDATE sessions SET ended_at = $2 WHERE id = $1", [16]byte(session), int64(now))
		if err != nil {
			return err
		}
		return s.audit(ctx, tx, entry{by: by, action: storage.AuditEnd, target: target("user", user), before: state{"session": session}})
	})
	return wrap(err, "end a session")
}
