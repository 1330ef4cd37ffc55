package ot

// Compose returns the one change that does what d and then next do.
//
// A next that fits the document after d never cuts a surrogate pair in d's
// text. One that does leaves U+FFFD in place of both halves, so that lengths
// stay true; Document.Apply refuses such a change.
func (d Delta) Compose(next Delta) Delta {
	if next.IsEmpty() {
		return d
	}
	if d.IsEmpty() {
		return next
	}
	w := writer{}
	a, b := d.cursor(), next.cursor()
	for !b.done() {
		switch {
		case b.cur.adds():
			w.add(b.next())
		case !a.done() && a.cur.kind() == Delete:
			w.add(a.next())
		case a.done():
			w.add(b.next())
		default:
			n := step(&a, &b)
			w.composeOver(a.take(n), b.take(n))
		}
	}
	for !a.done() {
		w.add(a.next())
	}
	return w.delta()
}

// composeOver writes what b, a retain or delete, makes of a, a retain or an
// insertion of the same length.
func (w *writer) composeOver(a, b component) {
	if b.kind() == Delete {
		if a.kind() == Retain {
			w.add(b)
		}
		return
	}
	a.attrs = composeAttrs(a.attrs, b.attrs, a.kind() == Retain)
	w.add(a)
}
