package room

import (
	"context"
	"time"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// Follow asks for a Follower.
type Follow struct {
	Doc   id.Doc
	Actor storage.Actor
	Since wire.Since // the revision after which it begins, and whose history that is of

	// Wake says that Pull has something new. It is called from any goroutine, must not block and must not call the follower.
	Wake func()
}

// Follower reads what is written in a document as it is written, and nothing else: a program that reads along, not a person in
// the room. It is a seat all the same, whose right is that to read history: what ends a seat ends it, whoever lists the seats
// finds it, and whoever may close one may close it. It is on nobody's board, and writes nothing.
type Follower struct{ seat *Seat }

// Follow takes a Follower. The error is a *Refusal (not_found, also for who may not read history; resync, draining, overloaded,
// not_signed_in, unavailable, internal) or the context's.
func (h *Hub) Follow(ctx context.Context, follow Follow) (*Follower, error) {
	s := &Seat{
		hub: h, id: id.New[id.Seat](), actor: follow.Actor, wake: follow.Wake, since: time.Now(),
		right: authz.ReadHistory, follows: true,
	}
	if err := h.take(ctx, s, follow.Doc, &follow.Since); err != nil {
		return nil, err
	}
	return &Follower{s}, nil
}

// Leave gives the follower up. It may be called again. Pull must not be called after it.
func (f *Follower) Leave() { f.seat.Leave() }

// Pull appends the revisions that the follower lacks to dst, each as the JSON of a wire.Revision with its Delta, and the end of
// each to ends: the first is the one after Follow.Since, and each the one after the one before. Otherwise it is as Seat.Pull.
func (f *Follower) Pull(ctx context.Context, dst []byte, ends []int, maxBytes int) ([]byte, []int, error) {
	f.seat.mu.Lock()
	defer f.seat.mu.Unlock()
	p := pull{seat: f.seat, ctx: ctx, dst: dst, ends: ends, limit: len(dst) + maxBytes}
	err := p.singly()
	return p.dst, p.ends, err
}

// attend gives a follower its place, in one turn of the room as for a seat.
func (r *room) attend(e *sit) error {
	suspect, err := r.meet(e.seat)
	switch {
	case err != nil:
		return err
	case e.since.Epoch != r.access.Document.Epoch:
		return refusal(wire.CodeResync)
	case len(r.seats) >= r.hub.limits.Seats:
		return refusal(wire.CodeOverloaded)
	}
	e.seat.at = e.since.Rev // which another node may have written: then it waits until the room is as far
	r.enrol(e.seat, suspect)
	return nil
}

// singly gives revisions, each a message.
func (p *pull) singly() error {
	began := len(p.ends)
	for more := true; more && !p.full(); {
		err := p.shut()
		switch {
		case err != nil:
			return err
		case p.seat.room.dark():
			return p.inTheDark()
		case len(p.seat.page) > 0:
			err = p.fromPageSingly()
		default:
			more, err = p.fromTailSingly(len(p.ends) == began)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// fromTailSingly gives revisions from the tail, and where that does not reach a page of the log is read: but what there is
// already does not wait for it.
func (p *pull) fromTailSingly(mayWait bool) (more bool, err error) {
	s, before := p.seat, len(p.ends)
	dst, ends, has, ok := s.room.shown.singly(p.dst, p.ends, s.at, p.limit-len(p.dst))
	switch {
	case !ok && mayWait:
		return p.readLog()
	case !ok:
		return false, nil
	}
	p.dst, p.ends = dst, ends
	if n := len(ends) - before; n > 0 {
		s.at += ot.Rev(n)
		if !s.catchingUp() {
			s.has.Store(has)
		}
		return true, nil
	}
	s.has.Store(has)
	if s.closing != 0 {
		return false, &Closed{s.closing}
	}
	return false, nil
}

// fromPageSingly gives revisions from the page.
func (p *pull) fromPageSingly() error {
	s := p.seat
	for len(s.page) > 0 && !p.full() {
		if s.page[0].Rev != s.at+1 {
			return &Closed{wire.CloseInternal}
		}
		p.add(appendRevision(p.dst, &s.page[0], s.id)) // a follower writes nothing: none is its own
		s.at++
		s.page = s.page[1:]
	}
	if len(s.page) == 0 {
		s.page = nil
	}
	return nil
}
