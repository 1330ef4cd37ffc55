package client

import (
	"context"
	"slices"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/server/wire"
)

// Edit is a local edit on its way. Edits that are made while one is in flight travel together, in one revision.
type Edit struct {
	done   chan struct{}
	rev    ot.Rev // set before done is closed, as err is
	err    error
	stands ot.Rev // the last revision that may hold a part of it; the Document's mu guards it
}

// Done is closed when the edit is acknowledged or will not be.
func (e *Edit) Done() <-chan struct{} { return e.done }

// Wait waits for the edit's fate and returns the revision that holds it, or the last of it: what is too large for one submission
// is sent in several. The error is a *Rejected: it has been taken back, as far as that says; or ErrClosed, an *Ended, a *Problem
// or ErrResync: it was not acknowledged while the Document lived, and Unsent or Withdrawn has it, or what is left of it. When ctx
// ends first, the edit is still on its way.
func (e *Edit) Wait(ctx context.Context) (ot.Rev, error) {
	select {
	case <-e.done:
		return e.rev, e.err
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

// Submit makes an edit of the content as it is now, and waits for its revision. Where others write at the same time, use
// Edit, which lets nothing happen between looking and editing.
func (d *Document) Submit(ctx context.Context, delta ot.Delta) (ot.Rev, error) {
	edit, err := d.Apply(delta)
	if err != nil {
		return 0, err
	}
	return edit.Wait(ctx)
}

// Apply makes an edit of the content as it is now, at once and also while disconnected, and returns without waiting. An
// *ot.Error says why it does not fit; ErrForbidden that one may not write.
func (d *Document) Apply(delta ot.Delta) (*Edit, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.apply(delta)
}

// Edit makes the edit that makes returns for the content as it is now. Nothing changes in between, so makes must be quick and
// must not use the Document. The content is makes's own.
func (d *Document) Edit(makes func(content *ot.Document) (ot.Delta, error)) (*Edit, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delta, err := makes(d.replica.Shown())
	if err != nil {
		return nil, err
	}
	return d.apply(delta)
}

func (d *Document) apply(delta ot.Delta) (*Edit, error) {
	switch {
	case d.err != nil:
		return nil, d.err
	case !d.mayEdit():
		return nil, ErrForbidden
	}
	if err := d.replica.Edit(delta); err != nil {
		return nil, err
	}
	edit := &Edit{done: make(chan struct{})}
	d.buffered = append(d.buffered, edit)
	d.caret.through(delta, true)
	d.settle()
	d.tell()
	d.nudge()
	return edit, nil
}

func (d *Document) mayEdit() bool { return slices.Contains(d.commands, authz.Edit.String()) }

// Flush waits until every edit made before it is acknowledged or refused.
func (d *Document) Flush(ctx context.Context) error {
	d.mu.Lock()
	pending := slices.Concat(d.flying, d.buffered)
	d.mu.Unlock()
	for _, edit := range pending {
		select {
		case <-edit.done:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// fate ends edits. d.mu is held.
func fate(edits []*Edit, rev ot.Rev, err error) {
	for _, edit := range edits {
		edit.rev, edit.err = rev, err
		if whole, ok := err.(*Rejected); ok && edit.stands != 0 {
			rest := *whole
			rest.Stands, edit.err = edit.stands, &rest
		}
		close(edit.done)
	}
}

// partly notes that what was in flight stands at a revision, where it was a piece. d.mu is held.
func (d *Document) partly(rev ot.Rev) {
	for _, edit := range d.buffered[:d.cutBehind] {
		edit.stands = rev
	}
	d.cutBehind = 0
}

// settle ends the edits of a buffer that has come to nothing, since nothing will be sent for them.
func (d *Document) settle() {
	if len(d.buffered) == 0 || !d.replica.Unsent().IsEmpty() {
		return
	}
	if _, flying := d.replica.InFlight(); flying {
		d.flying = append(d.flying, d.buffered...)
	} else {
		fate(d.buffered, d.replica.Rev(), nil)
	}
	d.buffered, d.cutBehind = nil, 0
}

// reject takes back what is in flight, and where that is a piece of edits, everything: the rest of those is not to be written
// when their authors are told that they were refused, and what was made after them stands on it. d.mu is held.
func (d *Document) reject(code wire.Code, message, pointer string) error {
	if d.cutBehind > 0 {
		d.withdraw(code, message)
		return nil
	}
	show, refused, err := d.replica.Reject()
	if err != nil {
		return err
	}
	d.caret.through(show, false)
	why := &Rejected{Code: code, Message: message, Pointer: pointer, Delta: refused}
	fate(d.flying, 0, why)
	d.flying = nil
	d.settle()
	return nil
}

// withdraw takes back everything, for a reason that is no connection's. d.mu is held.
func (d *Document) withdraw(code wire.Code, message string) {
	show, withdrawn := d.replica.Withdraw()
	d.caret.through(show, false)
	d.forget(&Rejected{Code: code, Message: message, Delta: withdrawn})
}

// forget ends all edits that are not acknowledged. d.mu is held.
func (d *Document) forget(why error) {
	fate(d.flying, 0, why)
	fate(d.buffered, 0, why)
	d.flying, d.buffered, d.cutBehind = nil, nil, 0
}
