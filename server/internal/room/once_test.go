package room_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"sync/atomic"
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

func insert(text string) ot.Delta { return ot.New().Insert(text, nil).MustDelta() }

// submitAs sends an edit as given, past the replica.
func (c *typist) submitAs(seq int64, edit id.Edit, base ot.Rev, delta ot.Delta) {
	c.raw = true
	_ = c.seat.Submit(wire.Submit{Seq: seq, ID: edit, Base: base, Delta: delta})
}

// An edit sent 1 to 5 times, whatever base and content say then, after a reconnect, a restart and a downgrade, has one
// effect and one answer.
func TestResubmissionHasOneEffect(t *testing.T) {
	between := map[string]func(w *world, c *typist){
		"at once": func(*world, *typist) {},
		"after a reconnect": func(_ *world, c *typist) {
			c.seat.Leave()
			c.rejoin()
		},
		"after a restart": func(w *world, c *typist) {
			w.restart()
			c.rejoin()
		},
		"after a downgrade": func(w *world, c *typist) { w.grant(c.actor, authz.Viewer, 0) },
		"after others wrote": func(w *world, c *typist) {
			other := join(w, w.owner)
			other.typeText("others ")
			other.seat.Leave()
		},
		"after a later one": func(_ *world, c *typist) { c.submitAs(100, id.New[id.Edit](), 0, insert("later")) },
	}
	for name, between := range between {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w, rng := newWorld(t), rand.New(rand.NewPCG(seed(t), 0))
				c := join(w, w.editor("Editor"))
				edit := id.New[id.Edit]()
				c.submitAs(7, edit, 0, insert("once "))
				for range rng.IntN(5) {
					c.submitAs(7, edit, 0, insert("once "))
				}
				synctest.Wait()
				c.pull()
				between(w, c)
				for range 1 + rng.IntN(5) {
					synctest.Wait()
					c.pull()
					delete(c.acked, 7)
					c.submitAs(7, edit, ot.Rev(rng.IntN(3)), insert("something else"))
					synctest.Wait()
					if c.pull(); c.acked[7] != 1 {
						t.Fatalf("answered with %v, rejected %v, closed %d", c.acked, c.rejected, c.closed)
					}
				}
				n := 0
				for _, r := range w.log() {
					if r.Edit == edit {
						n++
					}
				}
				if n != 1 {
					t.Fatalf("it is in the log %d times", n)
				}
			})
		})
	}
}

func (c *typist) rejoin() {
	c.t.Helper()
	if err := c.join(); err != nil {
		c.t.Fatal(err)
	}
	c.pull()
}

// Resubmitted while it is on its way, it joins what is on its way, from a newer seat too.
func TestResubmissionWhileCommitting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		c := join(w, w.owner)
		release := w.hold()
		c.edit(insert("x"))
		c.send()
		synctest.Wait()
		c.send()
		old := c.seat
		c.rejoin() // supersedes the old seat
		c.send()
		synctest.Wait()
		if _, _, err := old.Pull(w.ctx, nil, nil, 1000); err == nil || err.(*room.Closed).Code != wire.CloseSuperseded {
			t.Fatalf("the old seat: %v", err)
		}
		release()
		c.wait("the acknowledgement", c.replica.Synced)
		if len(w.log()) != 1 || len(c.rejected) > 0 {
			t.Fatalf("%d revisions, rejected %v", len(w.log()), c.rejected)
		}
	})
}

func TestAnotherEditUnderAUsedNumber(t *testing.T) {
	for _, seq := range []int64{3, 5} { // in the log only, and the last
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t)
			c := join(w, w.owner)
			for _, s := range []int64{3, 5} {
				c.submitAs(s, id.New[id.Edit](), 0, insert("x"))
				synctest.Wait()
				c.pull()
			}
			c.submitAs(seq, id.New[id.Edit](), 0, insert("y"))
			synctest.Wait()
			if c.pull(); c.lastRejected() != wire.CodeSeqReuse || c.closed != wire.CloseSeqReuse {
				t.Fatalf("seq %d: rejected %v, closed %d", seq, c.rejected, c.closed)
			}
			if len(w.log()) != 2 {
				t.Fatalf("%d revisions", len(w.log()))
			}
		})
	}
}

func TestNumbersMayHaveGapsButNotGoBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		c := join(w, w.owner)
		c.submitAs(10, id.New[id.Edit](), 0, insert("x"))
		synctest.Wait()
		c.submitAs(4, id.New[id.Edit](), 0, insert("y"))
		synctest.Wait()
		if c.pull(); c.lastRejected() != wire.CodeStaleSeq || c.closed != 0 || c.acked[10] != 1 {
			t.Fatalf("rejected %v, closed %d, acknowledged %v", c.rejected, c.closed, c.acked)
		}
	})
}

// Nobody uses up another's numbers, whatever client id they claim.
func TestNumbersAreKeyedUnderTheAuthor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		a, b := join(w, w.owner), newTypist(w, w.editor("Other"))
		b.client = a.client
		b.rejoin()
		a.typeText("a")
		b.typeText("b")
		if a.pull(); a.closed != 0 || b.acked[1] != 2 || a.acked[1] != 1 {
			t.Fatalf("closed %d, acknowledged %v %v", a.closed, a.acked, b.acked)
		}
	})
}

// One edit is unanswered at a time; what is pipelined is refused for now and consumes nothing.
func TestPipelinedEditsAreRefusedForNow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		c := join(w, w.owner)
		release := w.hold()
		edits := make([]id.Edit, 40)
		for i := range edits {
			edits[i] = id.New[id.Edit]()
			c.submitAs(int64(i+1), edits[i], 0, insert("x"))
			if i%10 == 9 {
				synctest.Wait()
				c.pull()
			}
		}
		release()
		synctest.Wait()
		c.pull()
		if len(c.rejected) != 39 || len(w.log()) != 1 {
			t.Fatalf("%d rejected, %d logged", len(c.rejected), len(w.log()))
		}
		for _, r := range c.rejected {
			if r.Code != wire.CodeInFlight || !r.Temporary {
				t.Fatalf("rejected %v", r)
			}
		}
		c.submitAs(2, edits[1], 1, insert("y"))
		synctest.Wait()
		if c.pull(); c.acked[2] != 2 {
			t.Fatalf("acknowledged %v, rejected %v", c.acked, c.rejected[39:])
		}
	})
}

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

// WebSocket and HTTP share the key of an edit.
func TestSameKeyOverBothTransports(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		c := join(w, w.owner)
		ops := write(w, w.owner, w.doc, 0, "rebase", "x")
		ops.Client = c.client
		release := w.hold()
		c.submitAs(1, ops.IDs[0], 0, insert("x"))
		synctest.Wait()
		answers := make(chan wire.Written)
		go func() {
			written, err := w.hub.Write(w.ctx, ops)
			if err != nil {
				t.Error(err)
			}
			answers <- written
		}()
		synctest.Wait()
		release()
		first := <-answers
		again, err := w.hub.Write(w.ctx, ops)
		if err != nil || first.Items[0].Rev != 1 || again.Items[0].Rev != 1 || len(w.log()) != 1 {
			t.Fatalf("%v, then %v, %v; %d revisions", first, again, err, len(w.log()))
		}
		synctest.Wait()
		if c.pull(); c.acked[1] != 1 {
			t.Fatalf("the seat has %v", c.acked)
		}
		// And the other way: an edit over HTTP comes to the seat with its delta.
		ops = write(w, w.owner, w.doc, 1, "rebase", "y")
		ops.Client, ops.Seq = c.client, 2
		if _, err := w.hub.Write(w.ctx, ops); err != nil {
			t.Fatal(err)
		}
		c.seq = 2
		c.settle(2)
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

// A refusal goes to the seat that asked last.
func TestRefusalComesToTheNewerSeat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		c := join(w, w.editor("Editor"))
		release := w.hold()
		c.edit(insert("x"))
		c.send()
		synctest.Wait()
		c.rejoin()
		c.send()
		synctest.Wait()
		w.grant(c.actor, authz.Viewer, 0)
		release()
		synctest.Wait()
		if c.pull(); c.lastRejected() != wire.CodeForbidden {
			t.Fatalf("rejected %v", c.rejected)
		}
	})
}
