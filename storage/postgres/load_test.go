package postgres_test

import (
	"context"
	"database/sql"
	"testing"

	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/pgtest"
)

// An edit that commits between the statements of a Load is in none of them.
func TestLoadIsOneMoment(t *testing.T) {
	url := pgtest.URL(t)
	a := newAuthor(t, url)
	db, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := a.Load(t.Context(), a.doc.ID); err != nil { // prepares the statements, which would wait as well
		t.Fatal(err)
	}
	gate, err := db.Begin() // the second statement of Load waits at it
	if err != nil {
		t.Fatal(err)
	}
	defer gate.Rollback()
	if _, err := gate.Exec("LOCK TABLE grants IN ACCESS EXCLUSIVE MODE"); err != nil {
		t.Fatal(err)
	}
	type result struct {
		loaded storage.Loaded
		err    error
	}
	results := make(chan result, 1)
	go func() {
		loaded, err := a.Load(context.Background(), a.doc.ID)
		results <- result{loaded, err}
	}()
	for waiting := 0; waiting == 0; {
		if err := db.QueryRow("SELECT count(*) FROM pg_locks WHERE NOT granted").Scan(&waiting); err != nil {
			t.Fatal(err)
		}
	}
	if err := a.append(a.batch(0, 2)); err != nil {
		t.Fatal(err)
	}
	if err := gate.Commit(); err != nil {
		t.Fatal(err)
	}
	got := <-results
	if got.err != nil || got.loaded.Access.Document.Head != 0 || len(got.loaded.Tail) != 0 {
		t.Fatalf("got head %d with %d revisions, %v, want the moment before the edit", got.loaded.Access.Document.Head, len(got.loaded.Tail), got.err)
	}
}
