package ottest

import (
	"fmt"

	"github.com/coscribe/coscribe/ot"
)

// checkCommitted holds that a revision on its way to somebody stands in the
// log as it is.
func (w *world) checkCommitted(acc ot.Accepted) {
	if acc.Rev > w.store.head() {
		fail("revision %d is shown, and %d is committed", acc.Rev, w.store.head())
	}
	if stored := w.store.log[acc.Rev-1]; stored.ID != acc.ID || !stored.Change.Equal(acc.Change) {
		fail("revision %d is shown as %v, and the log has %v", acc.Rev, acc.Change, stored.Change)
	}
}

// quiet tells whether nothing is left to happen.
func (w *world) quiet() bool { return w.restless() == "" }

func (w *world) restless() string {
	for i, u := range w.users {
		if u.link == nil || !u.replica.Synced() || u.replica.Rev() != w.store.head() {
			return fmt.Sprintf("user %d connected %v, synced %v, at %d of %d", i+1, u.link != nil, u.replica.Synced(), u.replica.Rev(), w.store.head())
		}
	}
	for i, n := range w.nodes {
		if n.authority.Committed() != w.store.head() || n.authority.Head() != w.store.head() {
			return fmt.Sprintf("node %d at %d, head %d, of %d", i, n.authority.Committed(), n.authority.Head(), w.store.head())
		}
	}
	for _, l := range w.links {
		if len(l.up) > 0 {
			return "submissions are under way"
		}
	}
	return ""
}

// checkConvergence holds that everybody has what a replay of the log gives.
func (w *world) checkConvergence() {
	want := w.store.replay(w.content, w.store.head()).Delta()
	for i, n := range w.nodes {
		if got := n.authority.Content().Delta(); !got.Equal(want) {
			fail("node %d holds\n%v\nand the log gives\n%v", i, got, want)
		}
	}
	for i, u := range w.users {
		if got := u.replica.Shown().Delta(); !got.Equal(want) {
			fail("user %d sees\n%v\nand the log gives\n%v", i+1, got, want)
		}
		if got := u.replica.Committed().Delta(); !got.Equal(want) {
			fail("user %d has committed\n%v\nand the log gives\n%v", i+1, got, want)
		}
	}
}

// checkFates holds that the log has what was acknowledged once, what was
// refused never, in each author's order, and that everything was answered.
func (w *world) checkFates() {
	times := map[[16]byte]int{}
	last := map[ot.Origin]int64{}
	for i, acc := range w.store.log {
		times[acc.ID]++
		if acc.Rev != ot.Rev(i+1) {
			fail("revision %d stands where %d belongs", acc.Rev, i+1)
		}
		if acc.Seq <= last[acc.Origin] {
			fail("edit %d of user %d comes after its edit %d", acc.Seq, acc.Author[0], last[acc.Origin])
		}
		last[acc.Origin] = acc.Seq
	}
	want := map[fate]int{acknowledged: 1, refused: 0}
	for i, u := range w.users {
		for id, fate := range u.fate {
			if fate == unanswered {
				fail("edit %x of user %d was never answered", id[:8], i+1)
			}
			if times[id] != want[fate] {
				fail("edit %x of user %d, fate %d, is in the log %d times", id[:8], i+1, fate, times[id])
			}
		}
	}
}
