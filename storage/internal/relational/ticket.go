package relational

import (
	"context"

	"github.com/coscribe/coscribe/storage"
)

const ticketColumns = "hash, document, user_id, credential_kind, credential, origin, expires_at"

// PutTicket implements storage.Accounts. The credential's row is held so that tickets are counted one after another.
func (s *Store) PutTicket(ctx context.Context, t storage.Ticket, now storage.Micros, outstanding int) error {
	hold := "SELECT id FROM sessions WHERE id = $1"
	if t.Credential.Kind == storage.ByToken {
		hold = "SELECT id FROM tokens WHERE id = $1"
	}
	err := s.engine.Write(ctx, func(ctx context.Context, tx Tx) error {
		err := tx.Query(ctx, Query{SQL: hold + s.dialect.ForUpdate, Args: []any{[16]byte(t.Credential.ID)}, Row: func(Row) error { return nil }})
		if err != nil {
			return err
		}
		var others int64
		err = tx.Query(ctx, Query{
			SQL:  "SELECT count(*) FROM tickets WHERE credential = $1 AND expires_at > $2 AND hash <> $3",
			Args: []any{[16]byte(t.Credential.ID), int64(now), t.Hash[:]},
			Row:  func(row Row) error { return row.Scan(&others) },
		})
		if err != nil {
			return err
		}
		if others >= int64(outstanding) {
			return storage.ErrTooMany
		}
		_, err = tx.Exec(ctx, "INSERT INTO tickets ("+ticketColumns+") VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (hash) DO NOTHING",
			t.Hash[:], [16]byte(t.Doc), [16]byte(t.User), string(t.Credential.Kind), [16]byte(t.Credential.ID), t.Origin, int64(t.ExpiresAt))
		return err
	})
	return wrap(err, "store a ticket")
}

// TakeTicket implements storage.Accounts.
func (s *Store) TakeTicket(ctx context.Context, hash storage.Hash, now storage.Micros) (storage.Ticket, error) {
	var ticket storage.Ticket
	var found bool
	err := s.engine.Do(ctx, Query{
		SQL:  "DELETE FROM tickets WHERE hash = $1 AND expires_at > $2 RETURNING " + ticketColumns,
		Args: []any{hash[:], int64(now)},
		Row: one(&found, (*digest)(&ticket.Hash), key(&ticket.Doc), key(&ticket.User), (*string)(&ticket.Credential.Kind),
			key(&ticket.Credential.ID), &ticket.Origin, (*int64)(&ticket.ExpiresAt)),
	})
	if err == nil && !found {
		err = storage.ErrNoTicket
	}
	if err != nil {
		return storage.Ticket{}, wrap(err, "take a ticket")
	}
	return ticket, nil
}
