package relational

import (
	"context"

	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

const sessionColumns = "id, hash, user_id, data, created_at, expires_at, ended_at, lives_until"

// Session implements storage.Accounts.
func (s *Store) Session(ctx context.Context, hash storage.Hash, now storage.Micros) (storage.Session, error) {
	var found bool
	var v storage.Session
	err := s.engine.Read(ctx, Query{
		SQL:  "SELECT " + sessionColumns + " FROM sessions WHERE hash = $1 AND ended_at = 0 AND expires_at > $2",
		Args: []any{hash[:], int64(now)},
		Row: one(&found, key(&v.ID), (*digest)(&v.Hash), fromNull(&v.User), &v.Data, (*int64)(&v.CreatedAt),
			(*int64)(&v.ExpiresAt), (*int64)(&v.EndedAt), (*int64)(&v.LivesUntil)),
	})
	if err == nil && !found {
		err = storage.ErrNoCredential
	}
	return v, wrap(err, "read a session")
}

// PutSession implements storage.Accounts. Only what signs somebody in is audited, not what prolongs the session or keeps its data;
// nor are guests, of whom anybody makes as many as they like.
func (s *Store) PutSession(ctx context.Context, v storage.Session, note storage.Note) error {
	data := v.Data
	if data == nil {
		data = []byte{}
	}
	err := s.engine.Write(ctx, func(ctx context.Context, tx Tx) error {
		var found bool
		var session id.Credential
		var before id.User
		err := tx.Query(ctx, Query{
			SQL:  "SELECT id, user_id FROM sessions WHERE hash = $1" + s.dialect.ForUpdate,
			Args: []any{v.Hash[:]},
			Row:  one(&found, key(&session), fromNull(&before)),
		})
		if err != nil {
			return err
		}
		stored, err := tx.Exec(ctx, "INSERT INTO sessions ("+sessionColumns+") VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"+
			" ON CONFLICT (hash) DO UPDATE SET user_id = excluded.user_id, data = excluded.data, expires_at = excluded.expires_at,"+
			" lives_until = excluded.lives_until"+
			" WHERE sessions.ended_at = 0",
			[16]byte(v.ID), v.Hash[:], orNull(v.User), data, int64(v.CreatedAt), int64(v.ExpiresAt), int64(v.EndedAt), int64(v.LivesUntil))
		if err == nil && stored == 0 {
			err = storage.ErrNoCredential
		}
		if err != nil || v.User.IsZero() || v.User == before {
			return err
		}
		if !found {
			session = v.ID
		}
		var guest bool
		err = tx.Query(ctx, Query{SQL: "SELECT guest FROM users WHERE id = $1", Args: []any{[16]byte(v.User)}, Row: func(row Row) error { return row.Scan(&guest) }})
		if err != nil {
			return err
		}
		if guest {
			return s.admitsGuests(ctx, tx)
		}
		by := storage.By{Fence: &storage.Fence{User: v.User, Credential: storage.Credential{Kind: storage.BySession, ID: session}}, Note: note}
		done, err := s.endIdlest(ctx, tx, v.User, session, v.CreatedAt, by)
		if err != nil {
			return err
		}
		return s.audit(ctx, tx, append(done, entry{by: by, action: storage.AuditBegin, target: target("user", v.User), after: state{"session": session}})...)
	})
	return wrap(err, "store a session")
}

// endIdlest ends a user's sessions, the one that just began aside, beyond as many as they may have, and returns what the audit says
// of it. It counts without holding the user's row, which goes before sessions: those who sign in at the same moment may have one more
// each, until the next.
func (s *Store) endIdlest(ctx context.Context, tx Tx, user id.User, began id.Credential, now storage.Micros, by storage.By) (done []entry, err error) {
	var idle []id.Credential
	err = tx.Query(ctx, Query{
		SQL: "SELECT id FROM sessions WHERE user_id = $1 AND ended_at = 0 AND expires_at > $2 AND id <> $3" +
			" ORDER BY expires_at DESC, id LIMIT $4 OFFSET $5",
		Args: []any{[16]byte(user), int64(now), [16]byte(began), int64(endAtOnce), int64(s.bounds.Sessions - 1)},
		Row: func(row Row) error {
			var session id.Credential
			err := row.Scan(key(&session))
			idle = append(idle, session)
			return err
		},
	})
	for _, session := range idle {
		if err == nil {
			_, err = tx.Exec(ctx, "UPDATE sessions SET ended_at = $2 WHERE id = $1 AND ended_at = 0", [16]byte(session), int64(now))
		}
		done = append(done, entry{by: by, action: storage.AuditEnd, target: target("user", user), before: state{"session": session}})
	}
	return done, err
}

// ProlongSession implements storage.Accounts. It holds no row but this one, so that no append waits for it that it waits for.
func (s *Store) ProlongSession(ctx context.Context, session id.Credential, expiresAt, now storage.Micros) error {
	err := s.engine.Write(ctx, func(ctx context.Context, tx Tx) error {
		prolonged, err := tx.Exec(ctx, "UPDATE sessions SET expires_at = CASE"+
			" WHEN expires_at >= $2 OR expires_at >= lives_until THEN expires_at"+
			" WHEN lives_until <= $2 THEN lives_until"+
			" ELSE $2 END WHERE id = $1 AND ended_at = 0 AND expires_at > $3",
			[16]byte(session), int64(expiresAt), int64(now))
		if err == nil && prolonged == 0 {
			err = storage.ErrNoCredential
		}
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "UPDATE users SET kept = true WHERE NOT kept AND id = (SELECT user_id FROM sessions WHERE id = $1)", [16]byte(session))
		return err
	})
	return wrap(err, "prolong a session")
}

// EndSession implements storage.Accounts.
func (s *Store) EndSession(ctx context.Context, hash storage.Hash, now storage.Micros, note storage.Note) (id.Credential, error) {
	var ended id.Credential
	err := s.engine.Write(ctx, func(ctx context.Context, tx Tx) error {
		ended = id.Credential{}
		var found bool
		var v storage.Session
		var account bool // it is of somebody, and they are no guest
		err := tx.Query(ctx, Query{
			SQL: "SELECT id, user_id, expires_at, ended_at, EXISTS (SELECT 1 FROM users u WHERE u.id = user_id AND NOT u.guest)" +
				" FROM sessions WHERE hash = $1" + s.dialect.ForUpdate,
			Args: []any{hash[:]},
			Row:  one(&found, key(&v.ID), fromNull(&v.User), (*int64)(&v.ExpiresAt), (*int64)(&v.EndedAt), &account),
		})
		if err != nil || !found || v.EndedAt != 0 && v.EndedAt != now {
			return err
		}
		if v.ExpiresAt > now {
			ended = v.ID
		}
		if v.EndedAt == now {
			return nil // it stands
		}
		_, err = tx.Exec(ctx, "UPDATE sessions SET ended_at = $2 WHERE id = $1", [16]byte(v.ID), int64(now))
		if err != nil || !account {
			return err
		}
		by := storage.By{Fence: &storage.Fence{User: v.User, Credential: storage.Credential{Kind: storage.BySession, ID: v.ID}}, Note: note}
		return s.audit(ctx, tx, entry{by: by, action: storage.AuditEnd, target: target("user", v.User), before: state{"session": v.ID}})
	})
	return ended, wrap(err, "end a session")
}
