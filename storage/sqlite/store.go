// Package sqlite keeps storage.Store in one SQLite file: the embedded default.
//
// One connection writes, and every append to any document passes it in turn; that turn stands for all the row locks of the
// other engine. Several connections read beside it, each from a moment of its own (write-ahead log). A commit is on the disk
// before it returns (synchronous=FULL). Statements are not interrupted: a call whose context ends while it waits for its turn
// changes nothing, and one that has begun is finished.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/internal/relational"
	"github.com/coscribe/coscribe/storage/internal/schema"
)

// readers is how many calls may read at once.
const readers = 4

// Store is a storage.Store in one file.
type Store struct {
	*relational.Store
	engine *engine
}

var _ storage.Store = (*Store)(nil)

// dialect: the one writer needs no row locks. SQLite's clock counts milliseconds; the moment is the last microsecond of the
// current one, so that no right outlives its end.
var dialect = relational.Dialect{Now: "CAST(unixepoch('subsec') * 1000 AS INTEGER) * 1000 + 999"}

// Open opens the database at path, making it and the folder it is in if they are missing, and brings its schema up to date.
func Open(ctx context.Context, path string) (*Store, error) {
	if err := reachable(path); err != nil {
		return nil, err
	}
	engine, err := open(ctx, path)
	if err != nil {
		return nil, fmt.Errorf("open the database %s: %w", path, err)
	}
	return &Store{Store: relational.New(engine, dialect), engine: engine}, nil
}

// reachable makes the folder, and says in one sentence if the file could not be there.
func reachable(path string) error {
	folder := filepath.Dir(path)
	err := os.MkdirAll(folder, 0o700)
	if err == nil {
		var file *os.File
		if file, err = os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600); err == nil {
			return file.Close()
		}
	}
	reason := err
	if pathErr := new(os.PathError); errors.As(err, &pathErr) {
		reason = pathErr.Err
	}
	return fmt.Errorf("the database %s cannot be read and written: %w", path, reason)
}

func open(ctx context.Context, path string) (*engine, error) {
	address, err := address(path)
	if err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite", address)
	if err != nil {
		return nil, err
	}
	if err := schema.MigrateSQLite(ctx, db); err != nil {
		return nil, errors.Join(translate(err), db.Close())
	}
	engine, err := newEngine(ctx, db)
	if err != nil {
		return nil, errors.Join(translate(err), db.Close())
	}
	return engine, nil
}

// address is the path with what every connection is set to.
func address(path string) (string, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	settings := url.Values{"_pragma": {
		"busy_timeout(5000)", // another process, such as a backup, may hold the file for a moment
		"journal_mode(WAL)",
		"synchronous(FULL)",
		"wal_autocheckpoint(8000)", // pages, 32 MB: those that are written again and again are copied into the file less often
		"fullfsync(1)",             // on macOS, where fsync alone leaves the disk's cache
		"checkpoint_fullfsync(1)",
		"foreign_keys(1)",
		"trusted_schema(0)",
		"cache_size(-16000)",
		"temp_store(MEMORY)",
	}}
	return (&url.URL{Scheme: "file", Path: filepath.ToSlash(absolute), RawQuery: settings.Encode()}).String(), nil
}

// Close waits for calls in progress and closes the file.
func (s *Store) Close() error { return s.engine.close() }
