package room

import (
	"time"

	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/storage"
)

// storing is what a room knows of its stored snapshots.
type storing struct {
	rev    ot.Rev // of the newest stored
	bytes  int64  // of all revisions shown by then
	last   time.Time
	busy   bool
	failed bool // the last attempt; another is made with the next revisions
}

// store stores a snapshot in the background if one is due, or, when the room closes, if any revision came since the last. It
// reports whether one is being stored now.
func (r *room) store(closing bool) bool {
	s, limits := &r.snapshot, &r.hub.limits
	behind, bytes := int(r.committed()-s.rev), r.shown.total()
	heavy := bytes-s.bytes >= int64(limits.SnapshotBytes)
	switch {
	case s.busy:
		return true
	case closing && (behind == 0 || s.failed):
		return false
	case closing:
	case heavy && !s.failed:
	case behind < limits.SnapshotEvery && !heavy:
		return false
	case time.Since(s.last) < limits.SnapshotPause:
		if r.alarms.store.IsZero() {
			r.alarms.store = s.last.Add(limits.SnapshotPause)
		}
		return false
	}
	s.busy, s.last = true, time.Now()
	content, rev := r.authority.Content(), r.committed()
	r.hub.spawn(func() {
		r.post(&stored{rev, bytes, r.hub.putSnapshot(r, rev, content)})
	})
	return true
}

func (h *Hub) putSnapshot(r *room, rev ot.Rev, content *ot.Document) (ok bool) {
	defer func() {
		if v := recover(); v != nil {
			h.panicked("snapshot", v)
		}
	}()
	h.snapshots <- struct{}{}
	defer func() { <-h.snapshots }()
	ctx, cancel := h.call()
	defer cancel()
	err := h.store.PutSnapshot(ctx, r.doc, storage.Snapshot{Rev: rev, Content: content.AppendJSON(nil)})
	if err != nil {
		h.log.Warn("snapshot not stored", "doc", r.doc, "rev", rev, "err", err)
	}
	return err == nil
}

// stored is what became of a snapshot.
type stored struct {
	rev   ot.Rev
	bytes int64
	ok    bool
}

func (*stored) drop(*Refusal) {}

func (e *stored) do(r *room) {
	r.snapshot.busy, r.snapshot.failed = false, !e.ok
	if e.ok {
		r.snapshot.rev, r.snapshot.bytes = e.rev, e.bytes
		r.store(false) // much may have come meanwhile
	}
}
