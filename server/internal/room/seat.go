package room

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/server/internal/meter"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
	"golang.org/x/time/rate"
)

// Seat is one connection to one document. Its methods may be called concurrently, but Pull by one goroutine at a time.
type Seat struct {
	hub      *Hub
	room     *room // from the join's turn on
	id       id.Seat
	actor    storage.Actor
	origin   ot.Origin
	wake     func()
	watch    *meter.Watch // of its connection; may be nil
	since    time.Time
	right    authz.Command                  // without which it ends
	follows  bool                           // a Follower's: it has no origin, no place on the board, and hears nothing but revisions
	standing atomic.Pointer[authz.Standing] // written by the room's goroutine
	queued   atomic.Int32                   // of its messages in the room's inbox
	has      atomic.Int64                   // how far it has pulled, as shown.bytes counts; -1 until it has caught up
	sees     atomic.Uint64                  // the version of the board that it has pulled

	// Of the room's goroutine.
	rate     *rate.Limiter
	strikes  int
	denied   bool   // and noted
	unsigned string // the reason that was told of the access list as it is, without who changed it
	presence *presence

	mu       sync.Mutex
	at       ot.Rev             // the last revision that Pull gave; guarded by mu, as all below
	welcome  *welcome           // not given yet
	page     []storage.Revision // read from the log and not given yet
	replies  [][]byte           // answers, in order
	access   []byte             // the latest of its kind
	document []byte             // the latest of its kind
	cursor   *wire.Cursor       // where its caret is
	moved    bool               // cursor waits for the room
	closing  wire.CloseCode     // 0 while open
	gently   bool               // give what it lacks, then close
	suspect  bool               // something happened to its user while it joined
}

// Standing is what the seat's person may do, as of now: for what a page shows, never a permission.
func (s *Seat) Standing() authz.Standing { return *s.standing.Load() }

// Actor is who sits there.
func (s *Seat) Actor() storage.Actor { return s.actor }

// ID is the seat's public id.
func (s *Seat) ID() id.Seat { return s.id }

// Submit hands over an edit without blocking. The answer comes by Pull, as a revision or a `rejected`; that too if the room
// cannot take it now. The error is *Closed if the seat is.
func (s *Seat) Submit(edit wire.Submit) error {
	if code := s.closed(); code != 0 {
		return &Closed{code}
	}
	if s.queued.Add(1) > int32(s.room.hub.limits.SeatInbox) {
		s.queued.Add(-1)
		s.Refuse(edit.Seq, *refusal(wire.CodeInFlight))
		return nil
	}
	ended, refused := s.room.offer(newSubmit(s, &edit))
	if ended || refused != nil {
		s.queued.Add(-1)
	}
	if refused != nil && !ended {
		s.Refuse(edit.Seq, *refused)
	}
	return nil
}

// Refuse answers an edit that never came to the room, since what arrived was none. The answer comes by Pull like others.
func (s *Seat) Refuse(seq int64, why Refusal) {
	why.Head = s.room.shown.seen()
	s.hub.noteRefusal(s, why.Code)
	s.reject(seq, &why)
}

// ShowCursor says where the seat's caret is; nil for no caret. Only the latest counts.
func (s *Seat) ShowCursor(cursor *wire.Cursor) {
	s.mu.Lock()
	waits := s.moved
	s.cursor, s.moved = cursor, true
	s.mu.Unlock()
	if !waits {
		s.room.post(&caret{s})
	}
}

// takeCaret gives the room what ShowCursor said last.
func (s *Seat) takeCaret() (cursor *wire.Cursor, given bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	cursor, given = s.cursor, s.moved
	s.cursor, s.moved = nil, false
	return cursor, given
}

// catchingUp tells whether the seat has not yet pulled what was there when it joined.
func (s *Seat) catchingUp() bool { return s.has.Load() < 0 }

func (s *Seat) mayShowCursor() bool { return s.Standing().May(authz.ShowCursor) }

// Leave gives the seat up. It may be called again. Pull must not be called after it.
func (s *Seat) Leave() { s.dismiss(wire.CloseNormal) }

// dismiss closes the seat at once and has the room forget it.
func (s *Seat) dismiss(code wire.CloseCode) {
	s.close(code)
	if r := s.roomNow(); r != nil {
		r.post(&leave{s})
	}
}

// recheck has the seat's credential looked at. A seat that is still joining may have been looked at too early: then the
// room does it.
func (s *Seat) recheck() {
	s.mu.Lock()
	s.suspect = s.suspect || s.room == nil
	r := s.room
	s.mu.Unlock()
	if r != nil {
		r.post(recheck{fence(s.actor)})
	}
}

// roomNow is for those who may know of a seat before it has its room.
func (s *Seat) roomNow() *room {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.room
}

// rouse says "look" to the door. A fault of the door is not the room's.
func (s *Seat) rouse() {
	defer func() {
		if v := recover(); v != nil {
			s.hub.panicked("wake", v)
		}
	}()
	s.wake()
}

type leave struct{ seat *Seat }

func (*leave) drop(*Refusal) {}

func (e *leave) do(r *room) { r.remove(e.seat) }

// close ends the seat: Pull gives nothing any more.
func (s *Seat) close(code wire.CloseCode) { s.end(code, false) }

// finish ends the seat when it has pulled what it lacks.
func (s *Seat) finish(code wire.CloseCode) { s.end(code, true) }

// end sets how the seat ends. The first code stands, except that a gentle end becomes a hard one.
func (s *Seat) end(code wire.CloseCode, gently bool) {
	s.mu.Lock()
	if s.closing == 0 || s.gently && !gently {
		s.closing, s.gently = code, gently
	}
	s.mu.Unlock()
	s.rouse()
}

func (s *Seat) closed() wire.CloseCode {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closing
}

// reject answers an edit.
func (s *Seat) reject(seq int64, why *Refusal) { s.reply(rejectedMessage(seq, why)) }

// lacks tells whether a revision is still to come in the seat's stream.
func (s *Seat) lacks(rev ot.Rev) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return rev > s.at
}

// repeat gives a revision once more, to a seat that has sent its edit once more.
func (s *Seat) repeat(revision *storage.Revision) {
	if !s.lacks(revision.Rev) {
		s.reply(wire.AppendRevisions(nil, appendRevision(nil, revision, revision.Seat)))
	}
}

// reply queues an answer. A seat that asks without listening is closed.
func (s *Seat) reply(message []byte) {
	s.mu.Lock()
	full := len(s.replies) >= s.room.hub.limits.Replies
	if !full {
		s.replies = append(s.replies, message)
	}
	s.mu.Unlock()
	if full {
		s.dismiss(wire.CloseRateLimited)
		return
	}
	s.rouse()
}

// tellAccess says that the seat's rights have changed.
func (s *Seat) tellAccess(now authz.Standing, reason string, by author) {
	s.mu.Lock()
	s.access = accessMessage(now, reason, by)
	s.mu.Unlock()
	s.rouse()
}

// tellDocument says that the document's properties have changed.
func (s *Seat) tellDocument(message []byte) {
	s.mu.Lock()
	s.document = message
	s.mu.Unlock()
	s.rouse()
}

// remove takes a seat out of the room. What it had unanswered goes on; nobody hears of it but by asking again.
func (r *room) remove(s *Seat) {
	if _, here := r.seats[s]; !here {
		return
	}
	delete(r.seats, s)
	r.hub.meter.Seats.Add(-1)
	r.hub.people.rise(s)
	if box := r.outboxes[s.origin]; box != nil {
		if box.seat == s {
			box.seat = nil
		}
		if box.pending != nil && box.pending.seat == s {
			box.pending.seat = nil
		}
		r.tidy(s.origin)
	}
	if s.presence != nil {
		r.changeBoard(func(b *board) { b.leave(s.presence) })
	}
}
