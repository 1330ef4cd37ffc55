package room

import (
	"cmp"
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/server/internal/meter"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
	"golang.org/x/time/rate"
)

// Join asks for a seat.
type Join struct {
	Doc    id.Doc
	Actor  storage.Actor
	Client id.Client
	Since  *wire.Since

	// Wake says that Pull has something new. It is called from any goroutine, must not block and must not call the seat.
	Wake func()

	Watch *meter.Watch // hears of what is refused; may be nil
}

var (
	// errOutdated: the origin's last edit was read before a later one was committed.
	errOutdated = errors.New("the origin's last edit has changed")

	// errStranger: the access list names groups or links of which the room does not know whether they speak for the one who joins.
	errStranger = errors.New("the room does not know this user")
)

// Join takes a seat. The first thing that Pull gives is the welcome. The error is a *Refusal (not_found, resync, draining,
// overloaded, not_signed_in, unavailable, internal) or the context's.
func (h *Hub) Join(ctx context.Context, join Join) (*Seat, error) {
	s := &Seat{
		hub: h, id: id.New[id.Seat](), actor: join.Actor, wake: join.Wake, watch: join.Watch, since: time.Now(),
		origin: ot.Origin{Author: join.Actor.User, Client: join.Client},
		rate:   rate.NewLimiter(rate.Limit(h.limits.SeatEdits), h.limits.SeatEditBurst),
		right:  authz.Open,
	}
	if err := h.take(ctx, s, join.Doc, join.Since); err != nil {
		return nil, err
	}
	return s, nil
}

// take has a seat taken.
func (h *Hub) take(ctx context.Context, s *Seat, doc id.Doc, since *wire.Since) error {
	s.has.Store(-1)
	h.people.sit(s) // before anything is checked: from now on no event about this person is missed
	err := h.join(ctx, s, doc, since)
	if err != nil {
		h.people.rise(s)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return h.asRefusal("join", doc, err)
	}
	return nil
}

func (h *Hub) join(ctx context.Context, s *Seat, doc id.Doc, since *wire.Since) error {
	const tries = 3
	for try := 1; ; try++ {
		r, last, err := h.lookFor(ctx, s, doc)
		if err != nil {
			return err
		}
		ask := &sit{seat: s, since: since, last: last, answer: make(chan error, 1)}
		if err := h.hand(ctx, r, s.actor, ask); err != nil {
			return err
		}
		err = ask.wait(ctx)
		switch refused, _ := errors.AsType[*Refusal](err); {
		case err == nil || try == tries:
			return err
		case errors.Is(err, errOutdated), errors.Is(err, errStranger), refused != nil && h.overruled(ctx, doc, s.actor, refused):
			continue
		}
		return err
	}
}

// lookFor asks what joining takes: the room, whether the person is signed in, and what they wrote last. The room comes first, since
// one that is not open loads meanwhile; but whatever it says, the same is asked.
func (h *Hub) lookFor(ctx context.Context, s *Seat, doc id.Doc) (r *room, last mark, err error) {
	r, refused := h.enter(ctx, doc, s.actor)
	if err = h.store.Live(ctx, fence(s.actor)); err != nil {
		return nil, last, err
	}
	if !s.follows {
		last, err = h.lastOf(ctx, doc, s.origin)
	}
	return r, last, cmp.Or(err, refused)
}

// asRefusal turns an error into the answer for a client. What that hides is logged.
func (h *Hub) asRefusal(doing string, doc id.Doc, err error) *Refusal {
	why := refusalOf(err)
	if why.Code == wire.CodeInternal || why.Code == wire.CodeUnavailable {
		h.log.Warn(doing, "doc", doc, "err", err)
	}
	return why
}

// sit asks the room for a seat.
type sit struct {
	seat   *Seat
	since  *wire.Since
	last   mark // of the seat's origin
	answer chan error
	taken  atomic.Bool // by the room, which answers, or by the asker, who has left
}

func (e *sit) drop(why *Refusal) { e.answer <- why }

// wait returns the room's answer. If the asker does not wait for it, the room gives no seat.
func (e *sit) wait(ctx context.Context) error {
	select {
	case err := <-e.answer:
		return err
	case <-ctx.Done():
		if e.taken.CompareAndSwap(false, true) {
			return ctx.Err()
		}
		return <-e.answer
	}
}

// do is the whole of joining, in one turn of the room: the role is decided, and the place in the stream fixed.
func (e *sit) do(r *room) {
	if e.taken.CompareAndSwap(false, true) {
		if e.seat.follows {
			e.answer <- r.attend(e)
		} else {
			e.answer <- r.sit(e)
		}
	}
}

// meet lets the room know of a seat and decides whether it may be here. A seat that is suspect is looked at when it is.
func (r *room) meet(s *Seat) (suspect bool, err error) {
	s.mu.Lock()
	s.room = r // from here on, what happens to its user comes to the room
	closed, suspect := s.closing != 0, s.suspect
	s.mu.Unlock()
	switch {
	case closed:
		err = refusal(wire.CodeNotSignedIn)
	case !r.knows(s.actor.User):
		err = errStranger
	case !r.decide(s).May(s.right):
		err = refusal(wire.CodeNotFound)
	case r.draining:
		err = refusal(wire.CodeDraining)
	}
	return suspect, err
}

// enrol counts a seat among those of the room.
func (r *room) enrol(s *Seat, suspect bool) {
	r.seats[s] = struct{}{}
	r.hub.meter.Seats.Add(1)
	if suspect {
		r.need(lack{fences: []storage.Fence{fence(s.actor)}})
	}
}

func (r *room) sit(e *sit) error {
	s, head := e.seat, r.authority.Committed()
	suspect, err := r.meet(s)
	switch {
	case err != nil:
		return err
	case e.since != nil && (e.since.Epoch != r.access.Document.Epoch || e.since.Rev > head):
		return refusal(wire.CodeResync)
	}
	r.authority.Remember(s.origin, e.last.seq, e.last.edit, e.last.rev)
	box := r.outboxes[s.origin]
	if box != nil && box.seat != nil {
		old := box.seat
		r.remove(old)
		old.close(wire.CloseSuperseded)
	}
	if len(r.seats) >= r.hub.limits.Seats {
		return refusal(wire.CodeOverloaded)
	}
	last := e.last.seq
	if box = r.box(s.origin); box.pending != nil {
		last = max(last, box.seq)
	} else if _, _, err := r.authority.Lookup(s.origin, last+1, id.Edit{}); err != nil {
		r.tidy(s.origin)
		return errOutdated
	}
	box.seat = s
	r.changeBoard(func(b *board) { s.presence = b.add(s) })
	s.welcome = r.greet(s, e.since, last)
	s.at = s.welcome.message.Rev
	r.enrol(s, suspect)
	return nil
}

// greet makes the seat's welcome. Peers are in it if the seat begins at the head, where their carets are; else they follow
// as presence when it has caught up.
func (r *room) greet(s *Seat, since *wire.Since, last int64) *welcome {
	head, now := r.authority.Committed(), s.Standing()
	w := &welcome{message: wire.Welcome{
		Peers:    []wire.Presence{},
		Document: documentState(r.access.Document), Head: head,
		Role: now.Role, Commands: commandNames(now), Limits: r.hub.limits.wire(),
		You: wire.You{
			User: s.actor.User, Name: s.actor.Name, Seat: s.id, Color: wire.ColorOf(s.actor.User), Seq: last,
		},
	}}
	history := now.May(authz.ReadHistory)
	if since != nil && (history || since.Rev == head) {
		w.message.Rev = since.Rev
	} else {
		// For who may not read what was written before, the content is that of now, whatever they had.
		w.shot = r.shot(history)
		w.message.Rev = w.shot.rev
	}
	if w.message.Rev == head && now.May(authz.SeePresence) {
		r.shown.mu.RLock()
		w.message.Peers = r.shown.board.peers(s.id, head)
		s.sees.Store(r.shown.board.version)
		r.shown.mu.RUnlock()
	}
	return w
}
