package ottest

import (
	"github.com/coscribe/coscribe/ot"
)

// bug is a mistake that the simulation must notice.
type bug uint8

const (
	noBug        bug = iota
	squash           // transforms over the composition of what was missed
	flipTie          // the newcomer wins ties
	noDedupe         // does not look an edit up before accepting it
	blindRetry       // takes an unknown outcome for a failure
	showAhead        // shows what is not committed
	gapAfterJoin     // loses a revision between the snapshot and the tail
)

var bugs = map[string]bug{
	"squash": squash, "flipped tie": flipTie, "no dedupe": noDedupe, "blind retry": blindRetry,
	"shown before committed": showAhead, "gap after join": gapAfterJoin,
}

// spoil makes the mistakes of a server that transforms wrongly or takes a
// duplicate for a new edit, by transforming the submission beforehand.
func (b bug) spoil(w *world, a *ot.Authority, s ot.Submission) ot.Submission {
	switch b {
	case noDedupe:
		w.forged++
		s.Origin = ot.Origin{Author: s.Author, Client: [16]byte{0xff, byte(w.forged), byte(w.forged >> 8)}}
		a.Remember(s.Origin, 0, [16]byte{}, 0)
	case squash, flipTie:
		changes, err := a.Since(s.Base)
		if err != nil || a.Head() != a.Committed() {
			return s
		}
		var all ot.Delta
		for _, change := range changes {
			if b == flipTie {
				s.Delta = change.Transform(s.Delta, false)
			}
			all = all.Compose(change)
		}
		if b == squash {
			s.Delta = all.Transform(s.Delta, true)
		}
		s.Base = a.Committed()
	}
	return s
}

// renumber makes revisions of a batch at the head of the log, whatever it
// was made for.
func (b bug) renumber(w *world, batch []ot.Accepted) (renumbered []ot.Accepted) {
	doc := w.store.replay(w.content, w.store.head())
	for i, acc := range batch {
		acc.Rev = w.store.head() + ot.Rev(i) + 1
		if doc.Apply(acc.Change) != nil {
			break
		}
		renumbered = append(renumbered, acc)
	}
	return renumbered
}
