package ot

import "iter"

// Delta is a change to a document, or a whole document: a list of
// components. It never changes, and it is always valid and canonical:
// neighbours that can be one component are one, an insert comes before a
// delete at the same place, and no plain retain stands at the end. The zero
// Delta is the empty change.
type Delta struct {
	// lead is the plain retain that most changes begin with. Kept here, it
	// needs no storage of its own, and moving a change is one addition.
	lead int
	ops  []component // after lead; shared between Deltas, never written
}

// IsEmpty reports whether d changes nothing.
func (d Delta) IsEmpty() bool { return len(d.ops) == 0 }

// Equal reports whether d and other are the same change.
func (d Delta) Equal(other Delta) bool {
	if d.lead != other.lead || len(d.ops) != len(other.ops) {
		return false
	}
	for i := range d.ops {
		if !d.ops[i].equal(other.ops[i]) {
			return false
		}
	}
	return true
}

// Len returns the sum of the components' lengths: for a document, its length
// in UTF-16 units.
func (d Delta) Len() int {
	n := d.lead
	for i := range d.ops {
		n += d.ops[i].len()
	}
	return n
}

// BaseLen returns how much of a document d walks over, retained and deleted:
// the least length a document must have for d to fit.
func (d Delta) BaseLen() int {
	n := d.lead
	for i := range d.ops {
		if !d.ops[i].adds() {
			n += d.ops[i].len()
		}
	}
	return n
}

// Change returns how much longer d makes a document, in UTF-16 units.
func (d Delta) Change() int {
	n := 0
	for i := range d.ops {
		switch c := &d.ops[i]; {
		case c.adds():
			n += c.len()
		case c.kind() == Delete:
			n -= c.len()
		}
	}
	return n
}

// IsContent reports whether d only inserts: whether it is a document.
func (d Delta) IsContent() bool {
	if d.lead > 0 {
		return false
	}
	for i := range d.ops {
		if !d.ops[i].adds() {
			return false
		}
	}
	return true
}

// Components iterates over d from left to right.
func (d Delta) Components() iter.Seq[Component] {
	return func(yield func(Component) bool) {
		if d.lead > 0 && !yield(Component{Kind: Retain, Len: d.lead}) {
			return
		}
		for i := range d.ops {
			if !yield(d.ops[i].public()) {
				return
			}
		}
	}
}

// first returns the index that d.ops[0] has among the components.
func (d Delta) first() int {
	if d.lead > 0 {
		return 1
	}
	return 0
}

// String returns d as JSON, for logs of tests and for debugging.
func (d Delta) String() string { return string(d.AppendJSON(nil)) }
