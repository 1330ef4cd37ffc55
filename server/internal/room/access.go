package room

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// The words that tell a seat why its rights changed.
const (
	reasonGranted  = "granted"
	reasonRevoked  = "revoked"
	reasonExpired  = "expired"
	reasonDocument = "document"
)

// reconsider decides every seat's standing anew, tells those whose rights changed, and closes those that may not be here
// any more before anything else is shown to them.
func (r *room) reconsider(expired string, by author) {
	r.until = 0
	for s := range r.seats {
		if !r.knows(s.actor.User) {
			// They came while the list was read. What they see may go on for as long as reading it again takes; what they write waits.
			r.need(lack{access: true})
			continue
		}
		was := *s.standing.Load()
		now := r.decide(s)
		switch {
		case !now.May(s.right):
			r.remove(s)
			s.close(wire.CloseAccessRevoked)
		case was.May(authz.ReadHistory) && !now.May(authz.ReadHistory) && s.catchingUp():
			r.remove(s) // what it was still to get is history: it comes back to the content as it is
			s.close(wire.CloseResync)
		case s.follows:
		case now == was:
			if s.unsigned != "" && by != (author{}) {
				r.tellAccess(s, now, s.unsigned, by)
			}
		case now.Role < was.Role:
			r.tellAccess(s, now, cmp.Or(expired, reasonRevoked), by)
		case now.Role > was.Role:
			r.tellAccess(s, now, reasonGranted, by)
		default:
			r.tellAccess(s, now, reasonDocument, by)
		}
	}
}

// tellAccess says that a seat's rights have changed. An Append that is refused may find the new access list before the room hears
// who changed it: then that is told when it is known.
func (r *room) tellAccess(s *Seat, now authz.Standing, reason string, by author) {
	s.unsigned = ""
	if by == (author{}) && reason != reasonExpired {
		s.unsigned = reason
	}
	s.tellAccess(now, reason, by)
}

// decide computes a seat's standing, and remembers when it ends.
func (r *room) decide(s *Seat) authz.Standing {
	effective, _ := r.effective(s.actor)
	if end := storage.Micros(effective.ValidUntil); end != 0 && (r.until == 0 || end < r.until) {
		r.until = end
	}
	now := r.access.Document.Standing(s.actor, effective.Role)
	s.standing.Store(&now)
	return now
}

// adopt takes over an access list that was read from the database with the memberships of those users, after somebody changed it.
func (r *room) adopt(access storage.Access, users []id.User, by author) {
	was := r.access.Document
	if access.Document.AccessVersion < was.AccessVersion {
		return // read before the one that stands
	}
	if access.Document.Epoch != was.Epoch {
		r.end(refusal(wire.CodeResync), wire.CloseResync)
		return
	}
	if access.Document.AccessVersion > was.AccessVersion {
		for s := range r.seats {
			s.unsigned = "" // who is named from now on has made another change
		}
	}
	now := storage.At(time.Now())
	opened := access.Public(now) != r.access.Public(now)
	r.know(access, users)
	r.access, r.access.Members = access, nil
	r.version.Store(access.Document.AccessVersion)
	r.reconsider("", by)
	if is := access.Document; is.Title != was.Title || is.Locked != was.Locked || opened { // to whom it is open, a page asks for
		message := documentMessage(is)
		for s := range r.seats {
			if !s.follows {
				s.tellDocument(message)
			}
		}
	}
}

// deleted ends the room of a document that is no more.
func (r *room) deleted() { r.end(refusal(wire.CodeNotFound), wire.CloseNoDocument) }

// nudge says that the access list or the document's properties may have changed.
func (r *room) nudge() {
	if r.nudged.CompareAndSwap(false, true) && !r.post(nudged{}) {
		r.nudged.Store(false)
	}
}

type nudged struct{}

func (nudged) drop(*Refusal) {}

func (nudged) do(r *room) {
	r.nudged.Store(false) // before the list is read: what changes from now on nudges again
	r.need(lack{access: true})
}

// overruled asks the database about a refusal for want of a right, since a room's list may be older than a grant that has
// been made. If the right is there the room is told, and the same may be asked again. Whoever is refused because a document
// is not theirs to see has thereby made the query that is made for one that does not exist.
func (h *Hub) overruled(ctx context.Context, doc id.Doc, actor storage.Actor, why *Refusal) bool {
	command := authz.Edit
	switch why.Code {
	case wire.CodeNotFound:
		command = authz.Open
	case wire.CodeForbidden:
	default:
		return false
	}
	access, err := h.store.Access(ctx, doc, actor.User)
	if err != nil || !standing(access, actor, storage.At(time.Now())).May(command) {
		return false
	}
	if r, err := h.find(doc, false); r != nil && err == nil {
		r.post(&news{access, actor.User})
	}
	return true
}

// news is an access list that somebody has read, with their own memberships.
type news struct {
	access storage.Access
	reader id.User
}

func (*news) drop(*Refusal) {}

func (e *news) do(r *room) {
	switch is, read := r.access.Document.AccessVersion, e.access.Document.AccessVersion; {
	case read > is:
		r.adopt(e.access, []id.User{e.reader}, author{})
	case read == is && r.know(e.access, []id.User{e.reader}):
		r.reconsider("", author{})
	}
}

// recheck has somebody's credential looked at, after an event about it.
type recheck struct{ fence storage.Fence }

func (recheck) drop(*Refusal) {}

func (e recheck) do(r *room) { r.need(lack{fences: []storage.Fence{e.fence}}) }

// signedOut closes every seat of those for whom a fence no longer holds, and refuses their edits that wait.
func (r *room) signedOut(ended storage.Fence) {
	r.waiting = slices.DeleteFunc(r.waiting, func(p *pending) bool {
		theirs := fence(p.actor) == ended
		if theirs {
			r.refuse(p, refusal(wire.CodeNotSignedIn))
		}
		return theirs
	})
	for s := range r.seats {
		if fence(s.actor) == ended {
			r.remove(s)
			s.close(wire.CloseSignedOut)
		}
	}
}

// wake has every seat pull again, when what was withheld may be shown.
type wake struct{}

func (wake) drop(*Refusal) {}

func (wake) do(r *room) { r.wakeAll() }

func (r *room) wakeAll() {
	for s := range r.seats {
		s.rouse()
	}
}

// drain has a room finish what it has begun, and end.
type drain struct{}

func (drain) drop(*Refusal) {}

func (drain) do(r *room) { r.draining = true }

// giveUp ends a room that could not finish in time. The database decides what became of the edits on their way: their
// authors were told nothing, and will ask.
type giveUp struct{}

func (giveUp) drop(*Refusal) {}

func (giveUp) do(r *room) { r.end(refusal(wire.CodeDraining), wire.CloseDraining) }
