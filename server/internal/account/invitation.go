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

const (
	invitationFor = 7 * 24 * time.Hour
	setupFor      = 7 * 24 * time.Hour
)

// Invite makes a link for one account, for the holder of that address if it is not empty. Its secret is returned only here.
func (s *Service) Invite(ctx context.Context, actor storage.Actor, email string) (secret string, _ storage.Invitation, err error) {
	if !actor.Standing().May(authz.InvitePerson) {
		return "", storage.Invitation{}, s.denied(ctx, actor, authz.InvitePerson)
	}
	if email = Address(email); email != "" {
		if err := s.admits(ctx, email); err != nil {
			return "", storage.Invitation{}, err
		}
	}
	secret = newSecret()
	now := time.Now()
	invitation := storage.Invitation{
		ID:        id.New[id.Invitation](),
		Hash:      hashSecret(secret),
		Email:     email,
		CreatedBy: actor.User,
		CreatedAt: storage.At(now),
		ExpiresAt: storage.At(now.Add(invitationFor)),
	}
	if err := s.store.PutInvitation(ctx, invitation, by(actor)); err != nil {
		return "", storage.Invitation{}, fmt.Errorf("invite: %w", err)
	}
	return secret, invitation, nil
}

// Invitation returns what an invitation's secret opens. storage.ErrNoInvitation.
func (s *Service) Invitation(ctx context.Context, secret string) (storage.Invitation, error) {
	return s.store.Invitation(ctx, hashSecret(secret), storage.At(time.Now()))
}

// ProveAddress takes up an invitation for the actor's very address, by which it is proven to be theirs: what was granted to it is
// theirs then. ErrOtherAddress, storage.ErrNoInvitation; ErrNotAllowed for guests, and for tokens that do not administer.
func (s *Service) ProveAddress(ctx context.Context, actor storage.Actor, secret string) (storage.User, error) {
	if !actor.Standing().May(authz.ManageOwnAccount) {
		return storage.User{}, s.denied(ctx, actor, authz.ManageOwnAccount)
	}
	user, err := s.store.User(ctx, actor.User)
	if err != nil {
		return storage.User{}, err
	}
	now, hash := storage.At(time.Now()), hashSecret(secret)
	invitation, err := s.store.Invitation(ctx, hash, now)
	if err != nil {
		return storage.User{}, err
	}
	if invitation.Email != user.Email {
		return storage.User{}, ErrOtherAddress
	}
	proven, docs, err := s.store.ProveAddress(ctx, actor.User, hash, now, by(actor))
	if errors.Is(err, storage.ErrUnknown) {
		proven, docs, err = s.store.ProveAddress(ctx, actor.User, hash, now, by(actor))
	}
	if err != nil {
		return storage.User{}, fmt.Errorf("prove an address: %w", err)
	}
	for _, doc := range docs { // they may have it open already, with less
		s.bus.Publish(bus.AccessChanged{Doc: doc})
	}
	return proven, nil
}
