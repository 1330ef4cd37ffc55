package document

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/server/internal/bus"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// Grants is a document's access list, with the people in it.
type Grants struct {
	Version int64
	Owner   id.User
	Items   []storage.Grant // live and expired
	People  map[id.User]storage.User
}

// Grants returns the access list.
func (s *Service) Grants(ctx context.Context, actor storage.Actor, doc id.Doc) (Grants, error) {
	by, err := s.decideAt(ctx, actor, doc, authz.ListAccess, storage.At(time.Now()))
	if err != nil {
		return Grants{}, fmt.Errorf("list access: %w", err)
	}
	ids := []id.User{by.Owner}
	for _, grant := range by.grants {
		if grant.To.Kind == authz.ToUser {
			ids = append(ids, grant.To.ID)
		}
	}
	users, err := s.store.Users(ctx, ids)
	if err != nil {
		return Grants{}, fmt.Errorf("list access: %w", err)
	}
	people := make(map[id.User]storage.User, len(users))
	for _, user := range users {
		people[user.ID] = user
	}
	return Grants{Version: by.AccessVersion, Owner: by.Owner, Items: by.grants, People: people}, nil
}

// AnyVersion lets a change of the access list apply to whatever it has become.
const AnyVersion int64 = 0

// ErrChanged is the refusal of a change that was meant for an older version of the access list.
var ErrChanged = errors.New("the access list has changed since it was read")

// Grant gives right, in place of what its principal was granted before, and returns the list's new version. Nobody gives
// more than they have, nor changes a grant of more than they have: *Forbidden. ErrOwner, ErrPast, storage.ErrNoUser.
func (s *Service) Grant(ctx context.Context, actor storage.Actor, doc id.Doc, right authz.Right) (version int64, err error) {
	return s.GrantAt(ctx, actor, doc, AnyVersion, right)
}

// GrantAt is Grant if the access list is still of that version, else ErrChanged.
func (s *Service) GrantAt(ctx context.Context, actor storage.Actor, doc id.Doc, only int64, right authz.Right) (version int64, err error) {
	err = s.change(ctx, actor, doc, authz.Grant, func(by decision) error {
		if err := by.mayDeal(authz.Grant, only, right.To, right.Role); err != nil {
			return err
		}
		if right.ExpiresAt != 0 && right.ExpiresAt <= int64(by.now) {
			return ErrPast
		}
		grant := storage.Grant{Right: right, GrantedBy: actor.User, GrantedAt: by.now}
		version, err = s.store.PutGrant(ctx, doc, grant, by.guard)
		return err
	})
	if mayStand(err) {
		s.bus.Publish(bus.AccessChanged{Doc: doc, By: actor.User})
	}
	if err != nil {
		return 0, fmt.Errorf("grant: %w", err)
	}
	return version, nil
}

// Revoke takes a principal's grant away and returns the list's new version. storage.ErrNoGrant, ErrOwner, and *Forbidden for
// a grant of more than the actor has.
func (s *Service) Revoke(ctx context.Context, actor storage.Actor, doc id.Doc, to authz.Principal) (version int64, err error) {
	return s.RevokeAt(ctx, actor, doc, AnyVersion, to)
}

// RevokeAt is Revoke if the access list is still of that version, else ErrChanged.
func (s *Service) RevokeAt(ctx context.Context, actor storage.Actor, doc id.Doc, only int64, to authz.Principal) (version int64, err error) {
	err = s.change(ctx, actor, doc, authz.Revoke, func(by decision) error {
		if err := by.mayDeal(authz.Revoke, only, to, authz.Viewer); err != nil {
			return err
		}
		version, err = s.store.DropGrant(ctx, doc, to, by.guard)
		return err
	})
	if mayStand(err) {
		s.bus.Publish(bus.AccessChanged{Doc: doc, By: actor.User})
	}
	if err != nil {
		return 0, fmt.Errorf("revoke: %w", err)
	}
	return version, nil
}

// mayDeal tells whether the one who decided may set to's grant, whatever it is now, to role.
func (d decision) mayDeal(command authz.Command, only int64, to authz.Principal, role authz.Role) error {
	if only != AnyVersion && only != d.AccessVersion {
		return ErrChanged
	}
	if to.Kind == authz.ToUser && to.ID == d.Owner {
		return ErrOwner
	}
	for _, grant := range d.grants {
		if grant.To == to {
			role = max(role, grant.Role)
		}
	}
	if !d.Standing.MayGrant(role) {
		return &Forbidden{Command: command, Role: d.Standing.Role, Needed: role}
	}
	return nil
}
