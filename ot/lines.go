package ot

import (
	"iter"
	"strings"
)

// Line is a line of a document. Formats of whole lines, such as headers and
// lists, stand on the newline that ends it.
type Line struct {
	Content Delta     // without the newline
	End     Component // the newline; of Kind Insert, or no component (Len 0) after a last line that has none
}

// Lines iterates over the lines of content.
func (d Delta) Lines() iter.Seq[Line] {
	return func(yield func(Line) bool) {
		var l lineCutter
		for i := range d.ops {
			if !d.ops[i].adds() || !l.add(d.ops[i], yield) {
				return
			}
		}
		l.last(yield)
	}
}

// Lines iterates over the lines of the document as it is when the iteration
// begins; it must not be edited before the iteration ends.
func (doc *Document) Lines() iter.Seq[Line] {
	return func(yield func(Line) bool) {
		var l lineCutter
		if doc.root.node.walk(0, doc.Len(), func(r run, text []byte) bool {
			return l.add(r.component(text), yield)
		}) {
			l.last(yield)
		}
	}
}

// lineCutter cuts a stream of components at newlines.
type lineCutter struct{ line writer }

func (l *lineCutter) add(c component, yield func(Line) bool) bool {
	for c.kind() == Insert {
		at := strings.IndexByte(c.text, '\n')
		if at < 0 {
			break
		}
		n := at
		if len(c.text) != c.len() {
			n = units(c.text[:at])
		}
		l.line.add(insert(c.text[:at], n, c.attrs))
		end := insert("\n", 1, c.attrs)
		content := l.line.delta()
		l.line = writer{}
		if !yield(Line{content, end.public()}) {
			return false
		}
		c = insert(c.text[at+1:], c.len()-n-1, c.attrs)
	}
	l.line.add(c)
	return true
}

// last gives out what follows the last newline.
func (l *lineCutter) last(yield func(Line) bool) {
	if rest := l.line.delta(); !rest.IsEmpty() {
		yield(Line{Content: rest})
	}
}
