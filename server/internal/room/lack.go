package room

import (
	"errors"
	"slices"
	"time"

	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// lack is what a room has to read, because the database told it, or somebody else did, that its memory is behind.
type lack struct {
	access  bool            // the access list
	people  []id.User       // whose memberships are read with it; set when it is
	by      author          // who changed it, as far as is known; set when it is read
	log     bool            // revisions that others wrote; only while the room is halted, with nothing ahead
	fences  []storage.Fence // of people who may be signed out
	origins []ot.Origin     // whose last edits are not as remembered
}

func (l lack) isEmpty() bool { return !l.access && !l.log && len(l.fences) == 0 && len(l.origins) == 0 }

func (l *lack) add(more lack) {
	l.access, l.log = l.access || more.access, l.log || more.log
	for _, fence := range more.fences {
		if !slices.Contains(l.fences, fence) {
			l.fences = append(l.fences, fence)
		}
	}
	for _, origin := range more.origins {
		if !slices.Contains(l.origins, origin) {
			l.origins = append(l.origins, origin)
		}
	}
}

// read is what was found.
type read struct {
	asked  lack
	began  time.Time
	err    error // then nothing else holds
	access storage.Access
	page   []storage.Revision
	ended  []storage.Fence
	marks  []mark
}

// mark is the last committed edit of an origin; seq is 0 if there is none.
type mark struct {
	origin ot.Origin
	seq    int64
	edit   id.Edit
	rev    ot.Rev
}

// need has the room read what it lacks, off its goroutine, which goes on serving meanwhile.
func (r *room) need(what lack) {
	r.lack.add(what)
	if what.access {
		r.blind.CompareAndSwap(0, time.Now().UnixNano())
	}
	if !r.reading && r.alarms.retry.IsZero() {
		r.read()
	}
}

// follow has the room read the log if it turns out to be behind it: another node has written that revision. With something ahead
// there is no need, since the database will refuse that and tell.
func (r *room) follow(rev ot.Rev) {
	if at := r.authority.Committed(); rev > at && r.authority.Head() == at && !r.halted {
		r.halted = true
		r.need(lack{log: true})
	}
}

func (r *room) read() {
	asked, committed := r.lack, r.authority.Committed()
	if asked.access {
		asked.people, asked.by = r.present(), r.changer.take()
	}
	r.lack, r.reading = lack{}, true
	r.hub.spawn(func() {
		found := r.hub.read(r.doc, asked, committed)
		r.post(&found)
	})
}

// read asks the database, once.
func (h *Hub) read(doc id.Doc, asked lack, committed ot.Rev) (found read) {
	ctx, cancel := h.call()
	defer cancel()
	found.asked, found.began = asked, time.Now()
	defer func() {
		if v := recover(); v != nil {
			h.panicked("read", v)
			found.err = errors.New("panic while reading")
		}
	}()
	if asked.access {
		if found.access, found.err = h.store.Access(ctx, doc, asked.people...); found.err != nil {
			return found
		}
	}
	if asked.log {
		if found.page, found.err = h.store.After(ctx, doc, committed, h.limits.PageRevisions); found.err != nil {
			return found
		}
	}
	for _, fence := range asked.fences {
		switch err := h.store.Live(ctx, fence); {
		case errors.Is(err, storage.ErrFence):
			found.ended = append(found.ended, fence)
		case err != nil:
			found.err = err
			return found
		}
	}
	for _, origin := range asked.origins {
		last, err := h.lastOf(ctx, doc, origin)
		if err != nil {
			found.err = err
			return found
		}
		found.marks = append(found.marks, last)
	}
	return found
}

func (*read) drop(*Refusal) {}

func (f *read) do(r *room) {
	r.reading = false
	switch {
	case errors.Is(f.err, storage.ErrNoDocument):
		r.deleted()
		return
	case f.err != nil:
		r.readLater(f)
		return
	}
	r.wait = 0
	for _, fence := range f.ended {
		r.signedOut(fence)
	}
	for _, last := range f.marks {
		r.authority.Remember(last.origin, last.seq, last.edit, last.rev)
	}
	if f.asked.access {
		r.adopt(f.access, f.asked.people, f.asked.by)
		r.seeAgain(f.began)
	}
	for i := range f.page {
		if r.ended != nil {
			return
		}
		if err := r.advance(&f.page[i]); err != nil {
			r.doubt("catch up with the log", err)
		}
	}
	if r.ended != nil {
		return
	}
	if len(f.page) > 0 {
		r.published(nil)
		r.lack.log = r.lack.log || f.asked.log // until a page is empty
	}
	if !r.lack.isEmpty() {
		r.read()
	} else if r.halted {
		r.resume()
	}
}

// dark tells whether nothing may be shown: see Hub.dark. A list that has changed and cannot be read is no better than none.
func (r *room) dark() bool {
	now := time.Now() // before blind is read, as in Hub.dark
	return r.hub.darkSince(r.blind.Load(), now) || r.hub.dark()
}

// seeAgain follows a reading of the access list. If that has changed again, it did so since the reading began.
func (r *room) seeAgain(began time.Time) {
	next := int64(0)
	if r.lack.access {
		next = began.UnixNano()
	}
	if since := r.blind.Swap(next); r.hub.darkSince(since, time.Now()) {
		r.wakeAll()
	}
}

// readLater tries again after a pause. Edits that have waited for too long are refused; nothing of them is in the log.
func (r *room) readLater(f *read) {
	r.hub.log.Warn("room cannot read what it lacks", "doc", r.doc, "err", f.err)
	r.lack.add(f.asked)
	r.wait = min(max(2*r.wait, r.hub.limits.RetryFirst), r.hub.limits.RetryLast)
	r.alarms.retry = time.Now().Add(r.wait)
	r.waiting = slices.DeleteFunc(r.waiting, func(p *pending) bool {
		late := time.Since(p.came) > r.hub.limits.CommitPatience
		if late {
			r.refuse(p, refusal(wire.CodeUnavailable))
		}
		return late
	})
}

// resume lets edits in again, those that waited first: each is run anew from its original form.
func (r *room) resume() {
	waiting := r.waiting
	r.halted, r.waiting = false, nil
	for _, p := range waiting {
		r.run(p)
	}
}
