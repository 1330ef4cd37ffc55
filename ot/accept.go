package ot

// Remember tells what the log says of an origin: the highest committed seq
// with its edit and revision, or seq 0 if there is none. An older memory is
// replaced, a newer one stays.
func (a *Authority) Remember(o Origin, seq int64, id [16]byte, rev Rev) {
	a.origins.raise(o, mark{seq, id, rev})
}

// Lookup tells whether an edit was accepted before, whatever its base and
// content say now, and then its revision, which may be ahead. Callers look
// it up before they check anything else of a submission, since a right that
// was lost afterwards does not undo it.
//
// The errors are ErrUnknownOrigin: Remember first; ErrStaleSeq: look in the
// log; ErrSeqReuse: another edit of the origin has this number.
func (a *Authority) Lookup(o Origin, seq int64, id [16]byte) (rev Rev, known bool, err error) {
	last, ok := a.marks[o]
	if ok && seq < last.seq {
		return a.lookupBelow(o, seq, id)
	}
	if !ok {
		last, ok = a.origins.find(o)
	}
	switch {
	case !ok:
		return 0, false, ErrUnknownOrigin
	case seq > last.seq:
		return 0, false, nil
	case seq < last.seq:
		return 0, false, ErrStaleSeq
	}
	return last.answer(id)
}

// lookupBelow is Lookup for a number below the origin's highest ahead.
func (a *Authority) lookupBelow(o Origin, seq int64, id [16]byte) (Rev, bool, error) {
	for i := range a.ahead {
		if acc := &a.ahead[i]; acc.Seq == seq && acc.Origin == o {
			return acc.mark().answer(id)
		}
	}
	if last, ok := a.origins.find(o); ok && last.seq == seq {
		return last.answer(id)
	}
	return 0, false, ErrStaleSeq
}

func (acc *Accepted) mark() mark { return mark{acc.Seq, acc.ID, acc.Rev} }

func (m mark) answer(id [16]byte) (Rev, bool, error) {
	if m.id != id {
		return 0, false, ErrSeqReuse
	}
	return m.rev, true, nil
}

// Accept gives a submission the next revision, ahead. If it is a duplicate,
// fresh is false and acc.Rev is the revision it has already.
//
// The errors are those of Lookup, ErrBadBase, ErrTooOld, and *Error if it
// does not fit or makes the document too long. Then nothing has changed.
func (a *Authority) Accept(s Submission) (acc Accepted, fresh bool, err error) {
	rev, known, err := a.Lookup(s.Origin, s.Seq, s.ID)
	if known || err != nil {
		return Accepted{Submission: s, Rev: rev}, false, err
	}
	if err := a.checkBase(s.Base); err != nil {
		return Accepted{}, false, err
	}
	change := s.Delta
	for rev := s.Base + 1; rev <= a.Head() && !change.IsEmpty(); rev++ {
		change = a.change(rev).Transform(change, true)
	}
	if err := a.apply(a.head, change); err != nil {
		return Accepted{}, false, err
	}
	return a.push(s, change), true, nil
}

// AcceptChain accepts all of a chain or, with an error, nothing. chain[0]
// applies to its base and each further submission to the result of the one
// before, whatever its own Base says; all have one origin, and their numbers
// grow. If the chain is a duplicate, fresh is false and each has the
// revision it has already; a chain of which only a part is known is
// ErrSeqReuse. The other errors are those of Accept, an *Error within a
// *ChainError.
func (a *Authority) AcceptChain(chain []Submission) (accs []Accepted, fresh bool, err error) {
	known := 0
	for _, s := range chain {
		rev, dup, err := a.Lookup(s.Origin, s.Seq, s.ID)
		if err != nil {
			return nil, false, err
		}
		if dup {
			known++
		}
		accs = append(accs, Accepted{Submission: s, Rev: rev})
	}
	switch {
	case known == len(chain):
		return accs, false, nil
	case known > 0:
		return nil, false, ErrSeqReuse
	}
	if err := a.checkBase(chain[0].Base); err != nil {
		return nil, false, err
	}
	changes, err := a.fitChain(chain)
	if err != nil {
		return nil, false, err
	}
	for i, change := range changes {
		accs[i] = a.push(chain[i], change)
	}
	return accs, true, nil
}

// fitChain transforms a chain up to the head and applies it there.
func (a *Authority) fitChain(chain []Submission) ([]Delta, error) {
	changes := make([]Delta, len(chain))
	for i, s := range chain {
		changes[i] = s.Delta
	}
	for rev := chain[0].Base + 1; rev <= a.Head(); rev++ {
		rebaseChain(changes, a.change(rev))
	}
	head := a.head.Clone()
	for i, change := range changes {
		if err := a.apply(head, change); err != nil {
			return nil, &ChainError{Index: i, Err: err}
		}
	}
	a.head = head
	return changes, nil
}

// change returns what a revision in the window or ahead did.
func (a *Authority) change(rev Rev) Delta {
	if rev > a.at {
		return a.ahead[rev-a.at-1].Change
	}
	return *a.past.slot(rev)
}

// apply applies a change if it keeps to the length allowed.
func (a *Authority) apply(doc *Document, change Delta) error {
	if grows := change.Change(); a.MaxLen > 0 && grows > 0 && doc.Len()+grows > a.MaxLen {
		return refuse(CodeTooLarge, -1, nil, "makes the document %d long, and %d is the most", doc.Len()+grows, a.MaxLen)
	}
	return doc.Apply(change)
}

// push puts a change that the head has already ahead.
func (a *Authority) push(s Submission, change Delta) Accepted {
	acc := Accepted{Submission: s, Rev: a.Head() + 1, Change: change}
	a.ahead = append(a.ahead, acc)
	a.marks[s.Origin] = acc.mark()
	return acc
}
