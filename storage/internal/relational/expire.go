package relational

import (
	"context"

	"github.com/coscribe/coscribe/storage"
)

// expireAtOnce is how many rows one transaction of Expire removes: others write between them.
const expireAtOnce = 500

// Expire implements storage.Accounts. Rows that somebody holds at the moment are left for the next time.
func (s *Store) Expire(ctx context.Context, now storage.Micros) error {
	for _, kind := range []struct{ table, key string }{
		{"tickets", "hash"}, {"sessions", "id"}, {"invitations", "id"}, {"tries", "id"}, {"access_requests", "id"},
	} {
		remove := "DELETE FROM " + kind.table + " WHERE " + kind.key + " IN (SELECT " + kind.key + " FROM " + kind.table +
			" WHERE expires_at <= $1 ORDER BY " + kind.key + " LIMIT $2" + s.dialect.ForIdle + ")"
		for removed := int64(expireAtOnce); removed == expireAtOnce; {
			err := s.engine.Write(ctx, func(ctx context.Context, tx Tx) (err error) {
				removed, err = tx.Exec(ctx, remove, int64(now), int64(expireAtOnce))
				return err
			})
			if err != nil {
				return wrap(err, "expire %s", kind.table)
			}
		}
	}
	if err := s.forgetVisitors(ctx, now); err != nil {
		return err
	}
	if err := s.forgetAddresses(ctx); err != nil {
		return err
	}
	policy, err := s.Policy(ctx)
	if err == nil && !policy.Anonymous { // SetPolicy may have been cut short
		_, err = s.EndGuests(ctx, now)
	}
	return wrap(err, "end what the policy ends")
}
