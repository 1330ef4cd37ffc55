package main

import (
	"context"
	"path/filepath"

	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/postgres"
	"github.com/coscribe/coscribe/storage/sqlite"
)

// Database says where documents are kept, for commands that do not serve.
type Database struct {
	Data        string `default:"./data" type:"path" help:"Folder of the embedded database."`
	DatabaseURL string `secret:"" placeholder:"postgres://…" help:"Postgres to use instead of the embedded database."`
}

func (d Database) open(ctx context.Context) (storage.Store, error) {
	if d.DatabaseURL != "" {
		return postgres.Open(ctx, d.DatabaseURL)
	}
	return sqlite.Open(ctx, filepath.Join(d.Data, databaseFile))
}
