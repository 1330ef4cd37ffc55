package socket

import (
	"net/netip"
	"sync"
	"time"

	"github.com/coscribe/coscribe/server/internal/meter"
	"github.com/coscribe/coscribe/storage/id"
)

// admission counts connections, and says no to one too many. What it gave is given back by leave, all of it, so that the
// counts return to zero.
type admission struct {
	limits Limits

	mu        sync.Mutex // guards everything below
	open      int
	waiting   int // of open: without an accepted ticket
	addresses map[netip.Prefix]*address
	users     map[id.User]int
	documents map[id.Doc]int
	offenders map[id.User]*penalty
	swept     time.Time
}

// address is what is known of one place that connections come from.
type address struct {
	open, waiting int
	handshakes    bucket
	penalty       penalty
}

// place is what one connection holds.
type place struct {
	from   netip.Prefix
	seated bool
	user   id.User
	doc    id.Doc
}

// denial is why there is no place.
type denial int

const (
	admitted denial = iota
	tooManyHere
	tooFast
	nodeFull
)

func newAdmission(limits Limits) *admission {
	return &admission{
		limits:    limits,
		addresses: map[netip.Prefix]*address{},
		users:     map[id.User]int{},
		documents: map[id.Doc]int{},
		offenders: map[id.User]*penalty{},
	}
}

// enter gives a place to a connection that has no accepted ticket yet.
func (a *admission) enter(addr netip.Addr, now time.Time) (*place, denial) {
	from := meter.Network(addr)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.sweep(now)
	here := a.at(from)
	switch {
	case here.shut(now), !here.handshakes.take(1, a.limits.Handshakes, a.limits.HandshakeBurst, now):
		return nil, tooFast
	case here.open >= a.limits.PerAddress || here.waiting >= a.limits.WaitingPerAddress:
		return nil, tooManyHere
	case a.open >= a.limits.PerNode || a.waiting >= a.limits.WaitingPerNode:
		return nil, nodeFull
	}
	here.open++
	here.waiting++
	a.open++
	a.waiting++
	return &place{from: from}, admitted
}

// at is what is known of an address, made if need be. mu is held.
func (a *admission) at(from netip.Prefix) *address {
	here := a.addresses[from]
	if here == nil {
		here = &address{}
		a.addresses[from] = here
	}
	return here
}

// seat moves the place to those with an accepted ticket, unless the user or the document has too many, or the user was closed for
// abuse just now.
func (a *admission) seat(p *place, user id.User, doc id.Doc, now time.Time) denial {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case a.offended(user, now):
		return tooFast
	case a.users[user] >= a.limits.PerUser || a.documents[doc] >= a.limits.PerDocument:
		return tooManyHere
	}
	a.users[user]++
	a.documents[doc]++
	a.waiting--
	a.addresses[p.from].waiting--
	p.seated, p.user, p.doc = true, user, doc
	return admitted
}

// leave gives a place back. It is called once for each.
func (a *admission) leave(p *place) {
	a.mu.Lock()
	defer a.mu.Unlock()
	here := a.addresses[p.from]
	here.open--
	a.open--
	if !p.seated {
		here.waiting--
		a.waiting--
		return
	}
	lower(a.users, p.user)
	lower(a.documents, p.doc)
}

// sweep forgets addresses that have no connection, whose bucket has filled up again, and penalties.
func (a *admission) sweep(now time.Time) {
	fill := time.Second + time.Second*time.Duration(a.limits.HandshakeBurst/max(1, a.limits.Handshakes))
	if now.Sub(a.swept) < fill {
		return
	}
	a.swept = now
	for from, here := range a.addresses {
		if here.open == 0 && now.Sub(here.handshakes.at) >= fill && here.penalty.forgotten(&a.limits, now) {
			delete(a.addresses, from)
		}
	}
	for user, offender := range a.offenders {
		if offender.forgotten(&a.limits, now) {
			delete(a.offenders, user)
		}
	}
}

func lower[Key comparable](counts map[Key]int, key Key) {
	if counts[key]--; counts[key] <= 0 {
		delete(counts, key)
	}
}
