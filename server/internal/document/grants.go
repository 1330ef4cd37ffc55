package document

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// Grants is a document's access list, with those whom it names.
type Grants struct {
	Version int64
	Owner   id.User
	Items   []storage.Grant // live and expired
	Named
}

// Grants returns the access list.
func (s *Service) Grants(ctx context.Context, actor storage.Actor, doc id.Doc) (Grants, error) {
	by, err := s.decideAt(ctx, actor, doc, authz.ListAccess, storage.At(time.Now()))
	if err != nil {
		return Grants{}, fmt.Errorf("list access: %w", err)
	}
	named, err := s.name(ctx, by.access.Grants, by.Owner)
	if err != nil {
		return Grants{}, fmt.Errorf("list access: %w", err)
	}
	named.hide(actor, by.access.Grants)
	return Grants{Version: by.AccessVersion, Owner: by.Owner, Items: by.access.Grants, Named: named}, nil
}

// AnyVersion lets a change of the access list apply to whatever it has become.
const AnyVersion int64 = 0

// ErrChanged is the refusal of a change that was meant for an older version of the access list.
var ErrChanged = errors.New("the access list has changed since it was read")

// Grant gives right, in place of what its principal was granted before, and returns the list's new version. Nobody gives
// more than they have, nor changes a grant of more than they have: *Forbidden. ErrOwner, ErrPast, a *PolicyError, ErrReason, and
// storage.ErrNoUser, ErrNoGroup and ErrNoLink.
func (s *Service) Grant(ctx context.Context, actor storage.Actor, doc id.Doc, right authz.Right) (version int64, err error) {
	return s.GrantAt(ctx, actor, doc, AnyVersion, right)
}

// GrantAt is Grant if the access list is still of that version, else ErrChanged.
func (s *Service) GrantAt(ctx context.Context, actor storage.Actor, doc id.Doc, only int64, right authz.Right) (version int64, err error) {
	version, _, err = s.GrantTo(ctx, actor, doc, only, To{Principal: right.To}, right.Role, storage.Micros(right.ExpiresAt))
	return version, err
}

// To is whom a grant is to speak to. An address is the user's who has proven to have it, and else waits for one who will.
type To struct {
	authz.Principal
	Address string // only where the kind is ToAddress
}

// GrantTo is GrantAt for addresses as well. It returns the grant that was made: to the user, where somebody has the address,
// and with an end, where the policy asks for one.
func (s *Service) GrantTo(ctx context.Context, actor storage.Actor, doc id.Doc, only int64, to To, role authz.Role, expires storage.Micros) (
	version int64, grant storage.Grant, err error,
) {
	err = s.change(ctx, actor, doc, authz.Grant, func(by decision) error {
		version, grant, err = s.grant(ctx, actor, by, only, to, role, expires)
		return err
	})
	s.tell(actor, err, doc)
	if err != nil {
		return 0, storage.Grant{}, fmt.Errorf("grant: %w", err)
	}
	return version, grant, nil
}

// grant makes a grant by a decision to let the actor make grants.
func (s *Service) grant(ctx context.Context, actor storage.Actor, by decision, only int64, to To, role authz.Role, expires storage.Micros) (
	version int64, grant storage.Grant, err error,
) {
	for range decisions {
		if grant, err = s.granting(ctx, actor, by, only, to, role, expires); err != nil {
			return 0, grant, err
		}
		version, err = s.store.PutGrant(ctx, by.ID, grant, by.guard)
		if !errors.Is(err, storage.ErrEmailTaken) {
			break // else somebody has just signed up with the address
		}
	}
	return version, grant, err
}

// granting is the grant that would be made, if it may be.
func (s *Service) granting(ctx context.Context, actor storage.Actor, by decision, only int64, to To, role authz.Role, expires storage.Micros) (storage.Grant, error) {
	grant := storage.Grant{GrantedBy: actor.User, GrantedAt: by.now}
	var err error
	if grant.To, grant.Address, err = s.resolve(ctx, to); err != nil {
		return grant, err
	}
	if had := by.grantOf(grant.To); had != nil && grant.Address == "" {
		grant.Address = had.Address
	}
	if err := by.mayDeal(authz.Grant, only, grant.To, role); err != nil {
		return grant, err
	}
	if err := by.reasoned(actor, role); err != nil {
		return grant, err
	}
	grant.Role = role
	end, err := s.limited(ctx, grant.Right, by.unlessSaid(expires, grant.To), by.now)
	if err == nil {
		end, err = by.lasting(grant.To, role, expires, end)
	}
	grant.ExpiresAt = int64(end)
	return grant, err
}

// resolve finds whose an address is. What somebody only says of themselves, where anybody may make an account, changes nothing.
func (s *Service) resolve(ctx context.Context, to To) (authz.Principal, string, error) {
	if to.Kind != authz.ToAddress {
		return to.Principal, "", nil
	}
	address := strings.ToLower(strings.TrimSpace(to.Address))
	user, err := s.store.UserByEmail(ctx, address)
	switch {
	case errors.Is(err, storage.ErrNoUser), err == nil && !user.Proven:
		return storage.ToAddress(address), address, nil
	case err != nil:
		return authz.Principal{}, "", err
	}
	return authz.Principal{Kind: authz.ToUser, ID: user.ID}, address, nil
}

// Revoke takes a principal's grant away and returns the list's new version. storage.ErrNoGrant, ErrOwner, and *Forbidden for
// a grant of more than the actor has.
func (s *Service) Revoke(ctx context.Context, actor storage.Actor, doc id.Doc, to authz.Principal) (version int64, err error) {
	return s.RevokeAt(ctx, actor, doc, AnyVersion, to)
}

// RevokeAt is Revoke if the access list is still of that version, else ErrChanged.
func (s *Service) RevokeAt(ctx context.Context, actor storage.Actor, doc id.Doc, only int64, to authz.Principal) (version int64, err error) {
	return s.RevokeFrom(ctx, actor, doc, only, To{Principal: to})
}

// RevokeFrom is RevokeAt for addresses as well: the grant to the address is meant, or else that to the user who has it.
func (s *Service) RevokeFrom(ctx context.Context, actor storage.Actor, doc id.Doc, only int64, from To) (version int64, err error) {
	err = s.change(ctx, actor, doc, authz.Revoke, func(by decision) error {
		to, err := s.revoking(ctx, by, only, from)
		if err != nil {
			return err
		}
		version, err = s.store.DropGrant(ctx, doc, to, by.guard)
		return err
	})
	s.tell(actor, err, doc)
	if err != nil {
		return 0, fmt.Errorf("revoke: %w", err)
	}
	return version, nil
}

// revoking is whose grant would be taken away, if it may be.
func (s *Service) revoking(ctx context.Context, by decision, only int64, from To) (authz.Principal, error) {
	to := from.Principal
	if to.Kind == authz.ToAddress {
		to = storage.ToAddress(strings.TrimSpace(from.Address))
		if by.grantOf(to) == nil {
			var err error
			if to, _, err = s.resolve(ctx, from); err != nil {
				return to, err
			}
		}
	}
	return to, by.mayDeal(authz.Revoke, only, to, authz.Viewer)
}

// grantOf is the principal's grant, live or expired, or nil.
func (d *decision) grantOf(to authz.Principal) *storage.Grant {
	for i := range d.access.Grants {
		if d.access.Grants[i].To == to {
			return &d.access.Grants[i]
		}
	}
	return nil
}

// mayDeal tells whether the one who decided may set to's grant, whatever it is now, to role.
func (d *decision) mayDeal(command authz.Command, only int64, to authz.Principal, role authz.Role) error {
	if only != AnyVersion && only != d.AccessVersion {
		return ErrChanged
	}
	if to.Kind == authz.ToUser && to.ID == d.Owner {
		return ErrOwner
	}
	if grant := d.grantOf(to); grant != nil {
		role = max(role, grant.Role)
	}
	if !d.Standing.MayGrant(role) {
		return &Forbidden{Command: command, Role: d.Standing.Role, Needed: role}
	}
	return nil
}
