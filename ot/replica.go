package ot

import (
	"errors"
	"fmt"
)

// Replica is the client's half of the protocol: a copy of the document that
// is edited at once and kept in step with the committed revisions. It is
// pure: its caller owns network, clock and ids. It is not for concurrent
// use.
//
// Local edits gather in a buffer. One submission at a time is in flight, and
// what is shown is always committed ∘ sent ∘ buffer:
//
//	         Edit, Send             Edit
//	synced ────────────► waiting ────────► waiting with buffer
//	   ▲                    │  ▲                  │
//	   └────Acknowledge─────┘  └─Acknowledge, Send┘
//
// While disconnected, sent and buffer stay. After reconnecting, Receive and
// Acknowledge take what was missed, and InFlight tells what to send again.
//
// After an error of Receive or Acknowledge the Replica has lost its place:
// load the document anew and Reset.
type Replica struct {
	rev       Rev
	committed *Document // at rev
	shown     *Document

	flying bool
	seq    int64    // of what is in flight
	id     [16]byte // likewise
	sent   Delta    // in flight, as it applies to committed; it may be empty
	buffer Delta    // not sent yet, on top of sent
}

// Errors of a Replica that has lost its place.
var (
	ErrGap        = errors.New("ot: not the revision after the last")
	ErrNotWaiting = errors.New("ot: an acknowledgement, but nothing is in flight")
)

// NewReplica returns a replica at a revision with the given content, which
// it takes over.
func NewReplica(at Rev, content *Document) *Replica {
	return &Replica{rev: at, committed: content, shown: content.Clone()}
}

// Rev returns the last committed revision seen.
func (r *Replica) Rev() Rev { return r.rev }

// Shown returns the content with all local edits, as a document of the
// caller's own.
func (r *Replica) Shown() *Document { return r.shown.Clone() }

// Committed returns the content at Rev, as a document of the caller's own.
func (r *Replica) Committed() *Document { return r.committed.Clone() }

// Synced reports whether every local edit is acknowledged.
func (r *Replica) Synced() bool { return !r.flying && r.buffer.IsEmpty() }

// Edit makes a local edit. An *Error says why it does not fit what is shown;
// then nothing has changed.
func (r *Replica) Edit(d Delta) error {
	if err := r.shown.Apply(d); err != nil {
		return err
	}
	r.buffer = r.buffer.Compose(d)
	return nil
}

// Send takes the buffer, or as much of it as the limits allow, as the next
// submission, with the caller's seq and id. There is none if one is in
// flight or the buffer is empty; then seq and id are not used. The caller
// fills in the Origin.
func (r *Replica) Send(seq int64, id [16]byte, limits Limits) (Submission, bool) {
	if r.flying || r.buffer.IsEmpty() {
		return Submission{}, false
	}
	r.sent, r.buffer = r.buffer.Cut(limits)
	r.flying, r.seq, r.id = true, seq, id
	return r.InFlight()
}

// InFlight returns the submission that is not answered, as it is to be sent
// again: of the same seq and id, based on the revision seen last.
func (r *Replica) InFlight() (Submission, bool) {
	if !r.flying {
		return Submission{}, false
	}
	return Submission{Seq: r.seq, ID: r.id, Base: r.rev, Delta: r.sent}, true
}

// Unsent returns what is buffered behind the submission in flight.
func (r *Replica) Unsent() Delta { return r.buffer }

// Receive takes the next committed revision of somebody else, and returns
// what it does to what is shown.
func (r *Replica) Receive(rev Rev, change Delta) (show Delta, err error) {
	if rev != r.rev+1 {
		return Delta{}, fmt.Errorf("%w: got %d, have %d", ErrGap, rev, r.rev)
	}
	if err := r.committed.Apply(change); err != nil {
		return Delta{}, fmt.Errorf("ot: receive revision %d: %w", rev, err)
	}
	r.rev = rev
	if r.Synced() {
		r.shown = r.committed.Clone()
		return change, nil
	}
	overSent := r.sent.Transform(change, false)
	r.sent = change.Transform(r.sent, true)
	show = r.buffer.Transform(overSent, false)
	r.buffer = overSent.Transform(r.buffer, true)
	if err := r.shown.Apply(show); err != nil {
		return Delta{}, fmt.Errorf("ot: show revision %d: %w", rev, err)
	}
	return show, nil
}

// Acknowledge takes the next committed revision, which is the submission in
// flight, and returns what the revision did. What is shown stays.
func (r *Replica) Acknowledge(rev Rev) (change Delta, err error) {
	switch {
	case !r.flying:
		return Delta{}, ErrNotWaiting
	case rev != r.rev+1:
		return Delta{}, fmt.Errorf("%w: got %d, have %d", ErrGap, rev, r.rev)
	}
	change = r.sent
	r.flying, r.sent = false, Delta{}
	r.rev = rev
	if r.buffer.IsEmpty() {
		r.committed = r.shown.Clone() // the two share their memory again
	} else if err := r.committed.Apply(change); err != nil {
		return Delta{}, fmt.Errorf("ot: acknowledge revision %d: %w", rev, err)
	}
	return change, nil
}
