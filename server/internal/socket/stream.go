package socket

import (
	"net/netip"
	"time"

	"github.com/coscribe/coscribe/server/internal/meter"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage/id"
)

// Admit counts in a connection that is no WebSocket but lasts as one does: an event stream of somebody who has shown already who
// they are. It takes its place among the WebSockets, and leave, to be called once, gives that back. If there is none, refused says why:
// rate_limited or overloaded.
func (h *Handler) Admit(from netip.Addr, user id.User, doc id.Doc) (leave func(), refused wire.Code) {
	place, denied := h.admission.admit(from, user, doc, time.Now())
	switch denied {
	case nodeFull:
		refused = wire.CodeOverloaded
	case tooManyHere, tooFast:
		refused = wire.CodeRateLimited
	}
	if refused != "" {
		return nil, refused
	}
	h.Meter.Streams.Add(1)
	return func() {
		h.Meter.Streams.Add(-1)
		h.admission.leave(place)
	}, ""
}

// admit gives a place to a connection that needs no ticket.
func (a *admission) admit(addr netip.Addr, user id.User, doc id.Doc, now time.Time) (*place, denial) {
	from := meter.Network(addr)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.sweep(now)
	here := a.at(from)
	switch {
	case here.shut(now), a.offended(user, now):
		return nil, tooFast
	case here.open >= a.limits.PerAddress, a.users[user] >= a.limits.PerUser, a.documents[doc] >= a.limits.PerDocument:
		return nil, tooManyHere
	case a.open >= a.limits.PerNode:
		return nil, nodeFull
	}
	here.open++
	a.open++
	a.users[user]++
	a.documents[doc]++
	return &place{from: from, seated: true, user: user, doc: doc}, admitted
}
