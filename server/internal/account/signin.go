package account

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"github.com/coscribe/coscribe/server/internal/bus"
	"github.com/coscribe/coscribe/storage"
)

// SignIn returns the user of that address and password. ErrBadLogin says the same of an unknown address, a wrong password
// and a suspended user, after the same time; *TooManyTries after a few wrong ones for the address or from the same place, and
// after many right ones, since each costs as much.
func (s *Service) SignIn(ctx context.Context, email, password string, from netip.Addr) (storage.User, error) {
	email = Address(email)
	var user storage.User
	err := s.guess([]string{"account:" + email, "place:" + place(from)}, func() (right bool, err error) {
		user, err = s.store.UserByEmail(ctx, email)
		if err != nil && !errors.Is(err, storage.ErrNoUser) {
			return false, err
		}
		right, err = s.matches(ctx, password, user.PasswordHash) // of an unknown user: empty
		return right && user.SuspendedAt == 0, err
	})
	if err != nil {
		s.failed(err, user.ID, from)
		return storage.User{}, err
	}
	return user, nil
}

// guess has check look at a password, within the limits of the keys: of all that are looked at, and of the wrong ones. What
// could not be looked at is neither. ErrBadLogin if it was wrong.
func (s *Service) guess(keys []string, check func() (right bool, err error)) error {
	now := time.Now()
	if err := s.guesses.begin(now, keys...); err != nil {
		return err
	}
	if err := s.logins.begin(now, keys...); err != nil {
		s.guesses.takeBack(now, keys...)
		return err
	}
	right, err := check()
	if right || err != nil {
		s.guesses.takeBack(now, keys...)
	}
	switch {
	case err != nil:
		s.logins.takeBack(now, keys...)
		return err
	case !right:
		return ErrBadLogin
	}
	return nil
}

// ChangePassword replaces the actor's password and ends their other login sessions. Their tokens stay, since
// programs do not know it: each is revoked by itself. It takes a login session, not a token.
// ErrBadLogin if current is wrong.
func (s *Service) ChangePassword(ctx context.Context, actor storage.Actor, current, next string) error {
	if actor.Credential.Kind != storage.BySession {
		return ErrNotAllowed
	}
	user, err := s.store.User(ctx, actor.User)
	if err != nil {
		return err
	}
	err = s.guess([]string{"account:" + user.Email}, func() (bool, error) { return s.matches(ctx, current, user.PasswordHash) })
	if err != nil {
		return err
	}
	hash, err := s.hash(ctx, next)
	if err != nil {
		return err
	}
	if err := s.store.SetPassword(ctx, user.ID, hash, storage.By{Fence: fence(actor)}, storage.At(time.Now())); err != nil {
		return fmt.Errorf("change a password: %w", err)
	}
	s.bus.Publish(bus.UserChanged{User: user.ID})
	return nil
}

// place is what stands for an address when guesses are counted: a whole /64 of IPv6, since its holder has all of it.
func place(from netip.Addr) string {
	from = from.Unmap()
	if from.Is6() {
		if net, err := from.Prefix(64); err == nil {
			return net.String()
		}
	}
	return from.String()
}
