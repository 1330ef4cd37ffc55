package room

import (
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
	"golang.org/x/time/rate"
)

// people are the users who are or lately were here: their rates, and their seats in all rooms.
type people struct {
	limits *Limits

	mu     sync.Mutex
	byUser map[id.User]*person // guarded by mu
}

// person is one of them.
type person struct {
	edits  *rate.Limiter
	writes *rate.Limiter
	seats  map[*Seat]struct{} // guarded by people.mu
}

func (p *people) init(limits *Limits) { p.limits, p.byUser = limits, map[id.User]*person{} }

// person returns a user's, made if need be. mu is held.
func (p *people) person(user id.User) *person {
	known := p.byUser[user]
	if known == nil {
		known = &person{
			edits:  rate.NewLimiter(rate.Limit(p.limits.UserEdits), p.limits.UserEditBurst),
			writes: rate.NewLimiter(rate.Limit(p.limits.UserWrites), p.limits.UserWriteBurst),
			seats:  map[*Seat]struct{}{},
		}
		p.byUser[user] = known
	}
	return known
}

// sit notes a seat, before it is checked and taken, so that no event about its user is missed.
func (p *people) sit(s *Seat) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.person(s.actor.User).seats[s] = struct{}{}
}

// rise forgets it.
func (p *people) rise(s *Seat) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if known := p.byUser[s.actor.User]; known != nil {
		delete(known.seats, s)
	}
}

// mayEdit takes one edit over a socket from the user's rate.
func (p *people) mayEdit(user id.User) bool {
	p.mu.Lock()
	edits := p.person(user).edits
	p.mu.Unlock()
	return edits.Allow()
}

// mayWrite takes n edits over HTTP from the user's rate: that of programs, or of people where the credential is not for bulk.
func (p *people) mayWrite(actor storage.Actor, n int) bool {
	p.mu.Lock()
	known := p.person(actor.User)
	p.mu.Unlock()
	if actor.Withheld.Has(authz.ScopeBulk) {
		return known.edits.AllowN(time.Now(), n)
	}
	return known.writes.AllowN(time.Now(), n)
}

// seatsOf returns the seats that belong to the user and match.
func (p *people) seatsOf(user id.User) (seats []*Seat) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if known := p.byUser[user]; known != nil {
		for s := range known.seats {
			seats = append(seats, s)
		}
	}
	return seats
}

// seatsBy returns the seats of those who came by a credential.
func (p *people) seatsBy(credential id.Credential) (seats []*Seat) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, known := range p.byUser {
		for s := range known.seats {
			if s.actor.Credential.ID == credential {
				seats = append(seats, s)
			}
		}
	}
	return seats
}

// fences are those of all seats, and users who left and have their whole rate again are forgotten.
func (p *people) fences() []storage.Fence {
	p.mu.Lock()
	defer p.mu.Unlock()
	here := map[storage.Fence]bool{}
	for user, known := range p.byUser {
		for s := range known.seats {
			here[fence(s.actor)] = true
		}
		if len(known.seats) == 0 && p.rested(known) {
			delete(p.byUser, user)
		}
	}
	return slices.Collect(maps.Keys(here))
}

func (p *people) rested(known *person) bool {
	return known.edits.Tokens() >= float64(p.limits.UserEditBurst) && known.writes.Tokens() >= float64(p.limits.UserWriteBurst)
}

// fence is what the actor's right hangs on besides the access list and a role's end.
func fence(actor storage.Actor) storage.Fence {
	return storage.Fence{User: actor.User, Credential: actor.Credential}
}
