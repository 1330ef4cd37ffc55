package account

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

// People lists the instance's users to those who look after it, the newest first. ErrNotAllowed.
func (s *Service) People(ctx context.Context, actor storage.Actor, filter storage.UserFilter, page storage.UserPage) ([]storage.User, error) {
	if !actor.Standing().May(authz.ManageAccounts) {
		return nil, s.denied(ctx, actor, authz.ManageAccounts)
	}
	users, err := s.store.ListUsers(ctx, filter, page)
	if err != nil {
		return nil, fmt.Errorf("list users: %w", err)
	}
	return users, nil
}

// Suspend keeps a user out: their sessions end, their tokens sleep, and what they hold open is closed. Whoever is suspended
// already stays so. ErrNotAllowed, storage.ErrNoUser, storage.ErrLastAdmin.
func (s *Service) Suspend(ctx context.Context, actor storage.Actor, user id.User) error {
	now := storage.At(time.Now())
	return s.keepOut(ctx, actor, user, "suspend a user", func() error { return s.store.SuspendUser(ctx, user, now, by(actor)) })
}

// Reinstate ends a suspension. The user signs in again; their tokens wake. ErrNotAllowed, storage.ErrNoUser.
func (s *Service) Reinstate(ctx context.Context, actor storage.Actor, user id.User) error {
	return s.keepOut(ctx, actor, user, "reinstate a user", func() error { return s.store.ReinstateUser(ctx, user, by(actor)) })
}

func (s *Service) keepOut(ctx context.Context, actor storage.Actor, user id.User, doing string, change func() error) error {
	if !actor.Standing().May(authz.SuspendUser) {
		return s.denied(ctx, actor, authz.SuspendUser)
	}
	err := change()
	if errors.Is(err, storage.ErrUnknown) {
		err = change() // the same call has its effect once
	}
	if err == nil || errors.Is(err, storage.ErrUnknown) {
		s.bus.Publish(bus.UserChanged{User: user}) // who hears it looks
	}
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return nil
}
