package relational

import (
	"context"

	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// insertGuest stores a guest, and is content if they are there.
func insertGuest(ctx context.Context, tx Tx, user storage.User) error {
	_, err := tx.Exec(ctx, "INSERT INTO users ("+userColumns+") VALUES ($1, '', $2, '', $3, $4, 0, $5, $3) ON CONFLICT (id) DO NOTHING",
		[16]byte(user.ID), user.Name, false, int64(user.CreatedAt), true)
	return err
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
