package ot

// Apply changes the document by d, wholly or, with an error, not at all. The
// error is does_not_fit: d reaches past the end, cuts a surrogate pair, or
// deletes the last newline or inserts after it.
func (doc *Document) Apply(d Delta) error {
	if err := doc.fits(d); err != nil {
		return err
	}
	at := d.lead
	for i := range d.ops {
		c := &d.ops[i]
		switch c.kind() {
		case Retain:
			if c.attrs != nil {
				doc.format(at, at+c.len(), c.attrs)
			}
			at += c.len()
		case Delete:
			doc.delete(at, c.len())
		default:
			doc.insert(at, *c)
			at += c.len()
		}
	}
	return nil
}

// fits reports why d cannot be applied.
func (doc *Document) fits(d Delta) error {
	length := doc.root.units
	at := d.lead
	if at > length {
		return pastEnd(0, at, length)
	}
	if at > 0 && !doc.wholeAt(at) {
		return splitsPair(0)
	}
	for i := range d.ops {
		c := &d.ops[i]
		if c.adds() {
			if at == length {
				return refuse(CodeDoesNotFit, d.first()+i, nil, "inserts after the last newline")
			}
			continue
		}
		n := c.len()
		if n > length-at {
			return pastEnd(d.first()+i, at+n, length)
		}
		at += n
		if at == length {
			if c.kind() == Delete {
				return refuse(CodeDoesNotFit, d.first()+i, nil, "deletes the last newline")
			}
		} else if !doc.wholeAt(at) {
			return splitsPair(d.first() + i)
		}
	}
	return nil
}

// wholeAt reports whether no surrogate pair is cut at at.
func (doc *Document) wholeAt(at int) bool {
	doc.seek(at, false)
	f := &doc.finger
	return len(f.leaf.text) == f.units || !f.spotAt(at-f.start).cuts
}

func (doc *Document) insert(at int, c component) {
	doc.seek(at, false)
	if len(doc.finger.leaf.text) > mostText {
		doc.seek(at, true) // a large embed keeps its leaf to itself
	}
	s := doc.finger.spotAt(at - doc.finger.start)
	doc.own().insertAt(s, c)
	doc.resized(c.len())
}

func (doc *Document) delete(at, length int) {
	for length > 0 {
		doc.seek(at, true)
		n := min(length, doc.finger.start+doc.finger.units-at)
		doc.own().deleteAt(at-doc.finger.start, at-doc.finger.start+n)
		doc.resized(-n)
		length -= n
	}
}

func (doc *Document) format(at, end int, attrs *attrSet) {
	for at < end {
		doc.seek(at, true)
		stop := min(end, doc.finger.start+doc.finger.units)
		doc.own().formatAt(at-doc.finger.start, stop-doc.finger.start, attrs)
		doc.resized(0)
		at = stop
	}
}
