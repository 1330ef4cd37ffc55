// Package pgtest gives tests a real Postgres.
//
// COSCRIBE_TEST_DATABASE_URL names a server whose user may create databases. Without it, pgtest runs one of its own from the
// programs on this machine (PATH, then /usr/lib/postgresql, the newest first), in a temporary folder that nobody else can enter,
// and reaches it through a Unix socket there. Where tests run as root, which Postgres refuses, the server runs as the user
// postgres. Each test gets a database of its own; the server is shared by the tests of a process, and a watcher ends it and
// removes its folder when the process is gone, however it went. A test that finds no Postgres fails: it is never skipped.
package pgtest

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coscribe/coscribe/storage/id"
	"github.com/coscribe/coscribe/storage/postgres"
)

// URL returns the address of a new, empty database, which is dropped when the test ends.
func URL(t testing.TB) string {
	t.Helper()
	address, err := shared()
	if err != nil {
		t.Fatalf("this test needs a Postgres: %v", err)
	}
	return database(t, address)
}

// Open returns a store on a new database, both gone when the test ends.
func Open(t testing.TB) *postgres.Store {
	t.Helper()
	store, err := postgres.Open(t.Context(), URL(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return store
}

// Main runs a package's tests and waits for the server's end: os.Exit(pgtest.Main(m)) in TestMain. Without it the server
// ends a moment after the process.
func Main(m *testing.M) int {
	code := m.Run()
	mu.Lock()
	defer mu.Unlock()
	if running != nil {
		running.stop()
		running = nil
	}
	return code
}

var (
	mu      sync.Mutex
	running *Server // the process's own server, once a test asked for it; guarded by mu
	broken  error   // why there is none; guarded by mu
)

// shared is the address of the server that the tests of this process share.
func shared() (string, error) {
	if address := os.Getenv("COSCRIBE_TEST_DATABASE_URL"); address != "" {
		return address, nil
	}
	mu.Lock()
	defer mu.Unlock()
	if running == nil && broken == nil {
		// What a test writes need not survive the machine, and what survives a crash of the server alone is the same.
		running, broken = start("fsync=off", "full_page_writes=off")
	}
	if broken != nil {
		return "", broken
	}
	return running.URL, nil
}

const patience = 30 * time.Second

// database makes one on the server.
func database(t testing.TB, address string) string {
	t.Helper()
	name := "coscribe_" + strings.ReplaceAll(id.New[id.Request]().String(), "-", "")
	server, err := url.Parse(address)
	if err != nil {
		t.Fatal("COSCRIBE_TEST_DATABASE_URL is not a URL like postgres://user:password@host:port/name")
	}
	if err := run(address, "CREATE DATABASE "+name); err != nil {
		t.Fatalf("this test needs a Postgres whose user may create databases: %v", err)
	}
	t.Cleanup(func() {
		if err := run(address, "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Errorf("drop the test's database: %v", err)
		}
	})
	server.Path = "/" + name
	return server.String()
}

// run runs one statement on a connection of its own.
func run(address, statement string) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	db, err := sql.Open("pgx", address) // the driver comes with package postgres
	if err != nil {
		return err
	}
	defer db.Close()
	if _, err := db.ExecContext(ctx, statement); err != nil {
		return fmt.Errorf("%s: %w", statement, err)
	}
	return nil
}
