package sqlite_test

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
	"github.com/coscribe/coscribe/storage/sqlite"
)

func TestOpenSaysWhyInOneSentence(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte(strings.Repeat("this is no database\n", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	for _, c := range []struct{ name, path, want string }{
		{"FolderIsAFile", filepath.Join(file, "coscribe.db"), "not a directory"},
		{"FileIsAFolder", folder, "is a directory"},
		{"NoDatabase", file, "not a database"},
	} {
		t.Run(c.name, func(t *testing.T) {
			store, err := sqlite.Open(t.Context(), c.path)
			if err == nil {
				store.Close()
				t.Fatal("got a store")
			}
			if got := err.Error(); !strings.Contains(got, c.want) || !strings.Contains(got, c.path) || strings.Contains(got, "\n") {
				t.Errorf("got %q, want one sentence with %q and %q", got, c.path, c.want)
			}
		})
	}
}

func TestOpenMakesTheFolderForItsOwnerOnly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a", "b c%20?#&", "coscribe.db") // and any name will do
	reopen(t, path)
	for file, want := range map[string]os.FileMode{path: 0o600, filepath.Dir(path): 0o700} {
		if info, err := os.Stat(file); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: got %v, %v, want %v", file, info.Mode().Perm(), err, want)
		}
	}
}

func TestOpenRefusesANewerDatabase(t *testing.T) {
	path := filepath.Join(t.TempDir(), "coscribe.db")
	reopen(t, path)
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)"); err != nil {
		t.Fatal(err)
	}
	db.Close()
	if _, err := sqlite.Open(t.Context(), path); !errors.Is(err, storage.ErrNewer) || strings.Contains(err.Error(), "\n") {
		t.Fatalf("got %v, want one sentence of %v", err, storage.ErrNewer)
	}
}

// reopen opens the store and closes it.
func reopen(t *testing.T, path string) {
	t.Helper()
	store, err := sqlite.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
}

// author is somebody with a document.
type author struct {
	fence storage.Fence
	doc   storage.Document
}

func newAuthor(ctx context.Context, store *sqlite.Store) (author, error) {
	now := storage.At(time.Now())
	user, session := id.New[id.User](), id.New[id.Credential]()
	a := author{
		fence: storage.Fence{User: user, Credential: storage.Credential{Kind: storage.BySession, ID: session}},
		doc:   storage.Document{ID: id.New[id.Doc](), Owner: user, Epoch: 1, AccessVersion: 1, CreatedAt: now, UpdatedAt: now},
	}
	_, err := store.CreateUser(ctx, storage.User{ID: user, CreatedAt: now}, nil, storage.By{})
	return a, errors.Join(err,
		store.PutSession(ctx, storage.Session{ID: session, Hash: storage.Hash(slices.Repeat(user[:], 2)), User: user, CreatedAt: now, ExpiresAt: now + 3_600_000_000}, storage.Note{}),
		store.CreateDocument(ctx, a.doc, storage.By{Fence: &a.fence}))
}

// append commits one revision after head.
func (a author) append(ctx context.Context, store *sqlite.Store, head ot.Rev) error {
	outcomes, err := store.Append(ctx, []storage.Batch{{Doc: a.doc.ID, Epoch: 1, Head: head, AccessVersion: 1, Fences: []storage.Fence{a.fence},
		Revisions: []storage.Revision{{Rev: head + 1, Edit: id.New[id.Edit](), Author: a.fence.User, Client: id.New[id.Client](), Seq: 1,
			At: a.doc.CreatedAt, Kind: storage.KindEdit, Delta: []byte(`{"ops":[{"insert":"x"}]}`)}}}})
	return errors.Join(append(outcomes, err)...)
}

// TestKilledProcessLosesNothing runs itself as a process that appends and says so, kills it, and looks for all it said.
func TestKilledProcessLosesNothing(t *testing.T) {
	const variable = "COSCRIBE_TEST_APPEND_TO"
	if path := os.Getenv(variable); path != "" {
		appendForEver(t, path)
	}
	path := filepath.Join(t.TempDir(), "coscribe.db")
	for round := range 3 {
		cmd := exec.Command(os.Args[0], "-test.run=^TestKilledProcessLosesNothing$")
		cmd.Env = append(os.Environ(), variable+"="+path)
		stdout, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		var doc id.Doc
		var acknowledged ot.Rev
		lines := bufio.NewScanner(stdout)
		for lines.Scan() {
			if n, _ := fmt.Sscanf(lines.Text(), "rev %d", &acknowledged); n == 0 {
				if doc, err = id.Parse[id.Doc](lines.Text()); err != nil {
					t.Fatalf("the process says %q", lines.Text())
				}
			}
			if acknowledged >= 50 {
				cmd.Process.Kill() // and read on: what it has said, it has said
			}
		}
		cmd.Wait()
		store, err := sqlite.Open(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		loaded, err := store.Load(t.Context(), doc)
		if err != nil {
			t.Fatal(err)
		}
		if head := loaded.Access.Document.Head; head < acknowledged || head > acknowledged+1 {
			t.Errorf("round %d: %d revisions stand, %d were acknowledged", round, head, acknowledged)
		}
		if err := store.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func appendForEver(t *testing.T, path string) {
	store, err := sqlite.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	a, err := newAuthor(t.Context(), store)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println(a.doc.ID)
	for head := ot.Rev(0); ; head++ {
		if err := a.append(t.Context(), store, head); err != nil {
			t.Fatal(err)
		}
		fmt.Println("rev", head+1)
	}
}

func TestFullDiskIsUnavailableUntilThereIsRoom(t *testing.T) {
	store, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "coscribe.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	a, err := newAuthor(t.Context(), store)
	if err != nil {
		t.Fatal(err)
	}
	if err := store.LimitPages(t.Context(), 60); err != nil {
		t.Fatal(err)
	}
	head := ot.Rev(0)
	for ; err == nil && head < 10_000; head++ {
		err = a.append(t.Context(), store, head)
	}
	if !errors.Is(err, storage.ErrUnavailable) {
		t.Fatalf("got %v after %d revisions, want %v", err, head, storage.ErrUnavailable)
	}
	head--
	loaded, err := store.Load(t.Context(), a.doc.ID)
	if err != nil || loaded.Access.Document.Head != head {
		t.Fatalf("got head %d, %v while the disk is full, want %d", loaded.Access.Document.Head, err, head)
	}
	if err := store.LimitPages(t.Context(), 100_000); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(store.Ready(t.Context()), a.append(t.Context(), store, head)); err != nil {
		t.Fatal(err)
	}
}

func TestConnectionsAreSetForDurability(t *testing.T) {
	store, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "coscribe.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	for pragma, want := range map[string]string{"synchronous": "2", "journal_mode": "wal", "foreign_keys": "1", "busy_timeout": "5000"} {
		if got, err := store.Pragma(t.Context(), pragma); err != nil || got != want {
			t.Errorf("%s is %q (%v), want %q", pragma, got, err, want)
		}
	}
}
