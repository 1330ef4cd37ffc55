package relational

import (
	"context"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// insertGuest stores a guest, and is content if they are there. They are not kept before they have written something.
func insertGuest(ctx context.Context, tx Tx, user storage.User) error {
	_, err := tx.Exec(ctx, "INSERT INTO users ("+userColumns+", kept) VALUES ($1, '', $2, '', $3, $4, 0, $5, $3, $3) ON CONFLICT (id) DO NOTHING",
		[16]byte(user.ID), user.Name, false, int64(user.CreatedAt), true)
	return err
}

// forgetAtOnce is how many guests one transaction of Expire forgets: others write between them.
const forgetAtOnce = 100

// forgetVisitors removes the guests who came long ago and have written nothing, with their sessions. Whom somebody has given something
// themselves stays.
func (s *Store) forgetVisitors(ctx context.Context, now storage.Micros) error {
	for {
		var visitors []id.User
		err := s.engine.Write(ctx, func(ctx context.Context, tx Tx) error {
			visitors = nil
			err := tx.Query(ctx, Query{
				SQL: "SELECT u.id FROM users u WHERE NOT u.kept AND u.created_at <= $1" +
					" AND NOT EXISTS (SELECT 1 FROM grants g WHERE g.principal = u.id AND g.principal_kind = $2)" +
					" ORDER BY u.created_at, u.id LIMIT $3" + s.dialect.ForIdle,
				Args: []any{int64(now) - s.bounds.VisitorTime.Microseconds(), int64(authz.ToUser), int64(forgetAtOnce)},
				Row: func(row Row) error {
					var visitor id.User
					err := row.Scan(key(&visitor))
					visitors = append(visitors, visitor)
					return err
				},
			})
			if err != nil {
				return err
			}
			for _, visitor := range visitors {
				for _, from := range []string{"members WHERE user_id", "sessions WHERE user_id", "users WHERE id"} {
					if _, err := tx.Exec(ctx, "DELETE FROM "+from+" = $1", [16]byte(visitor)); err != nil {
						return err
					}
				}
			}
			return nil
		})
		if err != nil || len(visitors) < forgetAtOnce {
			return wrap(err, "forget visitors")
		}
	}
}

// endAtOnce is how many sessions one transaction of EndGuests ends: others write between them.
const endAtOnce = 500

// EndGuests implements storage.Accounts.
func (s *Store) EndGuests(ctx context.Context, now storage.Micros) (ended []id.User, err error) {
	for {
		var users []id.User
		err := s.engine.Write(ctx, func(ctx context.Context, tx Tx) error {
			users = nil
			held := "SELECT s.id FROM sessions s WHERE s.ended_at = 0 AND s.user_id IN (SELECT id FROM users WHERE guest)" +
				" ORDER BY s.id LIMIT $2" + s.dialect.ForUpdate
			return tx.Query(ctx, Query{
				SQL:  "UPDATE sessions SET ended_at = $1 WHERE id IN (" + held + ") RETURNING user_id",
				Args: []any{int64(now), int64(endAtOnce)},
				Row: func(row Row) error {
					var user id.User
					err := row.Scan(key(&user))
					users = append(users, user)
					return err
				},
			})
		})
		if err != nil {
			return nil, wrap(err, "end the sessions of guests")
		}
		ended = append(ended, users...)
		if len(users) < endAtOnce {
			return distinct(ended), nil
		}
	}
}
