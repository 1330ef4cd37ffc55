package relational

import (
	"context"
	"errors"

	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// lockDocument reads a document's row, deleted or not, and holds it until the transaction ends.
func (s *Store) lockDocument(ctx context.Context, tx Tx, doc id.Doc) (storage.Document, error) {
	var found bool
	var document storage.Document
	err := tx.Query(ctx, Query{
		SQL:  "SELECT " + documentColumns + " FROM documents WHERE id = $1" + s.dialect.ForUpdate,
		Args: []any{[16]byte(doc)},
		Row:  one(&found, documentDest(&document)...),
	})
	if err == nil && !found {
		err = storage.ErrNoDocument
	}
	return document, err
}

// guarded is nil if the decision behind guard stands for the locked document.
func (s *Store) guarded(ctx context.Context, tx Tx, document storage.Document, guard storage.Guard) error {
	switch {
	case document.DeletedAt != 0:
		return storage.ErrNoDocument
	case document.AccessVersion != guard.AccessVersion:
		return storage.ErrAccessMoved
	}
	return s.Fenced(ctx, tx, guard.Fence)
}

// Fenced is nil if the fence holds, and keeps it so until the transaction ends. The clock is read last, when every row that
// had to be waited for is held.
func (s *Store) Fenced(ctx context.Context, tx Tx, fence storage.Fence) error {
	var l liveness
	for _, query := range l.queries(fence, s.dialect.ForShare, s.dialect.Now) {
		if err := tx.Query(ctx, query); err != nil {
			return err
		}
	}
	return l.verdict(fence)
}

// errStands: the same call, made before, has landed.
var errStands = errors.New("it stands already")

// fencedUnless is nil if the fence holds, as for Fenced, or there is none. Where it has ended, but the query finds a row, which
// says that this very call landed when it held, it is errStands.
func (s *Store) fencedUnless(ctx context.Context, tx Tx, fence *storage.Fence, stands string, args ...any) error {
	if fence == nil {
		return nil
	}
	ended := s.Fenced(ctx, tx, *fence)
	if !errors.Is(ended, storage.ErrFence) {
		return ended
	}
	var found bool
	if err := tx.Query(ctx, Query{SQL: stands, Args: args, Row: one(&found, new(int64))}); err != nil {
		return err
	}
	if found {
		return errStands
	}
	return ended
}

// except drops one error.
func except(err, drop error) error {
	if errors.Is(err, drop) {
		return nil
	}
	return err
}

// liveness is what a fence hangs on, as the rows say it. Missing rows leave it ended.
type liveness struct {
	user, credential bool // there is such a row
	suspendedAt      int64
	endedAt          int64
	expiresAt        int64 // 0: never
	now              int64
}

// What a credential's row says of it. A session always expires.
const (
	sessionLiveness = "ended_at, CASE expires_at WHEN 0 THEN 1 ELSE expires_at END FROM sessions"
	tokenLiveness   = "revoked_at, expires_at FROM tokens"
)

// queries read it, locking rows with lock.
func (l *liveness) queries(fence storage.Fence, lock, now string) []Query {
	credential := sessionLiveness
	if fence.Credential.Kind == storage.ByToken {
		credential = tokenLiveness
	}
	return []Query{
		{
			SQL:  "SELECT suspended_at FROM users WHERE id = $1" + lock,
			Args: []any{[16]byte(fence.User)},
			Row:  one(&l.user, &l.suspendedAt),
		},
		{
			SQL:  "SELECT " + credential + " WHERE id = $1 AND user_id = $2" + lock,
			Args: []any{[16]byte(fence.Credential.ID), [16]byte(fence.User)},
			Row:  one(&l.credential, &l.endedAt, &l.expiresAt),
		},
		{SQL: "SELECT " + now, Row: func(row Row) error { return row.Scan(&l.now) }},
	}
}

func (l *liveness) verdict(fence storage.Fence) error {
	passed := func(end int64) bool { return end != 0 && end <= l.now }
	if l.user && l.credential && l.suspendedAt == 0 && l.endedAt == 0 && !passed(l.expiresAt) && !passed(int64(fence.ValidUntil)) {
		return nil
	}
	return &storage.FenceError{Ended: []storage.Fence{fence}}
}
