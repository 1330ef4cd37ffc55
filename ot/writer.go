package ot

// writer collects components and keeps them canonical. All Deltas come from
// a writer, and most have only a few components: those it holds in place.
type writer struct {
	lead  int
	few   [4]component
	count int         // of few, while many is nil
	many  []component // all components, once there are more than few

	// Units deleted at the place reached. They are written when the place is
	// left, which puts them behind what is inserted there.
	gone int

	// Text that follows the last Insert and will be part of it. Joined once,
	// when the Insert is complete, so that many small pieces cost no more than
	// their length. The Insert's length counts them already.
	tail   string
	joined []byte // the Insert's text so far, once there was a second tail
}

// add appends c.
func (w *writer) add(c component) {
	n := c.len()
	if n == 0 {
		return
	}
	switch c.kind() {
	case Delete:
		w.gone += n
		return
	case Retain:
		if w.gone > 0 {
			w.append(remove(w.gone))
			w.gone = 0
		} else if c.attrs == nil && w.last() == nil {
			w.lead += n
			return
		}
	}
	last := w.last()
	if last == nil || last.kind() != c.kind() || c.kind() == Embed || !same(last.attrs, c.attrs) {
		w.append(c)
		return
	}
	last.head += n << 2
	if c.kind() == Insert {
		w.join(last, c.text)
	}
}

// last returns the last component, nil if there is none.
func (w *writer) last() *component {
	switch {
	case w.many != nil:
		return &w.many[len(w.many)-1]
	case w.count > 0:
		return &w.few[w.count-1]
	}
	return nil
}

func (w *writer) append(c component) {
	w.settle()
	switch {
	case w.many != nil:
		w.many = append(w.many, c)
	case w.count < len(w.few):
		w.few[w.count] = c
		w.count++
	default:
		w.many = append(append(make([]component, 0, 4*len(w.few)), w.few[:]...), c)
	}
}

// join puts text behind that of the last Insert.
func (w *writer) join(last *component, text string) {
	switch {
	case w.tail == "":
		w.tail = text
	case len(w.joined) == 0:
		w.joined = append(append(append(w.joined, last.text...), w.tail...), text...)
	default:
		w.joined = append(w.joined, text...)
	}
}

// settle completes the last Insert if its text is still in pieces.
func (w *writer) settle() {
	if w.tail == "" {
		return
	}
	if last := w.last(); len(w.joined) > 0 {
		last.text = string(w.joined)
	} else {
		last.text += w.tail
	}
	w.tail, w.joined = "", w.joined[:0]
}

// delta returns what was written, in storage of its own size.
func (w *writer) delta() Delta {
	if w.gone > 0 {
		w.append(remove(w.gone))
		w.gone = 0
	}
	w.settle()
	ops := w.many
	if ops == nil {
		ops = w.few[:w.count]
	}
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
