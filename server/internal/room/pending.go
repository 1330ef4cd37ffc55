package room

import (
	"time"

	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// pending is what an origin has unanswered: one edit from a seat, or the edits of one HTTP request, which are committed as
// a whole or not at all. It keeps its original form, to be run again when it loses a race.
type pending struct {
	actor  storage.Actor
	origin ot.Origin
	stamp  id.Seat         // of the revisions; zero over HTTP
	chain  []ot.Submission // at least one
	kind   storage.Kind
	epoch  int64 // that the base is of; 0 for the room's
	exact  bool  // refused if anything was written after its base
	came   time.Time
	runs   int
	paid   bool // its rate

	// Who is to hear what becomes of it: the seat that sent it last, and requests.
	seat    *Seat
	writers []chan<- answer

	// While it is ahead.
	fence     storage.Fence
	accepted  []ot.Accepted
	revisions []storage.Revision
	entries   []entry
}

// answer is what a request hears.
type answer struct {
	revisions []storage.Revision
	head      ot.Rev
	refused   *Refusal
	reach     bool // the base is behind the window: rebase over the log and ask again
}

// sameAs tells whether the chain is the edits of these numbers and ids.
func (p *pending) sameAs(chain []ot.Submission) bool {
	if len(p.chain) != len(chain) {
		return false
	}
	for i := range chain {
		if p.chain[i].Seq != chain[i].Seq || p.chain[i].ID != chain[i].ID {
			return false
		}
	}
	return true
}

// contradicts tells whether a number stands for one edit in p and for another in chain.
func (p *pending) contradicts(chain []ot.Submission) bool {
	for i := range chain {
		// Numbers of a chain follow one another.
		if at := chain[i].Seq - p.chain[0].Seq; at >= 0 && at < int64(len(p.chain)) && p.chain[at].ID != chain[i].ID {
			return true
		}
	}
	return false
}

// release ends p's time as its origin's unanswered edit.
func (r *room) release(p *pending) {
	if box := r.outboxes[p.origin]; box != nil && box.pending == p {
		box.pending = nil
		r.holds--
		r.tidy(p.origin)
	}
}

// refuse answers that p has no effect.
func (r *room) refuse(p *pending, why *Refusal) {
	r.release(p)
	r.hub.noteRefusal(p.seat, why.Code)
	why = &Refusal{Code: why.Code, Message: why.Message, Pointer: why.Pointer, Head: r.committed()}
	for _, writer := range p.writers {
		writer <- answer{refused: why}
	}
	if p.seat != nil {
		p.seat.reject(p.chain[0].Seq, why)
		if why.Code == wire.CodeForbidden {
			r.hub.denied(p.seat)
		}
		r.punish(p.seat, why.Code)
	}
	p.writers, p.seat = nil, nil
}

// punish ends a seat that does what no client of good faith does.
func (r *room) punish(s *Seat, code wire.Code) {
	switch code {
	case wire.CodeSeqReuse:
		r.remove(s)
		s.finish(wire.CloseSeqReuse)
	case wire.CodeSlowDown, wire.CodeForbidden:
		if s.strikes++; s.strikes >= r.hub.limits.RateStrikes {
			r.remove(s)
			s.finish(wire.CloseRateLimited)
		}
	}
}

// confirm answers that p stands in the log already. The seat sees its revision in the stream, now or, if that has passed
// it by, once more.
func (r *room) confirm(p *pending, revisions []storage.Revision) {
	r.release(p)
	for _, writer := range p.writers {
		writer <- answer{revisions: revisions, head: r.committed()}
	}
	if p.seat != nil {
		p.seat.repeat(&revisions[0])
	}
	p.writers, p.seat = nil, nil
	r.follow(revisions[len(revisions)-1].Rev)
}

func (r *room) committed() ot.Rev {
	if r.authority == nil {
		return 0
	}
	return r.authority.Committed()
}

// submit is an edit from a seat. It has room for all that becomes of one edit, so that typing costs few allocations.
type submit struct {
	pending
	from     *Seat
	edit     [1]ot.Submission
	accepted [1]ot.Accepted
	revision [1]storage.Revision
	entry    [1]entry
}

func newSubmit(s *Seat, edit *wire.Submit) *submit {
	kind := storage.Kind(edit.Kind)
	if kind == "" {
		kind = storage.KindEdit
	}
	e := &submit{from: s, edit: [1]ot.Submission{{Origin: s.origin, Seq: edit.Seq, ID: edit.ID, Base: edit.Base, Delta: edit.Delta}}}
	e.pending = pending{
		actor: s.actor, origin: s.origin, stamp: s.id, kind: kind, seat: s,
		chain: e.edit[:], accepted: e.accepted[:0], revisions: e.revision[:0], entries: e.entry[:0],
	}
	return e
}

func (e *submit) drop(*Refusal) { e.from.queued.Add(-1) }

func (e *submit) do(r *room) {
	e.from.queued.Add(-1)
	if _, here := r.seats[e.from]; !here {
		return // superseded or closed: what it sent is not taken
	}
	e.came = time.Now()
	r.take(&e.pending)
}
