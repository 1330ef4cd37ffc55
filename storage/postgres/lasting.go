package postgres

import (
	"context"
	"fmt"

	"github.com/coscribe/coscribe/storage/internal/relational"
)

// forgetful are the settings without which a database loses or spoils, in a crash of its machine, what it said was committed.
var forgetful = []string{"fsync", "full_page_writes", "synchronous_commit"}

// Forgetful names those that are off, as in "fsync=off", for the whole server or for this database or role. Connections of this store
// turn synchronous_commit on for themselves; who turned it off for them wanted a database of another kind.
func (s *Store) Forgetful(ctx context.Context) ([]string, error) {
	var off []string
	err := engine{s.pool}.Read(ctx, relational.Query{
		SQL:  "SELECT name || '=' || reset_val FROM pg_settings WHERE name = ANY ($1) AND reset_val = 'off' ORDER BY name",
		Args: []any{forgetful},
		Row: func(row relational.Row) error {
			var one string
			err := row.Scan(&one)
			off = append(off, one)
			return err
		},
	})
	if err != nil {
		return nil, fmt.Errorf("read the database's settings: %w", err)
	}
	return off, nil
}
