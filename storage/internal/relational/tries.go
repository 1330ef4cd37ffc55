package relational

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/coscribe/coscribe/storage"
)

// Try implements storage.Tries. A key's row holds the moment at which nothing of its tries is left: each moves it by Every, and
// it may lie Burst times Every ahead. Rows are taken in the order of their keys.
func (s *Store) Try(ctx context.Context, now storage.Micros, limits ...storage.Limit) error {
	err := s.engine.Write(ctx, func(ctx context.Context, tx Tx) error {
		var wait storage.Micros
		for _, limit := range inOrder(limits) {
			over, err := try(ctx, tx, now, limit)
			if err != nil {
				return err
			}
			wait = max(wait, over)
		}
		if wait > 0 {
			return &storage.TooSoon{Wait: time.Duration(wait) * time.Microsecond}
		}
		return nil
	})
	return wrap(err, "count a try")
}

// clockSkew is by how much the clocks of nodes may differ. What lies ahead by more than that, and than tries reach, was counted before
// the clock was set back, and is forgotten: else nobody could sign in until that hour comes again.
const clockSkew = 5 * minute

// try counts one, and returns by how much that is too early: then the transaction must not commit.
func try(ctx context.Context, tx Tx, now storage.Micros, limit storage.Limit) (over storage.Micros, err error) {
	var found bool
	var full int64
	every := limit.Every.Microseconds()
	ahead := int64(limit.Burst)*every + clockSkew
	err = tx.Query(ctx, Query{
		SQL: "INSERT INTO tries (id, expires_at) VALUES ($1, $4) ON CONFLICT (id) DO UPDATE" +
			" SET expires_at = CASE WHEN tries.expires_at > $2 AND tries.expires_at <= $5 THEN tries.expires_at + $3 ELSE $4 END RETURNING expires_at",
		Args: []any{limit.Key, int64(now), every, int64(now) + every, int64(now) + ahead},
		Row:  one(&found, &full),
	})
	return storage.Micros(full - int64(now) - int64(limit.Burst)*every), err
}

// TakeBack implements storage.Tries.
func (s *Store) TakeBack(ctx context.Context, now storage.Micros, limits ...storage.Limit) error {
	err := s.engine.Write(ctx, func(ctx context.Context, tx Tx) error {
		for _, limit := range inOrder(limits) {
			_, err := tx.Exec(ctx, "UPDATE tries SET expires_at = expires_at - $3 WHERE id = $1 AND expires_at > $2",
				limit.Key, int64(now), limit.Every.Microseconds())
			if err != nil {
				return err
			}
		}
		return nil
	})
	return wrap(err, "take back a try")
}

// inOrder is the limits by their keys, so that no two calls wait for each other.
func inOrder(limits []storage.Limit) []storage.Limit {
	limits = slices.Clone(limits)
	slices.SortFunc(limits, func(a, b storage.Limit) int { return cmp.Compare(a.Key, b.Key) })
	return limits
}
