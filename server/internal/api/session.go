package api

import (
	"errors"
	"net/http"
	"strings"

	"github.com/coscribe/coscribe/server/internal/account"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
)

// showSession tells who is signed in, which is nobody's secret: it is how a page begins.
func (a *API) showSession(w http.ResponseWriter, r *http.Request) error {
	if _, err := query(r); err != nil {
		return err
	}
	actor, err := a.Accounts.Actor(r)
	if errors.Is(err, account.ErrNotSignedIn) {
		return answer(w, http.StatusOK, wire.Session{OpenRegistration: a.Accounts.OpenRegistration()})
	}
	if err != nil {
		return err
	}
	user, err := a.Accounts.Me(r.Context(), actor)
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, a.session(user))
}

func (a *API) signIn(w http.ResponseWriter, r *http.Request) error {
	var body wire.SignIn
	if err := read(w, r, &body, func() { body.Email = strings.TrimSpace(body.Email) }); err != nil {
		return err
	}
	user, err := a.Accounts.SignIn(r.Context(), body.Email, body.Password, a.visit(r))
	if err != nil {
		return err
	}
	return a.welcome(w, r, http.StatusOK, user)
}

func (a *API) signOut(w http.ResponseWriter, r *http.Request) error {
	if err := a.Accounts.SignOut(w, r, a.visit(r)); err != nil {
		return err
	}
	return nothing(w)
}

// welcome begins a login session for somebody who has just shown who they are.
func (a *API) welcome(w http.ResponseWriter, r *http.Request, status int, user storage.User) error {
	if err := a.Accounts.Begin(w, r, user, a.visit(r)); err != nil {
		return err
	}
	a.Accounts.Remember(w, user)
	exchangeOf(r).user = user.ID
	return answer(w, status, a.session(user))
}

func (a *API) session(user storage.User) wire.Session {
	me := self(user)
	return wire.Session{User: &me, OpenRegistration: a.Accounts.OpenRegistration()}
}
