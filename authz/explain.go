package authz

import (
	"bytes"
	"cmp"
	"slices"
)

// An Explanation is a decision with its reasons.
type Explanation struct {
	// Effective is what Decide says of the same owner, grants, person and time.
	Effective Effective

	// Paths are the ways by which a role comes to the person, the living before the dead and of each the strongest first:
	// the highest role, then the latest expiry, then the most direct. At most the first one wins.
	Paths []Path
}

// A Path is one way by which a role comes to somebody: a grant that speaks for them, or their ownership, which shows as a
// right of the role Owner to themselves.
type Path struct {
	Right

	// Index is the grant's in the list that was explained, or -1 for ownership.
	Index int

	State PathState

	// Without is what Decide would say without this path.
	Without Effective
}

// PathState says what a path does for the effective role.
type PathState uint8

// The states. Only the winning path and the covered ones count.
const (
	Wins     PathState = iota + 1 // the effective role and its end are this path's
	Covered                       // alive, behind one that gives more, or as much for as long
	Expired                       // dead
	Withheld                      // alive, but the person is suspended
)

var stateNames = [...]string{"", "wins", "covered", "expired", "withheld"}

// String returns the state's name.
func (s PathState) String() string {
	if int(s) < len(stateNames) {
		return stateNames[s]
	}
	return stateNames[0]
}

// Explain is Decide with its reasons. It takes time for each right, and for sorting those that speak for who.
func Explain(owner [16]byte, rights []Right, who Who, now int64) Explanation {
	var paths []Path
	if owns(owner, who) {
		self := Right{To: Principal{Kind: ToUser, ID: owner}, Role: Owner}
		paths = append(paths, Path{Right: self, Index: -1})
	}
	h := who.hearer()
	for i := range rights {
		if rights[i].gives() && h.hears(&rights[i].To) {
			paths = append(paths, Path{Right: rights[i], Index: i})
		}
	}
	for i := range paths {
		paths[i].State = Covered
		if paths[i].expired(now) {
			paths[i].State = Expired
		}
	}
	slices.SortFunc(paths, strongestFirst)
	return settle(paths, who.Suspended)
}

// settle finds the winner of sorted paths. Without it the next would win, and without any other nothing would change.
func settle(paths []Path, suspended bool) Explanation {
	alive := 0
	for alive < len(paths) && paths[alive].State == Covered {
		alive++
	}
	if suspended {
		for i := range alive {
			paths[i].State = Withheld
		}
		alive = 0
	}
	var first, second Effective
	if alive > 0 {
		paths[0].State, first = Wins, paths[0].effective()
	}
	if alive > 1 {
		second = paths[1].effective()
	}
	for i := range paths {
		paths[i].Without = first
		if paths[i].State == Wins {
			paths[i].Without = second
		}
	}
	return Explanation{Effective: first, Paths: paths}
}

// strongestFirst orders paths so that the order of the grants says nothing, unless two are the same.
func strongestFirst(a, b Path) int {
	if a.State != b.State {
		return cmp.Compare(a.State, b.State) // Covered before Expired
	}
	switch first, second := a.effective(), b.effective(); {
	case first.outdoes(second):
		return -1
	case second.outdoes(first):
		return 1
	}
	return cmp.Or(
		cmp.Compare(a.To.Kind, b.To.Kind),
		bytes.Compare(a.To.ID[:], b.To.ID[:]),
		cmp.Compare(a.Index, b.Index),
	)
}
