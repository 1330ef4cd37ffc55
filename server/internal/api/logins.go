package api

import (
	"net/http"

	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

type userHandler func(http.ResponseWriter, *http.Request, storage.Actor, id.User) error

// own has a handler about a user answer about the one who asks.
func own(next userHandler) actorHandler {
	return func(w http.ResponseWriter, r *http.Request, actor storage.Actor) error {
		return next(w, r, actor, actor.User)
	}
}

// ofUser finds out which user a path is about. An id that cannot be one is a user that does not exist.
func ofUser(next userHandler) actorHandler {
	return func(w http.ResponseWriter, r *http.Request, actor storage.Actor) error {
		user, err := id.Parse[id.User](r.PathValue("id"))
		if err != nil {
			return errNoAccount
		}
		return next(w, r, actor, user)
	}
}

func (a *API) listLogins(w http.ResponseWriter, r *http.Request, actor storage.Actor, user id.User) error {
	if _, err := query(r); err != nil {
		return err
	}
	logins, err := a.Accounts.Logins(r.Context(), actor, user)
	if err != nil {
		return err
	}
	list := wire.List[wire.Login]{Items: make([]wire.Login, len(logins))}
	for i, login := range logins {
		list.Items[i] = wire.Login{ID: login.ID, Device: login.Agent, Address: login.From, CreatedAt: login.Since, LastSeenAt: login.Seen,
			ExpiresAt: login.Expires, Current: login.ID == actor.Credential.ID}
	}
	return answer(w, http.StatusOK, list)
}

func (a *API) endLogin(w http.ResponseWriter, r *http.Request, actor storage.Actor, user id.User) error {
	session, err := id.Parse[id.Credential](r.PathValue("session"))
	if err != nil {
		return storage.ErrNoCredential
	}
	if err := a.Accounts.EndLogin(r.Context(), actor, user, session); err != nil {
		return err
	}
	return nothing(w)
}

func (a *API) endLogins(w http.ResponseWriter, r *http.Request, actor storage.Actor, user id.User) error {
	if err := a.Accounts.EndLogins(r.Context(), actor, user); err != nil {
		return err
	}
	return nothing(w)
}
