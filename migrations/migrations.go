// Package migrations carries the schema of Coscribe's database, one folder of numbered steps for each engine.
//
// A step that has been released is never edited: the next change is the next file. The steps of both folders with one number
// leave the same tables and columns, so that one text of a statement serves both engines.
package migrations

import (
	"embed"
	"io/fs"
)

//go:embed postgres/*.sql sqlite/*.sql
var files embed.FS

// Postgres holds the steps for PostgreSQL.
func Postgres() fs.FS { return folder("postgres") }

// SQLite holds the steps for SQLite.
func SQLite() fs.FS { return folder("sqlite") }

func folder(name string) fs.FS {
	steps, err := fs.Sub(files, name)
	if err != nil {
		panic(err) // only for an invalid name
	}
	return steps
}
