package api

import (
	"errors"
	"net/http"
	"strings"

	"github.com/coscribe/coscribe/server/internal/account"
	"github.com/coscribe/coscribe/server/internal/schema"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
)

func (a *API) signUp(w http.ResponseWriter, r *http.Request) error {
	var body wire.SignUp
	if err := read(w, r, &body, func() { body.Email = strings.TrimSpace(body.Email) }); err != nil {
		return err
	}
	user, err := a.Accounts.SignUp(r.Context(), account.NewUser{
		Invitation: body.Invitation,
		Email:      body.Email,
		Name:       body.Name,
		Password:   body.Password,
	}, a.visit(r))
	if errors.Is(err, account.ErrGuessable) {
		return guessable("/password")
	}
	if err != nil {
		return err
	}
	return a.welcome(w, r, http.StatusCreated, user)
}

// findUser finds somebody to share with, by the exact address: nobody pages through the directory here.
func (a *API) findUser(w http.ResponseWriter, r *http.Request, actor storage.Actor) error {
	asked, err := query(r, "email")
	if err != nil {
		return err
	}
	if err := schema.Check(&wire.Invite{Email: strings.TrimSpace(asked["email"])}); err != nil || asked["email"] == "" {
		return badQuery("must name one email address")
	}
	found := wire.List[wire.User]{Items: []wire.User{}}
	user, err := a.Accounts.ByEmail(r.Context(), actor, asked["email"])
	if err == nil {
		found.Items = append(found.Items, known(user))
	} else if !errors.Is(err, storage.ErrNoUser) {
		return err
	}
	return answer(w, http.StatusOK, found)
}

func (a *API) showMe(w http.ResponseWriter, r *http.Request, actor storage.Actor) error {
	user, err := a.Accounts.Me(r.Context(), actor)
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, self(user))
}

func (a *API) changePassword(w http.ResponseWriter, r *http.Request, actor storage.Actor) error {
	var body wire.ChangePassword
	if err := read(w, r, &body); err != nil {
		return err
	}
	user, err := a.Accounts.ChangePassword(r.Context(), actor, body.Current, body.New)
	if errors.Is(err, account.ErrGuessable) {
		return guessable("/new")
	}
	if err != nil {
		return err
	}
	a.Accounts.Remember(w, user) // by the new password: the cookies made under the old one are worth nothing now
	return nothing(w)
}

// guessable refuses a password, and says what makes a good one.
func guessable(pointer string) error {
	return &wire.Fault{Code: wire.CodeGuessable, Pointer: pointer,
		Message: "This password is among the first that others would try. Take several words, 15 characters or more, or have one generated."}
}

// proveAddress takes up an invitation for one's own address.
func (a *API) proveAddress(w http.ResponseWriter, r *http.Request, actor storage.Actor) error {
	var body wire.ProveAddress
	if err := read(w, r, &body); err != nil {
		return err
	}
	user, err := a.Accounts.ProveAddress(r.Context(), actor, body.Invitation)
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, self(user))
}

// self is a user as they see themselves, and as those do who look after accounts.
func self(user storage.User) wire.User {
	seen := known(user)
	seen.InstanceAdmin = user.InstanceAdmin
	seen.Unproven = user.Email != "" && !user.Proven
	return seen
}

// known is a user as others see them, with the address where it was not taken away.
func known(user storage.User) wire.User {
	return wire.User{ID: user.ID, Name: user.Name, Email: user.Email, Color: wire.ColorOf(user.ID), Guest: user.Guest}
}
