package client

import (
	"context"
	"iter"

	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/server/wire"
)

// Revisions iterates over the revisions after one, in order and without a gap, one's own among them, each with its Delta. It
// goes on until ctx or the Document ends, and then gives the reason as its last error. A reader that falls far behind is
// caught up from the log, which takes the right to read history; nothing waits for it.
func (d *Document) Revisions(ctx context.Context, from From) iter.Seq2[wire.Revision, error] {
	return func(yield func(wire.Revision, error) bool) {
		for after := ot.Rev(from); ; {
			batch, upTo, wait, err := d.revisionsAfter(after)
			for _, revision := range batch {
				if !yield(revision, nil) {
					return
				}
				after = revision.Rev
			}
			switch {
			case len(batch) > 0:
			case err != nil:
				yield(wire.Revision{}, err)
				return
			case upTo > after:
				for revision, err := range d.client.Ops(ctx, d.id, From(after)) {
					if !yield(revision, err) || err != nil {
						return
					}
					if after = revision.Rev; after >= upTo {
						break
					}
				}
			default:
				select {
				case <-wait:
				case <-ctx.Done():
					yield(wire.Revision{}, ctx.Err())
					return
				}
			}
		}
	}
}

// revisionsAfter returns what is at hand after a revision. If the log must be read first, upTo is how far.
func (d *Document) revisionsAfter(after ot.Rev) (batch []wire.Revision, upTo ot.Rev, wait <-chan struct{}, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	rev := d.replica.Rev()
	oldest := rev - ot.Rev(len(d.recent)) // the one before the first at hand
	switch {
	case after < oldest:
		return nil, oldest, nil, d.err
	case after < rev:
		return append(batch, d.recent[after-oldest:]...), 0, nil, nil
	}
	return nil, 0, d.changing(), d.err
}
