package room

import (
	"context"
	"errors"
	"time"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
)

// Pull appends complete messages to dst and the end of each to ends: what the seat lacks, up to about maxBytes (one message
// may be longer). It is to be called until it appends nothing, and again after Wake. *Closed: send what was appended, then
// close. It reads the log when the seat is far behind, and then blocks for as long as ctx allows.
func (s *Seat) Pull(ctx context.Context, dst []byte, ends []int, maxBytes int) ([]byte, []int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := pull{seat: s, ctx: ctx, dst: dst, ends: ends, limit: len(dst) + maxBytes}
	err := p.all()
	return p.dst, p.ends, err
}

// pull is one call of Pull. The seat's mu is held, except while the log is read.
type pull struct {
	seat  *Seat
	ctx   context.Context
	dst   []byte
	ends  []int
	limit int
}

// add ends a message.
func (p *pull) add(dst []byte) {
	p.dst = dst
	p.ends = append(p.ends, len(dst))
}

func (p *pull) full() bool { return len(p.dst) >= p.limit }

func (p *pull) all() error {
	s := p.seat
	if err := p.shut(); err != nil {
		return err
	}
	if s.room.dark() {
		return p.inTheDark()
	}
	if s.welcome != nil {
		p.add(s.welcome.appendTo(p.dst))
		s.welcome = nil
	}
	p.answers()
	p.properties()
	for !p.full() && !s.room.dark() { // it may have become so while the log was read
		more, err := p.revisions()
		if err != nil || !more {
			return err
		}
	}
	return nil
}

// inTheDark gives what shows nothing of the document, while nobody knows who may still see what.
func (p *pull) inTheDark() error {
	s := p.seat
	if s.welcome == nil {
		p.answers()
	}
	if s.closing != 0 && len(s.replies) == 0 {
		return &Closed{s.closing}
	}
	return nil
}

// shut is why nothing may be given any more.
func (p *pull) shut() error {
	if s := p.seat; s.closing != 0 && !s.gently {
		return &Closed{s.closing}
	}
	return nil
}

// answers gives what concerns this seat alone.
func (p *pull) answers() {
	s := p.seat
	for i, reply := range s.replies {
		if p.full() {
			s.replies = s.replies[i:]
			return
		}
		p.add(append(p.dst, reply...))
	}
	s.replies = nil
	if s.access != nil {
		p.add(append(p.dst, s.access...))
		s.access = nil
	}
}

// properties gives the document's, with the title that people wrote.
func (p *pull) properties() {
	if s := p.seat; s.document != nil && !p.full() {
		p.add(append(p.dst, s.document...))
		s.document = nil
	}
}

// revisions gives one message of them: from a page of the log, or from the tail. When there are no more, presence follows.
func (p *pull) revisions() (more bool, err error) {
	s := p.seat
	if len(s.page) > 0 {
		return true, p.fromPage()
	}
	before := len(p.dst)
	dst, last, has, ok := s.room.shown.after(p.dst, s.at, s.id, p.limit-len(p.dst))
	if !ok {
		return p.readLog()
	}
	if len(dst) == before {
		s.has.Store(has)
		return false, p.caughtUp()
	}
	p.add(dst)
	s.at = last
	if s.has.Load() >= 0 {
		s.has.Store(has)
	}
	return true, nil
}

// caughtUp gives what only makes sense at the head.
func (p *pull) caughtUp() error {
	s := p.seat
	s.room.shown.mu.RLock()
	if s.at == s.room.shown.head && s.Standing().May(authz.SeePresence) { // else there is more by now, and a wake on its way
		seen := s.sees.Load()
		dst, sees := s.room.shown.board.after(p.dst, seen, s.id, s.at, s.room.hub.limits.Presences)
		s.sees.Store(sees)
		if len(dst) > len(p.dst) {
			p.add(dst)
		}
	}
	s.room.shown.mu.RUnlock()
	if s.closing != 0 && len(s.replies) == 0 {
		return &Closed{s.closing}
	}
	return nil
}

// readLog reads a page of what the tail does not have any more.
func (p *pull) readLog() (more bool, err error) {
	s := p.seat
	at, head := s.at, s.room.shown.seen()
	s.mu.Unlock()
	page, err := s.room.hub.store.After(p.ctx, s.room.doc, at, s.room.hub.limits.PageRevisions)
	s.mu.Lock()
	if closed := p.shut(); closed != nil {
		return false, closed
	}
	switch {
	case errors.Is(err, storage.ErrUnavailable), p.ctx.Err() != nil:
		time.AfterFunc(s.room.hub.limits.RetryLast, s.rouse)
		return false, nil
	case err != nil:
		s.room.hub.log.Error("cannot read the log", "doc", s.room.doc, "after", at, "err", err)
		return false, &Closed{wire.CloseInternal}
	}
	for len(page) > 0 && page[len(page)-1].Rev > head {
		page = page[:len(page)-1] // committed, but the room has not shown it yet
	}
	if len(page) == 0 || page[0].Rev != at+1 {
		s.room.hub.log.Error("gap in the log", "doc", s.room.doc, "after", at, "rows", len(page))
		return false, &Closed{wire.CloseInternal}
	}
	s.page = page
	return true, nil
}

// fromPage gives a message of revisions from the page.
func (p *pull) fromPage() error {
	s := p.seat
	dst := wire.BeginRevisions(p.dst)
	n := 0
	for ; n < len(s.page) && (n == 0 || len(dst)+maxHead+len(s.page[n].Delta) < p.limit); n++ {
		if s.page[n].Rev != s.at+1 {
			return &Closed{wire.CloseInternal}
		}
		dst = appendRevision(wire.NextRevision(dst, n), &s.page[n], s.id)
		s.at = s.page[n].Rev
	}
	if s.page = s.page[n:]; len(s.page) == 0 {
		s.page = nil
	}
	p.add(wire.EndRevisions(dst))
	return nil
}
