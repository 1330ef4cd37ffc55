package ot

import "math"

// diffBudget bounds the steps of one Diff's search. What it does not reach is
// replaced as a whole.
const diffBudget = 1 << 23

// diff writes the difference of x and y: Myers' algorithm in linear space.
func (s *script) diff(x, y []atom) {
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
	s.between(x[:len(x)-tail], y[:len(y)-tail])
	s.keep(x[len(x)-tail:])
}

// between writes the difference of x and y, which neither begin nor end
// alike.
func (s *script) between(x, y []atom) {
	if len(x) > 0 && len(y) > 0 {
		if i, j, ok := middle(x, y, &s.budget); ok {
			s.diff(x[:i], y[:j])
			s.diff(x[i:], y[j:])
			return
		}
	}
	s.insert(y)
	s.remove(x)
}

// frontier is how far one search has come on each diagonal after d edits:
// at[k] is the place in x, counted from where the search began.
type frontier struct {
	at         []int32
	zero       int // index of diagonal 0
	skip, stop int // diagonals that have left the square, below and above
}

func newFrontier(depth int) frontier {
	f := frontier{at: make([]int32, 2*depth+3), zero: depth + 1}
	for i := range f.at {
		f.at[i] = -1
	}
	f.at[f.zero+1] = 0
	return f
}

// start returns where on diagonal k the d-th edit leads.
func (f *frontier) start(k, d int) int {
	i := f.zero + k
	if k == -d || k != d && f.at[i-1] < f.at[i+1] {
		return int(f.at[i+1])
	}
	return int(f.at[i-1]) + 1
}

// reached returns the place on diagonal k, -1 if the search was never there.
func (f *frontier) reached(k int) int {
	if i := f.zero + k; i >= 0 && i < len(f.at) {
		return int(f.at[i])
	}
	return -1
}

// middle finds a point that a shortest path from the beginning of x and y to
// their end goes through, about half way: two searches, from both ends, meet
// there. It gives up when nothing is shared, or when the budget is spent.
func middle(x, y []atom, budget *int) (i, j int, ok bool) {
	n, m := len(x), len(y)
	depth := (n + m + 1) / 2
	if affordable := int(math.Sqrt(float64(max(*budget, 0)))) + 1; depth > affordable {
		depth = affordable
	}
	forth, back := newFrontier(depth), newFrontier(depth)
	delta := n - m
	odd := delta&1 != 0
	for d := 0; d < depth; d++ {
		for k := -d + forth.skip; k <= d-forth.stop; k += 2 {
			u := forth.start(k, d)
			from := u
			for u < n && u-k < m && x[u] == y[u-k] {
				u++
			}
			*budget -= 1 + u - from
			forth.at[forth.zero+k] = int32(u)
			switch {
			case u > n:
				forth.stop += 2
			case u-k > m:
				forth.skip += 2
			case odd:
				if other := back.reached(delta - k); other >= 0 && u+other >= n {
					return u, u - k, true
				}
			}
		}
		for k := -d + back.skip; k <= d-back.stop; k += 2 {
			u := back.start(k, d)
			from := u
			for u < n && u-k < m && x[n-1-u] == y[m-1-u+k] {
				u++
			}
			*budget -= 1 + u - from
			back.at[back.zero+k] = int32(u)
			switch {
			case u > n:
				back.stop += 2
			case u-k > m:
				back.skip += 2
			case !odd:
				if other := forth.reached(delta - k); other >= 0 && u+other >= n {
					return other, other - delta + k, true
				}
			}
		}
		if *budget < 0 {
			return 0, 0, false
		}
	}
	return 0, 0, false
}
