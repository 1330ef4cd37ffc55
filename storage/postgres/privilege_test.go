package postgres_test

import (
	"database/sql"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
	"github.com/coscribe/coscribe/storage/pgtest"
	"github.com/coscribe/coscribe/storage/postgres"
	"github.com/coscribe/coscribe/storage/storagetest"
)

// asServer makes a role with what a server needs in the database at url, and returns the address by which it comes.
func asServer(t *testing.T, url string) string {
	t.Helper()
	role := "server_" + strings.ReplaceAll(id.New[id.Request]().String(), "-", "")
	behind(t, url, "CREATE ROLE "+role+" LOGIN")
	t.Cleanup(func() {
		db, err := sql.Open("pgx", url)
		if err == nil {
			_, err = db.Exec("DROP OWNED BY " + role + "; DROP ROLE " + role)
			db.Close()
		}
		if err != nil {
			t.Error(err)
		}
	})
	for range 2 {
		if err := postgres.GrantTo(t.Context(), url, role); err != nil {
			t.Fatal(err)
		}
	}
	return strings.Replace(url, "postgres@", role+"@", 1)
}

// A server whose role may not rewrite what has been said does all that it must.
func TestServersRoleSuffices(t *testing.T) {
	storagetest.Only(t, func(t *testing.T) storagetest.Opened {
		url := pgtest.URL(t)
		owner, err := postgres.Open(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		if err := owner.Close(); err != nil {
			t.Fatal(err)
		}
		opened := opened(t, asServer(t, url))
		if opened.DB, err = sql.Open("pgx", url); err != nil { // what the suite does behind the store's back, the server may not
			t.Fatal(err)
		}
		t.Cleanup(func() { opened.DB.Close() })
		return opened
	}, "Append", "Document", "Grant", "Session", "Token", "Invitation", "Audit", "Notice", "Policy", "Offboard")
}

func TestServersRoleRewritesNothing(t *testing.T) {
	url := pgtest.URL(t)
	a := newAuthor(t, url)
	if can, err := a.Privileges(t.Context()); err != nil || len(can) != 8 {
		t.Errorf("the owner can %q, %v, want all", can, err)
	}
	if err := a.append(a.batch(0, 1)); err != nil {
		t.Fatal(err)
	}
	server := asServer(t, url)
	store, err := postgres.Open(t.Context(), server)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	if can, err := store.Privileges(t.Context()); err != nil || len(can) != 0 {
		t.Errorf("the server can %q, %v, want nothing", can, err)
	}
	db, err := sql.Open("pgx", server)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, table := range []string{"revisions", "audit"} {
		for _, statement := range []string{"UPDATE %s SET at = 0", "DELETE FROM %s", "TRUNCATE %s", "DROP TABLE %s", "ALTER TABLE %s ADD COLUMN x int"} {
			statement = strings.Replace(statement, "%s", table, 1)
			if _, err := db.ExecContext(t.Context(), statement); err == nil || !strings.Contains(err.Error(), "42501") {
				t.Errorf("%s: got %v, want that it is not allowed", statement, err)
			}
		}
	}
	behind(t, url, "GRANT UPDATE (reason) ON audit TO "+server[strings.Index(server, "//")+2:strings.Index(server, "@")])
	if can, err := store.Privileges(t.Context()); err != nil || !slices.Equal(can, []string{"UPDATE audit"}) {
		t.Errorf("the server can %q, %v, want to update the audit", can, err)
	}

	// What it may not purge, it says.
	ctx := t.Context()
	guard := storage.Guard{AccessVersion: 1, Fence: a.fence}
	if err := store.DeleteDocument(ctx, a.doc.ID, 7, guard); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Purge(ctx, 8, 10, storage.By{}); !errors.Is(err, storage.ErrNotAllowed) {
		t.Errorf("got %v, want %v", err, storage.ErrNotAllowed)
	}
	if docs, err := a.Purge(ctx, 8, 10, storage.By{}); err != nil || len(docs) != 1 {
		t.Errorf("the owner purged %v, %v", docs, err)
	}
}
