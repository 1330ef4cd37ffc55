package room_test

import (
	"math/rand/v2"
	"testing"
	"testing/synctest"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/server/internal/room"
	"github.com/coscribe/coscribe/server/wire"
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
