package account

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/coscribe/coscribe/server/internal/bus"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// What a session holds, by the keys under which scs keeps it.
const (
	keyLogin = "login" // login: who is signed in
	keySeen  = "seen"  // storage.Micros: when it was last prolonged
)

// login is who a session signs in.
type login struct {
	User       id.User        `json:"user"`
	Credential id.Credential  `json:"credential"`
	Since      storage.Micros `json:"since"`

	// For the user, to know their logins by, and for the audit.
	Guest   bool   `json:"guest,omitzero"`
	Agent   string `json:"agent,omitzero"`
	From    string `json:"from,omitzero"`
	Request string `json:"request,omitzero"`
}

// sessionData is a session as it is stored.
type sessionData struct {
	Deadline storage.Micros `json:"deadline"`
	Login    login          `json:"login"`
	Seen     storage.Micros `json:"seen"`
}

// sessionCodec is scs.Codec.
type sessionCodec struct{}

func (sessionCodec) Encode(deadline time.Time, values map[string]any) ([]byte, error) {
	data := sessionData{Deadline: storage.At(deadline)}
	data.Login, _ = values[keyLogin].(login)
	data.Seen, _ = values[keySeen].(storage.Micros)
	return json.Marshal(data)
}

func (sessionCodec) Decode(text []byte) (time.Time, map[string]any, error) {
	var data sessionData
	if err := json.Unmarshal(text, &data); err != nil {
		return time.Time{}, nil, fmt.Errorf("%w: a session's data: %v", storage.ErrCorrupt, err)
	}
	return data.Deadline.Time(), map[string]any{keyLogin: data.Login, keySeen: data.Seen}, nil
}

// sessionStore keeps the sessions of scs in our store: by the hash of their token, with their user in a column of its own
// so that a user's sessions can be found, and with a tombstone for each that ended. It is scs.CtxStore.
type sessionStore struct {
	accounts storage.Accounts
	bus      *bus.Bus
}

// FindCtx finds a live session.
func (s *sessionStore) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	session, err := s.accounts.Session(ctx, hashSecret(token), storage.At(time.Now()))
	if errors.Is(err, storage.ErrNoCredential) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("find a session: %w", err)
	}
	return session.Data, true, nil
}

// CommitCtx stores or prolongs a session. For one that has ended it is storage.ErrNoCredential.
func (s *sessionStore) CommitCtx(ctx context.Context, token string, text []byte, expiry time.Time) error {
	var data sessionData
	if err := json.Unmarshal(text, &data); err != nil {
		return fmt.Errorf("read back a session: %w", err)
	}
	if data.Login.Guest { // who is not signed out for doing nothing
		expiry = data.Deadline.Time()
	}
	err := s.accounts.PutSession(ctx, storage.Session{
		ID:         data.Login.Credential,
		Hash:       hashSecret(token),
		User:       data.Login.User,
		Data:       text,
		CreatedAt:  data.Login.Since,
		ExpiresAt:  storage.At(expiry),
		LivesUntil: data.Deadline,
	}, storage.Note{From: data.Login.From, Request: data.Login.Request})
	if err != nil {
		return fmt.Errorf("keep a session: %w", err)
	}
	return nil
}

// DeleteCtx ends a session, for ever, and tells.
func (s *sessionStore) DeleteCtx(ctx context.Context, token string) error {
	ended, err := s.accounts.EndSession(ctx, hashSecret(token), storage.At(time.Now()), storage.Note{})
	if err != nil {
		return fmt.Errorf("end a session: %w", err)
	}
	if !ended.IsZero() {
		s.bus.Publish(bus.CredentialEnded{Credential: ended})
	}
	return nil
}

// Find, Commit and Delete are for callers without a context, of whom there are none.
func (s *sessionStore) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

func (s *sessionStore) Commit(token string, text []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, text, expiry)
}

func (s *sessionStore) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }
