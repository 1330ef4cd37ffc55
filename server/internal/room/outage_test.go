package room_test

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/server/internal/bus"
	"github.com/coscribe/coscribe/server/internal/room"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// When the answer of a commit is lost, nobody hears anything until the same Append has completed, whether it landed or not.
func TestUnknownOutcomes(t *testing.T) {
	for _, lands := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t)
			c, other := join(w, w.owner), join(w, w.editor("Other"))
			tries, heal := 0, atomic.Bool{}
			w.store.hookAppend(func(ctx context.Context, batches []storage.Batch, next appendTo) ([]error, error) {
				if tries++; heal.Load() {
					return next(ctx, batches)
				}
				if lands {
					_, _ = next(ctx, batches)
				}
				if tries%3 == 0 {
					return nil, storage.ErrUnavailable // says nothing about the first
				}
				return nil, storage.ErrUnknown
			})
			c.edit(insert("x"))
			c.send()
			time.Sleep(time.Minute)
			synctest.Wait()
			c.pull()
			other.pull()
			if len(c.acked)+len(c.rejected) > 0 || other.replica.Rev() != 0 {
				t.Fatalf("lands %v: somebody heard of it: %v, %v, revision %d", lands, c.acked, c.rejected, other.replica.Rev())
			}
			fresh := join(w, w.editor("Fresh"))
			if fresh.welcome.Rev != 0 {
				t.Fatalf("lands %v: a join saw revision %d", lands, fresh.welcome.Rev)
			}
			heal.Store(true)
			c.wait("the acknowledgement", c.replica.Synced)
			synctest.Wait()
			if other.pull(); len(w.log()) != 1 || other.replica.Rev() != 1 {
				t.Fatalf("lands %v: %d revisions, others at %d", lands, len(w.log()), other.replica.Rev())
			}
		})
	}
}

// Another writer of the same database wins a race: the room reads what it lacks and runs its edits again.
func TestAnotherNodeWritesFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		c := join(w, w.owner)
		c.typeText("one ")
		here := w.hub
		elsewhere := *w
		elsewhere.start()
		defer elsewhere.stop()
		d := join(&elsewhere, w.editor("Elsewhere"))
		d.typeText("two ")
		d.typeText("three ")
		w.hub = here
		c.typeText("four ")
		if c.acked[2] != 4 {
			t.Fatalf("acknowledged %v", c.acked)
		}
		if got := c.replica.Committed().Delta(); !got.Equal(w.replay()) {
			t.Fatalf("has %v", got)
		}
		d.typeText("five ")
		converged(t, &elsewhere, []*typist{d})
	})
}

// Who is told of a refusal may send the same again where it was temporary, and the edit then has its effect once.
func TestDatabaseGoneAndBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		c, other := join(w, w.owner), join(w, w.editor("Other"))
		gone := func(context.Context, []storage.Batch, appendTo) ([]error, error) { return nil, storage.ErrUnavailable }
		w.store.hookAppend(gone)
		w.store.hookRead(func() error { return storage.ErrUnavailable })
		c.edit(insert("x"))
		c.send()
		time.Sleep(w.limits.CommitPatience + 2*time.Second)
		synctest.Wait()
		if c.pull(); c.lastRejected() != wire.CodeUnavailable || !c.rejected[0].Temporary || c.closed != 0 {
			t.Fatalf("rejected %v, closed %d", c.rejected, c.closed)
		}
		if _, err := w.hub.Write(w.ctx, write(w, w.owner, w.doc, 0, "rebase", "y")); refusedCode(err) != wire.CodeUnavailable {
			t.Fatalf("Write() = %v", err)
		}
		w.store.hookAppend(nil)
		w.store.hookRead(nil)
		c.rejected = nil
		c.send()
		c.wait("the acknowledgement", c.replica.Synced)
		other.settle(1)
		converged(t, w, []*typist{c, other})
	})
}

// Nobody who can tell who may see what: nothing is shown. Sockets stay, and it goes on by itself.
func TestFailsClosedWithoutTheDatabase(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		c, other := join(w, w.owner), join(w, w.editor("Other"))
		w.store.hookRead(func() error { return storage.ErrUnavailable })
		time.Sleep(w.limits.FailClosed + w.limits.AccessPoll)
		c.edit(insert("x")) // Append still works
		c.send()
		time.Sleep(time.Second)
		synctest.Wait()
		other.pull()
		if other.replica.Rev() != 0 || other.closed != 0 {
			t.Fatalf("shown up to %d, closed %d", other.replica.Rev(), other.closed)
		}
		w.store.hookRead(nil)
		other.wait("what was withheld", func() bool { return other.replica.Rev() == 1 })
	})
}

// A look that was begun in time and ends too late leaves seats with what was withheld meanwhile. They hear of it, though nothing
// else happens.
func TestShowsWhatWasWithheldDuringASlowLook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		c, other := join(w, w.owner), join(w, w.editor("Other"))
		synctest.Wait() // the room has read the list with Other on it: the next to read is the look
		slow := atomic.Bool{}
		slow.Store(true)
		w.store.hookRead(func() error {
			if slow.Swap(false) {
				time.Sleep(w.limits.FailClosed - time.Second)
			}
			return nil
		})
		time.Sleep(w.limits.AccessPoll + w.limits.FailClosed - time.Second - time.Millisecond) // just before its end
		c.edit(insert("x"))
		c.send()
		synctest.Wait()
		for _, one := range []*typist{c, other} {
			if one.pull(); one.replica.Rev() != 0 || len(one.acked) != 0 {
				t.Fatalf("shown up to %d, acknowledged %v", one.replica.Rev(), one.acked)
			}
		}
		c.wait("the acknowledgement", c.replica.Synced)
		other.wait("what was withheld", func() bool { return other.replica.Rev() == 1 })
	})
}

// A list that is known to have changed and cannot be read is as good as no database: who is not on it any more sees nothing.
func TestFailsClosedWithoutTheAccessList(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		c, other := join(w, w.owner), join(w, w.editor("Other"))
		c.typeText("x")
		here := w.events
		w.events = &bus.Bus{} // another node's, of which nothing is heard
		w.grant(other.actor, authz.None, 0)
		w.events = here
		w.store.loseLists(true)
		time.Sleep(w.limits.AccessPoll + w.limits.FailClosed + time.Second)
		late := newTypist(w, other.actor)
		if err := late.join(); err != nil {
			t.Fatal(err)
		}
		other.pull()
		late.pull()
		if other.replica.Rev() != 0 || other.closed != 0 || late.welcome != nil {
			t.Fatalf("shown %d, closed %d, welcome %v", other.replica.Rev(), other.closed, late.welcome)
		}
		w.store.loseLists(false)
		for _, one := range []*typist{other, late} {
			one.wait("the end", func() bool { return one.closed == wire.CloseAccessRevoked })
		}
		c.typeText("y")
	})
}

// A list that changes all the time is read all the time, and who stands on it goes on seeing.
func TestAccessListThatKeepsChangingDarkensNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		c, other := join(w, w.owner), join(w, w.editor("Other"))
		w.store.hookRead(func() error {
			time.Sleep(50 * time.Millisecond)
			return nil
		})
		for began := time.Now(); time.Since(began) < 2*w.limits.FailClosed; time.Sleep(20 * time.Millisecond) {
			w.events.Publish(bus.AccessChanged{Doc: w.doc, By: w.owner.User})
		}
		c.edit(insert("x"))
		c.send()
		synctest.Wait()
		if other.pull(); other.replica.Rev() != 1 {
			t.Fatalf("shown up to %d", other.replica.Rev())
		}
	})
}

// What a look finds was true when it asked. An answer that took its time does not prolong what may be shown.
func TestALateAnswerProlongsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		c, other := join(w, w.owner), join(w, w.editor("Other"))
		looks := atomic.Int32{}
		w.store.hookRead(func() error {
			if looks.Add(1) > 1 {
				return storage.ErrUnavailable
			}
			time.Sleep(w.limits.FailClosed - time.Second)
			return nil
		})
		time.Sleep(w.limits.AccessPoll + w.limits.FailClosed + time.Millisecond) // since it asked
		c.edit(insert("x"))
		c.send()
		synctest.Wait()
		if other.pull(); looks.Load() < 2 || other.replica.Rev() != 0 {
			t.Fatalf("after %d looks, shown up to %d", looks.Load(), other.replica.Rev())
		}
	})
}

func TestFailedLoadIsAnError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		c := join(w, w.owner)
		c.typeText("hello")
		w.restart()
		for err, want := range map[error]wire.Code{
			storage.ErrUnavailable: wire.CodeUnavailable, storage.ErrCorrupt: wire.CodeInternal, errors.New("odd"): wire.CodeInternal,
		} {
			w.store.hookLoad(func(id.Doc) error { return err })
			if got := refusedCode(newTypist(w, w.owner).join()); got != want {
				t.Errorf("a load with %v: %v, want %v", err, got, want)
			}
			if _, err := w.hub.Write(w.ctx, write(w, w.owner, w.doc, 0, "rebase", "x")); refusedCode(err) != want {
				t.Errorf("a load with %v: Write() = %v, want %v", err, err, want)
			}
		}
		w.store.hookLoad(nil)
		fresh := join(w, w.owner)
		converged(t, w, []*typist{fresh})
		if !slices.ContainsFunc(w.log(), func(r storage.Revision) bool { return r.Rev == 1 }) || len(w.log()) != 1 {
			t.Errorf("%d revisions", len(w.log()))
		}
	})
}

// A room that forgot what stands in the log is told so by the database, and reads it again.
func TestForgottenNumbersAreReadAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		c := join(w, w.owner)
		edit := id.New[id.Edit]()
		c.submitAs(1, edit, 0, insert("x"))
		synctest.Wait()
		c.pull()
		w.restart()
		forget := func(forgets bool) {
			w.store.mu.Lock()
			defer w.store.mu.Unlock()
			w.store.forgets = forgets
		}
		forget(true)
		c.rejoin()
		forget(false)
		delete(c.acked, 1)
		c.submitAs(1, edit, 1, insert("x"))
		synctest.Wait()
		if c.pull(); c.acked[1] != 1 || len(w.log()) != 1 {
			t.Fatalf("acknowledged %v, rejected %v, %d revisions", c.acked, c.rejected, len(w.log()))
		}
	})
}

// While a room reads what it lacks, edits wait, in their order, and nobody is closed.
func TestEditsWaitWhileTheRoomReads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		a, b := join(w, w.owner), join(w, w.editor("B"))
		elsewhere := *w
		elsewhere.start()
		defer elsewhere.stop()
		join(&elsewhere, w.owner).typeText("from elsewhere")
		gate := make(chan struct{})
		w.store.hookRead(func() error { <-gate; return nil })
		for _, c := range []*typist{a, b} {
			c.edit(insert("x"))
			c.send()
			synctest.Wait()
		}
		w.store.hookRead(nil)
		close(gate)
		for _, c := range []*typist{a, b} {
			c.wait("it", c.replica.Synced)
		}
		if a.acked[1] != 2 || b.acked[1] != 3 {
			t.Fatalf("acknowledged %v and %v", a.acked, b.acked)
		}
		converged(t, w, []*typist{a, b})
	})
}

// A title is what people wrote: while nobody can say who may see it, nobody is shown a new one.
func TestShowsNoTitleInTheDark(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		c := join(w, w.owner)
		if err := w.store.Rename(w.ctx, w.doc, "Merger", storage.At(time.Now()), w.guard()); err != nil {
			t.Fatal(err)
		}
		w.events.Publish(bus.DocumentChanged{Doc: w.doc})
		synctest.Wait() // the room has heard, and the seat has not pulled
		w.store.hookRead(func() error { return storage.ErrUnavailable })
		time.Sleep(w.limits.FailClosed + w.limits.AccessPoll)
		if c.pull(); c.title != "" || c.closed != 0 {
			t.Fatalf("shown the title %q, closed %d", c.title, c.closed)
		}
		w.store.hookRead(nil)
		c.wait("the title", func() bool { return c.title == "Merger" })
	})
}

// A page of the log that was asked for in time, and comes when nobody can say any more who may see it, is not shown.
func TestShowsNoLateLogInTheDark(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const edits = 40
		w := newWorld(t, func(l *room.Limits) { l.TailBytes = 100 })
		c, late := join(w, w.owner), join(w, w.editor("Late"))
		late.seat.Leave()
		for range edits {
			c.typeText("x")
		}
		if err := late.join(); err != nil { // from revision 0, which only the log goes back to
			t.Fatal(err)
		}
		slow := atomic.Bool{}
		slow.Store(true)
		w.store.hookRead(func() error {
			if slow.Load() {
				time.Sleep(w.limits.FailClosed + w.limits.AccessPoll)
			}
			return nil
		})
		late.pull()
		if late.welcome == nil || late.replica.Rev() != 0 || late.closed != 0 {
			t.Errorf("shown up to %d, closed %d", late.replica.Rev(), late.closed)
		}
		slow.Store(false)
		late.wait("the log", func() bool { return late.replica.Rev() == edits })
	})
}
