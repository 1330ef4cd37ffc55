package account

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// Actor returns who makes the request: the owner of the bearer token if there is an Authorization header, else of the
// login session that LoadAndSave found. ErrNotSignedIn for nobody, for a credential that has ended and for a suspended
// user.
func (s *Service) Actor(r *http.Request) (storage.Actor, error) {
	if r.Header.Get("Authorization") != "" {
		return s.bearer(r)
	}
	login, ok := s.sessions.Get(r.Context(), keyLogin).(login)
	if !ok || login.User.IsZero() {
		return storage.Actor{}, ErrNotSignedIn
	}
	return s.actor(r.Context(), login.User, storage.Credential{Kind: storage.BySession, ID: login.Credential})
}

// Member tells whether the request came by the login session of somebody with an account, which a guest is not. It costs
// nothing, and does not tell whether they are suspended.
func (s *Service) Member(r *http.Request) bool {
	login, ok := s.sessions.Get(r.Context(), keyLogin).(login)
	return ok && !login.User.IsZero() && !login.Guest
}

func (s *Service) bearer(r *http.Request) (storage.Actor, error) {
	scheme, secret, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") || len(r.Header.Values("Authorization")) > 1 {
		return storage.Actor{}, ErrNotSignedIn
	}
	secret, ok := strings.CutPrefix(secret, tokenPrefix)
	if !ok || len(secret) != secretLen {
		return storage.Actor{}, ErrNotSignedIn
	}
	now := storage.At(time.Now())
	token, err := s.store.Token(r.Context(), hashSecret(secret), now)
	if errors.Is(err, storage.ErrNoCredential) {
		return storage.Actor{}, ErrNotSignedIn
	}
	if err != nil {
		return storage.Actor{}, err
	}
	actor, err := s.actor(r.Context(), token.User, storage.Credential{Kind: storage.ByToken, ID: token.ID})
	actor.Withheld = token.Withheld
	if err == nil && now.Time().Sub(token.LastUsedAt.Time()) >= time.Minute {
		// Only a note for the token's owner: a database that cannot be written must not refuse a read.
		_ = s.store.TouchToken(r.Context(), token.ID, now)
	}
	return actor, err
}

// actor is the user behind a live credential.
func (s *Service) actor(ctx context.Context, user id.User, by storage.Credential) (storage.Actor, error) {
	found, err := s.store.User(ctx, user)
	if errors.Is(err, storage.ErrNoUser) || err == nil && found.SuspendedAt != 0 {
		return storage.Actor{}, ErrNotSignedIn
	}
	if err != nil {
		return storage.Actor{}, err
	}
	return storage.Actor{User: found.ID, Name: found.Name, InstanceAdmin: found.InstanceAdmin, Guest: found.Guest, Credential: by}, nil
}

// fence is what an actor's right hangs on.
func fence(actor storage.Actor) *storage.Fence {
	return &storage.Fence{User: actor.User, Credential: actor.Credential}
}

// by is the actor as the one who makes a change.
func by(actor storage.Actor) storage.By { return storage.By{Fence: fence(actor), Note: actor.Note} }

// Me returns the record of the one who asks.
func (s *Service) Me(ctx context.Context, actor storage.Actor) (storage.User, error) {
	return s.store.User(ctx, actor.User)
}

// ByEmail finds somebody by their exact address, which they have proven to be theirs. storage.ErrNoUser, also for a suspended user;
// ErrNotAllowed for guests, who may not try out who has an account.
func (s *Service) ByEmail(ctx context.Context, actor storage.Actor, email string) (storage.User, error) {
	if !actor.Standing().May(authz.FindPerson) {
		return storage.User{}, s.denied(ctx, actor, authz.FindPerson)
	}
	user, err := s.store.UserByEmail(ctx, Address(email))
	if err == nil && (user.SuspendedAt != 0 || !user.Proven) {
		return storage.User{}, storage.ErrNoUser
	}
	return user, err
}
