package postgres_test

import (
	"database/sql"
	"fmt"
	"os"
	"testing"

	"go.uber.org/goleak"

	"github.com/coscribe/coscribe/storage/id"
	"github.com/coscribe/coscribe/storage/pgtest"
	"github.com/coscribe/coscribe/storage/postgres"
	"github.com/coscribe/coscribe/storage/storagetest"
)

func TestMain(m *testing.M) {
	code := pgtest.Main(m)
	if err := goleak.Find(); code == 0 && err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func TestContract(t *testing.T) {
	storagetest.Run(t, open)
}

// BenchmarkStore runs on a server that waits for its disk, as one in use does.
func BenchmarkStore(b *testing.B) {
	server := pgtest.Start(b)
	storagetest.Benchmark(b, func(b testing.TB) storagetest.Opened { return opened(b, server.Database(b)) })
}

func open(t *testing.T) storagetest.Opened {
	t.Helper()
	return opened(t, pgtest.URL(t))
}

func opened(t testing.TB, url string) storagetest.Opened {
	t.Helper()
	store, err := postgres.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return storagetest.Opened{Store: store, DB: db, Key: func(of [16]byte) any { return id.Of[struct{}](of).String() }}
}
