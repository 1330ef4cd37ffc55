package api

import (
	"net/http"
	"slices"
	"time"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

func (a *API) makeToken(w http.ResponseWriter, r *http.Request, actor storage.Actor) error {
	var body wire.NewToken
	if err := read(w, r, &body); err != nil {
		return err
	}
	var expires time.Time
	if body.ExpiresAt != nil {
		expires = *body.ExpiresAt
	}
	secret, token, err := a.Accounts.NewToken(r.Context(), actor, body.Name, scopesOf(body.Scopes), expires)
	if err != nil {
		return err
	}
	made := tokenOf(token)
	made.Secret = secret
	return answer(w, http.StatusCreated, made)
}

func (a *API) listTokens(w http.ResponseWriter, r *http.Request, actor storage.Actor) error {
	tokens, err := a.Accounts.Tokens(r.Context(), actor)
	if err != nil {
		return err
	}
	list := wire.List[wire.Token]{Items: make([]wire.Token, len(tokens))}
	for i, token := range tokens {
		list.Items[i] = tokenOf(token)
	}
	return answer(w, http.StatusOK, list)
}

func (a *API) revokeToken(w http.ResponseWriter, r *http.Request, actor storage.Actor) error {
	token, err := id.Parse[id.Credential](r.PathValue("id"))
	if err != nil {
		return storage.ErrNoCredential
	}
	if err := a.Accounts.RevokeToken(r.Context(), actor, token); err != nil {
		return err
	}
	return nothing(w)
}

func tokenOf(t storage.Token) wire.Token {
	return wire.Token{
		ID:         t.ID,
		Name:       t.Name,
		Scopes:     scopeNames(authz.AllScopes &^ t.Withheld),
		CreatedAt:  t.CreatedAt.Time(),
		ExpiresAt:  moment(t.ExpiresAt),
		LastUsedAt: moment(t.LastUsedAt),
	}
}

// scopes are the names of authz's. Every token reads.
var scopes = []struct {
	name  string
	scope authz.Scopes
}{{"read", 0}, {"write", authz.ScopeWrite}, {"admin", authz.ScopeAdmin}, {"bulk", authz.ScopeBulk}}

// scopesOf reads names that the schema has checked; none are those of an ordinary program.
func scopesOf(names []string) (given authz.Scopes) {
	if len(names) == 0 {
		return authz.ScopeWrite
	}
	for _, known := range scopes {
		if slices.Contains(names, known.name) {
			given |= known.scope
		}
	}
	return given
}

func scopeNames(given authz.Scopes) []string {
	var names []string
	for _, known := range scopes {
		if given.Has(known.scope) {
			names = append(names, known.name)
		}
	}
	return names
}

// moment is a time that may be never.
func moment(m storage.Micros) *time.Time {
	if m == 0 {
		return nil
	}
	t := m.Time()
	return &t
}
