package document

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/server/internal/bus"
	"github.com/coscribe/coscribe/storage"
)

// PolicyError is the refusal of what the instance's policy does not let anybody do.
type PolicyError struct{ Rule string }

// Error names the rule.
func (e *PolicyError) Error() string { return "the policy forbids it: " + e.Rule }

// The rules, as people read them.
const (
	RuleLinkRole  = "Links, and what anyone may open, carry a lower role here at most."
	RuleAnonymous = "Nobody comes in here without an account."
	RuleExpiry    = "A grant like this ends earlier here."
)

// ErrReason is the refusal of what takes a reason, which then stands in the audit.
var ErrReason = errors.New("this takes a reason")

// LinkLasts is when a link ends of which nobody says when.
const LinkLasts = 30 * 24 * time.Hour

// Never is the end of what has none, where saying nothing means another.
const Never storage.Micros = -1

// limited holds a grant against the policy and against the clock, and returns when it will end: no later than the policy wants.
func (s *Service) limited(ctx context.Context, right authz.Right, expires, now storage.Micros) (storage.Micros, error) {
	if expires > 0 && expires <= now {
		return 0, ErrPast
	}
	usual := storage.Micros(0)
	if right.To.Kind == authz.ToLink {
		usual = now + storage.Micros(LinkLasts.Microseconds())
	}
	policy, err := s.store.Policy(ctx)
	if err != nil {
		return 0, err
	}
	kind := right.To.Kind
	switch public := kind == authz.ToLink || kind == authz.ToAnyone; {
	case public && right.Role > policy.LinkRole:
		return 0, &PolicyError{RuleLinkRole}
	case kind == authz.ToAnyone && !policy.Anonymous:
		return 0, &PolicyError{RuleAnonymous}
	case policy.ExpiryDays == 0 || kind == authz.ToGroup || kind == authz.ToEveryone:
		return endAt(expires, usual), nil
	case kind == authz.ToUser:
		if user, err := s.store.User(ctx, right.To.ID); err != nil || !user.Guest {
			return endAt(expires, usual), err
		}
	}
	switch latest := now + days(policy.ExpiryDays); {
	case expires == 0 && usual != 0:
		return min(usual, latest), nil
	case expires == 0:
		return latest, nil
	case expires == Never || expires > latest:
		return 0, &PolicyError{RuleExpiry}
	}
	return expires, nil
}

// endAt is the end of a grant that was asked to end so, where nothing forces one upon it.
func endAt(asked, usual storage.Micros) storage.Micros {
	switch asked {
	case 0:
		return usual
	case Never:
		return 0
	}
	return asked
}

// unlessSaid is when the principal's grant is asked to end: a link of which nothing is said goes on as it is.
func (d *decision) unlessSaid(asked storage.Micros, to authz.Principal) storage.Micros {
	had := d.grantOf(to)
	switch {
	case asked != 0 || to.Kind != authz.ToLink || had == nil || !d.live(had):
		return asked
	case had.ExpiresAt == 0:
		return Never
	}
	return storage.Micros(had.ExpiresAt)
}

// exceeds tells whether a live grant gives what the policy would not let anybody give now.
func exceeds(policy storage.Policy, grant *storage.Grant, guest bool) bool {
	public := grant.To.Kind == authz.ToLink || grant.To.Kind == authz.ToAnyone
	ends := public || grant.To.Kind == authz.ToAddress || guest
	longest := days(policy.ExpiryDays)
	return public && grant.Role > policy.LinkRole ||
		grant.To.Kind == authz.ToAnyone && !policy.Anonymous ||
		policy.ExpiryDays > 0 && ends && (grant.ExpiresAt == 0 || storage.Micros(grant.ExpiresAt) > grant.GrantedAt+longest)
}

// Policy returns the instance's policy.
func (s *Service) Policy(ctx context.Context, actor storage.Actor) (storage.Policy, error) {
	if err := s.permit(ctx, actor, authz.SeePolicy); err != nil {
		return storage.Policy{}, err
	}
	return s.store.Policy(ctx)
}

// SetPolicy replaces the policy of policy.Version, and returns the new one. storage.ErrPolicyMoved.
func (s *Service) SetPolicy(ctx context.Context, actor storage.Actor, policy storage.Policy) (set storage.Policy, err error) {
	if err := s.permit(ctx, actor, authz.SetPolicy); err != nil {
		return storage.Policy{}, err
	}
	now := storage.At(time.Now())
	err = settle(func() error {
		next, guests, err := s.store.SetPolicy(ctx, policy, now, by(actor))
		for _, guest := range guests {
			s.bus.Publish(bus.UserChanged{User: guest})
		}
		set = next
		return err
	})
	if err != nil {
		return storage.Policy{}, fmt.Errorf("set the policy: %w", err)
	}
	return set, nil
}

// Excess counts what exceeds a policy, whether it is in force or not.
func (s *Service) Excess(ctx context.Context, actor storage.Actor, policy storage.Policy) (storage.Excess, error) {
	if err := s.permit(ctx, actor, authz.SetPolicy); err != nil {
		return storage.Excess{}, err
	}
	return s.store.Excess(ctx, policy, storage.At(time.Now()))
}

func days(n int64) storage.Micros {
	return storage.Micros((time.Duration(n) * 24 * time.Hour).Microseconds())
}
