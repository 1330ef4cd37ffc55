package ot

import "slices"

// The content of a Document is a tree of small leaves, as in a B-tree: each
// branch knows how many units lie under each of its kids, so that any place
// is found in a few steps. Trees share nodes: a node is written only by the
// document that owns it, and copied by all others.
type node struct {
	owner *owner
	kids  []kid  // of a branch
	text  []byte // of a leaf
	runs  []run  // of a leaf
}

type kid struct {
	units int
	node  *node
}

// owner stands for the right of one document to write the nodes that it
// made since it was last cloned.
type owner struct{ _ byte } // not empty: each has an address of its own

const (
	fillKids = 24
	mostKids = 32
)

func (n *node) isLeaf() bool { return n.kids == nil }

// copyFor returns a copy of n that o may write, with some room in a leaf for
// what is about to be typed.
func (n *node) copyFor(o *owner) *node {
	c := &node{owner: o}
	if !n.isLeaf() {
		c.kids = append(make([]kid, 0, mostKids+1), n.kids...)
		return c
	}
	c.text = append(slices.Grow([]byte(nil), len(n.text)+32), n.text...)
	c.runs = append(make([]run, 0, len(n.runs)+2), n.runs...)
	return c
}

func (n *node) units() int {
	total := 0
	for _, k := range n.kids {
		total += k.units
	}
	for _, r := range n.runs {
		total += r.units()
	}
	return total
}

// grow builds a tree over kids of one height.
func grow(o *owner, kids []kid) kid {
	for len(kids) > 1 {
		kids = group(o, kids)
	}
	return kids[0]
}

// group puts branches over kids, filled evenly.
func group(o *owner, kids []kid) []kid {
	count := (len(kids) + fillKids - 1) / fillKids
	branches := make([]kid, 0, count)
	for i := range count {
		from, to := i*len(kids)/count, (i+1)*len(kids)/count
		b := &node{owner: o, kids: append(make([]kid, 0, mostKids+1), kids[from:to]...)}
		branches = append(branches, kid{b.units(), b})
	}
	return branches
}

// leafWriter cuts a stream of components into leaves.
type leafWriter struct {
	owner *owner
	done  []kid
	leaf  *node
	units int
}

func (w *leafWriter) add(c component) {
	for c.len() > 0 {
		if w.leaf == nil {
			w.leaf = &node{owner: w.owner, text: make([]byte, 0, roomText)}
		}
		var piece component
		piece, c = w.fitting(c)
		if piece.len() > 0 {
			w.put(piece)
		}
		if c.len() > 0 || len(w.leaf.runs) >= fillRuns {
			w.close()
		}
	}
}

// fitting splits c into what the leaf still takes and the rest. An empty
// leaf takes any embed.
func (w *leafWriter) fitting(c component) (piece, rest component) {
	room := fillText - len(w.leaf.text)
	if len(c.text) <= room || c.kind() == Embed && w.units == 0 {
		return c, component{}
	}
	if c.kind() == Embed {
		return component{}, c
	}
	for room > 0 && c.text[room]&0xC0 == 0x80 {
		room-- // back to where a code point begins
	}
	if room <= 0 { // below zero behind a large embed
		return component{}, c
	}
	length := room
	if len(c.text) != c.len() {
		length = units(c.text[:room])
	}
	return insert(c.text[:room], length, c.attrs), insert(c.text[room:], c.len()-length, c.attrs)
}

func (w *leafWriter) put(c component) {
	n := w.leaf
	n.text = append(n.text, c.text...)
	r := newRun(c, len(c.text))
	if last := len(n.runs) - 1; last >= 0 && n.runs[last].joins(r) {
		n.lengthen(last, r)
	} else {
		n.runs = append(n.runs, r)
	}
	w.units += c.len()
}

// close finishes the leaf, with a little room for what will be typed.
func (w *leafWriter) close() {
	if w.leaf == nil {
		return
	}
	n := w.leaf
	if len(n.text) < fillText*3/4 {
		n.text = append(slices.Grow([]byte(nil), len(n.text)+16), n.text...)
	}
	n.runs = append(make([]run, 0, len(n.runs)+2), n.runs...)
	w.done = append(w.done, kid{w.units, n})
	w.leaf, w.units = nil, 0
}

// cut makes leaves of regular size of one that has become too large.
func (n *node) cut(o *owner) []kid {
	w := leafWriter{owner: o}
	at := 0
	for _, r := range n.runs {
		w.add(r.component(n.text[at : at+int(r.bytes)]))
		at += int(r.bytes)
	}
	w.close()
	return w.done
}

// component returns a run with a copy of its text.
func (r run) component(text []byte) component {
	if r.isEmbed() {
		return embed(string(text), r.attrs)
	}
	return insert(string(text), r.units(), r.attrs)
}
