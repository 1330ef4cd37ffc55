package ot

// Limits are what an authority takes in one submission; 0 is no limit.
type Limits struct {
	Components  int // of the Delta
	InsertUnits int // of one insert, in UTF-16 units
	Bytes       int // of the Delta as JSON
}

// Cut returns the beginning of d that keeps to the limits, and the rest, made
// to apply after it: head.Compose(rest) equals d. The rest is empty if all
// of d keeps to them. A head does at least something, so an embed that is
// larger than the limits comes out whole.
func (d Delta) Cut(limits Limits) (head, rest Delta) {
	if limits.allow(d) {
		return d, Delta{}
	}
	w := writer{}
	budget := cutBudget{Limits: limits, bytes: len(emptyJSON)}
	c := d.cursor()
	length := 0 // of what the head leaves behind
	for !c.done() {
		n := budget.fit(c.cur)
		if n == 0 {
			break
		}
		whole := n == c.cur.len()
		piece := c.take(n)
		w.add(piece)
		if piece.kind() != Delete {
			length += n
		}
		if !whole {
			break
		}
	}
	head = w.delta()

	w = writer{}
	w.add(retain(length, nil))
	for !c.done() {
		w.add(c.next())
	}
	return head, w.delta()
}

const emptyJSON = `{"ops":[]}`

// allow tells whether all of d keeps to the limits.
func (l Limits) allow(d Delta) bool {
	if l.Components > 0 && d.first()+len(d.ops) > l.Components {
		return false
	}
	text := 0
	for i := range d.ops {
		if c := &d.ops[i]; l.InsertUnits > 0 && c.kind() == Insert && c.len() > l.InsertUnits {
			return false
		}
		text += len(d.ops[i].text)
	}
	return l.Bytes <= 0 || text <= l.Bytes && len(d.AppendJSON(nil)) <= l.Bytes
}

// cutBudget counts what a head has used of its limits.
type cutBudget struct {
	Limits
	components int
	bytes      int
	acts       bool // there is more than a plain retain already
}

// fit returns how much of c the head takes, and counts it.
func (b *cutBudget) fit(c component) int {
	n := c.len()
	must := !b.acts
	b.acts = b.acts || !c.isPlainRetain()
	if b.components++; b.Components > 0 && b.components > b.Components && !must {
		return 0
	}
	if c.kind() == Insert && b.InsertUnits > 0 && n > b.InsertUnits {
		n = wholeUnits(c, b.InsertUnits)
	}
	if b.Bytes <= 0 {
		return n
	}
	if left := b.Bytes - b.bytes; c.kind() == Insert && n > left {
		n = wholeUnits(c, max(left, 1)) // a unit is at least a byte
	}
	size := sizeOf(c, n)
	for ; b.bytes+size > b.Bytes && c.kind() == Insert && n > 2; size = sizeOf(c, n) {
		n = wholeUnits(c, n/2)
	}
	if b.bytes+size > b.Bytes && !must {
		return 0
	}
	b.bytes += size
	return n
}

// wholeUnits returns n, or one more or less if a surrogate pair stands there.
func wholeUnits(c component, n int) int {
	switch {
	case n >= c.len() || wholeAt(c, n):
		return min(n, c.len())
	case n == 1:
		return 2
	}
	return n - 1
}

// sizeOf returns how many bytes the first n units of c take in a Delta.
func sizeOf(c component, n int) int {
	if n < c.len() {
		c, _ = c.cut(n)
	}
	return len(c.appendJSON(nil)) + len(",")
}
