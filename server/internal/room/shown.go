package room

import (
	"slices"
	"sort"
	"sync"

	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage/id"
)

// shown is what everybody may see of an open document: its committed revisions and who is there. The room's goroutine
// writes it, after the commit and never before; seats read it from goroutines of their own. A seat's mu is taken before
// shown.mu, never after.
type shown struct {
	mu    sync.RWMutex
	head  ot.Rev  // the last committed revision; guarded by mu
	tail  []entry // the latest revisions, up to head; guarded by mu
	bytes int64   // of all revisions ever shown; guarded by mu
	since int64   // bytes as it was before the last commit, which nobody can have pulled yet; guarded by mu
	board board   // guarded by mu
}

// publish shows revisions that have just been committed, and moves the carets along.
func (w *shown) publish(entries []entry, changes []ot.Delta) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.since = w.bytes
	for i := range entries {
		w.bytes += int64(len(entries[i].text))
		entries[i].end = w.bytes
		w.board.move(changes[i], entries[i].seat)
	}
	w.tail = append(w.tail, entries...)
	w.head = entries[len(entries)-1].rev
}

// trim lets go of revisions that no seat needs from memory, and returns the seats that are too far behind. Seats that are
// still catching up after their welcome read the log, as far as the tail does not reach.
func (w *shown) trim(seats map[*Seat]struct{}, limits *Limits) (slow []*Seat) {
	w.mu.RLock()
	total, first, since := w.bytes, w.bytes, w.since
	if len(w.tail) > 0 {
		first = w.tail[0].end - int64(len(w.tail[0].text))
	}
	w.mu.RUnlock()

	needed := total
	for s := range seats {
		switch has := s.has.Load(); {
		case has < 0:
		case since-has > int64(limits.SlowBytes):
			slow = append(slow, s)
		default:
			needed = min(needed, has)
		}
	}
	keep := min(needed, total-int64(limits.TailBytes))
	if keep-first > int64(limits.TailBytes) { // not for every revision
		w.drop(keep)
	}
	return slow
}

// drop lets go of what lies before a place in the sum of bytes.
func (w *shown) drop(keep int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := sort.Search(len(w.tail), func(i int) bool { return w.tail[i].end > keep })
	w.tail = slices.Clone(w.tail[n:])
}

// after appends to dst revisions after rev, as a message of about maxBytes, and returns the last one in it. reached means
// that there are no more; ok is false if the tail does not go back to rev.
func (w *shown) after(dst []byte, rev ot.Rev, reader id.Seat, maxBytes int) (out []byte, last ot.Rev, has int64, ok bool) {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if rev >= w.head {
		return dst, rev, w.bytes, true
	}
	if len(w.tail) == 0 || rev+1 < w.tail[0].rev {
		return dst, rev, 0, false
	}
	from := int(rev + 1 - w.tail[0].rev)
	began := len(dst)
	dst = wire.BeginRevisions(dst)
	for i := from; i < len(w.tail); i++ {
		if i > from && len(dst)-began+len(w.tail[i].text) > maxBytes {
			break
		}
		dst = w.tail[i].appendTo(wire.NextRevision(dst, i-from), reader)
		last, has = w.tail[i].rev, w.tail[i].end
	}
	return wire.EndRevisions(dst), last, has, true
}

// total is how many bytes all revisions ever shown have.
func (w *shown) total() int64 {
	w.mu.RLock()
	defer w.mu.RUnlock()
	return w.bytes
}

// seen returns the head, for a reader of the log.
func (w *shown) seen() ot.Rev {
	w.mu.RLock()
	defer w.mu.RUnlock()
	return w.head
}
