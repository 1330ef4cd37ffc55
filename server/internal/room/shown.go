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
	head  ot.Rev   // the last committed revision; guarded by mu
	tail  []shadow // the latest revisions, up to head; guarded by mu
	text  []byte   // theirs, each with a comma behind it, so that any run of them is one copy; guarded by mu
	bytes int64    // of all revisions ever shown; guarded by mu
	since int64    // bytes as it was before the last commit, which nobody can have pulled yet; guarded by mu
	board board    // guarded by mu
}

// shadow is where a revision lies in the text.
type shadow struct {
	seat id.Seat // whose it is
	cut  int     // how many bytes it has without its delta, as in entry
	end  int64   // how many bytes all revisions up to this one have
}

// publish shows revisions that have just been committed, and moves the carets along.
func (w *shown) publish(landed ...*pending) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.since = w.bytes
	for _, p := range landed {
		for i := range p.entries {
			e := &p.entries[i]
			w.text = append(append(w.text, e.text...), ',')
			w.bytes += int64(len(e.text)) + 1
			w.tail = append(w.tail, shadow{e.seat, e.cut, w.bytes})
			w.board.move(e.change, e.seat)
			w.head = e.rev
		}
	}
}

// begin is how many bytes all revisions before the tail have. mu is held.
func (w *shown) begin() int64 { return w.bytes - int64(len(w.text)) }

// trim lets go of revisions that no seat needs from memory, and returns the seats that are too far behind. Seats that are
// still catching up after their welcome read the log, as far as the tail does not reach.
func (w *shown) trim(seats map[*Seat]struct{}, limits *Limits) (slow []*Seat) {
	w.mu.RLock()
	total, first, since := w.bytes, w.begin(), w.since
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
	if n > 0 {
		w.text = without(w.text, int(w.tail[n-1].end-w.begin()))
		w.tail = without(w.tail, n)
	}
}

// without drops the first n of a slice in place, or gives back the memory of one that was once much longer.
func without[T any](all []T, n int) []T {
	if rest := all[n:]; cap(all) > 8*len(rest) {
		return slices.Clone(rest)
	}
	return slices.Delete(all, 0, n)
}

// after appends to dst revisions after rev, as a message of about maxBytes, and returns the last one in it and how many bytes
// all up to that have. Of the reader's own there is no delta. If there are none, nothing is appended. ok is false if the tail
// does not go back to rev.
func (w *shown) after(dst []byte, rev ot.Rev, reader id.Seat, maxBytes int) (out []byte, last ot.Rev, has int64, ok bool) {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if rev >= w.head {
		return dst, rev, w.bytes, true
	}
	first := w.head - ot.Rev(len(w.tail)) + 1
	if rev+1 < first {
		return dst, rev, 0, false
	}
	begin, from := w.begin(), int(rev+1-first)
	at := begin
	if from > 0 {
		at = w.tail[from-1].end
	}
	dst = wire.BeginRevisions(dst)
	to, until := from, at+int64(maxBytes)
	start := at
	for ; to < len(w.tail) && (to == from || w.tail[to].end <= until); to++ {
		this := &w.tail[to]
		if this.seat == reader {
			dst = append(append(dst, w.text[at-begin:start-begin+int64(this.cut)]...), "},"...)
			at = this.end
		}
		start = this.end
	}
	dst = append(dst, w.text[at-begin:start-begin]...)
	return wire.EndRevisions(dst[:len(dst)-1]), first + ot.Rev(to) - 1, start, true
}

// singly appends to dst revisions after rev, of about maxBytes, each whole and by itself, and the end of each to ends, and returns
// how many bytes all up to the last have. ok is false if the tail does not go back to rev.
func (w *shown) singly(dst []byte, ends []int, rev ot.Rev, maxBytes int) (_ []byte, _ []int, has int64, ok bool) {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if rev >= w.head {
		return dst, ends, w.bytes, true
	}
	first := w.head - ot.Rev(len(w.tail)) + 1
	if rev+1 < first {
		return dst, ends, 0, false
	}
	begin, from, limit := w.begin(), int(rev+1-first), len(dst)+maxBytes
	start := begin
	if from > 0 {
		start = w.tail[from-1].end
	}
	for at := from; at < len(w.tail) && len(dst) < limit; at++ {
		end := w.tail[at].end
		dst = append(dst, w.text[start-begin:end-begin-int64(len(","))]...)
		ends = append(ends, len(dst))
		start = end
	}
	return dst, ends, start, true
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
