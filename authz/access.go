package authz

// A Right is a grant as a decision sees it: this role to this principal until ExpiresAt, in microseconds since 1970,
// where 0 is for ever.
type Right struct {
	To        Principal
	Role      Role
	ExpiresAt int64
}

// expired: a right whose expiry is now is dead.
func (r *Right) expired(now int64) bool { return r.ExpiresAt != 0 && r.ExpiresAt <= now }

// gives tells whether the right has a role that a grant can carry. Any other gives nothing, whoever wrote it down.
func (r *Right) gives() bool { return r.Role.Grantable() }

func (r *Right) effective() Effective { return Effective{Role: r.Role, ValidUntil: r.ExpiresAt} }

// Effective is the highest role that live grants give, and until when it holds.
type Effective struct {
	Role Role

	// ValidUntil is the moment, in microseconds since 1970, at which Role ends unless the list changes first: the latest
	// expiry among the grants that give just this role. 0 is for ever. After it the list must be asked again, since a
	// lower grant may remain.
	ValidUntil int64
}

// outdoes tells whether a gives more than b, or the same for longer.
func (a Effective) outdoes(b Effective) bool {
	if a.Role != b.Role {
		return a.Role > b.Role
	}
	return b.ValidUntil != 0 && (a.ValidUntil == 0 || a.ValidUntil > b.ValidUntil)
}

// Decide returns who's effective role at the time now, in microseconds since 1970, under the owner and the grants of one
// document.
func Decide(owner [16]byte, rights []Right, who Who, now int64) Effective {
	switch {
	case who.Suspended:
		return Effective{}
	case owns(owner, who):
		return Effective{Role: Owner}
	}
	var best Effective
	h := who.hearer()
	for i := range rights {
		right := &rights[i]
		if right.effective().outdoes(best) && right.gives() && !right.expired(now) && h.hears(&right.To) {
			best = right.effective()
		}
	}
	return best
}

func owns(owner [16]byte, who Who) bool { return !who.anonymous() && who.User == owner }
