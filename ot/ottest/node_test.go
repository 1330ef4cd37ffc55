package ottest

import (
	"errors"
	"slices"

	"github.com/coscribe/coscribe/ot"
)

// node is a server with the document open: what a room does, without time.
type node struct {
	w         *world
	authority *ot.Authority
	arrived   []arrival // what is ahead, in order of arrival, with who waits
	writing   []ot.Accepted
	seats     []*link
}

type arrival struct {
	ot.Submission
	from *link
}

// Sizes small enough that a short run goes through all that they bound.
const (
	window     = 12
	batchMost  = 4
	aheadMost  = 12
	tailAtOnce = 5
)

func (n *node) load() {
	to := n.w.store.head()
	n.authority = ot.NewAuthority(to, n.w.store.replay(n.w.content, to), window)
	n.arrived, n.writing = nil, nil
}

// crash ends the process: only the log is left. A write that was under way
// may still land.
func (n *node) crash() {
	if len(n.writing) > 0 && n.w.chance(2) {
		n.w.store.append(n.writing)
	}
	for _, seat := range slices.Clone(n.seats) {
		seat.cut()
	}
	n.load()
}

// submit takes a submission as it comes from the network.
func (n *node) submit(from *link, s ot.Submission) {
	rev, known, err := n.lookup(s)
	switch {
	case errors.Is(err, ot.ErrStaleSeq):
		if acc, ok := n.w.store.find(s.Origin, s.Seq); ok && acc.ID == s.ID {
			return // its revision is in the seat's tail, or was
		}
		from.answer(rejected{seq: s.Seq, id: s.ID})
	case err != nil:
		fail("edit %x is refused: %v", s.ID[:4], err)
	case known && rev > n.authority.Committed():
		for i := range n.arrived {
			if n.arrived[i].ID == s.ID {
				n.arrived[i].from = from // who is told if it is refused after all
			}
		}
	case known:
	case n.authority.Head()-n.authority.Committed() >= aheadMost || n.w.chance(20):
		from.answer(rejected{seq: s.Seq, id: s.ID, temporary: true})
	case n.w.refuses(s):
		from.answer(rejected{seq: s.Seq, id: s.ID})
	default:
		n.accept(arrival{s, from})
	}
}

func (n *node) lookup(s ot.Submission) (ot.Rev, bool, error) {
	rev, known, err := n.authority.Lookup(s.Origin, s.Seq, s.ID)
	if errors.Is(err, ot.ErrUnknownOrigin) {
		last := n.w.store.last(s.Origin)
		n.authority.Remember(s.Origin, last.Seq, last.ID, last.Rev)
		rev, known, err = n.authority.Lookup(s.Origin, s.Seq, s.ID)
	}
	if n.w.bug == noDedupe && (known || err != nil) {
		return 0, false, nil
	}
	return rev, known, err
}

func (n *node) accept(a arrival) {
	acc, fresh, err := n.authority.Accept(n.w.bug.spoil(n.w, n.authority, a.Submission))
	var unfit *ot.Error
	switch {
	case errors.Is(err, ot.ErrTooOld):
		a.from.cut() // resync: it comes back, catches up, and sends again
	case errors.As(err, &unfit):
		fail("edit %x does not fit: %v", a.ID[:4], err)
	case err != nil || !fresh:
		fail("edit %x: fresh %v, %v", a.ID[:4], fresh, err)
	default:
		n.arrived = append(n.arrived, a)
		if n.w.bug == showAhead {
			for _, seat := range n.seats {
				seat.deliver(acc)
			}
		}
	}
}

// write hands a batch to the store, or asks for the outcome of the last one.
func (n *node) write() {
	if len(n.writing) == 0 {
		ahead := n.authority.Ahead()
		n.writing = slices.Clone(ahead[:min(len(ahead), 1+n.w.random.IntN(batchMost))])
		for i := range n.writing {
			n.writing[i].Origin = n.arrived[i].Origin // which noDedupe forges
		}
	}
	if len(n.writing) == 0 {
		return
	}
	switch n.w.random.IntN(12) {
	case 0: // it fails, and says so
		n.again()
		return
	case 1: // the answer is lost, and the write lands
		n.w.store.append(n.writing)
		n.unknown()
		return
	case 2: // the answer is lost, and the write too
		n.unknown()
		return
	}
	if n.w.store.append(n.writing) != nil {
		n.again()
		return
	}
	n.authority.Commit(n.writing[len(n.writing)-1].Rev)
	n.arrived = slices.Delete(n.arrived, 0, len(n.writing))
	n.writing = nil
}

// unknown leaves the batch as it is, to be written again with the same keys.
// A blind retry takes the silence for a failure.
func (n *node) unknown() {
	if n.w.bug == blindRetry {
		n.w.store.log = append(n.w.store.log, n.w.bug.renumber(n.w, n.writing)...)
		n.again()
	}
}

// again runs what waits once more, on what the log holds now.
func (n *node) again() {
	aborted := n.authority.Abort()
	if len(aborted) != len(n.arrived) {
		fail("aborted %d, but %d wait", len(aborted), len(n.arrived))
	}
	n.writing = nil
	for _, acc := range n.w.store.log[n.authority.Committed():] {
		if err := n.authority.Advance(acc.Rev, acc.Change); err != nil {
			fail("%v", err)
		}
		n.authority.Remember(acc.Origin, acc.Seq, acc.ID, acc.Rev)
	}
	waiting := n.arrived
	n.arrived = nil
	for _, a := range waiting {
		n.submit(a.from, a.Submission)
	}
}

// hear is the bus: another node has written.
func (n *node) hear() {
	if n.authority.Committed() < n.w.store.head() && len(n.writing) == 0 {
		n.again()
	}
}
