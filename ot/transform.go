package ot

// Transform returns other, made on the same document as d, as it is to be
// applied after d. first says that d was first: d's text comes before
// other's at the same place, and d's formatting stays. Of two Deltas that
// are made to apply after each other, exactly one side says first:
//
//	a.Compose(a.Transform(b, true)) equals b.Compose(b.Transform(a, false))
func (d Delta) Transform(other Delta, first bool) Delta {
	if d.IsEmpty() || other.IsEmpty() || d.after(other, first) {
		return other
	}
	if d.before(other, first) {
		other.lead += d.Change()
		return other
	}
	w := writer{}
	a, b := d.cursor(), other.cursor()
	for !b.done() {
		switch {
		case a.adds() && (first || !b.cur.adds()):
			w.add(retain(a.next().len(), nil))
		case b.cur.adds() || a.done():
			w.add(b.next())
		default:
			n := step(&a, &b)
			w.transformOver(a.take(n), b.take(n), first)
		}
	}
	return w.delta()
}

// transformOver writes what is left of b when a happened to the same piece.
func (w *writer) transformOver(a, b component, first bool) {
	switch {
	case a.kind() == Delete:
	case b.kind() == Delete:
		w.add(b)
	default:
		w.add(retain(b.len(), transformAttrs(a.attrs, b.attrs, first)))
	}
}

// Most concurrent changes do not touch each other, and for those Transform
// is a shift or nothing. Where d begins exactly at the place where other
// ends, or ends where other begins, they still do not touch unless both
// insert there and the wrong one is first.

// before reports whether all of d lies before all of other.
func (d Delta) before(other Delta, first bool) bool {
	end := d.BaseLen()
	return end < other.lead || end == other.lead &&
		(first || !d.ops[len(d.ops)-1].adds() || !other.ops[0].adds())
}

// after reports whether all of d lies after all of other.
func (d Delta) after(other Delta, first bool) bool {
	end := other.BaseLen()
	return end < d.lead || end == d.lead &&
		(!first || !d.ops[0].adds() || !other.ops[len(other.ops)-1].adds())
}

// TransformPosition returns where a caret at index is after d. own says that
// the caret's own author wrote d: then it moves behind text inserted at the
// caret, and stays before it if somebody else wrote that.
func (d Delta) TransformPosition(index int, own bool) int {
	at := d.lead // the place in the document that d has reached, after d
	for i := range d.ops {
		if at > index {
			break
		}
		n := d.ops[i].len()
		switch d.ops[i].kind() {
		case Retain:
			at += n
		case Delete:
			index -= min(n, index-at)
		default:
			if at < index || own {
				index += n
			}
			at += n
		}
	}
	return index
}
