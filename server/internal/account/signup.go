package account

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// NewUser is what somebody says of themselves to have an account.
type NewUser struct {
	Invitation string // the secret of an invitation or of the set-up link; may be empty where registration is open
	Email      string
	Name       string
	Password   string
}

// SignUp makes an account. By the set-up link it is the instance's administrator's.
//
// ErrClosed without an invitation, unless registration is open; storage.ErrNoInvitation for one that is unknown, used or
// expired; ErrOtherAddress; ErrDomain; storage.ErrEmailTaken; ErrGuessable; *TooManyTries.
func (s *Service) SignUp(ctx context.Context, asked NewUser, visit Visit) (storage.User, error) {
	now := time.Now()
	user := storage.User{
		ID:        id.New[id.User](),
		Email:     Address(asked.Email),
		Name:      strings.TrimSpace(asked.Name),
		CreatedAt: storage.At(now),
	}
	key := "place:" + place(visit.From)
	invitation, err := s.admit(ctx, asked.Invitation, user.Email, key, now)
	if err != nil {
		return storage.User{}, err
	}
	if s.guessable(asked.Password, user.Name, user.Email) {
		return storage.User{}, ErrGuessable
	}
	if user.PasswordHash, err = s.hash(ctx, asked.Password); err != nil {
		s.signUps.takeBack(now, key) // it cost nothing
		return storage.User{}, err
	}
	by := storage.By{Note: visit.Note()}
	made, err := s.store.CreateUser(ctx, user, invitation, by)
	if errors.Is(err, storage.ErrUnknown) {
		made, err = s.store.CreateUser(ctx, user, invitation, by) // the same user: once, however often
	}
	if err != nil {
		return storage.User{}, fmt.Errorf("sign up: %w", err)
	}
	return made, nil
}

// admit lets a new user in before anything costly is done for them. The invitation is looked at again when it is used.
func (s *Service) admit(ctx context.Context, secret, email, key string, now time.Time) (*storage.Hash, error) {
	if secret == "" && !s.config.OpenRegistration {
		return nil, ErrClosed
	}
	if err := s.signUps.begin(now, key); err != nil {
		return nil, err
	}
	if secret == "" {
		return nil, s.admits(ctx, email)
	}
	hash := hashSecret(secret)
	invitation, err := s.store.Invitation(ctx, hash, storage.At(now))
	switch {
	case err != nil:
		return nil, err
	case invitation.Email != "" && invitation.Email != email:
		return nil, ErrOtherAddress
	case invitation.Setup: // who sets the instance up may have any address
		return &hash, nil
	}
	return &hash, s.admits(ctx, email)
}

// admits is nil if the instance's policy lets an address have an account.
func (s *Service) admits(ctx context.Context, email string) error {
	policy, err := s.store.Policy(ctx)
	if err == nil && !policy.Admits(email) {
		err = ErrDomain
	}
	return err
}

// SetupURL makes a fresh set-up link, in place of the one before, and returns its secret; ok is false when there are
// accounts already. It is called at each start.
func (s *Service) SetupURL(ctx context.Context) (secret string, ok bool, err error) {
	secret = newSecret()
	now := time.Now()
	err = s.store.PutInvitation(ctx, storage.Invitation{
		ID:        id.New[id.Invitation](),
		Hash:      hashSecret(secret),
		Setup:     true,
		CreatedAt: storage.At(now),
		ExpiresAt: storage.At(now.Add(setupFor)),
	}, storage.By{})
	if errors.Is(err, storage.ErrNotEmpty) {
		return "", false, nil
	}
	if err != nil {
		return "", false, fmt.Errorf("make a set-up link: %w", err)
	}
	return secret, true, nil
}
