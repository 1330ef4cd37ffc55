package postgres

import (
	"context"
	"maps"
)

// Setting is what the pool's connections have a setting at.
func (s *Store) Setting(ctx context.Context, name string) (value string, err error) {
	err = s.pool.QueryRow(ctx, "SELECT current_setting($1)", name).Scan(&value)
	return value, err
}

// AppendSettings and AppendStatements are how connections for Append are set, and what runs on them.
const AppendSettings = appendSettings

// AppendStatements returns the texts by their names.
func AppendStatements() map[string]string {
	statements := maps.Clone(wholes)
	statements["append"] = appendSQL
	return statements
}
