package room

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/server/internal/bus"
	"github.com/coscribe/coscribe/server/internal/meter"
	"github.com/coscribe/coscribe/server/internal/stack"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// Hub holds the open documents of a node, and everything that they share.
type Hub struct {
	store  storage.Store
	log    *slog.Logger
	meter  *meter.Meter
	limits Limits
	schema ot.Schema

	ctx       context.Context // of all store calls of the hub's own; ended by Run, last
	stop      context.CancelFunc
	running   sync.WaitGroup // every goroutine that spawn started
	contact   atomic.Int64   // when the access versions that were read last were asked for, in nanoseconds since 1970; 0 before Run
	snapshots chan struct{}  // one slot for each snapshot being stored
	people    people
	committer committer
	usage     usage
	denying   denying // nil for nobody who wants to know

	mu       sync.Mutex
	rooms    map[id.Doc]*room // those open, opening or ending; guarded by mu
	faults   map[id.Doc]fault // guarded by mu
	draining bool             // guarded by mu
}

// fault counts the panics of a document.
type fault struct {
	count int
	last  time.Time
}

// New returns a Hub that listens to events. It starts nothing; Run must run for as long as the hub is used.
func New(store storage.Store, events *bus.Bus, log *slog.Logger, limits Limits) *Hub {
	h := &Hub{
		store: store, log: log, meter: meter.Discard(), limits: limits, schema: ot.DefaultSchema(),
		snapshots: make(chan struct{}, max(limits.Snapshotters, 1)),
		rooms:     map[id.Doc]*room{},
		faults:    map[id.Doc]fault{},
	}
	h.schema.MaxComponents, h.schema.MaxInsertUnits = limits.Components, limits.InsertUnits
	h.schema.MaxDocumentUnits = limits.DocumentUnits
	h.ctx, h.stop = context.WithCancel(context.Background())
	h.people.init(&h.limits)
	h.committer.hub = h
	h.usage.hub, h.usage.noted = h, map[storage.Credential]time.Time{}
	events.Subscribe(h.hear)
	return h
}

// spawn starts f, for which Run waits. It is called by rooms that have not ended, by what they wait for, and by Run: so
// never after Run has begun to wait.
func (h *Hub) spawn(f func()) {
	h.running.Add(1)
	go func() {
		defer h.running.Done()
		defer h.recovered("goroutine")
		stack.Grow()
		f()
	}()
}

// enter returns the document's room, opening it if need be, for somebody who asks to be let in. Whether the document does
// not exist or may not be seen, the answer is the same after the same queries: none while the room is open and knows whom
// groups and links speak for, where the room itself decides, and else one for the access list.
func (h *Hub) enter(ctx context.Context, doc id.Doc, actor storage.Actor) (*room, error) {
	r, err := h.find(doc, false)
	if err != nil || r != nil && r.knows(actor.User) {
		return r, err
	}
	access, err := h.store.Access(ctx, doc, actor.User)
	if err != nil {
		return nil, err
	}
	if !standing(access, actor, storage.At(time.Now())).May(authz.Open) {
		return nil, refusal(wire.CodeNotFound)
	}
	if r, err = h.find(doc, true); err == nil {
		r.post(&news{access, actor.User})
	}
	return r, err
}

// find returns the document's room. Without open it is nil if there is none.
func (h *Hub) find(doc id.Doc, open bool) (*room, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.draining {
		return nil, refusal(wire.CodeDraining)
	}
	if r := h.rooms[doc]; r != nil || !open {
		return r, nil
	}
	if f := h.faults[doc]; f.count >= h.limits.Faults && time.Since(f.last) < h.limits.FaultPause {
		return nil, refusal(wire.CodeInternal)
	}
	if len(h.rooms) >= h.limits.Rooms {
		return nil, refusal(wire.CodeOverloaded)
	}
	r := newRoom(h, doc)
	h.rooms[doc] = r
	h.meter.Rooms.Add(1)
	h.spawn(r.open)
	return r, nil
}

// deliver offers an event to the document's room.
func (h *Hub) deliver(ctx context.Context, doc id.Doc, actor storage.Actor, ev event) error {
	r, err := h.enter(ctx, doc, actor)
	if err != nil {
		return err
	}
	return h.hand(ctx, r, actor, ev)
}

// hand offers an event to a room, and for as long as rooms end under it to the document's next.
func (h *Hub) hand(ctx context.Context, r *room, actor storage.Actor, ev event) (err error) {
	for {
		ended, refused := r.offer(ev)
		switch {
		case !ended && refused != nil:
			return refused
		case !ended:
			return nil
		}
		select {
		case <-r.gone:
		case <-ctx.Done():
			return ctx.Err()
		}
		if r, err = h.enter(ctx, r.doc, actor); err != nil {
			return err
		}
	}
}

// remove forgets a room that has ended and of which nothing is on its way to the database any more. Only now may the
// document be opened again: a room opened earlier would not see what the late commit wrote.
func (h *Hub) remove(r *room) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.rooms[r.doc] == r {
		delete(h.rooms, r.doc)
		h.meter.Rooms.Add(-1)
		close(r.gone)
	}
}

// crashed counts a panic of the document.
func (h *Hub) crashed(doc id.Doc) {
	h.mu.Lock()
	defer h.mu.Unlock()
	f := h.faults[doc]
	if time.Since(f.last) > h.limits.FaultPause {
		f.count = 0
	}
	h.faults[doc] = fault{f.count + 1, time.Now()}
	if f.count+1 == h.limits.Faults {
		h.meter.Quarantines.Inc()
	}
}

// open lists the rooms there are.
func (h *Hub) open() []*room {
	h.mu.Lock()
	defer h.mu.Unlock()
	rooms := make([]*room, 0, len(h.rooms))
	for _, r := range h.rooms {
		rooms = append(rooms, r)
	}
	return rooms
}

// dark tells whether nothing may be shown, because nobody could say for FailClosed who may still see what.
func (h *Hub) dark() bool {
	now := time.Now() // before the contact is read: whoever renews that then sees this moment as past, and wakes whom we withhold from
	return h.darkSince(h.contact.Load(), now)
}

// darkSince tells so of a moment and the last contact. One that lies ahead was before the clock was set back, nobody knows how long.
func (h *Hub) darkSince(contact int64, now time.Time) bool {
	ago := time.Duration(now.UnixNano() - contact)
	return contact != 0 && (ago > h.limits.FailClosed || ago < -h.limits.FailClosed)
}

// call returns a context for one call of the store.
func (h *Hub) call() (context.Context, context.CancelFunc) {
	return context.WithTimeout(h.ctx, h.limits.StoreTimeout)
}
