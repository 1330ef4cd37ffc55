package room_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/server/internal/room"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// A caret goes with the text: moved to the head when it comes, and by every revision then.
func TestCaretsMove(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		a, b := join(w, w.owner), join(w, w.editor("B"))
		a.typeText("0123456789")
		b.settle(1)
		a.typeText("<") // b has not pulled it
		a.seat.ShowCursor(&wire.Cursor{Rev: 2, Index: 11})
		b.seat.ShowCursor(&wire.Cursor{Rev: 1, Index: 5, Length: 2})
		time.Sleep(w.limits.PresencePause)
		synctest.Wait()
		a.pull()
		got := a.peers[b.seat.ID()]
		if got.Name != "B" || got.Cursor == nil || *got.Cursor != (wire.Cursor{Rev: 2, Index: 6, Length: 2}) {
			t.Fatalf("b's caret is shown as %+v", got.Cursor)
		}
		a.edit(ot.New().Retain(7, nil).Insert("in the selection", nil).MustDelta())
		a.send()
		a.wait("it", a.replica.Synced)
		c := join(w, w.editor("C"))
		time.Sleep(w.limits.PresencePause)
		synctest.Wait()
		c.pull()
		if got := c.peers[b.seat.ID()].Cursor; got == nil || *got != (wire.Cursor{Rev: 3, Index: 6, Length: 18}) {
			t.Fatalf("b's caret is shown to a new seat as %+v", got)
		}
		// A caret from the future, from long ago, or off the end does no harm.
		b.seat.ShowCursor(&wire.Cursor{Rev: 99, Index: 1})
		b.settle(3)
		b.seat.ShowCursor(&wire.Cursor{Rev: 3, Index: 1 << 40, Length: 5})
		time.Sleep(w.limits.PresencePause)
		synctest.Wait()
		a.pull()
		if got := a.peers[b.seat.ID()].Cursor; got == nil || got.Index != a.replica.Shown().Len() || got.Length != 0 {
			t.Fatalf("a caret off the end is shown at %+v", got)
		}
		b.seat.ShowCursor(nil)
		time.Sleep(w.limits.PresencePause)
		synctest.Wait()
		if a.pull(); a.peers[b.seat.ID()].Cursor != nil {
			t.Fatal("it has no caret any more")
		}
		b.seat.Leave()
		time.Sleep(w.limits.PresencePause)
		synctest.Wait()
		if a.pull(); len(a.peers) != 1 {
			t.Fatalf("peers %v", a.peers)
		}
	})
}

// However often a caret moves, others hear of it at most once in each pause.
func TestCaretsAreCoalesced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		a, b := join(w, w.owner), join(w, w.editor("B"))
		a.typeText("0123456789")
		b.settle(1)
		time.Sleep(time.Second)
		a.pull()
		before := a.pulled
		for i := range 200 {
			b.seat.ShowCursor(&wire.Cursor{Rev: 1, Index: i % 10})
			time.Sleep(10 * time.Millisecond)
			a.pull()
		}
		time.Sleep(w.limits.PresencePause)
		if a.pull(); a.peers[b.seat.ID()].Cursor.Index != 9 {
			t.Errorf("the last place is %v", a.peers[b.seat.ID()].Cursor)
		}
		if got, most := a.pulled-before, int(2*time.Second/w.limits.PresencePause)+2; got > most || got < most/2 {
			t.Errorf("%d messages in 2 s, want up to %d", got, most)
		}
	})
}

// People come and go: who listens knows who is there, and who does not listen costs nothing.
func TestComingAndGoing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, func(l *room.Limits) { l.Presences = 8 })
		actor := w.editor("Many")
		listens, sleeps := join(w, w.owner), join(w, w.owner)
		var here []*typist
		for range 100 {
			here = append(here, join(w, actor))
			if len(here) > 5 {
				here[0].seat.Leave()
				here = here[1:]
			}
			time.Sleep(w.limits.PresencePause)
			listens.pull()
		}
		synctest.Wait()
		listens.pull()
		if len(listens.peers) != len(here) {
			t.Errorf("%d peers, want %d", len(listens.peers), len(here))
		}
		if sleeps.pull(); sleeps.closed != wire.CloseSlowConsumer {
			t.Errorf("who missed more than can be kept is closed with %d", sleeps.closed)
		}
	})
}

// A seat that does not pull is closed when it is too far behind, and nobody waits for it. One that is catching up is not slow.
func TestSlowConsumer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, func(l *room.Limits) { l.SlowBytes, l.PageRevisions = 20_000, 10 })
		c, slow := join(w, w.owner), join(w, w.editor("Slow"))
		for range 100 {
			c.typeText("x")
		}
		catching := newTypist(w, w.editor("Catching up"))
		catching.maxBytes = 500
		start, _ := ot.NewDocument(insert("\n"))
		catching.replica = ot.NewReplica(0, start)
		if err := catching.join(); err != nil {
			t.Fatal(err)
		}
		for range 100 {
			c.typeText("y")
		}
		if slow.pull(); slow.closed != wire.CloseSlowConsumer || slow.replica.Rev() != 0 {
			t.Errorf("closed with %d at revision %d", slow.closed, slow.replica.Rev())
		}
		slow.finish()
		converged(t, w, []*typist{c, slow, catching})
		if catching.closed != 0 {
			t.Errorf("who is catching up is closed with %d", catching.closed)
		}
	})
}

// A single commit may be larger than what a seat may be behind: nobody is slow who has had no chance to pull it.
func TestLargeCommitMakesNobodySlow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, func(l *room.Limits) { l.SlowBytes = 1000 })
		c := join(w, w.owner)
		if _, err := w.hub.Write(w.ctx, write(w, w.owner, w.doc, 0, "rebase", strings.Repeat("large ", 1000))); err != nil {
			t.Fatal(err)
		}
		c.settle(1)
		c.typeText("small")
		if c.closed != 0 {
			t.Fatalf("closed with %d", c.closed)
		}
	})
}

// One live seat of an author and client: the newer supersedes, and what the older has queued is dropped.
func TestNewerSeatSupersedes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		old := join(w, w.owner)
		newer := newTypist(w, w.owner)
		newer.client = old.client
		newer.rejoin()
		old.edit(insert("too late"))
		old.send()
		synctest.Wait()
		newer.pull()
		if old.pull(); old.closed != wire.CloseSuperseded || len(w.log()) != 0 {
			t.Fatalf("closed with %d, %d revisions", old.closed, len(w.log()))
		}
		newer.typeText("mine")
		old.seat.Leave()
		synctest.Wait()
		newer.typeText("still mine")
	})
}

// What an older seat has in the inbox when a newer one comes is not taken.
func TestSupersededInboxIsDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		old, newer := join(w, w.owner), newTypist(w, w.owner)
		newer.client = old.client
		wake := old.seat.Busy() // so that all comes in one turn
		joined := make(chan error)
		go func() { joined <- newer.join() }()
		synctest.Wait()
		old.edit(insert("too late"))
		old.send()
		wake()
		if err := <-joined; err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if old.pull(); old.closed != wire.CloseSuperseded || len(w.log()) != 0 {
			t.Fatalf("closed with %d, %d revisions", old.closed, len(w.log()))
		}
	})
}

// The default rates: a burst, then slow_down, which consumes nothing; who goes on is closed, and a bystander is not held up.
func TestRates(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		defaults := room.DefaultLimits()
		w := newWorld(t, func(l *room.Limits) { *l = defaults })
		c, other := join(w, w.editor("Fast")), join(w, w.owner)
		send := func() wire.Code {
			n := len(c.rejected)
			c.edit(insert("x"))
			c.send()
			synctest.Wait()
			c.pull()
			if len(c.rejected) == n {
				return ""
			}
			return c.rejected[n].Code
		}
		for i := range defaults.SeatEditBurst {
			if code := send(); code != "" {
				t.Fatalf("edit %d: %v", i, code)
			}
		}
		if code := send(); code != wire.CodeSlowDown || !c.rejected[0].Temporary {
			t.Fatalf("after the burst: %v", code)
		}
		other.typeText("unhindered")
		time.Sleep(time.Second / time.Duration(defaults.SeatEdits))
		c.rejected = nil
		c.finish()
		for range defaults.RateStrikes {
			if c.closed == 0 {
				send()
			}
		}
		if c.closed != wire.CloseRateLimited {
			t.Fatalf("closed with %d", c.closed)
		}
		if w.hub == nil || len(w.log()) != defaults.SeatEditBurst+2 {
			t.Fatalf("%d revisions", len(w.log()))
		}
	})
}

// A user's rate counts over all seats.
func TestRateOfAUser(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, func(l *room.Limits) { l.UserEdits, l.UserEditBurst = 1, 10 })
		actor, slowed := w.editor("Many tabs"), 0
		for range 4 {
			c := join(w, actor)
			for i := range 4 {
				c.submitAs(int64(i+1), id.New[id.Edit](), 0, insert("x"))
				synctest.Wait()
			}
			c.pull()
			slowed += len(c.rejected)
		}
		if slowed != 6 || len(w.log()) != 10 {
			t.Fatalf("%d slowed down, %d revisions", slowed, len(w.log()))
		}
	})
}

// Over HTTP a program has a rate of its own, if its token is for bulk; else it has that of people, and no request of more than
// they may write at once.
func TestRateOfBulk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, func(l *room.Limits) {
			l.UserEdits, l.UserEditBurst, l.UserWrites, l.UserWriteBurst = 1, 3, 1, 10
		})
		bulk, plain := w.editor("Bulk"), w.editor("Plain")
		plain.Withheld = authz.ScopeBulk
		for i, c := range []struct {
			actor storage.Actor
			edits int
			want  wire.Code
		}{
			{bulk, 8, ""}, {bulk, 3, wire.CodeSlowDown}, {bulk, 2, ""},
			{plain, 4, wire.CodeTooLarge}, {plain, 2, ""}, {plain, 2, wire.CodeSlowDown}, {plain, 1, ""}, {plain, 1, wire.CodeSlowDown},
		} {
			_, err := w.hub.Write(w.ctx, write(w, c.actor, w.doc, 0, "rebase", slices.Repeat([]string{"x"}, c.edits)...))
			var got wire.Code
			if refused, is := err.(*room.Refusal); is {
				got = refused.Code
			} else if err != nil {
				t.Fatal(err)
			}
			if got != c.want {
				t.Errorf("request %d: %q, want %q", i, got, c.want)
			}
		}
	})
}

// More than a room can hold is refused for now, and what is held is committed.
func TestOverload(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, func(l *room.Limits) { l.Inbox = 20 })
		actor := w.editor("Many")
		var seats []*typist
		for range 30 {
			seats = append(seats, join(w, actor))
		}
		release := w.hold()
		for _, c := range seats {
			c.edit(insert("x"))
			c.send()
			synctest.Wait()
		}
		overloaded := 0
		for _, c := range seats {
			if c.pull(); c.lastRejected() == wire.CodeOverloaded {
				overloaded++
			}
		}
		release()
		if overloaded != 10 {
			t.Errorf("%d overloaded, want 10", overloaded)
		}
		for _, c := range seats {
			c.finish()
		}
		converged(t, w, seats)
	})
}

// Rooms share a commit, and one document's refusal is its own.
func TestRoomsShareACommit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		var rooms []*typist
		for range 20 {
			there := *w
			there.doc = w.document()
			rooms = append(rooms, join(&there, w.owner))
		}
		first := *w
		release := w.hold()
		lone := join(&first, w.owner)
		lone.edit(insert("x"))
		lone.send()
		synctest.Wait()
		for _, c := range rooms {
			c.edit(insert("y"))
			c.send()
		}
		synctest.Wait()
		w.store.mu.Lock()
		w.store.appends = 0
		w.store.mu.Unlock()
		release()
		for _, c := range rooms {
			c.wait("it", c.replica.Synced)
		}
		if w.store.appends != 1 {
			t.Errorf("%d appends for 20 rooms that waited", w.store.appends)
		}
		// A fault that is one batch's does not fail the others'.
		bad := rooms[3].w.doc
		w.store.hookAppend(func(ctx context.Context, batches []storage.Batch, next appendTo) ([]error, error) {
			for _, b := range batches {
				if b.Doc == bad {
					return nil, fmt.Errorf("a fault that nobody knows")
				}
			}
			return next(ctx, batches)
		})
		for _, c := range rooms {
			c.edit(insert("z"))
			c.send()
		}
		synctest.Wait()
		for i, c := range rooms {
			c.pull()
			if i == 3 {
				if c.closed != wire.CloseInternal {
					t.Errorf("the bad one is closed with %d", c.closed)
				}
			} else if !c.replica.Synced() {
				t.Errorf("room %d waits", i)
			}
		}
	})
}
