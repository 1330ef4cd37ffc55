package ot

import "strings"

// walk calls visit with each run of text or embed that lies between from and
// to, cut to that range, until visit says no. No pair may be cut at its ends.
func (n *node) walk(from, to int, visit func(r run, text []byte) bool) bool {
	if from >= to {
		return true
	}
	for _, k := range n.kids {
		if from < k.units && !k.node.walk(max(from, 0), min(to, k.units), visit) {
			return false
		}
		if from, to = from-k.units, to-k.units; to <= 0 {
			return true
		}
	}
	start := 0
	for _, r := range n.runs {
		if to <= 0 {
			return true
		}
		text := n.text[start : start+int(r.bytes)]
		if from < r.units() {
			if cut, piece := r.between(text, max(from, 0), min(to, r.units())); !visit(cut, piece) {
				return false
			}
		}
		start += len(text)
		from, to = from-r.units(), to-r.units()
	}
	return true
}

// between cuts a run and its text to the units from from to to.
func (r run) between(text []byte, from, to int) (run, []byte) {
	if from == 0 && to == r.units() {
		return r, text
	}
	first, last := from, to
	if len(text) != r.units() {
		first, _ = byteAt(text, from)
		last, _ = byteAt(text[first:], to-from)
		last += first
	}
	r.bytes, r.mark = uint32(last-first), uint32(to-from)<<1
	return r, text[first:last]
}

// Delta returns the content.
func (doc *Document) Delta() Delta { return doc.slice(0, doc.Len()) }

// Slice returns the content between two places. It is an error if they are
// not in the document or cut a surrogate pair.
func (doc *Document) Slice(from, to int) (Delta, error) {
	if from < 0 || to < from || to > doc.Len() {
		return Delta{}, refuse(CodeDoesNotFit, -1, nil,
			"no %d to %d in a document %d long", from, to, doc.Len())
	}
	if !doc.root.node.wholeAt(from) || !doc.root.node.wholeAt(to) {
		return Delta{}, refuse(CodeDoesNotFit, -1, nil, "begins or ends inside a surrogate pair")
	}
	return doc.slice(from, to), nil
}

// wholeAt reports whether no surrogate pair is cut at at.
func (n *node) wholeAt(at int) bool {
	for !n.isLeaf() {
		i := 0
		for ; i < len(n.kids)-1 && at >= n.kids[i].units; i++ {
			at -= n.kids[i].units
		}
		n = n.kids[i].node
	}
	return !n.find(at).cuts
}

// slice returns the content from from to to. All of its text is one string.
func (doc *Document) slice(from, to int) Delta {
	count, bytes := 0, 0
	var last run
	doc.root.node.walk(from, to, func(r run, text []byte) bool {
		if count == 0 || !last.joins(r) {
			count++
		}
		last = r
		bytes += len(text)
		return true
	})
	ops := make([]component, 0, count)
	var all strings.Builder
	all.Grow(bytes) // now it does not move, and its parts can be handed out
	start := 0      // of the last component's text
	doc.root.node.walk(from, to, func(r run, text []byte) bool {
		if len(ops) == 0 || !last.joins(r) {
			start = all.Len()
			ops = append(ops, component{head: int(r.kind()), attrs: r.attrs})
		}
		all.Write(text)
		c := &ops[len(ops)-1]
		c.head += r.units() << 2
		c.text = all.String()[start:]
		last = r
		return true
	})
	return Delta{ops: ops}
}

// AppendJSON appends the content as JSON, just as Delta().AppendJSON would.
func (doc *Document) AppendJSON(dst []byte) []byte {
	dst = append(dst, `{"ops":[`...)
	var last run
	doc.root.node.walk(0, doc.Len(), func(r run, text []byte) bool {
		if last.mark != 0 && last.joins(r) {
			dst = appendEscaped(dst, text)
			return true
		}
		if last.mark != 0 {
			dst = append(last.closeJSON(dst), ',')
		}
		last = r
		dst = r.openJSON(dst)
		if r.isEmbed() {
			dst = append(dst, text...)
		} else {
			dst = appendEscaped(dst, text)
		}
		return true
	})
	return append(last.closeJSON(dst), "]}"...)
}

func (r run) openJSON(dst []byte) []byte {
	dst = append(dst, '{')
	if r.attrs != nil {
		dst = append(dst, `"attributes":`...)
		dst = append(dst, r.attrs.json...)
		dst = append(dst, ',')
	}
	dst = append(dst, `"insert":`...)
	if !r.isEmbed() {
		dst = append(dst, '"')
	}
	return dst
}

func (r run) closeJSON(dst []byte) []byte {
	if !r.isEmbed() {
		dst = append(dst, '"')
	}
	return append(dst, '}')
}
