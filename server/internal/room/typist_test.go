package room_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/server/internal/room"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// typist is a client: one outbox, one seat at a time, and a replica that must end like everybody's.
type typist struct {
	t      testing.TB
	w      *world
	actor  storage.Actor
	client id.Client
	seat   *room.Seat
	woken  chan struct{}

	replica  *ot.Replica
	seq      int64
	acked    map[int64]ot.Rev
	rejected []wire.Rejected
	peers    map[id.Seat]wire.Presence
	access   []wire.Access
	title    string
	welcome  *wire.Welcome
	closed   wire.CloseCode
	pulled   int // messages
	maxBytes int
	raw      bool // sends what the replica does not know of
}

// newTypist makes a client that has not joined.
func newTypist(w *world, actor storage.Actor) *typist {
	return &typist{
		t: w.t, w: w, actor: actor, client: id.New[id.Client](), acked: map[int64]ot.Rev{},
		peers: map[id.Seat]wire.Presence{}, maxBytes: 64 << 10,
	}
}

// join makes one that has, and has pulled its welcome.
func join(w *world, actor storage.Actor) *typist {
	w.t.Helper()
	c := newTypist(w, actor)
	if err := c.join(); err != nil {
		w.t.Fatalf("join: %v", err)
	}
	c.pull()
	return c
}

func (c *typist) join() error {
	var since *wire.Since
	if c.replica != nil {
		since = &wire.Since{Epoch: 1, Rev: c.replica.Rev()}
	}
	woken := make(chan struct{}, 1)
	seat, err := c.w.hub.Join(c.w.ctx, room.Join{Doc: c.w.doc, Actor: c.actor, Client: c.client, Since: since, Wake: func() {
		select {
		case woken <- struct{}{}:
		default:
		}
	}})
	if err != nil {
		return err
	}
	c.seat, c.woken, c.closed, c.welcome = seat, woken, 0, nil
	c.peers = map[id.Seat]wire.Presence{}
	return nil
}

// pull takes everything there is now.
func (c *typist) pull() {
	c.t.Helper()
	for c.closed == 0 {
		dst, ends, err := c.seat.Pull(c.w.ctx, nil, nil, c.maxBytes)
		from := 0
		for _, end := range ends {
			c.take(dst[from:end])
			from = end
		}
		if from != len(dst) {
			c.t.Fatalf("%d bytes after the last message", len(dst)-from)
		}
		var closed *room.Closed
		switch {
		case errors.As(err, &closed):
			c.closed = closed.Code
		case err != nil:
			c.t.Fatal(err)
		}
		if len(ends) == 0 {
			return
		}
	}
}

func (c *typist) take(data []byte) {
	c.t.Helper()
	message, err := wire.DecodeOutbound(data)
	if err != nil {
		c.t.Fatalf("message %s: %v", data, err)
	}
	if c.pulled++; c.welcome == nil {
		if _, ok := message.(*wire.Welcome); !ok {
			c.t.Fatalf("the first message is %s", data)
		}
	}
	switch m := message.(type) {
	case *wire.Welcome:
		c.welcome = m
		c.greet(m)
	case *wire.Revisions:
		for i := range m.Items {
			c.receive(&m.Items[i])
		}
	case *wire.Rejected:
		c.rejected = append(c.rejected, *m)
	case *wire.DocumentChanged:
		c.title = m.Document.Title
	case *wire.Access:
		c.access = append(c.access, *m)
	case *wire.Presences:
		for _, p := range m.Items {
			if p.Cursor != nil && p.Cursor.Rev > c.replica.Rev() {
				c.t.Fatalf("a caret at revision %d shown to one at %d", p.Cursor.Rev, c.replica.Rev())
			}
			if c.peers[p.Seat] = p; p.Gone {
				delete(c.peers, p.Seat)
			}
		}
	}
}

func (c *typist) greet(m *wire.Welcome) {
	c.t.Helper()
	c.confirmed(m.Rev)
	for _, p := range m.Peers {
		c.peers[p.Seat] = p
	}
	if c.replica != nil && m.Snapshot == nil {
		if m.Rev != c.replica.Rev() {
			c.t.Fatalf("welcome at revision %d for one at %d", m.Rev, c.replica.Rev())
		}
		return
	}
	doc, err := ot.NewDocument(*m.Snapshot)
	if err != nil {
		c.t.Fatal(err)
	}
	c.replica = ot.NewReplica(m.Rev, doc)
	c.seq = m.You.Seq
}

// confirmed fails on a ghost: something shown before an Append returned with it.
func (c *typist) confirmed(rev ot.Rev) {
	c.t.Helper()
	if rev > 0 && !c.w.store.isConfirmed(c.w.doc, rev) {
		c.t.Fatalf("revision %d was shown before it was committed", rev)
	}
}

func (c *typist) receive(r *wire.Revision) {
	c.t.Helper()
	c.confirmed(r.Rev)
	own := r.Author == c.actor.User && r.Client == c.client
	if own && r.Rev <= c.replica.Rev() {
		if c.acked[r.Seq] != 0 && c.acked[r.Seq] != r.Rev {
			c.t.Fatalf("seq %d has revision %d and %d", r.Seq, c.acked[r.Seq], r.Rev)
		}
		c.acked[r.Seq] = r.Rev
		return
	}
	var err error
	if flying, waits := c.replica.InFlight(); own && waits && flying.Seq == r.Seq {
		_, err = c.replica.Acknowledge(r.Rev)
		c.acked[r.Seq] = r.Rev
	} else if own && c.raw && r.Delta == nil {
		change, _ := ot.Parse(c.w.log()[r.Rev-1].Delta)
		c.acked[r.Seq] = r.Rev
		_, err = c.replica.Receive(r.Rev, change)
	} else if r.Delta == nil {
		c.t.Fatalf("revision %d of seat %v, client %v came without delta to seat %v", r.Rev, r.Seat, r.Client, c.seat.ID())
	} else {
		if own {
			c.acked[r.Seq] = r.Rev
		}
		_, err = c.replica.Receive(r.Rev, *r.Delta)
	}
	if err != nil {
		c.t.Fatal(err)
	}
}

// patience bounds what a test waits for; nothing is measured against it.
const patience = 3 * time.Minute

// wait pulls until the condition holds.
func (c *typist) wait(what string, done func() bool) {
	c.t.Helper()
	late := time.NewTimer(patience)
	defer late.Stop()
	for {
		c.pull()
		if done() {
			return
		}
		select {
		case <-c.woken:
		case <-late.C:
			c.t.Fatalf("waited too long for %s; closed %d, rejected %v", what, c.closed, c.rejected)
		}
	}
}

// send submits what is in flight, again if it was before.
func (c *typist) send() {
	flying, ok := c.replica.InFlight()
	if !ok {
		c.seq++
		if flying, ok = c.replica.Send(c.seq, id.New[id.Edit](), ot.Limits{}); !ok {
			c.seq--
			return
		}
	}
	_ = c.seat.Submit(wire.Submit{Seq: flying.Seq, ID: flying.ID, Base: flying.Base, Delta: flying.Delta})
}

// edit changes the replica.
func (c *typist) edit(d ot.Delta) {
	c.t.Helper()
	if err := c.replica.Edit(d); err != nil {
		c.t.Fatal(err)
	}
}

// typeText inserts at the start, and waits for the acknowledgement.
func (c *typist) typeText(text string) {
	c.t.Helper()
	c.edit(ot.New().Insert(text, nil).MustDelta())
	c.send()
	c.wait("an acknowledgement", c.replica.Synced)
}

var alphabet = []string{"a", "b", "é", "漢", "😀", "👩‍👩‍👧", "\n", " x "}

// scribble makes one random edit.
func (c *typist) scribble(rng *rand.Rand) {
	c.t.Helper()
	shown := c.replica.Shown()
	at := rng.IntN(shown.Len())
	b := ot.New()
	if at > 0 {
		b = b.Retain(at, nil)
	}
	if rng.IntN(4) == 0 && at < shown.Len()-1 {
		b = b.Delete(1 + rng.IntN(min(3, shown.Len()-1-at)))
	} else {
		b = b.Insert(alphabet[rng.IntN(len(alphabet))], nil)
	}
	_ = c.replica.Edit(b.MustDelta()) // one that cuts a pair is refused, and that is that
}

// run makes edits until n are acknowledged, over whatever happens to the seat.
func (c *typist) run(ctx context.Context, rng *rand.Rand, n int) error {
	late := time.NewTimer(patience)
	defer late.Stop()
	for target := len(c.acked) + n; len(c.acked) < target; {
		if c.seat == nil || c.closed != 0 {
			if c.seat != nil {
				c.seat.Leave()
			}
			if err := c.join(); err != nil {
				var refused *room.Refusal
				if errors.As(err, &refused) && !refused.Code.Temporary() {
					return err
				}
				if c.seat = nil; ctx.Err() != nil {
					return ctx.Err()
				}
				time.Sleep(time.Millisecond)
				continue
			}
			c.pull()
			c.resend()
		}
		c.rejections()
		if c.replica.Synced() {
			for c.replica.Synced() {
				c.scribble(rng)
			}
			if rng.IntN(3) == 0 {
				c.scribble(rng)
			}
			c.send()
		} else if _, flying := c.replica.InFlight(); !flying {
			c.send()
		}
		if rng.IntN(20) == 0 {
			c.seat.ShowCursor(&wire.Cursor{Rev: c.replica.Rev()})
		}
		select {
		case <-c.woken:
		case <-ctx.Done():
			return ctx.Err()
		case <-late.C:
			return fmt.Errorf("stuck with %d of %d", len(c.acked), target)
		}
		c.pull()
	}
	return nil
}

// finish waits until everything typed is acknowledged.
func (c *typist) finish() {
	c.t.Helper()
	for !c.replica.Synced() {
		if c.seat == nil || c.closed != 0 {
			if err := c.join(); err != nil {
				c.t.Fatal(err)
			}
			c.pull()
		}
		if !c.replica.Synced() {
			c.send()
			flying, _ := c.replica.InFlight()
			c.wait("the last acknowledgement", func() bool {
				c.rejections()
				return c.closed != 0 || c.acked[flying.Seq] != 0
			})
		}
	}
}

func (c *typist) resend() {
	if c.closed == 0 {
		if _, flying := c.replica.InFlight(); flying {
			c.send()
		}
	}
}

// rejections sends again what was refused for now, and takes back what was refused for good.
func (c *typist) rejections() {
	c.t.Helper()
	for _, r := range c.rejected {
		flying, waits := c.replica.InFlight()
		if !waits || flying.Seq != r.Seq {
			continue
		}
		if r.Temporary {
			time.Sleep(time.Millisecond)
			c.send()
		} else if _, _, err := c.replica.Reject(); err != nil {
			c.t.Fatal(err)
		}
	}
	c.rejected = nil
}

// settle pulls until the replica has the head.
func (c *typist) settle(head ot.Rev) {
	c.t.Helper()
	if c.closed != 0 || c.seat == nil {
		if err := c.join(); err != nil {
			c.t.Fatal(err)
		}
	}
	c.wait(fmt.Sprintf("revision %d", head), func() bool { return c.replica.Rev() >= head })
}
