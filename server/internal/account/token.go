package account

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/server/internal/bus"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// tokenPrefix tells a token from other secrets, for people and for scanners of leaked secrets.
const tokenPrefix = "cos_"

// NewToken makes a credential for a program that acts as the actor within those scopes, until expires or, if that is zero, until
// it is revoked. Its secret is returned only here. It takes a login session: what a token could make would outlive the token.
// ErrNotAllowed, ErrPast.
func (s *Service) NewToken(ctx context.Context, actor storage.Actor, name string, scopes authz.Scopes, expires time.Time) (secret string, _ storage.Token, err error) {
	if actor.Credential.Kind != storage.BySession || !actor.Standing().May(authz.ManageOwnAccount) {
		return "", storage.Token{}, s.denied(ctx, actor, authz.ManageOwnAccount)
	}
	now := time.Now()
	secret = newSecret()
	token := storage.Token{
		ID:        id.New[id.Credential](),
		Hash:      hashSecret(secret),
		User:      actor.User,
		Name:      strings.TrimSpace(name),
		CreatedAt: storage.At(now),
		Withheld:  authz.AllScopes &^ scopes,
	}
	if !expires.IsZero() {
		if !expires.After(now) {
			return "", storage.Token{}, ErrPast
		}
		token.ExpiresAt = storage.At(expires)
	}
	if err := s.store.PutToken(ctx, token, by(actor)); err != nil {
		return "", storage.Token{}, fmt.Errorf("make a token: %w", err)
	}
	return tokenPrefix + secret, token, nil
}

// Tokens lists the actor's own. ErrNotAllowed.
func (s *Service) Tokens(ctx context.Context, actor storage.Actor) ([]storage.Token, error) {
	if !actor.Standing().May(authz.ManageOwnAccount) {
		return nil, s.denied(ctx, actor, authz.ManageOwnAccount)
	}
	return s.store.Tokens(ctx, actor.User)
}

// RevokeToken ends one of the actor's own tokens, and what it opened; every token may end itself. storage.ErrNoCredential,
// ErrNotAllowed.
func (s *Service) RevokeToken(ctx context.Context, actor storage.Actor, token id.Credential) error {
	if !actor.Standing().May(authz.ManageOwnAccount) && token != actor.Credential.ID {
		return s.denied(ctx, actor, authz.ManageOwnAccount)
	}
	err := s.store.RevokeToken(ctx, actor.User, token, storage.At(time.Now()), by(actor))
	if err == nil || errors.Is(err, storage.ErrUnknown) {
		s.bus.Publish(bus.CredentialEnded{Credential: token}) // who hears it looks
	}
	if err != nil {
		return fmt.Errorf("revoke a token: %w", err)
	}
	return nil
}
