package ot

// Invert returns the change that undoes d: base is the document that d was
// made on. It is an error if base is not a document or d does not fit it.
func (d Delta) Invert(base Delta) (Delta, error) {
	if !base.IsContent() {
		return Delta{}, refuse(CodeBadDelta, -1, nil, "the base of an inversion must hold inserts only")
	}
	w := writer{}
	b := base.cursor()
	if err := d.invert(&w, &b); err != nil {
		return Delta{}, err
	}
	return w.delta(), nil
}

func (d Delta) invert(w *writer, base *cursor) error {
	at := 0
	for c, i := d.cursor(), 0; !c.done(); i++ {
		op := c.next()
		if op.adds() {
			w.add(remove(op.len()))
			continue
		}
		for left := op.len(); left > 0; {
			if base.done() {
				return pastEnd(i, at+op.len(), at+op.len()-left)
			}
			n := min(left, base.cur.len())
			if base.cur.kind() == Insert && n < base.cur.len() && !wholeAt(base.cur, n) {
				return splitsPair(i)
			}
			w.undo(op, base.take(n))
			left -= n
		}
		at += op.len()
	}
	return nil
}

// undo writes what undoes op, a retain or delete, on one piece of the base.
func (w *writer) undo(op, was component) {
	switch {
	case op.kind() == Delete:
		w.add(was)
	case op.attrs == nil:
		w.add(retain(was.len(), nil))
	default:
		w.add(retain(was.len(), invertAttrs(op.attrs, was.attrs)))
	}
}

// wholeAt reports whether text can be cut after n units.
func wholeAt(c component, n int) bool {
	if len(c.text) == c.len() {
		return true
	}
	_, whole := byteAt(c.text, n)
	return whole
}

func pastEnd(component, needed, length int) *Error {
	return refuse(CodeDoesNotFit, component, nil,
		"reaches %d, but the document is %d long", needed, length)
}

func splitsPair(component int) *Error {
	return refuse(CodeDoesNotFit, component, nil, "begins or ends inside a surrogate pair")
}

// Invert returns the change that undoes d on the document, to which d has
// not been applied yet. It reads only what d changes.
func (doc *Document) Invert(d Delta) (Delta, error) {
	w := writer{}
	at := 0
	for c, i := d.cursor(), 0; !c.done(); i++ {
		op := c.next()
		if op.adds() {
			w.add(remove(op.len()))
			continue
		}
		end := at + op.len()
		if end > doc.Len() {
			return Delta{}, pastEnd(i, end, doc.Len())
		}
		if !doc.root.node.wholeAt(end) {
			return Delta{}, splitsPair(i)
		}
		if op.isPlainRetain() {
			w.add(op)
		} else {
			doc.root.node.walk(at, end, func(r run, text []byte) bool {
				w.undo(op, r.component(text))
				return true
			})
		}
		at = end
	}
	return w.delta(), nil
}
