package ot

import "slices"

// finger stays at the leaf that a document was last edited in, since most
// edits are made where the one before was.
type finger struct {
	leaf  *node  // nil: nowhere
	start int    // units before the leaf
	units int    // units in it
	path  []turn // from the root to the leaf

	// The last place found in the leaf: an edit looks for its place twice,
	// when it is checked and when it is made.
	spot  spot
	place int // unit in the leaf, -1 for none
}

// turn is a branch and which of its kids the path goes to.
type turn struct {
	node *node
	i    int
}

// seek moves the finger to the leaf that holds unit at. At the seam of two
// leaves it may be either, unless the unit behind at must be in it.
func (doc *Document) seek(at int, behind bool) {
	f := &doc.finger
	if f.leaf != nil && at >= f.start && (at < f.start+f.units || !behind && at == f.start+f.units) {
		return
	}
	f.path = f.path[:0]
	f.place = -1
	k := doc.root
	f.start = 0
	for !k.node.isLeaf() {
		kids := k.node.kids
		i := 0
		for ; i < len(kids)-1; i++ {
			end := f.start + kids[i].units
			if at < end || !behind && at == end {
				break
			}
			f.start = end
		}
		f.path = append(f.path, turn{k.node, i})
		k = kids[i]
	}
	f.leaf, f.units = k.node, k.units
}

// spotAt returns the spot at a unit of the leaf.
func (f *finger) spotAt(at int) spot {
	if at != f.place {
		f.spot, f.place = f.leaf.find(at), at
	}
	return f.spot
}

// own makes the path to the finger's leaf the document's own to write.
func (doc *Document) own() *node {
	f := &doc.finger
	if doc.owner == nil {
		doc.owner = new(owner)
	}
	if f.leaf.owner == doc.owner {
		return f.leaf // and so are the branches above it
	}
	at := &doc.root.node
	for level := range f.path {
		t := &f.path[level]
		if t.node.owner != doc.owner {
			t.node = t.node.copyFor(doc.owner)
			*at = t.node
		}
		at = &t.node.kids[t.i].node
	}
	f.leaf = f.leaf.copyFor(doc.owner)
	*at = f.leaf
	return f.leaf
}

// resized tells the branches above that the leaf is by units longer, and
// mends the tree if it is too large or too small now.
func (doc *Document) resized(by int) {
	f := &doc.finger
	f.units += by
	f.place = -1
	doc.root.units += by
	for _, t := range f.path {
		t.node.kids[t.i].units += by
	}
	n := f.leaf
	switch {
	case len(n.text) > mostText && (len(n.runs) > 1 || !n.runs[0].isEmbed()), len(n.runs) > mostRuns:
		doc.replace(1, n.cut(doc.owner)...)
	case f.units == 0:
		doc.replace(1)
	case by < 0 && len(n.text) < mostText/4 && len(f.path) > 0:
		doc.joinLeaf()
	}
}

// replace puts kids in place of count kids of the lowest branch, beginning
// with the one under the finger, and lifts the finger.
func (doc *Document) replace(count int, kids ...kid) {
	f := &doc.finger
	for level := len(f.path) - 1; ; level-- {
		if level < 0 {
			doc.root = grow(doc.owner, kids)
			break
		}
		t := f.path[level]
		b := t.node
		b.kids = slices.Replace(b.kids, t.i, t.i+count, kids...)
		if len(b.kids) > mostKids {
			count, kids = 1, group(doc.owner, b.kids)
			continue
		}
		if len(b.kids) == 0 {
			count, kids = 1, nil
			continue
		}
		doc.joinBranches(level)
		break
	}
	f.leaf = nil
	for !doc.root.node.isLeaf() && len(doc.root.node.kids) == 1 {
		doc.root = doc.root.node.kids[0]
	}
}

// joinLeaf makes one leaf of the finger's and a neighbour, if they fit.
func (doc *Document) joinLeaf() {
	f := &doc.finger
	t := &f.path[len(f.path)-1]
	if t.i == len(t.node.kids)-1 {
		if t.i == 0 {
			return
		}
		t.i--
	}
	a, b := t.node.kids[t.i], t.node.kids[t.i+1]
	if len(a.node.text)+len(b.node.text) > mostText*3/4 || len(a.node.runs)+len(b.node.runs) > mostRuns*3/4 {
		f.leaf = nil // the path may lead to the neighbour now
		return
	}
	joined := &node{
		owner: doc.owner,
		text:  slices.Concat(a.node.text, b.node.text),
		runs:  slices.Concat(a.node.runs, b.node.runs),
	}
	joined.mergeRuns(len(a.node.runs))
	doc.replace(2, kid{a.units + b.units, joined})
}

// joinBranches makes one branch of the path's at level and a neighbour, and
// goes on above, while they are small enough.
func (doc *Document) joinBranches(level int) {
	path := doc.finger.path
	for ; level > 0; level-- {
		b, up := path[level].node, path[level-1]
		if len(b.kids) >= fillKids/2 {
			return
		}
		i := up.i
		if i == len(up.node.kids)-1 {
			i--
		}
		if i < 0 {
			continue // an only kid; its parent may be joined
		}
		left, right := up.node.kids[i], up.node.kids[i+1]
		if len(left.node.kids)+len(right.node.kids) > fillKids {
			return
		}
		joined := left.node.copyFor(doc.owner)
		joined.kids = append(joined.kids, right.node.kids...)
		up.node.kids = slices.Replace(up.node.kids, i, i+2, kid{left.units + right.units, joined})
	}
}
