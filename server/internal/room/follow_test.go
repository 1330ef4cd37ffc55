package room_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/server/internal/bus"
	"github.com/coscribe/coscribe/server/internal/room"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
)

// reader is a follower, and what it was given.
type reader struct {
	*room.Follower
	w      *world
	woken  chan struct{}
	after  ot.Rev
	got    []string
	closed wire.CloseCode
	pulls  int // that gave something
}

func (w *world) follow(actor storage.Actor, after ot.Rev) (*reader, error) {
	f := &reader{w: w, after: after, woken: make(chan struct{}, 1)}
	var err error
	f.Follower, err = w.hub.Follow(w.ctx, room.Follow{Doc: w.doc, Actor: actor, Since: wire.Since{Epoch: 1, Rev: after}, Wake: func() {
		select {
		case f.woken <- struct{}{}:
		default:
		}
	}})
	return f, err
}

func (w *world) mustFollow(actor storage.Actor, after ot.Rev) *reader {
	w.t.Helper()
	f, err := w.follow(actor, after)
	if err != nil {
		w.t.Fatalf("follow: %v", err)
	}
	return f
}

// pull takes everything there is now, so many bytes at a time.
func (f *reader) pull(maxBytes int) {
	f.w.t.Helper()
	for f.closed == 0 {
		data, ends, err := f.Pull(f.w.ctx, nil, nil, maxBytes)
		from := 0
		for _, end := range ends {
			f.got = append(f.got, string(data[from:end]))
			from = end
			if rev := f.after + ot.Rev(len(f.got)); !f.w.store.isConfirmed(f.w.doc, rev) {
				f.w.t.Fatalf("revision %d was shown before it was committed", rev)
			}
		}
		if closed, ok := errors.AsType[*room.Closed](err); ok {
			f.closed = closed.Code
		} else if err != nil {
			f.w.t.Fatal(err)
		}
		if len(ends) == 0 {
			return
		}
		f.pulls++
	}
}

// holds compares what it was given with the log.
func (f *reader) holds() {
	f.w.t.Helper()
	log := f.w.log()[f.after:]
	if len(f.got) != len(log) {
		f.w.t.Fatalf("after revision %d came %d revisions, want %d", f.after, len(f.got), len(log))
	}
	for i, r := range log {
		want := wire.AppendRevision(nil, &wire.Revision{
			Rev: r.Rev, ID: r.Edit, Author: r.Author, Seat: r.Seat, Client: r.Client, Seq: r.Seq, At: r.At.Time(), Kind: string(r.Kind),
		}, r.Delta)
		if f.got[i] != string(want) {
			f.w.t.Fatalf("revision %d came as %s, want %s", r.Rev, f.got[i], want)
		}
	}
}

// Everybody who follows gets what the log has after where they begin, with every delta, once and in order: from the log, from what
// rooms keep, and as it is written; their own edits as others'.
func TestFollowersGetTheLog(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, func(l *room.Limits) { l.TailBytes, l.PageRevisions = 2<<10, 7 })
		writer := join(w, w.owner)
		var readers []*reader
		for i := range 150 {
			if i%10 == 0 {
				readers = append(readers, w.mustFollow(w.owner, ot.Rev(random.IntN(i+1))))
			}
			if i == 75 {
				writer.seat.Leave()
				for _, f := range readers {
					f.pull(1 << 20) // what was committed is to be had until the end
				}
				w.restart()
				for j, f := range readers {
					f.pull(1 << 20)
					if f.closed != wire.CloseDraining {
						t.Fatalf("closed %d, want draining", f.closed)
					}
					again := w.mustFollow(w.owner, f.after+ot.Rev(len(f.got)))
					again.after, again.got = f.after, f.got
					readers[j] = again
				}
				writer = join(w, w.owner)
			}
			writer.typeText(fmt.Sprintf("%d😀 ", i))
			for _, f := range readers {
				if random.IntN(4) == 0 {
					f.pull(1 + random.IntN(2_000))
				}
			}
		}
		synctest.Wait()
		for _, f := range readers {
			f.pull(1 << 20)
			f.holds()
			f.Leave()
		}
	})
}

// Revisions that are there together come together.
func TestFollowersGetMuchAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, func(l *room.Limits) { l.PageRevisions = 100 })
		writer := join(w, w.owner)
		f := w.mustFollow(w.owner, 0)
		f.pull(1 << 20)
		for range 40 {
			writer.typeText("x")
		}
		if f.pull(1 << 20); f.pulls != 1 {
			t.Errorf("40 revisions of the tail came in %d pieces", f.pulls)
		}
		late := w.mustFollow(w.owner, 0)
		if late.pull(1 << 20); late.pulls != 1 {
			t.Errorf("40 revisions came in %d pieces", late.pulls)
		}
		late.holds()
	})
}

// Whoever may read a document but not its history does not follow it, and stops when that is taken.
func TestFollowingTakesTheRightToHistory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		writer, reader := join(w, w.owner), w.editor("Reader")
		f := w.mustFollow(reader, 0)
		for _, who := range []storage.Actor{w.person("Stranger"), w.granted("Viewer", authz.Viewer)} {
			if _, err := w.follow(who, 0); refusedCode(err) != wire.CodeNotFound {
				t.Fatalf("Follow() = %v", err)
			}
		}
		writer.typeText("seen")
		f.pull(1 << 20)
		w.grant(reader, authz.Viewer, 0)
		synctest.Wait()
		writer.typeText("unseen")
		if f.pull(1 << 20); f.closed != wire.CloseAccessRevoked || len(f.got) != 1 {
			t.Fatalf("closed %d after %d revisions", f.closed, len(f.got))
		}
		for _, s := range w.hub.Seats(w.doc) {
			if s.Follows {
				t.Errorf("it is among the seats: %+v", s)
			}
		}
	})
}

func (w *world) granted(name string, role authz.Role) storage.Actor {
	w.t.Helper()
	actor := w.person(name)
	w.grant(actor, role, 0)
	return actor
}

// Every way in which a seat ends, ends a follower.
func TestFollowersEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		for _, c := range []struct {
			name string
			end  func(who storage.Actor)
			want wire.CloseCode
		}{
			{"revoked", func(who storage.Actor) { w.grant(who, authz.None, 0) }, wire.CloseAccessRevoked},
			{"expired", func(who storage.Actor) {
				w.grant(who, authz.Editor, storage.At(time.Now().Add(time.Second)))
				time.Sleep(time.Second)
			}, wire.CloseAccessRevoked},
			{"token", func(who storage.Actor) {
				w.events.Publish(bus.CredentialEnded{Credential: who.Credential.ID})
			}, wire.CloseSignedOut},
			{"token, unheard of", func(who storage.Actor) {
				if err := w.store.RevokeToken(w.ctx, who.User, who.Credential.ID, storage.At(time.Now()), storage.By{}); err != nil {
					t.Fatal(err)
				}
				time.Sleep(w.limits.AccessPoll)
			}, wire.CloseSignedOut},
			{"disconnected", func(storage.Actor) {
				for _, s := range w.hub.Seats(w.doc) {
					w.events.Publish(bus.SeatDisconnected{Doc: w.doc, Seat: s.Seat})
				}
			}, wire.CloseDisconnected},
			{"drained", func(storage.Actor) { w.stop() }, wire.CloseDraining},
		} {
			reader := w.editor(c.name)
			f := w.mustFollow(reader, 0)
			f.pull(1 << 20)
			for len(f.woken) > 0 {
				<-f.woken
			}
			c.end(reader)
			synctest.Wait()
			if len(f.woken) == 0 {
				t.Errorf("%s: it was not woken", c.name)
			}
			if f.pull(1 << 20); f.closed != c.want {
				t.Errorf("%s: closed %d, want %d", c.name, f.closed, c.want)
			}
		}
	})
}

// Nobody who can say who may see what: nothing is given, and it goes on by itself.
func TestFollowersFailClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		writer, f := join(w, w.owner), w.mustFollow(w.editor("Reader"), 0)
		w.store.hookRead(func() error { return storage.ErrUnavailable })
		time.Sleep(w.limits.FailClosed + w.limits.AccessPoll)
		writer.edit(insert("x")) // Append still works
		writer.send()
		time.Sleep(time.Second)
		synctest.Wait()
		if f.pull(1 << 20); len(f.got) != 0 || f.closed != 0 {
			t.Fatalf("given %d revisions, closed %d", len(f.got), f.closed)
		}
		for len(f.woken) > 0 {
			<-f.woken
		}
		w.store.hookRead(nil)
		time.Sleep(w.limits.AccessPoll)
		synctest.Wait()
		if len(f.woken) == 0 {
			t.Error("it was not woken")
		}
		f.pull(1 << 20)
		f.holds()
	})
}

// Who follows is nobody in the room: others are not told, and nothing but revisions is told to it.
func TestFollowersAreOnNoBoard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		reader := w.editor("Reader")
		a := join(w, w.owner)
		f := w.mustFollow(reader, 0)
		b := join(w, w.owner)
		w.grant(reader, authz.Admin, 0) // a welcome, an access and a document message would be due
		b.seat.ShowCursor(&wire.Cursor{})
		time.Sleep(w.limits.PresencePause)
		synctest.Wait()
		a.pull()
		f.pull(1 << 20)
		if len(a.peers) != 1 || len(b.peers) != 1 || len(f.got) != 0 {
			t.Errorf("peers %v and %v; the follower was given %q", a.peers, b.peers, f.got)
		}
		f.Leave()
		f.Leave()
		synctest.Wait()
		if seats := w.hub.Seats(w.doc); len(seats) != 2 {
			t.Errorf("%d seats are left", len(seats))
		}
	})
}

// A follower that does not pull is given up, and costs what a seat may cost until then; one that is far behind when it begins is not
// slow.
func TestSlowFollower(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, func(l *room.Limits) { l.SlowBytes = 4 << 10 })
		writer := join(w, w.owner)
		f := w.mustFollow(w.owner, 0)
		f.pull(1 << 20)
		for range 40 {
			writer.typeText("0123456789")
		}
		late := w.mustFollow(w.owner, 0)
		writer.typeText("x")
		synctest.Wait()
		if f.pull(1 << 20); f.closed != wire.CloseSlowConsumer || len(f.got) != 0 {
			t.Errorf("closed %d after %d revisions", f.closed, len(f.got))
		}
		late.pull(100)
		late.holds()
	})
}

// A place in another history is none.
func TestFollowingAnotherEpoch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		_, err := w.hub.Follow(w.ctx, room.Follow{Doc: w.doc, Actor: w.owner, Since: wire.Since{Epoch: 2}, Wake: func() {}})
		if refusedCode(err) != wire.CodeResync {
			t.Errorf("Follow() = %v", err)
		}
	})
}
