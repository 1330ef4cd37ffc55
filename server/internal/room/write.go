package room

import (
	"context"
	"fmt"
	"time"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// Write is the edits of one HTTP request. They are committed as a whole or not at all.
type Write struct {
	Doc   id.Doc
	Actor storage.Actor
	wire.WriteOps
}

// The modes of a write.
const (
	modeExact  = "exact"  // only if nothing was written after the base
	modeRebase = "rebase" // over whatever was
)

// Write commits edits through the document's room and returns them as they stand in the log, the same on every retry. The
// error is a *Refusal or the context's.
func (h *Hub) Write(ctx context.Context, write Write) (wire.Written, error) {
	chain, err := write.chain()
	if err != nil {
		return wire.Written{}, err
	}
	if write.Actor.Withheld.Has(authz.ScopeBulk) && len(chain) > h.limits.UserEditBurst {
		return wire.Written{}, refusal(wire.CodeTooLarge) // no waiting would let so many pass at once
	}
	const tries = 5 // what was brought into the window may have left it again
	paid := false
	for range tries {
		p := &pending{
			actor: write.Actor, origin: chain[0].Origin, chain: chain, kind: storage.KindEdit, epoch: write.Epoch,
			exact: write.Mode == modeExact, came: time.Now(), paid: paid,
		}
		got, err := h.ask(ctx, write, p)
		switch {
		case ctx.Err() != nil && err != nil:
			return wire.Written{}, ctx.Err()
		case err != nil:
			return wire.Written{}, h.asRefusal("write", write.Doc, err)
		case got.refused != nil && !h.overruled(ctx, write.Doc, write.Actor, got.refused):
			return wire.Written{}, got.refused
		case got.refused != nil:
			continue
		case !got.reach:
			return written(write.Epoch, got)
		}
		paid = true
		if chain, err = h.reach(ctx, write.Doc, chain, got.head); err != nil {
			return wire.Written{}, h.asRefusal("write", write.Doc, err)
		}
	}
	return wire.Written{}, refusal(wire.CodeOverloaded)
}

// chain is the write's edits as submissions.
func (w *Write) chain() ([]ot.Submission, error) {
	if len(w.Ops) == 0 || len(w.Ops) != len(w.IDs) {
		return nil, refusal(wire.CodeInvalid)
	}
	chain := make([]ot.Submission, len(w.Ops))
	for i := range w.Ops {
		chain[i] = ot.Submission{
			Origin: ot.Origin{Author: w.Actor.User, Client: w.Client},
			Seq:    w.Seq + int64(i), ID: w.IDs[i], Base: w.Base, Delta: w.Ops[i],
		}
	}
	return chain, nil
}

// ask gives edits to the room and waits for what becomes of them. Who stops waiting learns it by asking again.
func (h *Hub) ask(ctx context.Context, write Write, p *pending) (answer, error) {
	hears := make(chan answer, 1)
	p.writers = []chan<- answer{hears}
	if err := h.deliver(ctx, write.Doc, write.Actor, &put{p}); err != nil {
		return answer{}, err
	}
	select {
	case got := <-hears:
		return got, nil
	case <-ctx.Done():
		return answer{}, ctx.Err()
	}
}

// put is edits from a request.
type put struct{ p *pending }

func (e *put) drop(why *Refusal) {
	for _, writer := range e.p.writers {
		writer <- answer{refused: why}
	}
}

func (e *put) do(r *room) { r.take(e.p) }

// reach rebases edits over the log up to the head that the room knows of: further back than its window goes.
func (h *Hub) reach(ctx context.Context, doc id.Doc, chain []ot.Submission, head ot.Rev) ([]ot.Submission, error) {
	base := chain[0].Base
	switch back := head - base; {
	case back > ot.Rev(h.limits.RebaseReach):
		return nil, refusal(wire.CodeGone)
	case back > ot.Rev(h.limits.RebaseWork/len(chain)):
		return nil, &Refusal{Code: wire.CodeGone, Message: messageTooMuch, Head: head}
	}
	edits := make([]ot.Delta, len(chain))
	for i := range chain {
		edits[i] = chain[i].Delta
	}
	for base < head {
		page, err := h.store.After(ctx, doc, base, min(h.limits.PageRevisions, int(head-base)))
		if err != nil {
			return nil, err
		}
		if len(page) == 0 {
			return nil, fmt.Errorf("rebase: the log ends at revision %d, not %d: %w", base, head, storage.ErrCorrupt)
		}
		changes := make([]ot.Delta, len(page))
		for i := range page {
			if changes[i], err = ot.Parse(page[i].Delta); err != nil {
				return nil, fmt.Errorf("rebase over revision %d: %w", page[i].Rev, storage.ErrCorrupt)
			}
		}
		edits = ot.Rebase(edits, changes)
		base = page[len(page)-1].Rev
	}
	rebased := make([]ot.Submission, len(chain))
	for i := range chain {
		rebased[i] = chain[i]
		rebased[i].Base, rebased[i].Delta = base, edits[i]
	}
	return rebased, nil
}

// written is a request's answer.
func written(epoch int64, got answer) (wire.Written, error) {
	w := wire.Written{Epoch: epoch, Head: got.head, Items: make([]wire.Revision, len(got.revisions))}
	for i := range got.revisions {
		delta, err := ot.Parse(got.revisions[i].Delta)
		if err != nil {
			return wire.Written{}, refusal(wire.CodeInternal)
		}
		w.Items[i] = bare(&got.revisions[i])
		w.Items[i].Delta = &delta
	}
	return w, nil
}
