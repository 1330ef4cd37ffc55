package ot

import "slices"

// writer collects components and keeps them canonical. All Deltas come from
// a writer.
type writer struct {
	lead int
	ops  []component

	// Text that follows the last Insert and will be part of it. Joined once,
	// when the Insert is complete, so that many small pieces cost no more than
	// their length. The Insert's length counts them already.
	tail   string
	joined []byte // the Insert's text so far, once there was a second tail
	open   int    // index of that Insert, meaningful while tail != ""
}

// add appends c.
func (w *writer) add(c component) {
	if c.len() == 0 {
		return
	}
	at := len(w.ops)
	if c.kind() == Retain {
		if at == 0 && c.attrs == nil {
			w.lead += c.len()
			return
		}
	} else if at > 0 && w.ops[at-1].kind() == Delete {
		if c.kind() == Delete {
			w.ops[at-1].head += c.len() << 2
			return
		}
		at-- // an insert goes before the delete that it follows
	}
	if at > 0 && w.merge(at-1, c) {
		return
	}
	w.ops = slices.Insert(w.ops, at, c)
}

// merge makes c part of the component at i, if they can be one.
func (w *writer) merge(i int, c component) bool {
	last := &w.ops[i]
	if last.kind() != c.kind() || c.kind() == Embed || !same(last.attrs, c.attrs) {
		return false
	}
	last.head += c.len() << 2
	if c.kind() == Insert {
		w.join(i, c.text)
	}
	return true
}

func (w *writer) join(i int, text string) {
	switch {
	case w.tail == "" || w.open != i:
		w.settle()
		w.open, w.tail = i, text
	case len(w.joined) == 0:
		w.joined = append(append(append(w.joined, w.ops[i].text...), w.tail...), text...)
	default:
		w.joined = append(w.joined, text...)
	}
}

// settle completes the Insert whose text is still in pieces.
func (w *writer) settle() {
	if w.tail == "" {
		return
	}
	if len(w.joined) > 0 {
		w.ops[w.open].text = string(w.joined)
	} else {
		w.ops[w.open].text += w.tail
	}
	w.tail, w.joined = "", w.joined[:0]
}

// delta returns what was written, in storage of its own size.
func (w *writer) delta() Delta {
	w.settle()
	ops := w.ops
	if n := len(ops); n > 0 && ops[n-1].isPlainRetain() {
		ops = ops[:n-1]
	}
	if len(ops) == 0 {
		return Delta{}
	}
	kept := make([]component, len(ops))
	copy(kept, ops)
	return Delta{lead: w.lead, ops: kept}
}
