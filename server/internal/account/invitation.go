package account

import (
	"context"
	"fmt"
	"time"

	"github.com/coscribe/coscribe/authz"
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
