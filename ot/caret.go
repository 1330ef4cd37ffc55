package ot

// Caret is a place in a document or, with a Length, a selection from Index
// on, in UTF-16 units.
type Caret struct{ Index, Length int }

// Through returns the caret after d. own says that the caret's own author
// wrote d.
func (c Caret) Through(d Delta, own bool) Caret {
	start := d.TransformPosition(c.Index, own)
	if c.Length == 0 {
		return Caret{Index: start}
	}
	end := d.TransformPosition(c.Index+c.Length, own)
	return Caret{Index: start, Length: max(end-start, 0)}
}

// ShownCaret returns where somebody else's caret in the committed content
// stands in what is shown.
func (r *Replica) ShownCaret(c Caret) Caret {
	return c.Through(r.sent, false).Through(r.buffer, false)
}
