package sqlite_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
	"github.com/coscribe/coscribe/storage/sqlite"
)

// To ask for access to a document that is not there writes to the disk, as it does for one that is: else the time tells which.
func TestRequestsForNothingAreWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "coscribe.db")
	store, err := sqlite.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	now := storage.At(time.Now())
	user, err := store.CreateUser(t.Context(), storage.User{ID: id.New[id.User](), Email: "a@example.com", CreatedAt: now}, nil, storage.By{})
	if err != nil {
		t.Fatal(err)
	}
	written := func() int64 {
		info, err := os.Stat(path + "-wal")
		if err != nil {
			t.Fatal(err)
		}
		return info.Size()
	}
	for range 3 {
		before := written()
		request := storage.Request{ID: id.New[id.Ask](), Doc: id.New[id.Doc](), User: user.ID, Role: authz.Viewer, CreatedAt: now}
		if err := store.PutRequest(t.Context(), request, storage.By{}); err != nil {
			t.Fatal(err)
		}
		if written() == before {
			t.Fatal("nothing was written")
		}
	}
}
