package ot

import "slices"

// A leaf holds about a kilobyte of a document: its text in one piece, and
// runs over it that say how it is formatted. An embed is a run one unit long
// whose text is its canonical JSON. A leaf with as many bytes as units is
// plain ASCII throughout, and places in it are arithmetic.
const (
	fillText = 1088 // what a new leaf is filled to
	roomText = 1152 // what it has room for: a size that Go allocates exactly
	mostText = 2048 // what it splits beyond
	fillRuns = 32
	mostRuns = 64
)

// run is a stretch of one format.
type run struct {
	attrs *attrSet
	bytes uint32
	mark  uint32 // units<<1 | 1 for an embed
}

func newRun(c component, bytes int) run {
	r := run{attrs: c.attrs, bytes: uint32(bytes), mark: uint32(c.len()) << 1}
	if c.kind() == Embed {
		r.mark |= 1
	}
	return r
}

func (r run) units() int    { return int(r.mark >> 1) }
func (r run) isEmbed() bool { return r.mark&1 != 0 }

func (r run) kind() Kind {
	if r.isEmbed() {
		return Embed
	}
	return Insert
}

// joins reports whether text runs r and o can be one.
func (r run) joins(o run) bool { return (r.mark|o.mark)&1 == 0 && same(r.attrs, o.attrs) }

// spot is a place in a leaf: before the run at index run, or inside it.
type spot struct {
	run    int
	start  int  // byte at which the run starts
	inside int  // units into the run, less than it is long
	bytes  int  // bytes into the run
	cuts   bool // a surrogate pair, and bytes is where that begins
}

// find returns the spot at unit at.
func (n *node) find(at int) spot {
	start := 0
	for i := range n.runs {
		r := &n.runs[i]
		if at >= r.units() {
			at -= r.units()
			start += int(r.bytes)
			continue
		}
		if at == 0 || int(r.bytes) == r.units() {
			return spot{run: i, start: start, inside: at, bytes: at}
		}
		bytes, whole := byteAt(n.text[start:start+int(r.bytes)], at)
		return spot{i, start, at, bytes, !whole}
	}
	return spot{run: len(n.runs), start: start}
}

// insertAt puts text or an embed at a spot.
func (n *node) insertAt(s spot, c component) {
	n.openText(s.start+s.bytes, len(c.text))
	copy(n.text[s.start+s.bytes:], c.text)
	r := newRun(c, len(c.text))
	switch {
	case s.inside > 0 && n.runs[s.run].joins(r):
		n.lengthen(s.run, r)
	case s.inside > 0:
		n.splitRun(s)
		n.openRuns(s.run+1, r)
	case s.run > 0 && n.runs[s.run-1].joins(r):
		n.lengthen(s.run-1, r)
	case s.run < len(n.runs) && n.runs[s.run].joins(r):
		n.lengthen(s.run, r)
	default:
		n.openRuns(s.run, r)
	}
}

func (n *node) lengthen(i int, by run) {
	n.runs[i].bytes += by.bytes
	n.runs[i].mark += by.mark
}

// splitRun makes two runs of the one that s is in.
func (n *node) splitRun(s spot) {
	tail := n.runs[s.run]
	tail.bytes -= uint32(s.bytes)
	tail.mark -= uint32(s.inside) << 1
	n.runs[s.run].bytes = uint32(s.bytes)
	n.runs[s.run].mark = uint32(s.inside) << 1
	n.openRuns(s.run+1, tail)
}

// edge makes a run begin at unit at and returns its index and its byte.
func (n *node) edge(at int) (i, start int) {
	s := n.find(at)
	if s.inside == 0 {
		return s.run, s.start
	}
	n.splitRun(s)
	return s.run + 1, s.start + s.bytes
}

// deleteAt removes the units from at to end.
func (n *node) deleteAt(at, end int) {
	if n.deleteInside(at, end) {
		return
	}
	i, start := n.edge(at)
	j, stop := n.edge(end)
	n.text = slices.Delete(n.text, start, stop)
	n.runs = slices.Delete(n.runs, i, j)
	n.mergeRuns(i)
}

// deleteInside is deleteAt for what lies in one run and leaves some of it.
func (n *node) deleteInside(at, end int) bool {
	s := n.find(at)
	r := &n.runs[s.run]
	length, rest := end-at, r.units()-s.inside
	if length > rest || length == rest && s.inside == 0 {
		return false
	}
	from, bytes := s.start+s.bytes, length
	if int(r.bytes) != r.units() {
		bytes, _ = byteAt(n.text[from:], length)
	}
	n.text = slices.Delete(n.text, from, from+bytes)
	r.bytes -= uint32(bytes)
	r.mark -= uint32(length) << 1
	return true
}

// formatAt puts attrs on top of the units from at to end.
func (n *node) formatAt(at, end int, attrs *attrSet) {
	i, _ := n.edge(at)
	j, _ := n.edge(end)
	for k := i; k < j; k++ {
		n.runs[k].attrs = composeAttrs(n.runs[k].attrs, attrs, false)
	}
	for k := j; k >= i; k-- {
		n.mergeRuns(k)
	}
}

// mergeRuns makes the run at i and the one before it one, if they can be.
func (n *node) mergeRuns(i int) {
	if i > 0 && i < len(n.runs) && n.runs[i-1].joins(n.runs[i]) {
		n.lengthen(i-1, n.runs[i])
		n.runs = slices.Delete(n.runs, i, i+1)
	}
}

// openText makes room for size bytes at byte at. Leaves grow in small steps:
// a document is mostly leaves, and what they hold in reserve is its overhead.
func (n *node) openText(at, size int) {
	length := len(n.text)
	if cap(n.text)-length < size {
		grown := slices.Grow([]byte(nil), length+size+length/16+16)[:length]
		copy(grown, n.text)
		n.text = grown
	}
	n.text = n.text[:length+size]
	copy(n.text[at+size:], n.text[at:length])
}

func (n *node) openRuns(at int, r run) {
	if len(n.runs) == cap(n.runs) {
		grown := slices.Grow([]run(nil), len(n.runs)+2+len(n.runs)/4)[:len(n.runs)]
		copy(grown, n.runs)
		n.runs = grown
	}
	n.runs = slices.Insert(n.runs, at, r)
}
