package storage

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/storage/id"
)

// Policy is what holds for the whole instance. It is applied when something is granted, made or entered: what was there before
// stays, and Excess counts it.
type Policy struct {
	Version       int64      // changes with every change, from 1
	LinkRole      authz.Role // the highest that a grant to a link or to anyone may carry
	Anonymous     bool       // whether anybody comes in without an account, by a link or to what is granted to anyone
	ExpiryDays    int64      // within how many days a grant ends that is not to a user or a group; 0: it need not
	AdminsCreate  bool       // only administrators of the instance create documents
	SignUpDomains []string   // the domains whose addresses may have an account, lower case; none: all may
}

// Limits of a policy.
const (
	MaxExpiryDays     = 3650
	MaxSignUpDomains  = 100
	MaxSignUpDomBytes = 253 // of one domain
)

// Refusals that are about the policy.
var (
	ErrPolicyMoved = errors.New("the policy has changed")
	ErrNoGuests    = errors.New("nobody comes in without an account")
)

// Admits tells whether an address may have an account.
func (p Policy) Admits(address string) bool {
	if len(p.SignUpDomains) == 0 {
		return true
	}
	_, domain, ok := strings.Cut(strings.ToLower(address), "@")
	return ok && slices.Contains(p.SignUpDomains, domain)
}

// Excess counts what live grants in documents that are not deleted give beyond a policy.
type Excess struct {
	Links     int64 // to links and to anyone, of a higher role
	Public    int64 // to anyone, where nobody comes in without an account
	Lasting   int64 // that ought to end and do not, or later than they may
	Addresses int64 // accounts, not suspended, whose addresses may not have one
}

// Policies is what is kept of the instance's policy.
type Policies interface {
	// Policy returns it.
	Policy(ctx context.Context) (Policy, error)

	// SetPolicy replaces the policy of policy.Version, and returns it with its new version: ErrPolicyMoved, *FenceError also
	// where the one who sets it is not an administrator of the instance.
	//
	// From the moment of a policy without Anonymous on no guest comes in: ErrNoGuests. The sessions of those who are in are ended
	// after it, as EndGuests does, and the guests returned; where that fails, the same call, or the next Expire, goes on with it.
	SetPolicy(ctx context.Context, policy Policy, now Micros, by By) (Policy, []id.User, error)

	// Excess counts what exceeds a policy at now, whether it is in force or not.
	Excess(ctx context.Context, policy Policy, now Micros) (Excess, error)
}
