package ot

// script is the difference of two documents while it is found.
type script struct {
	blocks []block
	budget int // steps of search left
}

// block is what two documents share and what follows and differs, in units.
type block struct{ keep, remove, insert int }

func (s *script) last() *block {
	if len(s.blocks) == 0 {
		s.blocks = append(s.blocks, block{})
	}
	return &s.blocks[len(s.blocks)-1]
}

func (s *script) keep(atoms []atom) {
	if len(atoms) == 0 {
		return
	}
	if last := s.last(); last.remove+last.insert > 0 {
		s.blocks = append(s.blocks, block{})
	}
	s.last().keep += length(atoms)
}

func (s *script) replace(x, y []atom) {
	last := s.last()
	last.remove += length(x)
	last.insert += length(y)
}

// diff adds the difference of x and y.
func (s *script) diff(x, y []atom) { s.search(x, y, true) }

// search is diff. inPieces says that it is worth looking for lines and words
// that both have.
func (s *script) search(x, y []atom, inPieces bool) {
	head := 0
	for head < len(x) && head < len(y) && x[head] == y[head] {
		head++
	}
	s.keep(x[:head])
	x, y = x[head:], y[head:]
	tail := 0
	for tail < len(x) && tail < len(y) && x[len(x)-1-tail] == y[len(y)-1-tail] {
		tail++
	}
	s.between(x[:len(x)-tail], y[:len(y)-tail], inPieces)
	s.keep(x[len(x)-tail:])
}

const (
	diffBudget = 1 << 23 // steps of all searches of one Diff
	diffTry    = 1 << 17 // steps of one search
)

// between adds the difference of x and y, which neither begin nor end alike.
// If they differ little, a search finds the shortest. If not, it goes from
// line to line that both have, then from word to word, then from one
// furthest point of a search to the next. When the budget is spent, it
// replaces.
func (s *script) between(x, y []atom, inPieces bool) {
	if len(x) == 0 || len(y) == 0 || s.budget <= 0 {
		s.replace(x, y)
		return
	}
	found := middle(x, y, diffTry)
	s.budget -= found.steps
	if !found.shortest && found.exhausted {
		s.replace(x, y) // nothing is shared
		return
	}
	if !found.shortest && inPieces {
		for _, ends := range [...]func(before, after atom) bool{endsLineHere, endsWord} {
			if shared := anchors(x, y, ends); len(shared) > 0 {
				s.around(shared, x, y)
				return
			}
		}
	}
	s.diff(x[:found.i], y[:found.j])
	s.search(x[found.i:], y[found.j:], found.shortest)
}

// around keeps what is shared and goes on with what lies between.
func (s *script) around(shared []anchor, x, y []atom) {
	i, j := 0, 0
	for _, a := range shared {
		s.diff(x[i:a.x], y[j:a.y])
		i, j = a.x+a.length, a.y+a.length
		s.keep(x[a.x:i])
	}
	s.diff(x[i:], y[j:])
}

// tidy replaces the few letters that happen to be the same within a longer
// change: they would only cut it to pieces.
func (s *script) tidy() *script {
	const chance = 3
	kept := s.blocks[:0]
	for _, b := range s.blocks {
		for len(kept) > 0 && b.keep <= chance {
			before := kept[len(kept)-1]
			if b.keep > max(before.remove, before.insert) || b.keep > max(b.remove, b.insert) {
				break
			}
			kept = kept[:len(kept)-1]
			b = block{before.keep, before.remove + b.keep + b.remove, before.insert + b.keep + b.insert}
		}
		kept = append(kept, b)
	}
	s.blocks = kept
	return s
}

// write makes a Delta of the script, walking both documents.
func (s *script) write(a, b cursor) Delta {
	var w writer
	for _, block := range s.blocks {
		for left := block.keep; left > 0; {
			n := min(left, step(&a, &b))
			was, is := a.take(n), b.take(n)
			w.add(retain(n, diffAttrs(was.attrs, is.attrs)))
			left -= n
		}
		for left := block.insert; left > 0; {
			n := min(left, b.cur.len())
			w.add(b.take(n))
			left -= n
		}
		for left := block.remove; left > 0; {
			n := min(left, a.cur.len())
			a.take(n)
			left -= n
		}
		w.add(remove(block.remove))
	}
	return w.delta()
}
