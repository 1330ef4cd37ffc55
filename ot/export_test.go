package ot

import "fmt"

// Check reports what is wrong with the document's tree.
func (doc *Document) Check() error {
	height := -1
	err := doc.root.node.check(doc.root.units, 0, &height)
	if err == nil && doc.root.node.kids != nil && len(doc.root.node.kids) < 2 {
		err = fmt.Errorf("the root has one kid")
	}
	return err
}

func (n *node) check(units, depth int, height *int) error {
	if got := n.units(); got != units {
		return fmt.Errorf("depth %d: %d units where the branch above says %d", depth, got, units)
	}
	if units == 0 {
		return fmt.Errorf("depth %d: an empty node", depth)
	}
	if !n.isLeaf() {
		if len(n.kids) > mostKids {
			return fmt.Errorf("depth %d: %d kids", depth, len(n.kids))
		}
		for _, k := range n.kids {
			if err := k.node.check(k.units, depth+1, height); err != nil {
				return err
			}
		}
		return nil
	}
	if *height < 0 {
		*height = depth
	}
	if depth != *height {
		return fmt.Errorf("leaves at depth %d and %d", *height, depth)
	}
	return n.checkLeaf()
}

func (n *node) checkLeaf() error {
	if len(n.runs) > mostRuns || len(n.text) > mostText && len(n.runs) > 1 {
		return fmt.Errorf("a leaf of %d runs and %d bytes", len(n.runs), len(n.text))
	}
	at := 0
	for i, r := range n.runs {
		text := n.text[at : at+int(r.bytes)]
		at += len(text)
		switch {
		case r.units() == 0:
			return fmt.Errorf("run %d is empty", i)
		case r.isEmbed() && r.units() != 1, !r.isEmbed() && r.units() != units(text):
			return fmt.Errorf("run %d says %d units of %q", i, r.units(), text)
		case i > 0 && n.runs[i-1].joins(r):
			return fmt.Errorf("runs %d and %d could be one", i-1, i)
		}
	}
	if at != len(n.text) {
		return fmt.Errorf("runs of %d bytes over %d bytes of text", at, len(n.text))
	}
	return nil
}

// Leaves returns how many leaves the document has, and how many of them are
// as in other.
func (doc *Document) Leaves(other *Document) (all, shared int) {
	theirs := map[*node]bool{}
	other.root.node.leaves(func(n *node) { theirs[n] = true })
	doc.root.node.leaves(func(n *node) {
		all++
		if theirs[n] {
			shared++
		}
	})
	return all, shared
}

// Height returns how many branches are above each leaf.
func (doc *Document) Height() int {
	height := 0
	for n := doc.root.node; !n.isLeaf(); n = n.kids[0].node {
		height++
	}
	return height
}

func (n *node) leaves(visit func(*node)) {
	if n.isLeaf() {
		visit(n)
	}
	for _, k := range n.kids {
		k.node.leaves(visit)
	}
}
