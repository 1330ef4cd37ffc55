package room

import (
	"errors"
	"slices"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
)

// take begins with edits that came in: they become their origin's unanswered ones, or join them if they are the same.
func (r *room) take(p *pending) {
	box := r.box(p.origin)
	switch held := box.pending; {
	case held == nil && r.holds >= r.hub.limits.Inbox:
		r.refuse(p, refusal(wire.CodeOverloaded))
		r.tidy(p.origin)
	case held == nil:
		box.pending = p
		r.holds++
		r.run(p)
	case held.sameAs(p.chain):
		held.writers = append(held.writers, p.writers...)
		if p.seat != nil {
			held.seat = p.seat
		}
	case held.contradicts(p.chain):
		r.refuse(p, refusal(wire.CodeSeqReuse))
	default:
		r.refuse(p, refusal(wire.CodeInFlight))
	}
}

// run takes edits as far as it can: to an answer, to a place ahead, or to where they wait. It is called again, with the
// original form, whenever what they waited for has come.
func (r *room) run(p *pending) {
	if r.halted {
		r.waiting = append(r.waiting, p)
		return
	}
	if p.runs++; p.runs > r.hub.limits.Attempts {
		r.refuse(p, refusal(wire.CodeOverloaded))
		return
	}
	if r.resubmitted(p) {
		return
	}
	if !r.knows(p.actor.User) {
		r.waiting = append(r.waiting, p)
		r.halted = true
		r.need(lack{access: true}) // and with it the memberships of those who wait
		return
	}
	if refused := r.admit(p); refused != nil {
		r.refuse(p, refused)
		return
	}
	r.accept(p)
}

// resubmitted answers edits that were accepted before. It comes before every other check: a right that was lost since, a
// window that moved on, or a rate does not undo them.
func (r *room) resubmitted(p *pending) bool {
	first := &p.chain[0]
	rev, known, err := r.authority.Lookup(p.origin, first.Seq, first.ID)
	switch {
	case errors.Is(err, ot.ErrUnknownOrigin):
		r.ask(p, askLast)
	case errors.Is(err, ot.ErrSeqReuse):
		r.refuse(p, refusal(wire.CodeSeqReuse))
	case errors.Is(err, ot.ErrStaleSeq), known && len(p.chain) > 1:
		r.ask(p, askEdits)
	case known && p.seat != nil && len(p.writers) == 0 && p.seat.lacks(rev):
		r.release(p) // it is still to come in the seat's stream
		r.follow(rev)
	case known:
		r.ask(p, askEdits)
	default:
		return false
	}
	return true
}

// admit checks everything about edits that does not depend on the document's content.
func (r *room) admit(p *pending) *Refusal {
	if r.draining {
		return refusal(wire.CodeDraining)
	}
	effective, _ := r.effective(p.actor)
	now := r.access.Document.Standing(p.actor, effective.Role)
	if !now.May(authz.Open) && p.seat == nil {
		return refusal(wire.CodeNotFound)
	}
	if !now.May(authz.Edit) {
		return refusal(wire.CodeForbidden)
	}
	p.fence = fence(p.actor)
	p.fence.ValidUntil = storage.Micros(effective.ValidUntil)
	if p.epoch != 0 && p.epoch != r.access.Document.Epoch {
		return refusal(wire.CodeResync)
	}
	if p.paid {
		return nil
	}
	if !r.pay(p) {
		return refusal(wire.CodeSlowDown)
	}
	p.paid = true
	if p.seat != nil {
		p.seat.strikes = 0
	}
	return r.check(p)
}

// pay takes the edits from their author's rates.
func (r *room) pay(p *pending) bool {
	if p.seat == nil {
		return r.hub.people.mayWrite(p.actor, len(p.chain))
	}
	return p.seat.rate.Allow() && r.hub.people.mayEdit(p.actor.User)
}

// check holds the edits against the schema.
func (r *room) check(p *pending) *Refusal {
	for i := range p.chain {
		delta := p.chain[i].Delta
		if delta.IsEmpty() {
			return refusal(wire.CodeEmptyEdit)
		}
		if err := r.hub.schema.Check(delta); err != nil {
			return refusalOf(&ot.ChainError{Index: i, Err: err}).within(p.stamp.IsZero())
		}
	}
	return nil
}

// accept gives edits their revisions, ahead of what is committed.
func (r *room) accept(p *pending) {
	if p.exact {
		switch base := p.chain[0].Base; {
		case base < r.authority.Committed():
			r.refuse(p, refusal(wire.CodeConflict))
			return
		case base < r.authority.Head():
			// What is ahead may still fail: only then may an exact edit succeed. It costs no run.
			p.runs--
			r.parked = append(r.parked, p)
			return
		}
	}
	accepted, fresh, err := r.place(p)
	overHTTP := p.stamp.IsZero()
	switch {
	case err == nil && fresh:
		r.stage(p, accepted)
	case err == nil, errors.Is(err, ot.ErrStaleSeq), errors.Is(err, ot.ErrUnknownOrigin):
		r.ask(p, askEdits) // not the first of the chain, but a later one is known
	case errors.Is(err, ot.ErrTooOld) && overHTTP:
		r.release(p)
		for _, writer := range p.writers {
			writer <- answer{reach: true, head: r.authority.Committed()}
		}
		if p.seat != nil {
			p.seat.Refuse(p.chain[0].Seq, *refusal(wire.CodeResync))
		}
	default:
		r.refuse(p, refusalOf(err).within(overHTTP))
	}
}

// place gives a chain its revisions, all or none. One that would keep the room from everybody else is too old for it.
func (r *room) place(p *pending) (accepted []ot.Accepted, fresh bool, err error) {
	chain := p.chain
	if back := r.authority.Committed() - chain[0].Base; len(chain) > 1 && back > ot.Rev(r.hub.limits.RoomWork/len(chain)) {
		return nil, false, ot.ErrTooOld
	}
	if len(chain) > 1 {
		return r.authority.AcceptChain(chain)
	}
	one, fresh, err := r.authority.Accept(chain[0])
	var delta *ot.Error
	if errors.As(err, &delta) {
		err = &ot.ChainError{Err: err}
	}
	return append(p.accepted[:0], one), fresh, err
}

// stage writes the revisions out, once for the log and for everybody who will pull them, and puts them into the next batch.
func (r *room) stage(p *pending, accepted []ot.Accepted) {
	at := storage.At(p.came)
	p.accepted = accepted
	p.revisions, p.entries = slices.Grow(p.revisions[:0], len(accepted)), slices.Grow(p.entries[:0], len(accepted))
	for i := range accepted {
		acc := &accepted[i]
		revision := storage.Revision{
			Rev: acc.Rev, Edit: acc.ID, Author: p.actor.User, Seat: p.stamp, Client: p.origin.Client,
			Seq: acc.Seq, At: at, Kind: p.kind,
		}
		entry := stageEntry(&revision, acc.Change)
		p.revisions, p.entries = append(p.revisions, revision), append(p.entries, entry)
	}
	if len(r.staged) == 0 {
		r.stagedVersion = r.access.Document.AccessVersion
	}
	r.staged = append(r.staged, p)
}
