package account

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/server/internal/bus"
	"github.com/coscribe/coscribe/storage"
)

// SignIn returns the user of that address and password. ErrBadLogin says the same of an unknown address, a wrong password
// and a suspended user, after the same time; *TooManyTries after a few wrong ones, and after many right ones, since each costs
// as much.
func (s *Service) SignIn(ctx context.Context, email, password string, visit Visit) (storage.User, error) {
	email = Address(email)
	user, err := s.store.UserByEmail(ctx, email)
	if err != nil && !errors.Is(err, storage.ErrNoUser) {
		return storage.User{}, err
	}
	names := []string{"account:" + email, "place:" + place(visit.From)}
	err = s.guess(ctx, s.signInLimits(email, user, visit), names, func() (right bool, err error) {
		right, err = s.matches(ctx, password, user.PasswordHash) // of an unknown user: empty
		return right && user.SuspendedAt == 0, err
	})
	if err != nil {
		s.failed(err, user.ID, visit.From)
		return storage.User{}, err
	}
	return user, nil
}

// ChangePassword replaces the actor's password and ends their other login sessions. Their tokens stay, since
// programs do not know it: each is revoked by itself. It takes a login session, not a token.
// ErrBadLogin if current is wrong, ErrGuessable if next is among the first to be tried. It returns the user as they are then.
func (s *Service) ChangePassword(ctx context.Context, actor storage.Actor, current, next string) (storage.User, error) {
	if actor.Credential.Kind != storage.BySession || !actor.Standing().May(authz.ManageOwnAccount) {
		return storage.User{}, s.denied(ctx, actor, authz.ManageOwnAccount)
	}
	user, err := s.store.User(ctx, actor.User)
	if err != nil {
		return storage.User{}, err
	}
	limits := []storage.Limit{limit(byOwner, user.ID.String(), s.config.TriesPerMinute, time.Minute)}
	err = s.guess(ctx, limits, []string{"owner:" + user.ID.String()}, func() (bool, error) {
		return s.matches(ctx, current, user.PasswordHash)
	})
	if err != nil {
		return storage.User{}, err
	}
	if s.guessable(next, user.Name, user.Email) {
		return storage.User{}, ErrGuessable
	}
	hash, err := s.hash(ctx, next)
	if err != nil {
		return storage.User{}, err
	}
	if err := s.store.SetPassword(ctx, user.ID, hash, by(actor), storage.At(time.Now())); err != nil {
		return storage.User{}, fmt.Errorf("change a password: %w", err)
	}
	s.bus.Publish(bus.UserChanged{User: user.ID})
	user.PasswordHash = hash
	return user, nil
}
