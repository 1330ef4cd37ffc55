package postgres_test

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/pgtest"
	"github.com/coscribe/coscribe/storage/postgres"
)

// behind runs a statement as another program would.
func behind(t *testing.T, url, statement string, args ...any) {
	t.Helper()
	db, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), statement, args...); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

func TestOpenSaysWhyInOneSentence(t *testing.T) {
	const password = "hunter2secret"
	missing := strings.Replace(pgtest.NewProxy(t, pgtest.URL(t)).URL, "postgres@", "postgres:"+password+"@", 1)
	for _, c := range []struct{ name, url, want string }{
		{"Unreadable", "postgres://u:" + password + "@host:notaport/db", "written postgres://"},
		{"Malformed", "postgres://u:" + password + "%zz@host/db", "written postgres://"},
		{"BadSetting", "host=localhost password=" + password + " sslmode=perhaps", "written postgres://"},
		{"NobodyListens", "postgres://u:" + password + "@127.0.0.1:1/db?sslmode=disable", `the database "db" at 127.0.0.1:1 cannot be reached as "u"`},
		{"NoSuchHost", "postgres://u:" + password + "@coscribe.invalid/db", "cannot be reached"},
		{"NoSuchDatabase", strings.Replace(missing, "/coscribe_", "/missing_", 1), "does not exist"},
	} {
		t.Run(c.name, func(t *testing.T) {
			store, err := postgres.Open(t.Context(), c.url)
			if err == nil {
				store.Close()
				t.Fatal("got a store")
			}
			got := err.Error()
			if !strings.Contains(got, c.want) || strings.Contains(got, password) || strings.Contains(got, "\n") {
				t.Errorf("got %q, want one sentence with %q and without the password", got, c.want)
			}
		})
	}
}

func TestOpenRefusesANewerDatabase(t *testing.T) {
	url := pgtest.URL(t)
	store, err := postgres.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	store.Close()
	behind(t, url, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, true)")
	if _, err := postgres.Open(t.Context(), url); !errors.Is(err, storage.ErrNewer) || strings.Contains(err.Error(), "\n") {
		t.Fatalf("got %v, want one sentence of %v", err, storage.ErrNewer)
	}
}

func TestNodesThatStartTogether(t *testing.T) {
	url := pgtest.URL(t)
	for range 3 {
		var nodes sync.WaitGroup
		for range 6 {
			nodes.Go(func() {
				store, err := postgres.Open(context.Background(), url)
				if err != nil {
					t.Error(err)
					return
				}
				defer store.Close()
				if err := store.Ready(context.Background()); err != nil {
					t.Error(err)
				}
			})
		}
		nodes.Wait()
		// Once more, with goose's own table there: nobody is held up by making it.
		behind(t, url, "DO $$ DECLARE t text; BEGIN FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'goose_db_version'"+
			" LOOP EXECUTE 'DROP TABLE ' || t || ' CASCADE'; END LOOP; END $$")
		behind(t, url, "DELETE FROM goose_db_version WHERE version_id > 0")
	}
}

// A database that answers before its disk does would break the first promise.
func TestCommitsWaitForTheDisk(t *testing.T) {
	url := pgtest.URL(t)
	name := url[strings.LastIndex(url, "/")+1:]
	name, _, _ = strings.Cut(name, "?")
	behind(t, url, "ALTER DATABASE "+name+" SET synchronous_commit = off")
	behind(t, url, "ALTER DATABASE "+name+" SET default_transaction_isolation = 'serializable'")
	store, err := postgres.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	for setting, want := range map[string]string{"synchronous_commit": "on", "default_transaction_isolation": "read committed"} {
		if got, err := store.Setting(t.Context(), setting); err != nil || got != want {
			t.Errorf("%s is %q (%v), want %q", setting, got, err, want)
		}
	}
}
