package sqlite_test

import (
	"database/sql"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"github.com/coscribe/coscribe/storage/sqlite"
	"github.com/coscribe/coscribe/storage/storagetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestContract(t *testing.T) {
	storagetest.Run(t, func(t *testing.T) storagetest.Opened { return open(t) })
}

func BenchmarkStore(b *testing.B) {
	storagetest.Benchmark(b, func(b testing.TB) storagetest.Opened { return open(b) })
}

func open(t testing.TB) storagetest.Opened {
	t.Helper()
	path := filepath.Join(t.TempDir(), "coscribe.db")
	store, err := sqlite.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(5000)")
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
	return storagetest.Opened{Store: store, DB: db, Key: func(id [16]byte) any { return id[:] }}
}
