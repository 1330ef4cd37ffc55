package socket

import (
	"net/netip"
	"time"

	"github.com/coscribe/coscribe/server/internal/meter"
	"github.com/coscribe/coscribe/storage/id"
)

// penalty is what somebody has to bear who was closed for abuse: for a while they do not come in again, and for twice as long the
// next time. It is forgotten when nothing more came of it for as long as it could have been.
type penalty struct {
	times int
	until time.Time // when they may come in again
}

// mostOffenders bounds how many addresses, and users, penalties are kept for. Who is beyond bears none.
const mostOffenders = 10_000

// add makes it harder.
func (p *penalty) add(limits *Limits, now time.Time) {
	if p.forgotten(limits, now) {
		p.times = 0
	}
	const doubled = 12 // at most
	p.until = now.Add(min(limits.PenaltyMost, limits.Penalty<<min(p.times, doubled)))
	p.times++
}

func (p *penalty) holds(now time.Time) bool { return now.Before(p.until) }

func (p *penalty) forgotten(limits *Limits, now time.Time) bool {
	return p.times == 0 || now.Sub(p.until) >= limits.PenaltyMost
}

// offend notes that a connection was closed for abuse. A user who was seated bears it; the address does in any case.
func (a *admission) offend(p *place, now time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if p.seated {
		offender := a.offenders[p.user]
		if offender == nil && len(a.offenders) < mostOffenders {
			offender = &penalty{}
			a.offenders[p.user] = offender
		}
		if offender != nil {
			offender.add(&a.limits, now)
		}
	}
	if len(a.addresses) < a.limits.PerNode+mostOffenders {
		a.addresses[p.from].penalty.add(&a.limits, now)
	}
}

// shut tells whether nobody comes in from an address for now: somebody there was closed for abuse, and nobody sits in a document. Where
// somebody does, others are behind the same address, who shall not pay for it; there the limits of handshakes hold.
func (a *admission) shut(addr netip.Addr, now time.Time) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	here := a.addresses[meter.Network(addr)]
	return here != nil && here.shut(now)
}

func (a *address) shut(now time.Time) bool { return a.penalty.holds(now) && a.open == a.waiting }

// offended tells whether a user bears a penalty. mu is held.
func (a *admission) offended(user id.User, now time.Time) bool {
	offender := a.offenders[user]
	return offender != nil && offender.holds(now)
}

// Shut tells whether connections from an address can be ended before a byte of theirs was read.
func (h *Handler) Shut(addr netip.Addr) bool { return h.admission.shut(addr, time.Now()) }
