// Package schema brings a database up to the schema that this program was built with.
package schema

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"github.com/coscribe/coscribe/migrations"
	"github.com/coscribe/coscribe/storage"
)

// Programs that start together on one Postgres take turns: each asks for the lock once a second, for as long as a long
// migration of another may take.
const (
	lockPollSeconds = 1
	lockPolls       = 600
)

// MigratePostgres applies what is missing, while other programs may be doing the same. A database that is newer than this
// program is left alone: storage.ErrNewer.
func MigratePostgres(ctx context.Context, db *sql.DB) error {
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(lockPollSeconds, lockPolls))
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return migrate(ctx, db, goose.DialectPostgres, migrations.Postgres(), goose.WithSessionLocker(locker))
}

// MigrateSQLite applies what is missing. A database that is newer than this program is left alone: storage.ErrNewer.
func MigrateSQLite(ctx context.Context, db *sql.DB) error {
	return migrate(ctx, db, goose.DialectSQLite3, migrations.SQLite())
}

func migrate(ctx context.Context, db *sql.DB, dialect goose.Dialect, steps fs.FS, options ...goose.ProviderOption) error {
	options = append(options, goose.WithDisableGlobalRegistry(true))
	provider, err := goose.NewProvider(dialect, db, steps, options...)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	current, target, err := provider.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if current > target {
		return fmt.Errorf("%w (it is at step %d, this program at %d)", storage.ErrNewer, current, target)
	}
	if current == target {
		return nil
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate from step %d to %d: %w", current, target, err)
	}
	return nil
}
