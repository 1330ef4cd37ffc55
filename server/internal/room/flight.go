package room

import (
	"errors"
	"time"

	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
)

// flight is a batch that has been handed to the committer and of which nothing has been heard. A room has at most one; what
// it accepts meanwhile is staged on top, and goes aboard for as long as no Append has begun.
type flight struct {
	batch   []*pending
	last    ot.Rev
	version int64 // of the access list by which all of it was authorised
	job     job
	room    *room
	err     error // what became of it, when it has landed
}

// handOver sends what is staged on its way: with what waits for its Append already, or by itself if nothing does.
func (r *room) handOver() {
	f := r.flight
	switch {
	case len(r.staged) == 0:
	case f == nil:
		n, batch, bytes := r.cargo()
		f = &flight{room: r, version: r.stagedVersion}
		f.job.batch, f.job.bytes, f.job.done = batch, bytes, f.landed
		r.flight = f
		r.board(n)
		r.hub.committer.commit(&f.job)
	case f.version == r.stagedVersion && !f.job.taken.Load():
		if n, batch, bytes := r.cargo(); r.hub.committer.add(&f.job, batch, bytes) {
			r.board(n)
		}
	}
}

// cargo is as much of what is staged as goes into one Append.
func (r *room) cargo() (n int, batch storage.Batch, bytes int) {
	rows := 0
	for n < len(r.staged) && (n == 0 || rows < r.hub.limits.CommitRows && bytes < r.hub.limits.CommitBytes) {
		for i := range r.staged[n].revisions {
			bytes += len(r.staged[n].revisions[i].Delta)
		}
		rows += len(r.staged[n].revisions)
		n++
	}
	batch = storage.Batch{
		Doc: r.doc, Epoch: r.access.Document.Epoch, AccessVersion: r.stagedVersion,
		Head: r.staged[0].revisions[0].Rev - 1, Revisions: make([]storage.Revision, 0, rows),
	}
	for _, p := range r.staged[:n] {
		batch.Revisions = append(batch.Revisions, p.revisions...)
		batch.Fences = withFence(batch.Fences, p.fence)
	}
	return n, batch, bytes
}

// board moves the first of staged to the flight.
func (r *room) board(n int) {
	f := r.flight
	f.batch = append(f.batch, r.staged[:n]...)
	last := f.batch[len(f.batch)-1].revisions
	f.last = last[len(last)-1].Rev
	left := copy(r.staged, r.staged[n:])
	clear(r.staged[left:])
	r.staged = r.staged[:left]
}

// landed tells the room what became of the flight, which is the event.
func (f *flight) landed(err error) {
	if f.err = err; !f.room.post(f) {
		f.drop(nil)
	}
}

// drop is for a room that has ended meanwhile: now the document may be opened again, and requests that still wait hear the truth.
func (f *flight) drop(*Refusal) {
	for _, p := range f.batch {
		told := answer{revisions: p.revisions, head: f.last}
		if f.err != nil {
			told = answer{refused: f.refusal()}
		}
		for _, writer := range p.writers {
			writer <- told
		}
		p.writers = nil
	}
	f.room.hub.remove(f.room)
}

// refusal is the answer to what did not commit before the room ended: what ended it if the database refused it.
func (f *flight) refusal() *Refusal {
	for _, err := range []error{storage.ErrNoDocument, storage.ErrEpoch, storage.ErrHeadMoved, storage.ErrAccessMoved, storage.ErrFence} {
		if errors.Is(f.err, err) {
			return f.room.ended
		}
	}
	return refusalOf(f.err)
}

func (f *flight) do(r *room) {
	var fences *storage.FenceError
	switch err := f.err; {
	case err == nil:
		r.commit()
	case errors.Is(err, storage.ErrHeadMoved):
		r.unwind(lack{log: true})
	case errors.Is(err, storage.ErrAccessMoved):
		r.unwind(lack{access: true})
	case errors.Is(err, storage.ErrEpoch):
		r.unwind(lack{access: true, log: true})
	case errors.Is(err, storage.ErrDuplicate):
		r.unwind(lack{log: true, origins: r.origins()})
	case errors.As(err, &fences):
		r.unwind(r.doubtful(fences.Ended))
	case errors.Is(err, errStopped):
		r.flight = nil
		r.end(refusal(wire.CodeDraining), wire.CloseDraining)
	case errors.Is(err, storage.ErrNoDocument):
		r.flight = nil
		r.deleted()
	case errors.Is(err, storage.ErrUnavailable):
		r.giveBack()
	default:
		r.flight = nil
		r.doubt("commit", err)
	}
}

// commit makes the flight's revisions the document's, shows them, and answers their authors.
func (r *room) commit() {
	landed := r.flight
	r.flight = nil
	r.authority.Commit(landed.last)
	r.shown.publish(landed.batch...)
	for _, p := range landed.batch {
		if box := r.outboxes[p.origin]; box != nil {
			box.seq = p.chain[len(p.chain)-1].Seq
		}
		r.release(p)
		for _, writer := range p.writers {
			writer <- answer{revisions: p.revisions, head: landed.last}
		}
	}
	r.published(landed.batch)
	for now, i := time.Now(), 0; i < len(landed.batch); i++ {
		r.hub.usage.used(landed.batch[i].actor.Credential, now)
	}
	parked := r.parked
	r.parked = nil
	for _, p := range parked {
		r.run(p)
	}
}

// published wakes the seats for revisions that can be pulled now, lets go of those that everybody has, and closes seats that
// are too far behind.
func (r *room) published(landed []*pending) {
	for _, s := range r.shown.trim(r.seats, &r.hub.limits) {
		r.remove(s)
		s.close(wire.CloseSlowConsumer)
	}
	r.announce(landed)
	r.store(false)
}

// unwind forgets everything ahead, because the database refused it, and has the room read why. Then everything runs again.
func (r *room) unwind(why lack) {
	r.authority.Abort()
	r.waiting = r.ahead()
	r.halted = true
	r.need(why)
}

// ahead empties what is in flight, staged and parked into one list, in order of arrival.
func (r *room) ahead() []*pending {
	waiting := append(append(append(r.flight.batch, r.staged...), r.parked...), r.waiting...)
	r.flight, r.staged, r.parked = nil, nil, nil
	for _, p := range waiting {
		p.accepted, p.revisions, p.entries = nil, nil, nil // not used again: the database may still read them
	}
	return waiting
}

// giveBack refuses everything ahead for now: the database has been out of reach for too long, and nothing was written.
func (r *room) giveBack() {
	r.authority.Abort()
	for _, p := range r.ahead() {
		r.refuse(p, refusal(wire.CodeUnavailable))
	}
}

// origins are those of the edits ahead.
func (r *room) origins() (origins []ot.Origin) {
	for _, batch := range [][]*pending{r.flight.batch, r.staged} {
		for _, p := range batch {
			origins = append(origins, p.origin)
		}
	}
	return origins
}

// doubtful is what to read when fences did not hold: the access list, and whether their people are signed in. For a right
// that has expired by the database's clock but not by ours, ours is set forward.
func (r *room) doubtful(ended []storage.Fence) (why lack) {
	const skew = 5 * time.Minute // that we believe the clocks to differ by; a later end is not what ended the fence
	why.access = true
	for _, fence := range ended {
		if until := fence.ValidUntil; until != 0 && until.Time().Before(time.Now().Add(skew)) {
			r.floor = max(r.floor, until)
		}
		fence.ValidUntil = 0
		why.add(lack{fences: []storage.Fence{fence}})
	}
	return why
}
