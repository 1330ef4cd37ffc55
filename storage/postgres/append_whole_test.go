package postgres_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
	"github.com/coscribe/coscribe/storage/pgtest"
)

// What commits while an Append waits for its row is seen by it, whatever the row said when the Append began; and what does not
// commit is not.
func TestAppendSeesWhatItWaitedFor(t *testing.T) {
	url := pgtest.URL(t)
	for _, change := range []struct {
		name, sql string
		want      error
	}{
		{"Access", "UPDATE documents SET access_version = access_version + 1 WHERE owner = $1", storage.ErrAccessMoved},
		{"Head", "UPDATE documents SET head = head + 1 WHERE owner = $1", storage.ErrHeadMoved},
		{"Deletion", "UPDATE documents SET deleted_at = 1 WHERE owner = $1", storage.ErrNoDocument},
		{"Suspension", "UPDATE users SET suspended_at = 1 WHERE id = $1", storage.ErrFence},
		{"SignOut", "UPDATE sessions SET ended_at = 1 WHERE user_id = $1", storage.ErrFence},
		{"SessionWithoutTime", "UPDATE sessions SET expires_at = 0 WHERE user_id = $1", storage.ErrFence},
		{"SessionsOwner", "UPDATE sessions SET user_id = NULL WHERE user_id = $1", storage.ErrFence},
		{"TokensEnd", "UPDATE tokens SET expires_at = 1 WHERE user_id = $1", storage.ErrFence},
		{"TokenRevoked", "UPDATE tokens SET revoked_at = 1 WHERE user_id = $1", storage.ErrFence},
		{"TokenGone", "DELETE FROM tokens WHERE user_id = $1", storage.ErrFence},
	} {
		for edits := 1; edits <= 2; edits++ {
			t.Run(fmt.Sprintf("%s/%d", change.name, edits), func(t *testing.T) {
				a := newAuthor(t, url)
				b := a.batch(0, edits)
				switch byToken := a.byToken(t); {
				case edits == 2: // both tables of credentials
					b.Fences = append(b.Fences, byToken)
				case strings.HasPrefix(change.name, "Token"):
					b.Fences[0] = byToken
				}
				if err := a.appendDuring(t, url, b, change.sql, (*sql.Tx).Rollback); err != nil {
					t.Fatalf("after a rollback: %v", err)
				}
				next := a.batch(ot.Rev(edits), edits)
				next.Fences = b.Fences
				if err := a.appendDuring(t, url, next, change.sql, (*sql.Tx).Commit); !errors.Is(err, change.want) {
					t.Fatalf("after a commit: got %v, want %v", err, change.want)
				}
				if log, err := a.After(t.Context(), a.doc.ID, 0, 10); change.name != "Deletion" && (err != nil || len(log) != edits) {
					t.Fatalf("the log has %d revisions, %v, want %d", len(log), err, edits)
				}
			})
		}
	}
}

// byToken is a fence of the author by a token.
func (a *author) byToken(t *testing.T) storage.Fence {
	t.Helper()
	token := id.New[id.Credential]()
	err := a.PutToken(t.Context(), storage.Token{ID: token, Hash: storage.Hash(append(token[:], token[:]...)), User: a.fence.User, CreatedAt: a.doc.CreatedAt}, storage.By{Fence: &a.fence})
	if err != nil {
		t.Fatal(err)
	}
	return storage.Fence{User: a.fence.User, Credential: storage.Credential{Kind: storage.ByToken, ID: token}}
}

// appendDuring appends while a transaction holds what it has changed of the author's, and ends that when the Append waits for it.
func (a *author) appendDuring(t *testing.T, url string, b storage.Batch, change string, end func(*sql.Tx) error) error {
	t.Helper()
	db, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	if _, err := tx.Exec(change, a.fence.User.String()); err != nil {
		t.Fatal(err)
	}
	result := make(chan error, 1)
	go func() { result <- a.append(b) }()
	for waiting := 0; waiting == 0; {
		select {
		case err := <-result:
			t.Fatalf("the append did not wait for the row: %v", err)
		default:
		}
		if err := db.QueryRow("SELECT count(*) FROM pg_locks WHERE NOT granted").Scan(&waiting); err != nil {
			t.Fatal(err)
		}
	}
	if err := end(tx); err != nil {
		t.Fatal(err)
	}
	return <-result
}

// A credential is good for its own user only, also beside batches of that user.
func TestAppendTakesNobodyElsesCredential(t *testing.T) {
	url := pgtest.URL(t)
	a, b := newAuthor(t, url), newAuthor(t, url)
	for _, kind := range []storage.Fence{b.fence, b.byToken(t)} {
		stolen, own := a.batch(0, 1), b.batch(b.access(t).Head, 1)
		stolen.Fences[0].Credential = kind.Credential
		own.Fences[0].Credential = kind.Credential
		outcomes, err := a.Append(context.Background(), []storage.Batch{stolen, own})
		if err != nil || !errors.Is(outcomes[0], storage.ErrFence) || outcomes[1] != nil {
			t.Fatalf("got %v, %v, want the first refused for its fence", outcomes, err)
		}
	}
}

func (a *author) access(t *testing.T) storage.Document {
	t.Helper()
	access, err := a.Access(t.Context(), a.doc.ID)
	if err != nil {
		t.Fatal(err)
	}
	return access.Document
}
