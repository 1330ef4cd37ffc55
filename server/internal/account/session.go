package account

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"

	"github.com/coscribe/coscribe/server/internal/bus"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// prolongEvery is how often a session in use is written back with a later expiry.
const prolongEvery = time.Minute

// newSessions does not use scs.New, which starts a goroutine for a store that is not ours and cannot be stopped.
func newSessions(store storage.Accounts, bus *bus.Bus, config Config) *scs.SessionManager {
	sessions := &scs.SessionManager{
		IdleTimeout: config.Idle,
		Lifetime:    config.Lifetime,
		Store:       &sessionStore{accounts: store, bus: bus},
		Codec:       sessionCodec{},
		Cookie: scs.SessionCookie{
			Name:     "__Host-session",
			Path:     "/",
			Secure:   true,
			HttpOnly: true,
			SameSite: http.SameSiteLaxMode,
			Persist:  false, // the browser keeps it as long as it runs; the server knows when it ends
		},
	}
	if config.Plain {
		sessions.Cookie.Name = "session"
		sessions.Cookie.Secure = false
	}
	return sessions
}

// LoadAndSave finds the session of each request, for Actor, Begin and SignOut below it. A session in use is prolonged
// here, at most once a minute and before the request is served. It stands in the place of scs's own middleware, which writes
// with every response and has nowhere to go with a failure; a session that cannot be read is answered by refuse.
func (s *Service) LoadAndSave(next http.Handler, refuse func(http.ResponseWriter, *http.Request, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Vary", "Cookie")
		var token string
		if cookie, err := r.Cookie(s.sessions.Cookie.Name); err == nil && len(cookie.Value) == secretLen {
			token = cookie.Value
		}
		ctx, err := s.load(r.Context(), token)
		if err != nil {
			refuse(w, r, err)
			return
		}
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// load puts the session into a context, an empty one if there is none alive.
func (s *Service) load(ctx context.Context, token string) (context.Context, error) {
	loaded, err := s.sessions.Load(ctx, token)
	if err != nil {
		return nil, err
	}
	if !s.stale(loaded) {
		return loaded, nil
	}
	s.sessions.Put(loaded, keySeen, storage.At(time.Now()))
	if _, _, err := s.sessions.Commit(loaded); errors.Is(err, storage.ErrNoCredential) {
		return s.sessions.Load(ctx, "") // it ended between the two
	}
	return loaded, nil // prolonged, or not if the database cannot be written: that must not refuse a read
}

// stale tells whether the session ought to be prolonged.
func (s *Service) stale(ctx context.Context) bool {
	seen, ok := s.sessions.Get(ctx, keySeen).(storage.Micros)
	return ok && time.Since(seen.Time()) >= prolongEvery
}

// Used notes that somebody works by a credential without making requests, as those do who sit in a room: a login session then
// ends no sooner than after the idle time from now, nor later than its lifetime allows. Callers need not do so more than once a
// minute. storage.ErrNoCredential if the session has ended: nothing revives it.
func (s *Service) Used(ctx context.Context, by storage.Credential) error {
	now := time.Now()
	if by.Kind == storage.ByToken {
		return s.store.TouchToken(ctx, by.ID, storage.At(now))
	}
	return s.store.ProlongSession(ctx, by.ID, storage.At(now.Add(s.config.Idle)), storage.At(now))
}

// Begin starts a login session for user, who came so, and sets its cookie. The session that the request came with, if any, ends: a token
// that somebody knew before the login is worth nothing after it.
func (s *Service) Begin(w http.ResponseWriter, r *http.Request, user storage.User, visit Visit) error {
	ctx := r.Context()
	if err := s.end(ctx, visit); err != nil {
		return fmt.Errorf("end the former session: %w", err)
	}
	if err := s.sessions.RenewToken(ctx); err != nil {
		return fmt.Errorf("renew the session: %w", err)
	}
	now := storage.At(time.Now())
	s.sessions.Put(ctx, keyLogin, login{User: user.ID, Guest: user.Guest, Credential: id.New[id.Credential](), Since: now,
		Agent: visit.Agent, From: visit.address(), Request: visit.Request})
	s.sessions.Put(ctx, keySeen, now)
	if user.Guest {
		s.sessions.SetDeadline(ctx, now.Time().Add(s.config.GuestLifetime))
	}
	token, expiry, err := s.sessions.Commit(ctx)
	if err != nil {
		return fmt.Errorf("begin a session: %w", err)
	}
	if user.Guest { // whose browser keeps it when it is closed
		s.sessions.RememberMe(ctx, true)
		expiry = s.sessions.Deadline(ctx)
	}
	s.sessions.WriteSessionCookie(ctx, w, token, expiry)
	return nil
}

// end ends the session that a request came with, if it has one, and says from where.
func (s *Service) end(ctx context.Context, visit Visit) error {
	token := s.sessions.Token(ctx)
	if token == "" {
		return nil
	}
	ended, err := s.store.EndSession(ctx, hashSecret(token), storage.At(time.Now()), visit.Note())
	if !ended.IsZero() {
		s.bus.Publish(bus.CredentialEnded{Credential: ended})
	}
	return err
}

// SignOut ends the request's login session, if it has one, and takes its cookie away.
func (s *Service) SignOut(w http.ResponseWriter, r *http.Request, visit Visit) error {
	ctx := r.Context()
	if err := s.end(ctx, visit); err != nil {
		return fmt.Errorf("sign out: %w", err)
	}
	if err := s.sessions.Destroy(ctx); err != nil {
		return fmt.Errorf("sign out: %w", err)
	}
	s.sessions.WriteSessionCookie(ctx, w, "", time.Time{})
	return nil
}
