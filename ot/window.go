package ot

// windowBytes bounds what a window holds besides its number of revisions, so
// that a few large pastes do not fill the memory of a server with many open
// documents. The newest revision is always held.
const windowBytes = 4 << 20

// window holds the latest revisions of a document, for edits made on one of
// them to be transformed. It is a ring: a new revision takes the oldest
// one's place.
type window struct {
	ring   []Delta // revision r is at (r-start) % limit
	limit  int
	start  Rev // the first revision ever pushed
	oldest Rev // the first one still held
	newest Rev // the last; oldest-1 when the window is empty
	bytes  int
}

func newWindow(at Rev, limit int) window {
	return window{limit: max(limit, 1), start: at + 1, oldest: at + 1, newest: at}
}

func (w *window) slot(rev Rev) *Delta { return &w.ring[int(rev-w.start)%w.limit] }

// push adds the revision after the newest.
func (w *window) push(change Delta) {
	if int(w.newest-w.oldest)+1 == w.limit {
		w.drop()
	}
	w.newest++
	w.bytes += change.weight()
	if len(w.ring) < w.limit {
		w.ring = append(w.ring, change)
	} else {
		*w.slot(w.newest) = change
	}
	for w.bytes > windowBytes && w.oldest < w.newest {
		w.drop()
	}
}

func (w *window) drop() {
	slot := w.slot(w.oldest)
	w.bytes -= slot.weight()
	*slot = Delta{}
	w.oldest++
}

// weight is about how many bytes d keeps in memory.
func (d Delta) weight() int {
	const perComponent = 40
	n := perComponent * (1 + len(d.ops))
	for i := range d.ops {
		n += len(d.ops[i].text)
	}
	return n
}
