package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/postgres"
)

// Migrate brings a Postgres up to date as the owner of its tables, which a server need not be and had better not be.
type Migrate struct {
	MigrateURL string `name:"migrate-url" secret:"" required:"" placeholder:"postgres://…" help:"Postgres, as the owner of its tables."`
	GrantTo    string `placeholder:"ROLE" help:"Role of the servers, which is given what they need and no more."`
}

// Run migrates, and grants what there is then.
func (m *Migrate) Run(ctx context.Context, stdout io.Writer) error {
	if err := postgres.Migrate(ctx, m.MigrateURL); err != nil {
		return err
	}
	fmt.Fprintln(stdout, "The schema is up to date.")
	if m.GrantTo == "" {
		return nil
	}
	if err := postgres.GrantTo(ctx, m.MigrateURL, m.GrantTo); err != nil {
		return err
	}
	_, err := fmt.Fprintf(stdout, "The role %q may serve, and cannot rewrite what was written.\n", m.GrantTo)
	return err
}

// examine refuses a database that does not keep what it says it has, and says in the log what the server's role could do to the past,
// which no server needs.
func (s *Serve) examine(ctx context.Context, store storage.Store, log *slog.Logger) error {
	database, ok := store.(*postgres.Store)
	if !ok {
		return nil
	}
	off, err := database.Forgetful(ctx)
	switch {
	case err != nil:
		return err
	case len(off) > 0 && !s.AllowUnsafeDatabase:
		return fmt.Errorf("the database may lose in a crash what it said was written (%s): mend that, or say --allow-unsafe-database", strings.Join(off, ", "))
	case len(off) > 0:
		log.Warn("the database may lose in a crash what it said was written", "settings", off)
	}
	can, err := database.Privileges(ctx)
	if len(can) > 0 {
		log.Warn("the server's role in the database can rewrite what was written: give it one that cannot, with coscribe migrate", "can", can)
	}
	return err
}
