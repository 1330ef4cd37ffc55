package room

import (
	"errors"
	"fmt"
	"runtime/debug"
	"sync/atomic"
	"time"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// room is an open document. All fields below the line belong to its goroutine.
type room struct {
	hub     *Hub
	doc     id.Doc
	inbox   inbox
	shown   shown         // what seats pull
	shots   shots         // snapshots for welcomes
	version atomic.Int64  // of access; 0 until the room has opened
	nudged  atomic.Bool   // a nudge waits in the inbox
	blind   atomic.Int64  // since when the access list is to be read again, in nanoseconds since 1970; 0 for not
	changer changer       // who made the changes that it tells of
	gone    chan struct{} // closed when the hub has forgotten the room
	working func()        // work, as a value that is made once

	// ---

	access    storage.Access // without members: rights has them
	rights    rights
	authority *ot.Authority
	seats     map[*Seat]struct{}
	outboxes  map[ot.Origin]*outbox
	holds     int            // outboxes with an unanswered edit
	floor     storage.Micros // the database's clock is known to have passed this
	toldAt    time.Time      // when the board's carets were last told
	until     storage.Micros // when the first right of a seat expires, 0 for never
	draining  bool           // the hub is ending
	leaving   bool           // idle for long enough to be unloaded
	ended     *Refusal       // why events are not taken any more; nil while the room is open

	// The edits that wait, in their order: those in flight, those accepted after them, and those that wait while the room
	// reads what it lacks, or for the edits ahead of them. See doc.go.
	flight        *flight
	staged        []*pending
	stagedVersion int64 // of the access list by which the first of staged was authorised
	waiting       []*pending
	parked        []*pending

	// Reading what the room lacks.
	lack    lack
	reading bool
	halted  bool // nothing is accepted until it is read
	wait    time.Duration

	snapshot storing
	alarms   alarms
}

// outbox is what is going on for one origin: at most one live seat and one unanswered edit.
type outbox struct {
	seat    *Seat
	pending *pending
	seq     int64 // the highest committed since the outbox is here
}

func newRoom(h *Hub, doc id.Doc) *room {
	r := &room{
		hub: h, doc: doc, gone: make(chan struct{}),
		seats:    map[*Seat]struct{}{},
		outboxes: map[ot.Origin]*outbox{},
	}
	r.inbox.running = true // by open
	r.working = r.work
	return r
}

// work handles what waits until nothing does. A panic ends this document's room, and nothing else.
func (r *room) work() {
	var batch []event
	defer func() {
		if v := recover(); v != nil {
			r.crash(v, batch)
		}
	}()
	for {
		if batch = r.inbox.take(batch); batch == nil {
			return
		}
		for i, ev := range batch {
			if r.ended != nil {
				ev.drop(r.ended)
			} else {
				ev.do(r)
			}
			batch[i] = nil
		}
		if r.ended == nil {
			r.handOver()
			r.rest()
		}
	}
}

// crash is the end of a room that cannot be trusted any more: its seats come back to one loaded anew.
func (r *room) crash(cause any, unhandled []event) {
	r.hub.log.Error("room panicked", "doc", r.doc, "cause", fmt.Sprint(cause), "stack", string(debug.Stack()))
	r.hub.meter.Panics.Inc("room")
	r.hub.crashed(r.doc)
	defer func() {
		if v := recover(); v != nil { // nothing of it can be trusted; the hub forgets it all the same
			r.inbox.close(refusal(wire.CodeInternal), false)
			r.hub.remove(r)
		}
	}()
	r.end(refusal(wire.CodeInternal), wire.CloseInternal)
	for _, ev := range unhandled {
		if ev != nil {
			ev.drop(refusal(wire.CodeInternal))
		}
	}
}

// doubt ends a room whose memory does not fit the database.
func (r *room) doubt(what string, err error) {
	r.hub.log.Error("room dropped", "doc", r.doc, "what", what, "err", err)
	if errors.Is(err, errPanicked) {
		r.hub.crashed(r.doc)
	}
	r.end(refusal(wire.CodeInternal), wire.CloseInternal)
}

// end closes every seat with code, refuses what waits with why, and takes no more events. What is in flight may still
// commit; until that is settled the hub keeps the document from being opened again, and nobody is told for good that it did not.
func (r *room) end(why *Refusal, code wire.CloseCode) {
	if r.ended != nil {
		return
	}
	r.ended = why
	r.alarms.stop()
	for s := range r.seats {
		r.remove(s)
		s.end(code, code == wire.CloseDraining)
	}
	if r.flight != nil && !why.Code.Temporary() {
		for _, p := range r.flight.batch {
			r.release(p)
		}
	}
	for _, box := range r.outboxes {
		if box.pending != nil {
			r.refuse(box.pending, why)
		}
	}
	left, _ := r.inbox.close(why, false)
	for _, ev := range left {
		ev.drop(why)
	}
	if r.flight == nil {
		r.hub.remove(r)
	}
}

// rest is what a room does when it has handled everything: it sets its alarm, and ends if nobody needs it.
func (r *room) rest() {
	switch {
	case r.draining && r.settledAll() && !r.store(true):
		r.end(refusal(wire.CodeDraining), wire.CloseDraining)
		return
	case !r.idle():
		r.leaving = false
	case r.leaving && !r.store(true):
		r.unload()
	}
	if r.ended == nil {
		r.setAlarm()
	}
}

// settledAll tells whether no edit waits for anything.
func (r *room) settledAll() bool {
	return r.flight == nil && len(r.staged) == 0 && len(r.waiting) == 0 && len(r.parked) == 0
}

// idle tells whether nobody needs the room.
func (r *room) idle() bool {
	return len(r.seats) == 0 && len(r.outboxes) == 0 && r.settledAll() && !r.reading
}

// unload ends an idle room unless something has just come in.
func (r *room) unload() {
	r.leaving = false
	if _, closed := r.inbox.close(refusal(wire.CodeUnavailable), true); closed {
		r.end(refusal(wire.CodeUnavailable), wire.CloseInternal)
	}
}

// box returns an origin's outbox, made if need be.
func (r *room) box(origin ot.Origin) *outbox {
	box := r.outboxes[origin]
	if box == nil {
		box = &outbox{}
		r.outboxes[origin] = box
	}
	return box
}

// tidy forgets an outbox of which nothing is going on.
func (r *room) tidy(origin ot.Origin) {
	if box := r.outboxes[origin]; box != nil && box.seat == nil && box.pending == nil {
		delete(r.outboxes, origin)
	}
}

// now is the time by which rights are decided: never behind what the database's clock is known to show.
func (r *room) now() storage.Micros { return max(storage.At(time.Now()), r.floor) }

// standing is what an access list says of an actor.
func standing(access storage.Access, actor storage.Actor, now storage.Micros) authz.Standing {
	return access.Document.Standing(actor, access.Decide(actor, now).Role)
}
