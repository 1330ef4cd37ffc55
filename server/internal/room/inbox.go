package room

import (
	"sync"

	"github.com/coscribe/coscribe/server/wire"
)

// event is one message to a room. do runs on the room's goroutine. drop is called instead, on any goroutine, when the room
// has ended before the event's turn came; it tells whoever waits for an answer.
type event interface {
	do(r *room)
	drop(why *Refusal)
}

// inbox is what waits for a room's goroutine. The goroutine lives only while something waits: an idle room costs no stack.
// There is at most one at a time, so it owns the room's state as if it lived for ever.
type inbox struct {
	mu      sync.Mutex
	queue   []event  // guarded by mu
	spare   []event  // the queue before, empty; guarded by mu
	clients int      // of queue, those that offer added; guarded by mu
	running bool     // guarded by mu
	closed  *Refusal // why nothing is taken any more; guarded by mu
}

// post adds an event that the server itself made, of which there are only so many. It reports false, with nothing done, if
// the room has ended.
func (r *room) post(ev event) bool {
	r.inbox.mu.Lock()
	defer r.inbox.mu.Unlock()
	if r.inbox.closed != nil {
		return false
	}
	r.add(ev)
	return true
}

// offer adds an event that a client caused, unless too many wait already. ended means that the room has ended, and the
// document may be opened again.
func (r *room) offer(ev event) (ended bool, refused *Refusal) {
	r.inbox.mu.Lock()
	defer r.inbox.mu.Unlock()
	switch {
	case r.inbox.closed != nil:
		return true, r.inbox.closed
	case r.inbox.clients >= r.hub.limits.Inbox:
		return false, refusal(wire.CodeOverloaded)
	}
	r.inbox.clients++
	r.add(ev)
	return false, nil
}

// add queues ev and sees that a goroutine is there. inbox.mu is held.
func (r *room) add(ev event) {
	r.inbox.queue = append(r.inbox.queue, ev)
	if !r.inbox.running {
		r.inbox.running = true
		r.hub.spawn(r.working)
	}
}

// take returns all that waits, for which done is given back to be filled again, or nil when the goroutine is to stop.
func (b *inbox) take(done []event) []event {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.queue) == 0 {
		b.running, b.spare = false, done
		return nil
	}
	if done == nil {
		done = b.spare
	}
	taken := b.queue
	b.queue, b.clients = done[:0], 0
	return taken
}

// close lets nothing in any more and returns what waits. With onlyEmpty it does so only if nothing waits.
func (b *inbox) close(why *Refusal, onlyEmpty bool) (left []event, closed bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if onlyEmpty && len(b.queue) > 0 || b.closed != nil {
		return nil, b.closed != nil
	}
	left = b.queue
	b.queue, b.clients, b.closed = nil, 0, why
	return left, true
}
