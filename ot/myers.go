package ot

import "math"

// The search for the middle of a shortest path, after Myers' "An O(ND)
// Difference Algorithm", section 4b.

// frontier is how far one search has come on each diagonal: at[zero+k] is
// the place in x, counted from where the search began, or -1.
type frontier struct {
	at         []int32
	zero       int // index of diagonal 0
	reach      int // the outermost diagonals reached
	skip, stop int // diagonals that have left the square, below and above
}

func newFrontier(depth int) frontier {
	f := frontier{at: make([]int32, 2*depth+3), zero: depth + 1}
	f.at[f.zero-1], f.at[f.zero], f.at[f.zero+1] = -1, -1, 0
	return f
}

// extend makes ready for the d-th edit.
func (f *frontier) extend(d int) {
	f.reach = d
	if d > 0 {
		f.at[f.zero-d-1], f.at[f.zero+d+1] = -1, -1
	}
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
	if k < -f.reach || k > f.reach {
		return -1
	}
	return int(f.at[f.zero+k])
}

// leaves notes that diagonal k leads out of the n by m square at u.
func (f *frontier) leaves(u, k, n, m int) bool {
	switch {
	case u > n:
		f.stop += 2
	case u-k > m:
		f.skip += 2
	default:
		return false
	}
	return true
}

// point is where a search says that x and y are best divided.
type point struct {
	i, j      int
	shortest  bool // a shortest path goes through here, about half way
	exhausted bool // there was nothing more to search
	steps     int  // what the search took
}

// middle finds a point that a shortest path from the beginning of x and y to
// their end goes through, about half way: two searches, from both ends, meet
// there. If they do not meet within the allowance, it is the point furthest
// from the beginning that the first of them reached.
func middle(x, y []atom, allowance int) (best point) {
	n, m := len(x), len(y)
	all := (n + m + 1) / 2
	depth := min(all, int(math.Sqrt(float64(allowance)))+1)
	forth, back := newFrontier(depth), newFrontier(depth)
	delta := n - m
	odd := delta&1 != 0
	for d := 0; d < depth && best.steps <= allowance; d++ {
		forth.extend(d)
		for k := -d + forth.skip; k <= d-forth.stop; k += 2 {
			from := forth.start(k, d)
			u := from
			for u < n && u-k < m && x[u] == y[u-k] {
				u++
			}
			best.steps += 1 + u - from
			forth.at[forth.zero+k] = int32(u)
			if forth.leaves(u, k, n, m) {
				continue
			}
			if 2*u-k > best.i+best.j {
				best.i, best.j = u, u-k
			}
			if other := back.reached(delta - k); odd && other >= 0 && u+other >= n {
				return point{i: u, j: u - k, shortest: true, steps: best.steps}
			}
		}
		back.extend(d)
		for k := -d + back.skip; k <= d-back.stop; k += 2 {
			from := back.start(k, d)
			u := from
			for u < n && u-k < m && x[n-1-u] == y[m-1-u+k] {
				u++
			}
			best.steps += 1 + u - from
			back.at[back.zero+k] = int32(u)
			if back.leaves(u, k, n, m) {
				continue
			}
			if other := forth.reached(delta - k); !odd && other >= 0 && u+other >= n {
				return point{i: other, j: other - delta + k, shortest: true, steps: best.steps}
			}
		}
	}
	best.exhausted = depth == all
	return best
}
