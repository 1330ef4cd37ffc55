package document

import (
	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/storage"
)

// RuleOwnEnd is the refusal to give what outlasts the giver's own role.
const RuleOwnEnd = "What you give ends with your own role at the latest."

// lasting returns when a grant of role to that principal will end, which was asked to end at asked and by the policy ends at end.
// Nobody gives for longer than they have it: one whose own role has an end would else make it last for ever, by a grant to
// themselves. What the principal has already may stay, and whoever administers the instance acts by a power that has no end.
func (d *decision) lasting(to authz.Principal, role authz.Role, asked, end storage.Micros) (storage.Micros, error) {
	own := d.ValidUntil
	if own == 0 || d.Standing.InstanceAdmin || ends(end) <= ends(own) {
		return end, nil
	}
	had := d.grantOf(to)
	switch {
	case had != nil && had.Role >= role && d.live(had) && ends(end) <= ends(storage.Micros(had.ExpiresAt)):
		return end, nil
	case asked == 0:
		return own, nil
	}
	return 0, &PolicyError{RuleOwnEnd}
}

// live tells whether a grant has not expired yet.
func (d *decision) live(grant *storage.Grant) bool {
	return grant.ExpiresAt == 0 || grant.ExpiresAt > int64(d.now)
}

// ends makes moments comparable of which 0 is never.
func ends(at storage.Micros) uint64 { return uint64(at) - 1 }

// reasoned is nil unless a role is given, to whomever, that the giver does not have: by their power over the instance, which takes
// a reason. They could give it to everyone, to a group or a link of theirs, or to an account that is theirs as well.
func (d *decision) reasoned(actor storage.Actor, role authz.Role) error {
	if role > d.Standing.Role && !actor.Note.Reasoned() {
		return ErrReason
	}
	return nil
}
