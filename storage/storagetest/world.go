package storagetest

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// world is a store with somebody in it, and a document of theirs.
type world struct {
	testing.TB
	Opened
	now   storage.Micros
	actor storage.Actor
	doc   storage.Document
	asked id.Ask // a request for access, where a test needs one
}

func newWorld(t testing.TB, opened Opened) *world {
	t.Helper()
	w := &world{TB: t, Opened: opened, now: storage.At(time.Now())}
	w.actor = w.signIn(w.user("Ada"))
	w.doc = w.document(w.actor)
	return w
}

// in gives the world to a subtest.
func (w *world) in(t testing.TB) *world {
	inner := *w
	inner.TB = t
	return &inner
}

const (
	second = storage.Micros(1_000_000)
	hour   = 3600 * second
)

func (w *world) user(name string) storage.User {
	w.Helper()
	user := storage.User{ID: id.New[id.User](), Email: fmt.Sprintf("%x@example.org", id.New[id.User]()), Name: name, CreatedAt: w.now, Proven: true}
	return w.create(user)
}

func (w *world) create(user storage.User) storage.User {
	w.Helper()
	created, err := w.Store.CreateUser(w.Context(), user, nil, storage.By{})
	w.ok(err)
	return created
}

// signIn gives the user a session.
func (w *world) signIn(user storage.User) storage.Actor {
	w.Helper()
	session := w.session(user.ID)
	return storage.Actor{User: user.ID, Name: user.Name, Credential: storage.Credential{Kind: storage.BySession, ID: session.ID}}
}

func (w *world) session(user id.User) storage.Session {
	w.Helper()
	session := storage.Session{ID: id.New[id.Credential](), Hash: hash(), User: user, Data: []byte("data"), CreatedAt: w.now, ExpiresAt: w.now + hour}
	w.ok(w.Store.PutSession(w.Context(), session, storage.Note{}))
	return session
}

func (w *world) token(user id.User) storage.Token {
	w.Helper()
	token := storage.Token{ID: id.New[id.Credential](), Hash: hash(), User: user, Name: "robot", CreatedAt: w.now}
	w.ok(w.Store.PutToken(w.Context(), token, storage.By{}))
	return token
}

// newDocument is one that is not stored yet.
func (w *world) newDocument(owner storage.Actor) storage.Document {
	return storage.Document{ID: id.New[id.Doc](), Title: "Plan 🌱", Owner: owner.User, Epoch: 1, AccessVersion: 1, CreatedAt: w.now, UpdatedAt: w.now}
}

func (w *world) document(owner storage.Actor) storage.Document {
	w.Helper()
	doc := w.newDocument(owner)
	w.ok(w.Store.CreateDocument(w.Context(), doc, by(owner)))
	return doc
}

// access is the document as it is stored now.
func (w *world) access(doc id.Doc) storage.Access {
	w.Helper()
	access, err := w.Store.Access(w.Context(), doc)
	w.ok(err)
	return access
}

func fence(actor storage.Actor) storage.Fence {
	return storage.Fence{User: actor.User, Credential: actor.Credential}
}

// by is the actor as who makes a change that no guard stands before.
func by(actor storage.Actor) storage.By {
	fence := fence(actor)
	return storage.By{Fence: &fence}
}

// guard is the actor's right to change the document as it is stored now.
func (w *world) guard(actor storage.Actor, doc id.Doc) storage.Guard {
	w.Helper()
	return storage.Guard{AccessVersion: w.access(doc).Document.AccessVersion, Fence: fence(actor)}
}

// batch is n edits by actor on top of doc, each inserting a character, from seq 1 of a new client.
func batch(actor storage.Actor, doc storage.Document, n int) storage.Batch {
	b := storage.Batch{Doc: doc.ID, Epoch: doc.Epoch, Head: doc.Head, AccessVersion: doc.AccessVersion, Fences: []storage.Fence{fence(actor)}}
	client, seat := id.New[id.Client](), id.New[id.Seat]()
	for i := range n {
		b.Revisions = append(b.Revisions, storage.Revision{
			Rev: doc.Head + 1 + ot.Rev(i), Edit: id.New[id.Edit](), Author: actor.User, Seat: seat, Client: client, Seq: int64(i) + 1,
			At: doc.UpdatedAt + storage.Micros(i) + 1, Kind: storage.KindEdit, Delta: []byte(`{"ops":[{"insert":"é"}]}`),
		})
	}
	return b
}

// append commits batches and returns their outcomes.
func (w *world) append(batches ...storage.Batch) []error {
	w.Helper()
	outcomes, err := w.Store.Append(w.Context(), batches)
	w.ok(err)
	if len(outcomes) != len(batches) {
		w.Fatalf("Append of %d batches gave %d outcomes", len(batches), len(outcomes))
	}
	return outcomes
}

// write appends n edits to the document as it is stored now, and returns them.
func (w *world) write(actor storage.Actor, doc id.Doc, n int) storage.Batch {
	w.Helper()
	b := batch(actor, w.access(doc).Document, n)
	w.ok(w.append(b)[0])
	return b
}

// log is all that was committed to the document.
func (w *world) log(doc id.Doc) []storage.Revision {
	w.Helper()
	log, err := w.Store.After(w.Context(), doc, 0, 1_000_000)
	w.ok(err)
	return log
}

// behind runs a statement behind the store's back.
func (w *world) behind(statement string, args ...any) {
	w.Helper()
	if result, err := w.DB.ExecContext(w.Context(), statement, args...); err != nil {
		w.Fatalf("%s: %v", statement, err)
	} else if n, _ := result.RowsAffected(); n == 0 {
		w.Fatalf("%s: touched no row", statement)
	}
}

func (w *world) ok(err error) {
	w.Helper()
	if err != nil {
		w.Fatalf("got error %v", err)
	}
}

// refused wants an error of a kind.
func (w *world) refused(err, want error) {
	w.Helper()
	if !errors.Is(err, want) {
		w.Fatalf("got error %v, want %v", err, want)
	}
}

// same compares what was got with what was wanted.
func same[T any](w *world, got, want T) {
	w.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		w.Fatalf("(-want +got):\n%s", diff)
	}
}

func hash() storage.Hash {
	secret := id.New[id.Of[struct{}]]()
	return sha256.Sum256(secret[:])
}

func toUser(user id.User) authz.Principal { return authz.Principal{Kind: authz.ToUser, ID: user} }
