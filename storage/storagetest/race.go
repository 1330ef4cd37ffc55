package storagetest

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// together runs f n times at once and waits.
func together(n int, f func(i int)) {
	var ready, done sync.WaitGroup
	ready.Add(n)
	for i := range n {
		done.Go(func() {
			ready.Done()
			ready.Wait()
			f(i)
		})
	}
	done.Wait()
}

func testAppendRace(t *testing.T, open func(t *testing.T) Opened) {
	w := newWorld(t, open(t))

	t.Run("OneWinnerPerHead", func(t *testing.T) {
		w := w.in(t)
		doc := w.document(w.actor)
		for round := range 5 {
			doc = w.access(doc.ID).Document
			var won atomic.Int64
			together(16, func(int) {
				outcomes, err := w.Store.Append(w.Context(), []storage.Batch{batch(w.actor, doc, 2)})
				switch {
				case err != nil:
					w.Errorf("round %d: %v", round, err)
				case outcomes[0] == nil:
					won.Add(1)
				case !errors.Is(outcomes[0], storage.ErrHeadMoved):
					w.Errorf("round %d: got %v, want %v", round, outcomes[0], storage.ErrHeadMoved)
				}
			})
			same(w, won.Load(), 1)
		}
		same(w, len(w.log(doc.ID)), 10)
	})

	t.Run("SameBatchAtOnceIsOneEffect", func(t *testing.T) {
		w := w.in(t)
		doc := w.document(w.actor)
		b := batch(w.actor, doc, 3)
		together(16, func(int) {
			if outcomes, err := w.Store.Append(w.Context(), []storage.Batch{b}); err != nil || outcomes[0] != nil {
				w.Errorf("got %v, %v, want success", outcomes, err)
			}
		})
		same(w, w.log(doc.ID), b.Revisions)
	})

	// Several committers write to the same documents, in batches of every order, reading again what they lost. Nothing may
	// be lost, doubled, out of order or deadlocked.
	t.Run("ManyCommittersManyDocuments", func(t *testing.T) {
		w := w.in(t)
		const committers, rounds = 8, 25
		var docs []id.Doc
		for range 6 {
			docs = append(docs, w.document(w.actor).ID)
		}
		var mu sync.Mutex
		committed := make(map[id.Edit]ot.Rev) // guarded by mu
		together(committers, func(committer int) {
			random := rand.New(rand.NewPCG(uint64(committer), 7))
			for range rounds {
				var batches []storage.Batch
				for _, i := range random.Perm(len(docs))[:4] {
					access, err := w.Store.Access(context.Background(), docs[i])
					if err != nil {
						w.Error(err)
						return
					}
					batches = append(batches, batch(w.actor, access.Document, 1+random.IntN(3)))
				}
				outcomes, err := w.Store.Append(context.Background(), batches)
				if err != nil {
					w.Error(err)
					return
				}
				mu.Lock()
				for i, outcome := range outcomes {
					if outcome != nil {
						if !errors.Is(outcome, storage.ErrHeadMoved) {
							w.Error(outcome)
						}
						continue
					}
					for _, r := range batches[i].Revisions {
						committed[r.Edit] = r.Rev
					}
				}
				mu.Unlock()
			}
		})
		stored := make(map[id.Edit]ot.Rev)
		for _, doc := range docs {
			log := w.log(doc)
			same(w, w.access(doc).Document.Head, ot.Rev(len(log)))
			for _, r := range log {
				stored[r.Edit] = r.Rev
			}
		}
		same(w, stored, committed)
	})
}

// testRevocation: when the call that ends a right has returned, no later commit uses it, and none that began before it slips in
// behind it.
func testRevocation(t *testing.T, open func(t *testing.T) Opened) {
	w := newWorld(t, open(t))
	type ending struct {
		name string
		end  func(w *world, actor storage.Actor, session storage.Session, token storage.Token, doc id.Doc) error
		want []error
	}
	for _, ending := range []ending{
		{"SignOut", func(w *world, _ storage.Actor, session storage.Session, _ storage.Token, _ id.Doc) error {
			_, err := w.Store.EndSession(w.Context(), session.Hash, w.now, storage.Note{})
			return err
		}, []error{storage.ErrFence}},
		{"Password", func(w *world, actor storage.Actor, _ storage.Session, _ storage.Token, _ id.Doc) error {
			return w.Store.SetPassword(w.Context(), actor.User, "new", storage.By{}, w.now)
		}, []error{storage.ErrFence}},
		{"Token", func(w *world, actor storage.Actor, _ storage.Session, token storage.Token, _ id.Doc) error {
			return w.Store.RevokeToken(w.Context(), actor.User, token.ID, w.now, storage.By{})
		}, []error{storage.ErrFence}},
		{"Grant", func(w *world, actor storage.Actor, _ storage.Session, _ storage.Token, doc id.Doc) error {
			_, err := w.Store.DropGrant(w.Context(), doc, toUser(actor.User), w.guard(w.actor, doc))
			return err
		}, []error{storage.ErrAccessMoved}},
		{"Suspension", func(w *world, actor storage.Actor, _ storage.Session, _ storage.Token, _ id.Doc) error {
			return w.Store.SuspendUser(w.Context(), actor.User, w.now, storage.By{})
		}, []error{storage.ErrFence}},
		{"Member", func(w *world, actor storage.Actor, _ storage.Session, _ storage.Token, doc id.Doc) error {
			_, err := w.Store.DropMember(w.Context(), w.given(doc, authz.ToGroup), actor.User, by(w.actor))
			return err
		}, []error{storage.ErrAccessMoved}},
		{"Group", func(w *world, _ storage.Actor, _ storage.Session, _ storage.Token, doc id.Doc) error {
			_, err := w.Store.DropGroup(w.Context(), w.given(doc, authz.ToGroup), by(w.actor))
			return err
		}, []error{storage.ErrAccessMoved}},
		{"Link", func(w *world, _ storage.Actor, _ storage.Session, _ storage.Token, doc id.Doc) error {
			to := authz.Principal{Kind: authz.ToLink, ID: w.given(doc, authz.ToLink)}
			_, err := w.Store.DropGrant(w.Context(), doc, to, w.guard(w.actor, doc))
			return err
		}, []error{storage.ErrAccessMoved}},
		{"Lock", func(w *world, _ storage.Actor, _ storage.Session, _ storage.Token, doc id.Doc) error {
			_, err := w.Store.SetLocked(w.Context(), doc, true, w.guard(w.actor, doc))
			return err
		}, []error{storage.ErrAccessMoved}},
		{"Transfer", func(w *world, _ storage.Actor, _ storage.Session, _ storage.Token, doc id.Doc) error {
			_, err := w.Store.TransferDocument(w.Context(), doc, storage.Transfer{To: w.user("Heir").ID, At: w.now}, w.guard(w.actor, doc))
			return err
		}, []error{storage.ErrAccessMoved}},
		{"Deletion", func(w *world, _ storage.Actor, _ storage.Session, _ storage.Token, doc id.Doc) error {
			return w.Store.DeleteDocument(w.Context(), doc, w.now, w.guard(w.actor, doc))
		}, []error{storage.ErrNoDocument}},
	} {
		t.Run("NothingCommitsAfter"+ending.name, func(t *testing.T) {
			for range 4 {
				w := w.in(t)
				doc := w.document(w.actor)
				user := w.user("Kim")
				w.give(doc.ID, toUser(user.ID), authz.Editor)
				w.give(doc.ID, toGroup(w.group(user.ID).ID), authz.Editor)
				w.link(doc.ID, authz.Editor)
				session, token := w.session(user.ID), w.token(user.ID)
				actor := storage.Actor{User: user.ID, Credential: storage.Credential{Kind: storage.BySession, ID: session.ID}}
				if ending.name == "Token" {
					actor.Credential = storage.Credential{Kind: storage.ByToken, ID: token.ID}
				}
				start := w.access(doc.ID).Document

				var ended atomic.Bool
				var wrote atomic.Int64
				var writer sync.WaitGroup
				begun := make(chan struct{})
				var begin sync.Once
				writer.Go(func() {
					defer begin.Do(func() { close(begun) })
					for n := 0; ; n++ {
						b := batch(actor, start, 1)
						after := ended.Load()
						outcomes, err := w.Store.Append(context.Background(), []storage.Batch{b})
						if err != nil {
							w.Error(err)
							return
						}
						if outcomes[0] == nil {
							if after {
								w.Errorf("committed revision %d after the right had ended", b.Revisions[0].Rev)
								return
							}
							wrote.Add(1)
							start.Head++
							if n == 5 {
								begin.Do(func() { close(begun) })
							}
							continue
						}
						if !slices.ContainsFunc(ending.want, func(want error) bool { return errors.Is(outcomes[0], want) }) {
							w.Errorf("got %v, want %v", outcomes[0], ending.want)
						}
						return
					}
				})
				<-begun
				w.ok(ending.end(w, actor, session, token, doc.ID))
				ended.Store(true)
				writer.Wait()
				same(w, int64(len(w.log(doc.ID))), wrote.Load())
			}
		})
	}

	// A change of a right that is under way, on another node, holds off what uses the right, which then sees it.
	for _, change := range []struct {
		name, statement string
		key             func(actor storage.Actor, doc id.Doc) [16]byte
		want            error
		appendOnly      bool
	}{
		{"Suspension", "UPDATE users SET suspended_at = 1 WHERE id = $1",
			func(a storage.Actor, _ id.Doc) [16]byte { return a.User }, storage.ErrFence, false},
		{"SignOut", "UPDATE sessions SET ended_at = 1 WHERE id = $1",
			func(a storage.Actor, _ id.Doc) [16]byte { return a.Credential.ID }, storage.ErrFence, false},
		{"AccessChange", "UPDATE documents SET access_version = access_version + 1 WHERE id = $1",
			func(_ storage.Actor, d id.Doc) [16]byte { return d }, storage.ErrAccessMoved, false},
		{"Deletion", "UPDATE documents SET deleted_at = 1 WHERE id = $1",
			func(_ storage.Actor, d id.Doc) [16]byte { return d }, storage.ErrNoDocument, false},
		{"AnotherEdit", "UPDATE documents SET head = head + 1 WHERE id = $1",
			func(_ storage.Actor, d id.Doc) [16]byte { return d }, storage.ErrHeadMoved, true},
	} {
		for _, use := range []struct {
			name string
			call func(w *world, actor storage.Actor, doc storage.Document) error
		}{
			{"Append", func(w *world, actor storage.Actor, doc storage.Document) error {
				outcomes, err := w.Store.Append(context.Background(), []storage.Batch{batch(actor, doc, 1)})
				return errors.Join(append(outcomes, err)...)
			}},
			{"Rename", func(w *world, actor storage.Actor, doc storage.Document) error {
				return w.Store.Rename(context.Background(), doc.ID, "New", w.now, storage.Guard{AccessVersion: 1, Fence: fence(actor)})
			}},
		} {
			if change.appendOnly && use.name != "Append" {
				continue
			}
			t.Run(use.name+"WaitsFor"+change.name, func(t *testing.T) {
				w := w.in(t)
				actor := w.signIn(w.user("Lee"))
				doc := w.document(actor)
				w.refused(w.during(change.statement, w.Key(change.key(actor, doc.ID)), func() error { return use.call(w, actor, doc) }), change.want)
			})
		}
	}
}

// given is the principal of that kind that a grant in the document speaks to.
func (w *world) given(doc id.Doc, kind authz.PrincipalKind) [16]byte {
	w.Helper()
	for _, grant := range w.access(doc).Grants {
		if grant.To.Kind == kind {
			return grant.To.ID
		}
	}
	w.Fatalf("document %v has no grant to a %v", doc, kind)
	return [16]byte{}
}

// during makes a call while another program's transaction has run the statement, wants the call to wait for the end of that
// transaction, and returns what came of it then.
func (w *world) during(statement string, arg any, call func() error) error {
	w.Helper()
	other, err := w.DB.BeginTx(w.Context(), nil)
	w.ok(err)
	defer other.Rollback()
	_, err = other.ExecContext(w.Context(), statement, arg)
	w.ok(err)
	outcome := make(chan error, 1)
	go func() { outcome <- call() }()
	select {
	case err := <-outcome:
		w.Fatalf("got %v before the other transaction ended, want to wait for it", err)
	case <-time.After(150 * time.Millisecond): // the time it would have needed
	}
	w.ok(other.Commit())
	return <-outcome
}
