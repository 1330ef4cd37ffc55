package room_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/server/internal/room"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage/id"
)

// A join in the middle of a commit sees what is committed, and the rest when it is.
func TestJoinDuringACommit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		c := join(w, w.owner)
		c.typeText("first ")
		release := w.hold()
		c.edit(insert("second "))
		c.send()
		synctest.Wait()
		d := join(w, w.editor("Late"))
		if d.welcome.Head != 1 || d.replica.Rev() != 1 {
			t.Fatalf("welcomed to %d of %d", d.replica.Rev(), d.welcome.Head)
		}
		release()
		d.wait("the second", func() bool { return d.replica.Rev() == 2 })
		converged(t, w, []*typist{c, d})
	})
}

// A snapshot that was made for one serves the next as well. What was written since follows.
func TestSharedSnapshotGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		c := join(w, w.owner)
		c.typeText("first ")
		d := join(w, w.editor("First"))
		c.typeText("second ")
		c.typeText("third ")
		e := join(w, w.editor("Second"))
		if e.welcome.Rev >= e.welcome.Head {
			t.Fatalf("welcomed to %d of %d: the snapshot is a new one", e.welcome.Rev, e.welcome.Head)
		}
		converged(t, w, []*typist{c, d, e})
	})
}

// Many join while some type: one load, no gap, no repeat, everybody the same.
func TestJoinStorm(t *testing.T) {
	w, seed := newWorld(t), seed(t)
	var editors []*typist
	for range 4 {
		editors = append(editors, newTypist(w, w.editor("Typist")))
	}
	viewers := make([]*typist, 300)
	for i := range viewers {
		viewers[i] = newTypist(w, editors[i%4].actor)
	}
	w.restart()
	w.store.mu.Lock()
	w.store.loads = 0
	w.store.mu.Unlock()
	var running sync.WaitGroup
	for i, c := range editors {
		running.Go(func() {
			if err := c.run(w.ctx, rand.New(rand.NewPCG(seed, uint64(i))), 40); err != nil {
				t.Error(err)
			}
		})
	}
	for _, c := range viewers {
		running.Go(func() {
			if err := c.join(); err != nil {
				t.Error(err)
				return
			}
			c.pull()
		})
	}
	running.Wait()
	if t.Failed() {
		return
	}
	if w.store.loads != 1 {
		t.Errorf("%d loads", w.store.loads)
	}
	converged(t, w, append(editors, viewers...))
}

// Who comes back with what it has gets what it missed, its own with their deltas, and then goes on.
func TestSince(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, func(l *room.Limits) { l.PageRevisions, l.TailBytes = 7, 2000 })
		c, other := join(w, w.owner), join(w, w.editor("Other"))
		c.typeText("mine ")
		c.edit(insert("on its way "))
		c.send()
		c.seat.Leave() // before it hears
		for range 60 {
			other.typeText("x")
		}
		c.maxBytes = 1000
		c.rejoin()
		if c.welcome.Snapshot != nil || c.welcome.Rev != 1 || c.welcome.Head < 61 {
			t.Fatalf("welcomed at %d of %d", c.welcome.Rev, c.welcome.Head)
		}
		if !c.replica.Synced() {
			c.send()
		}
		other.typeText("y")
		converged(t, w, []*typist{c, other})
	})
}

func TestImpossibleSinceIsResync(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		c := join(w, w.owner)
		c.typeText("x")
		for _, since := range []wire.Since{{Epoch: 2, Rev: 1}, {Epoch: 1, Rev: 2}} {
			_, err := w.hub.Join(w.ctx, room.Join{Doc: w.doc, Actor: w.owner, Client: id.New[id.Client](), Since: &since, Wake: func() {}})
			if refusedCode(err) != wire.CodeResync {
				t.Errorf("since %v: %v", since, err)
			}
		}
		if c.pull(); c.closed != 0 {
			t.Errorf("closed with %d", c.closed)
		}
	})
}

// A base that the document does not have, or that is too far back, is refused, and nothing happens.
func TestBases(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, func(l *room.Limits) { l.Window = 5 })
		c := join(w, w.owner)
		for range 10 {
			c.typeText("x")
		}
		for base, want := range map[ot.Rev]wire.Code{11: wire.CodeBadBase, 4: wire.CodeResync, 0: wire.CodeResync} {
			c.submitAs(c.seq+100, id.New[id.Edit](), base, insert("y"))
			synctest.Wait()
			if c.pull(); c.lastRejected() != want || c.closed != 0 || len(w.log()) != 10 {
				t.Errorf("base %d: rejected %v, closed %d", base, c.lastRejected(), c.closed)
			}
		}
		c.submitAs(c.seq+100, id.New[id.Edit](), 5, insert("y"))
		synctest.Wait()
		if c.pull(); len(w.log()) != 11 {
			t.Errorf("base 5: %v", c.rejected)
		}
	})
}

// What is not a valid edit is refused with the place of the fault, and costs others nothing.
func TestInvalidEdits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, func(l *room.Limits) { l.DocumentUnits, l.InsertUnits, l.Components = 30, 20, 3 })
		c := join(w, w.owner)
		for _, test := range []struct {
			delta   ot.Delta
			code    wire.Code
			pointer string
		}{
			{ot.Delta{}, wire.CodeEmptyEdit, ""},
			{ot.New().Insert("x", ot.Attrs{"link": "javascript:alert(1)"}).MustDelta(), wire.CodeNotAllowed, "/ops/0/attributes/link"},
			{ot.New().Embed("video", "https://example.com", nil).MustDelta(), wire.CodeNotAllowed, "/ops/0/insert/video"},
			{ot.New().Retain(5, nil).Delete(1).MustDelta(), wire.CodeDoesNotFit, "/ops/0"},
			{ot.New().Delete(1).MustDelta(), wire.CodeDoesNotFit, "/ops/0"},
			{insert("123456789012345678901"), wire.CodeTooLarge, "/ops/0/insert"},
			{ot.New().Insert("a", ot.Attrs{"bold": true}).Insert("b", nil).Insert("c", ot.Attrs{"bold": true}).Insert("d", nil).MustDelta(), wire.CodeTooLarge, "/ops/3"},
		} {
			c.seq++
			c.submitAs(c.seq, id.New[id.Edit](), 0, test.delta)
			synctest.Wait()
			c.pull()
			got := c.rejected[len(c.rejected)-1]
			if got.Code != test.code || got.Pointer != test.pointer || got.Temporary {
				t.Errorf("%v: %+v", test.delta, got)
			}
		}
		if len(w.log()) != 0 || c.closed != 0 {
			t.Fatalf("%d revisions, closed %d", len(w.log()), c.closed)
		}
		c.raw = false
		c.typeText("12345678901234567890")
		c.edit(insert("1234567890"))
		c.send()
		synctest.Wait()
		if c.pull(); c.lastRejected() != wire.CodeTooLarge {
			t.Fatalf("a document over its limit: %v", c.rejected)
		}
	})
}

// Who stops waiting for a seat gets none.
func TestJoinThatIsAbandoned(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		gate := make(chan struct{})
		w.store.hookLoad(func(id.Doc) error { <-gate; return nil })
		ctx, cancel := context.WithTimeout(w.ctx, time.Second)
		defer cancel()
		_, err := w.hub.Join(ctx, room.Join{Doc: w.doc, Actor: w.owner, Client: id.New[id.Client](), Wake: func() {}})
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("Join() = %v", err)
		}
		close(gate)
		synctest.Wait()
		c := join(w, w.editor("Next"))
		time.Sleep(time.Second)
		if c.pull(); len(c.peers) != 0 {
			t.Fatalf("somebody sits there: %v", c.peers)
		}
	})
}
