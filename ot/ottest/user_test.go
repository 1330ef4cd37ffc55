package ottest

import (
	"encoding/binary"

	"github.com/coscribe/coscribe/ot"
)

// user is somebody at a client: an author with one outbox.
type user struct {
	w       *world
	origin  ot.Origin
	replica *ot.Replica
	link    *link // nil: disconnected
	seq     int64
	fate    map[[16]byte]fate // of every edit ever sent
	sentNow bool              // what is in flight was sent on this connection
}

type fate uint8

const (
	unanswered fate = iota
	acknowledged
	refused
)

// edit types something.
func (u *user) edit() {
	d := Edit(u.w.random, u.replica.Shown().Delta())
	if err := u.replica.Edit(d); err != nil {
		fail("local edit %v: %v", d, err)
	}
}

// send sends the next edit, or the one in flight again.
func (u *user) send() {
	if u.link == nil {
		return
	}
	s, ok := u.replica.InFlight()
	if !ok {
		s, ok = u.replica.Send(u.seq+1, u.id(u.seq+1), u.w.limits)
		if !ok {
			return
		}
		u.seq++
		u.fate[s.ID] = unanswered
		u.sentNow = false
	}
	if u.sentNow && !u.w.chance(6) {
		return
	}
	s.Origin = u.origin
	u.sentNow = true
	for range 1 + u.w.random.IntN(5)*u.w.random.IntN(2) {
		u.link.up = append(u.link.up, s)
	}
}

func (u *user) id(seq int64) (id [16]byte) {
	binary.BigEndian.PutUint64(id[:], uint64(u.origin.Author[0])<<32|uint64(seq))
	return id
}

// connect joins a node at the revision that the replica has.
func (u *user) connect(to *node) {
	if u.link != nil {
		return
	}
	if to.authority.Committed() < u.replica.Rev() {
		to.hear()
		if to.authority.Committed() < u.replica.Rev() {
			return // the node lags behind; come back later
		}
	}
	u.link = &link{server: to, user: u, tail: u.replica.Rev()}
	u.sentNow = false
	to.seats = append(to.seats, u.link)
	u.w.links = append(u.w.links, u.link)
}

// receive takes one message from the network.
func (u *user) receive(message any) {
	switch m := message.(type) {
	case ot.Accepted:
		u.w.checkCommitted(m)
		u.take(m)
	case rejected:
		u.rejected(m)
	}
}

func (u *user) take(acc ot.Accepted) {
	s, flying := u.replica.InFlight()
	if !flying || acc.Origin != u.origin || acc.Seq != s.Seq {
		if acc.Origin == u.origin {
			fail("user %d gets its own edit %d again as revision %d", u.origin.Author[0], acc.Seq, acc.Rev)
		}
		if _, err := u.replica.Receive(acc.Rev, acc.Change); err != nil {
			fail("user %d: %v", u.origin.Author[0], err)
		}
		return
	}
	change, err := u.replica.Acknowledge(acc.Rev)
	if err != nil {
		fail("user %d: %v", u.origin.Author[0], err)
	}
	if !change.Equal(acc.Change) {
		fail("user %d holds revision %d for %v, the log for %v", u.origin.Author[0], acc.Rev, change, acc.Change)
	}
	u.fate[acc.ID] = acknowledged
}

func (u *user) rejected(m rejected) {
	s, flying := u.replica.InFlight()
	switch {
	case !flying || s.Seq != m.seq: // an answer to a copy
	case m.temporary:
		u.sentNow = false
	default:
		if _, _, err := u.replica.Reject(); err != nil {
			fail("user %d: %v", u.origin.Author[0], err)
		}
		u.fate[s.ID] = refused
	}
}
