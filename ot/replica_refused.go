package ot

// Reject takes back the submission in flight, because the authority refused
// it for good, and returns what that does to what is shown. refused is the
// submission as it would have applied to Committed. The buffer stays, without
// what it did to the refused text.
func (r *Replica) Reject() (show, refused Delta, err error) {
	if !r.flying {
		return Delta{}, Delta{}, ErrNotWaiting
	}
	undo, err := r.sent.Invert(r.committed.Delta())
	if err != nil {
		return Delta{}, Delta{}, err
	}
	show = r.buffer.Transform(undo, false)
	if err := r.shown.Apply(show); err != nil {
		return Delta{}, Delta{}, err
	}
	refused = r.sent
	r.buffer = undo.Transform(r.buffer, true)
	r.flying, r.sent = false, Delta{}
	return show, refused, nil
}

// Withdraw takes back everything that is not acknowledged, because the right
// to write is gone, and returns what that does to what is shown. withdrawn
// is what was taken, as it applied to Committed, for its author to copy.
//
// If a submission is in flight it may still be committed; callers get its
// answer first, unless the connection has ended for good.
func (r *Replica) Withdraw() (show, withdrawn Delta) {
	withdrawn = r.sent.Compose(r.buffer)
	show, err := withdrawn.Invert(r.committed.Delta())
	if err != nil {
		panic("ot: a local edit no longer fits: " + err.Error())
	}
	r.restart(r.rev, r.committed)
	return show, withdrawn
}

// Reset goes on from another content, which it takes over, because the
// revisions between cannot be had. It returns what was not acknowledged, as
// it applied to the former Committed, for its author to copy.
func (r *Replica) Reset(at Rev, content *Document) (withdrawn Delta) {
	withdrawn = r.sent.Compose(r.buffer)
	r.restart(at, content)
	return withdrawn
}

func (r *Replica) restart(at Rev, content *Document) {
	*r = Replica{rev: at, committed: content, shown: content.Clone()}
}
