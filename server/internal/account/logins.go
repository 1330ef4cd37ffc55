package account

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/server/internal/bus"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// Login is a login session as it is shown to its user.
type Login struct {
	ID      id.Credential
	Agent   string // the kind of device, empty where it is not known
	From    string // the address that it was begun from
	Since   time.Time
	Seen    time.Time // when it was last used, to the minute
	Expires time.Time // if it is not used
}

// Logins lists a user's live login sessions, the newest first: to themselves, and to those who look after accounts.
// ErrNotAllowed.
func (s *Service) Logins(ctx context.Context, actor storage.Actor, user id.User) ([]Login, error) {
	if !mayManage(actor, user) {
		return nil, s.denied(ctx, actor, authz.ManageAccounts)
	}
	sessions, err := s.store.Sessions(ctx, user, storage.At(time.Now()))
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	logins := make([]Login, len(sessions))
	for i, session := range sessions {
		var data sessionData
		if err := json.Unmarshal(session.Data, &data); err != nil {
			return nil, fmt.Errorf("%w: a session's data: %v", storage.ErrCorrupt, err)
		}
		// Work over a socket prolongs a session without writing its data, unless it is a guest's, which nothing prolongs.
		seen := data.Seen
		if !data.Login.Guest {
			seen = max(seen, session.ExpiresAt-storage.Micros(s.config.Idle.Microseconds()))
		}
		logins[i] = Login{ID: session.ID, Agent: data.Login.Agent, From: data.Login.From, Since: session.CreatedAt.Time(),
			Seen: seen.Time(), Expires: session.ExpiresAt.Time()}
	}
	return logins, nil
}

// EndLogin ends one of a user's login sessions, and what it opened. storage.ErrNoCredential, ErrNotAllowed.
func (s *Service) EndLogin(ctx context.Context, actor storage.Actor, user id.User, session id.Credential) error {
	if !mayManage(actor, user) {
		return s.denied(ctx, actor, authz.ManageAccounts)
	}
	err := s.store.EndSessionByID(ctx, user, session, storage.At(time.Now()), by(actor))
	if err == nil || errors.Is(err, storage.ErrUnknown) {
		s.bus.Publish(bus.CredentialEnded{Credential: session}) // who hears it looks
	}
	if err != nil {
		return fmt.Errorf("end a session: %w", err)
	}
	return nil
}

// EndLogins ends all of a user's login sessions but the one that the actor acts by. ErrNotAllowed.
func (s *Service) EndLogins(ctx context.Context, actor storage.Actor, user id.User) error {
	logins, err := s.Logins(ctx, actor, user)
	if err != nil {
		return err
	}
	for _, login := range logins {
		if login.ID == actor.Credential.ID {
			continue
		}
		if err := s.EndLogin(ctx, actor, user, login.ID); err != nil && !errors.Is(err, storage.ErrNoCredential) {
			return err
		}
	}
	return nil
}

// mayManage tells whether the actor may see and end what a user is signed in by.
func mayManage(actor storage.Actor, user id.User) bool {
	if user == actor.User {
		return actor.Standing().May(authz.ManageOwnAccount)
	}
	return actor.Standing().May(authz.ManageAccounts)
}
