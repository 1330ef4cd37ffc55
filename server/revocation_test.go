package main

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"net/netip"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/server/internal/account"
	"github.com/coscribe/coscribe/server/internal/bus"
	"github.com/coscribe/coscribe/server/internal/document"
	"github.com/coscribe/coscribe/server/internal/room"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
	"github.com/coscribe/coscribe/storage/pgtest"
	"github.com/coscribe/coscribe/storage/sqlite"
)

// revocations of each kind.
const revocations = 29

// TestRevocationUnderLoad takes the right to write away from somebody who writes, over a socket and over HTTP, while others write the
// same document: in every way in which a right ends. Once the call has returned, or the moment of the expiry has passed, nothing
// of theirs is committed any more, and what others write stops flowing to them, over the socket and over an event stream.
func TestRevocationUnderLoad(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		store, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), databaseFile))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { store.Close() })
		revokeUnderLoad(t, store)
	})
	t.Run("postgres", func(t *testing.T) { revokeUnderLoad(t, pgtest.Open(t)) })
}

func revokeUnderLoad(t *testing.T, store storage.Store) {
	w := newRevokers(t, store)
	var all sync.WaitGroup // not t.Parallel, which holds some back: they are to be in each other's way
	for kind := range w.ways() {
		all.Go(func() { t.Run(kind, func(t *testing.T) { w.in(t).rounds(kind) }) })
	}
	all.Wait()
	slices.Sort(w.stopped)
	if n := len(w.stopped); n > 0 {
		t.Logf("%d revocations, %d late commits; delivery stopped after %v at the median, %v at p99", n, w.late, w.stopped[n/2], w.stopped[n*99/100])
	}
}

// rounds has two people write a document, and beside them takes the right from one after the other.
func (w *revokers) rounds(kind string) {
	doc := w.document()
	var writing sync.WaitGroup
	defer writing.Wait()
	ctx, stop := context.WithCancel(w.t.Context())
	defer stop()
	for range 2 {
		writing.Go(func() { w.write(ctx, w.owner, doc) })
	}
	for range revocations {
		w.round(doc, w.ways()[kind])
	}
	if kind == "expiry" && w.wrote == 0 {
		w.t.Error("nobody wrote until the right expired")
	}
}

// revokers are a server without its doors, as one test sees it.
type revokers struct {
	t         *testing.T
	store     storage.Store
	hub       *room.Hub
	accounts  *account.Service
	documents *document.Service
	owner     storage.Actor // who is the instance's administrator as well

	*revoked
}

// revoked is what came of it, in all tests.
type revoked struct {
	mu      sync.Mutex
	late    int             // edits; guarded by mu
	stopped []time.Duration // until nothing flowed any more; guarded by mu
	wrote   int             // rounds in which somebody wrote until the right expired; only expiry's test has it
}

// in is the same for a test within.
func (w revokers) in(t *testing.T) *revokers {
	w.t = t
	return &w
}

func newRevokers(t *testing.T, store storage.Store) *revokers {
	t.Helper()
	events := &bus.Bus{}
	w := &revokers{t: t, store: store, documents: document.New(store, events), revoked: &revoked{}}
	var err error
	if w.accounts, err = account.New(store, events, account.Config{}); err != nil {
		t.Fatal(err)
	}
	w.hub = room.New(store, events, slog.New(slog.DiscardHandler), room.BenchmarkLimits())
	running, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); _ = w.hub.Run(running) }()
	t.Cleanup(func() { stop(); <-ended })
	w.owner = w.person("Owner", true)
	return w
}

// must be on the test's own goroutine.
func (w *revokers) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// person is a user who came by a token.
func (w *revokers) person(name string, admin bool) storage.Actor {
	now := storage.At(time.Now())
	user := storage.User{ID: id.New[id.User](), Email: id.New[id.User]().String() + "@example.com", Name: name, InstanceAdmin: admin, CreatedAt: now}
	_, err := w.store.CreateUser(w.t.Context(), user, nil, storage.By{})
	w.must(err)
	token := storage.Token{ID: id.New[id.Credential](), User: user.ID, Name: "t", CreatedAt: now}
	rand.Read(token.Hash[:])
	w.must(w.store.PutToken(w.t.Context(), token, storage.By{}))
	return storage.Actor{User: user.ID, Name: name, InstanceAdmin: admin, Credential: storage.Credential{Kind: storage.ByToken, ID: token.ID}}
}

// signedIn is the same user by a login session.
func (w *revokers) signedIn(who storage.Actor) storage.Actor {
	now := storage.At(time.Now())
	end := now + storage.Micros(time.Hour.Microseconds())
	session := storage.Session{ID: id.New[id.Credential](), User: who.User, CreatedAt: now, ExpiresAt: end, LivesUntil: end}
	rand.Read(session.Hash[:])
	w.must(w.store.PutSession(w.t.Context(), session, storage.Note{}))
	who.Credential = storage.Credential{Kind: storage.BySession, ID: session.ID}
	return who
}

func (w *revokers) document() id.Doc {
	view, err := w.documents.Create(w.t.Context(), w.owner, "plan")
	w.must(err)
	return view.ID
}

// A way is how somebody gets the right to write, and how it ends. What it returns, revoke, returns when it has ended.
type way func(doc id.Doc, who storage.Actor) (_ storage.Actor, revoke func())

func (w *revokers) ways() map[string]way {
	ctx := w.t.Context()
	grant := func(doc id.Doc, to authz.Principal, expires storage.Micros) {
		_, err := w.documents.Grant(ctx, w.owner, doc, authz.Right{To: to, Role: authz.Editor, ExpiresAt: int64(expires)})
		w.must(err)
	}
	user := func(who storage.Actor) authz.Principal { return authz.Principal{Kind: authz.ToUser, ID: who.User} }
	return map[string]way{
		"grant": func(doc id.Doc, who storage.Actor) (storage.Actor, func()) {
			grant(doc, user(who), 0)
			return who, func() { _, err := w.documents.Revoke(ctx, w.owner, doc, user(who)); w.must(err) }
		},
		"group": func(doc id.Doc, who storage.Actor) (storage.Actor, func()) {
			group, err := w.documents.NewGroup(ctx, w.owner, id.New[id.Group]().String())
			w.must(err)
			w.must(w.documents.AddMember(ctx, w.owner, group.ID, who.User))
			grant(doc, authz.Principal{Kind: authz.ToGroup, ID: group.ID}, 0)
			return who, func() { w.must(w.documents.DropMember(ctx, w.owner, group.ID, who.User)) }
		},
		"link": func(doc id.Doc, who storage.Actor) (storage.Actor, func()) {
			link, secret, err := w.documents.NewLink(ctx, w.owner, doc, "review", authz.Editor, 0)
			w.must(err)
			_, _, err = w.accounts.EnterLink(ctx, who, secret, account.Visit{From: netip.AddrFrom16(who.User)}) // from elsewhere than the others
			w.must(err)
			return who, func() { w.must(w.documents.DropLink(ctx, w.owner, doc, link.ID)) }
		},
		"expiry": func(doc id.Doc, who storage.Actor) (storage.Actor, func()) {
			grant(doc, user(who), 0)
			granted := time.Now()
			return who, func() {
				// An end that leaves time to write, on a busy machine as well: as much as it took to come and write a little.
				end := time.Now().Add(max(200*time.Millisecond, time.Since(granted)))
				grant(doc, user(who), storage.At(end))
				head := w.head(doc)
				time.Sleep(time.Until(end.Add(time.Millisecond)))
				// An edit whose transaction looked at the clock just before is still on its way. Whoever writes next waits for it.
				_, err := w.documents.Rename(ctx, w.owner, doc, "plan")
				w.must(err)
				if w.after(doc, who.User, head) > 0 {
					w.wrote++
				}
			}
		},
		"suspension": func(doc id.Doc, who storage.Actor) (storage.Actor, func()) {
			grant(doc, user(who), 0)
			return who, func() { w.must(w.accounts.Suspend(ctx, w.owner, who.User)) }
		},
		"logout": func(doc id.Doc, who storage.Actor) (storage.Actor, func()) {
			grant(doc, user(who), 0)
			who = w.signedIn(who)
			return who, func() { w.must(w.accounts.EndLogin(ctx, who, who.User, who.Credential.ID)) }
		},
		"token": func(doc id.Doc, who storage.Actor) (storage.Actor, func()) {
			grant(doc, user(who), 0)
			return who, func() { w.must(w.accounts.RevokeToken(ctx, who, who.Credential.ID)) }
		},
	}
}

// round lets somebody write until their right ends, and then looks what came of it.
func (w *revokers) round(doc id.Doc, make way) {
	who, revoke := make(doc, w.person("Writer", false))
	var writing sync.WaitGroup
	defer writing.Wait()
	ctx, cancel := context.WithCancel(w.t.Context())
	defer cancel()
	seat, stream := w.sit(ctx, who, doc), w.follow(ctx, who, doc)
	writing.Go(func() { seat.live(ctx) })
	writing.Go(func() { stream.live(ctx) })
	writing.Go(func() { w.write(ctx, who, doc) })
	for _, warm := range []chan struct{}{seat.warm, stream.warm} {
		select {
		case <-warm:
		case <-time.After(time.Minute):
			w.t.Fatal("nothing was written for a minute")
		}
	}
	revoke()
	returned := time.Now()
	head := w.head(doc)
	for what, ended := range map[string]chan struct{}{"seat": seat.ended, "stream": stream.ended} {
		select {
		case <-ended:
		case <-time.After(time.Minute):
			w.t.Fatalf("the %s is open a minute after the right has ended", what)
		}
	}
	stopped := max(seat.last.Sub(returned), stream.last.Sub(returned))
	cancel()
	writing.Wait()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.stopped = append(w.stopped, max(0, stopped))
	if late := w.after(doc, who.User, head); late > 0 {
		w.t.Errorf("%d edits were committed after the right to make them had ended", late)
		w.late += late
	}
}

func (w *revokers) head(doc id.Doc) ot.Rev {
	access, err := w.store.Access(w.t.Context(), doc)
	w.must(err)
	return access.Document.Head
}

// after counts the author's revisions after that one.
func (w *revokers) after(doc id.Doc, author id.User, at ot.Rev) (late int) {
	for {
		page, err := w.store.After(context.Background(), doc, at, 1000)
		w.must(err)
		for _, revision := range page {
			if revision.Author == author {
				late++
			}
			at = revision.Rev
		}
		if len(page) < 1000 {
			return late
		}
	}
}

// write writes over HTTP, as fast as it is answered, until it is refused or ctx ends.
func (w *revokers) write(ctx context.Context, who storage.Actor, doc id.Doc) {
	client := id.New[id.Client]()
	var base ot.Rev
	for seq := int64(1); ctx.Err() == nil; seq++ {
		written, err := w.hub.Write(ctx, room.Write{Doc: doc, Actor: who, WriteOps: wire.WriteOps{
			Epoch: 1, Base: base, Mode: "rebase", Client: client, Seq: seq,
			IDs: []id.Edit{id.New[id.Edit]()}, Ops: []ot.Delta{ot.New().Insert("h", nil).MustDelta()},
		}})
		if refused, ok := errors.AsType[*room.Refusal](err); ok && refused.Code.Temporary() {
			continue
		}
		if err != nil {
			return
		}
		base = written.Head
		time.Sleep(2 * time.Millisecond) // others want a turn
	}
}

// A sitter is a seat that writes as fast as it is answered.
type sitter struct {
	t     *testing.T
	seat  *room.Seat
	look  chan struct{}
	warm  chan struct{} // closed after some edits
	ended chan struct{} // closed when the seat is
	last  time.Time     // when something came for the last time
}

func (w *revokers) sit(ctx context.Context, who storage.Actor, doc id.Doc) *sitter {
	s := &sitter{t: w.t, look: make(chan struct{}, 1), warm: make(chan struct{}), ended: make(chan struct{})}
	wake := func() {
		select {
		case s.look <- struct{}{}:
		default:
		}
	}
	seat, err := w.hub.Join(ctx, room.Join{Doc: doc, Actor: who, Client: id.New[id.Client](), Wake: wake})
	w.must(err)
	s.seat = seat
	wake()
	return s
}

func (s *sitter) live(ctx context.Context) {
	defer s.seat.Leave()
	defer close(s.ended)
	var seq, acknowledged int64
	var at ot.Rev
	for {
		select {
		case <-s.look:
		case <-ctx.Done():
			return
		}
		for {
			data, ends, err := s.seat.Pull(ctx, nil, nil, 1<<16)
			begin := 0
			for _, end := range ends {
				m, fault := wire.DecodeOutbound(data[begin:end])
				begin = end
				if fault != nil {
					s.t.Errorf("a message that is none: %v", fault)
					return
				}
				switch m := m.(type) {
				case *wire.Welcome:
					at, seq = m.Rev, 1
					s.submit(seq, at)
				case *wire.Revisions:
					s.last = time.Now()
					for _, item := range m.Items {
						at = item.Rev
						if item.Seat == s.seat.ID() {
							if acknowledged++; acknowledged == 3 {
								close(s.warm)
							}
							seq = item.Seq + 1
							s.submit(seq, at)
						}
					}
				}
			}
			if _, closed := errors.AsType[*room.Closed](err); closed {
				return
			}
			if err != nil || len(ends) == 0 {
				break
			}
		}
	}
}

func (s *sitter) submit(seq int64, base ot.Rev) {
	_ = s.seat.Submit(wire.Submit{Seq: seq, ID: id.New[id.Edit](), Base: base, Delta: ot.New().Insert("s", nil).MustDelta()})
}

// A streamer reads along, as an event stream does.
type streamer struct {
	t        *testing.T
	follower *room.Follower
	look     chan struct{}
	warm     chan struct{} // closed when something has come
	ended    chan struct{} // closed when the follower is
	last     time.Time     // when something came for the last time
}

func (w *revokers) follow(ctx context.Context, who storage.Actor, doc id.Doc) *streamer {
	s := &streamer{t: w.t, look: make(chan struct{}, 1), warm: make(chan struct{}), ended: make(chan struct{})}
	wake := func() {
		select {
		case s.look <- struct{}{}:
		default:
		}
	}
	since := wire.Since{Epoch: 1, Rev: w.head(doc)}
	follower, err := w.hub.Follow(ctx, room.Follow{Doc: doc, Actor: who, Since: since, Wake: wake})
	w.must(err)
	s.follower = follower
	wake()
	return s
}

func (s *streamer) live(ctx context.Context) {
	defer s.follower.Leave()
	defer close(s.ended)
	for {
		select {
		case <-s.look:
		case <-ctx.Done():
			return
		}
		for more := true; more; {
			_, ends, err := s.follower.Pull(ctx, nil, nil, 1<<16)
			if more = len(ends) > 0; more {
				if s.last.IsZero() {
					close(s.warm)
				}
				s.last = time.Now()
			}
			if _, closed := errors.AsType[*room.Closed](err); closed {
				return
			}
			more = more && err == nil
		}
	}
}
