package room_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/server/internal/bus"
	"github.com/coscribe/coscribe/server/internal/room"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
	"github.com/coscribe/coscribe/storage/sqlite"
)

// world is a node: a real database in a faulty wrapper, a hub, and people.
type world struct {
	t      testing.TB
	ctx    context.Context
	store  *faulty
	file   string // of the database
	events *bus.Bus
	hub    *room.Hub
	limits room.Limits
	stop   func() // the hub; waits for it
	owner  storage.Actor
	doc    id.Doc
}

func newWorld(t testing.TB, change ...func(*room.Limits)) *world {
	t.Helper()
	w := &world{t: t, ctx: context.Background(), limits: room.BenchmarkLimits()}
	w.limits.RetryFirst, w.limits.RetryLast = time.Millisecond, 20*time.Millisecond
	for _, change := range change {
		change(&w.limits)
	}
	w.file = filepath.Join(t.TempDir(), "test.db")
	db, err := sqlite.Open(w.ctx, w.file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	w.store = &faulty{Store: db, confirmed: map[id.Doc]map[ot.Rev]bool{}, inFlight: map[id.Doc]int{}}
	w.owner = w.person("Owner")
	w.doc = w.document()
	w.start()
	t.Cleanup(func() { w.stop() })
	return w
}

// start runs a new hub on the store, as after a restart.
func (w *world) start() {
	w.events = &bus.Bus{}
	log := slog.New(slog.DiscardHandler)
	if testing.Verbose() {
		log = slog.New(slog.NewTextHandler(w.t.Output(), nil))
	}
	w.hub = room.New(w.store, w.events, log, w.limits)
	ctx, cancel := context.WithCancel(w.ctx)
	done := make(chan error, 1)
	hub := w.hub
	go func() { done <- hub.Run(ctx) }()
	var once sync.Once
	w.stop = func() {
		once.Do(func() {
			cancel()
			if err := <-done; err != nil {
				w.t.Errorf("Run() = %v", err)
			}
		})
	}
}

func (w *world) restart() {
	w.t.Helper()
	w.stop()
	for _, r := range w.log() {
		w.store.confirm(w.doc, r.Rev) // what landed before, whoever knew it
	}
	w.start()
}

// person makes a user with a token.
func (w *world) person(name string) storage.Actor {
	w.t.Helper()
	now := storage.At(time.Now())
	user := storage.User{ID: id.New[id.User](), Email: id.New[id.User]().String() + "@example.com", Name: name, CreatedAt: now}
	if _, err := w.store.CreateUser(w.ctx, user, nil, storage.By{}); err != nil {
		w.t.Fatal(err)
	}
	token := storage.Token{ID: id.New[id.Credential](), User: user.ID, Name: "test", CreatedAt: now}
	token.Hash = sha256.Sum256([]byte(token.ID.String()))
	if err := w.store.PutToken(w.ctx, token, storage.By{}); err != nil {
		w.t.Fatal(err)
	}
	return storage.Actor{User: user.ID, Name: name, Credential: storage.Credential{Kind: storage.ByToken, ID: token.ID}}
}

// document makes one of the owner's.
func (w *world) document() id.Doc {
	w.t.Helper()
	now := storage.At(time.Now())
	doc := storage.Document{
		ID: id.New[id.Doc](), Title: "Test", Owner: w.owner.User, Epoch: 1, AccessVersion: 1, CreatedAt: now, UpdatedAt: now,
	}
	by := fenceOf(w.owner)
	if err := w.store.CreateDocument(w.ctx, doc, storage.By{Fence: &by}); err != nil {
		w.t.Fatal(err)
	}
	return doc.ID
}

func fenceOf(actor storage.Actor) storage.Fence {
	return storage.Fence{User: actor.User, Credential: actor.Credential}
}

func (w *world) guard() storage.Guard {
	w.t.Helper()
	access, err := w.store.Store.Access(w.ctx, w.doc)
	if err != nil {
		w.t.Fatal(err)
	}
	return storage.Guard{AccessVersion: access.Document.AccessVersion, Fence: fenceOf(w.owner)}
}

// grant gives a role until a moment, 0 for ever; None takes it away. When it returns the store has it, and the bus is told.
func (w *world) grant(actor storage.Actor, role authz.Role, until storage.Micros) {
	w.t.Helper()
	to := authz.Principal{Kind: authz.ToUser, ID: actor.User}
	var err error
	if role == authz.None {
		_, err = w.store.DropGrant(w.ctx, w.doc, to, w.guard())
	} else {
		_, err = w.store.PutGrant(w.ctx, w.doc, storage.Grant{
			Right:     authz.Right{To: to, Role: role, ExpiresAt: int64(until)},
			GrantedBy: w.owner.User, GrantedAt: storage.At(time.Now()),
		}, w.guard())
	}
	if err != nil {
		w.t.Fatal(err)
	}
	w.events.Publish(bus.AccessChanged{Doc: w.doc, By: w.owner.User})
}

// editor makes a person who may edit.
func (w *world) editor(name string) storage.Actor {
	w.t.Helper()
	actor := w.person(name)
	w.grant(actor, authz.Editor, 0)
	return actor
}

// log reads the whole log.
func (w *world) log() []storage.Revision {
	w.t.Helper()
	var log []storage.Revision
	for {
		var at ot.Rev
		if len(log) > 0 {
			at = log[len(log)-1].Rev
		}
		page, err := w.store.Store.After(w.ctx, w.doc, at, 1000)
		if err != nil {
			w.t.Fatal(err)
		}
		if log = append(log, page...); len(page) == 0 {
			return log
		}
	}
}

// replay is the content that the log makes. It checks that the log is without gap and without repeat.
func (w *world) replay() ot.Delta {
	w.t.Helper()
	return w.replayTo(1 << 50)
}

// replayTo is replay up to a revision.
func (w *world) replayTo(last ot.Rev) ot.Delta {
	w.t.Helper()
	doc, err := ot.NewDocument(ot.New().Insert("\n", nil).MustDelta())
	if err != nil {
		w.t.Fatal(err)
	}
	seen := map[string]bool{}
	for i, r := range w.log() {
		if r.Rev > last {
			break
		}
		if r.Rev != ot.Rev(i+1) {
			w.t.Fatalf("the log has revision %d at place %d", r.Rev, i+1)
		}
		key := fmt.Sprint(r.Author, r.Client, r.Seq)
		if seen[key] {
			w.t.Fatalf("seq %d of client %v is in the log twice", r.Seq, r.Client)
		}
		seen[key] = true
		change, err := ot.Parse(r.Delta)
		if err != nil {
			w.t.Fatal(err)
		}
		if err := doc.Apply(change); err != nil {
			w.t.Fatalf("revision %d: %v", r.Rev, err)
		}
	}
	return doc.Delta()
}

// stored is the content that a fresh load gives.
func (w *world) stored() ot.Delta {
	w.t.Helper()
	loaded, err := w.store.Store.Load(w.ctx, w.doc)
	if err != nil {
		w.t.Fatal(err)
	}
	content, err := ot.Parse(loaded.Snapshot.Content)
	if err != nil {
		w.t.Fatal(err)
	}
	doc, err := ot.NewDocument(content)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, r := range loaded.Tail {
		change, err := ot.Parse(r.Delta)
		if err == nil {
			err = doc.Apply(change)
		}
		if err != nil {
			w.t.Fatalf("revision %d: %v", r.Rev, err)
		}
	}
	return doc.Delta()
}

// write is one of edits that insert texts at the start.
func write(w *world, actor storage.Actor, doc id.Doc, base ot.Rev, mode string, texts ...string) room.Write {
	ops := room.Write{Doc: doc, Actor: actor, WriteOps: wire.WriteOps{
		Epoch: 1, Base: base, Mode: mode, Client: id.New[id.Client](), Seq: 1,
	}}
	for _, text := range texts {
		ops.IDs = append(ops.IDs, id.New[id.Edit]())
		ops.Ops = append(ops.Ops, ot.New().Insert(text, nil).MustDelta())
	}
	return ops
}
