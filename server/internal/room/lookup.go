package room

import (
	"context"
	"errors"

	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// question is what a room may have to ask the log about edits before it can go on with them.
type question int

const (
	askLast  question = iota // the last edit of the origin, of which nothing is remembered
	askEdits                 // the edits of these numbers
)

// found is the log's answer.
type found struct {
	p    *pending
	what question
	last mark
	rows []storage.Revision
	err  error
}

// ask looks in the log, off the room's goroutine. The edits stay their origin's unanswered ones meanwhile.
func (r *room) ask(p *pending, what question) {
	r.hub.spawn(func() {
		f := &found{p: p, what: what}
		defer func() {
			if v := recover(); v != nil {
				r.hub.panicked("lookup", v)
				f.err = errors.New("panic while looking up")
			}
			r.post(f)
		}()
		ctx, cancel := r.hub.call()
		defer cancel()
		switch what {
		case askLast:
			f.last, f.err = r.hub.lastOf(ctx, r.doc, p.origin)
		case askEdits:
			first, last := p.chain[0].Seq, p.chain[len(p.chain)-1].Seq
			f.rows, f.err = r.hub.store.Edits(ctx, r.doc, p.origin.Author, p.origin.Client, first, last)
		}
	})
}

func (f *found) drop(*Refusal) {}

func (f *found) do(r *room) {
	p := f.p
	switch {
	case f.err != nil:
		r.hub.log.Warn("cannot look up an edit", "doc", r.doc, "err", f.err)
		r.refuse(p, refusal(wire.CodeUnavailable))
	case f.what == askLast:
		r.authority.Remember(f.last.origin, f.last.seq, f.last.edit, f.last.rev)
		r.run(p)
	case len(f.rows) == 0:
		r.refuse(p, refusal(wire.CodeStaleSeq))
	case !p.stands(f.rows):
		r.refuse(p, refusal(wire.CodeSeqReuse))
	default:
		r.confirm(p, f.rows)
	}
}

// stands tells whether these rows of the log are the edits.
func (p *pending) stands(rows []storage.Revision) bool {
	if len(rows) != len(p.chain) {
		return false
	}
	for i, row := range rows {
		if row.Seq != p.chain[i].Seq || [16]byte(row.Edit) != p.chain[i].ID {
			return false
		}
	}
	return true
}

// lastOf returns the last committed edit of an origin.
func (h *Hub) lastOf(ctx context.Context, doc id.Doc, origin ot.Origin) (mark, error) {
	last := mark{origin: origin}
	seq, err := h.store.LastSeq(ctx, doc, origin.Author, origin.Client)
	if err != nil || seq == 0 {
		return last, err
	}
	rows, err := h.store.Edits(ctx, doc, origin.Author, origin.Client, seq, seq)
	if err != nil {
		return last, err
	}
	if len(rows) == 1 {
		last.seq, last.edit, last.rev = rows[0].Seq, rows[0].Edit, rows[0].Rev
	}
	return last, nil
}
