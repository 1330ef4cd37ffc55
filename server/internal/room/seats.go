package room

import (
	"bytes"
	"slices"
	"time"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// Sitting is a seat as an administrator of the document sees it.
type Sitting struct {
	Seat  id.Seat
	Actor storage.Actor
	Role  authz.Role
	Since time.Time

	Follows bool // a Follower's
}

// Seats lists who has the document open on this node, the first to come first.
func (h *Hub) Seats(doc id.Doc) []Sitting {
	var list []Sitting
	for _, s := range h.people.seatsIn(doc) {
		if standing := s.standing.Load(); standing != nil && s.closed() == 0 {
			list = append(list, Sitting{Seat: s.id, Actor: s.actor, Role: standing.Role, Since: s.since, Follows: s.follows})
		}
	}
	slices.SortFunc(list, func(a, b Sitting) int {
		if order := a.Since.Compare(b.Since); order != 0 {
			return order
		}
		return bytes.Compare(a.Seat[:], b.Seat[:])
	})
	return list
}

// disconnect closes a seat, if it is here.
func (h *Hub) disconnect(doc id.Doc, seat id.Seat) {
	for _, s := range h.people.seatsIn(doc) {
		if s.id == seat {
			s.dismiss(wire.CloseDisconnected)
		}
	}
}

// seatsIn returns the seats of a document.
func (p *people) seatsIn(doc id.Doc) (seats []*Seat) {
	p.mu.Lock()
	var all []*Seat
	for _, known := range p.byUser {
		for s := range known.seats {
			all = append(all, s)
		}
	}
	p.mu.Unlock()
	for _, s := range all {
		if r := s.roomNow(); r != nil && r.doc == doc {
			seats = append(seats, s)
		}
	}
	return seats
}
