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
	}, a.ClientIP(r))
	if err != nil {
		return err
	}
	return a.welcome(w, r, http.StatusCreated, user)
}

// findUser finds somebody to share with, by the exact address: nobody pages through the directory here.
func (a *API) findUser(w http.ResponseWriter, r *http.Request, _ storage.Actor) error {
	asked, err := query(r, "email")
	if err != nil {
		return err
	}
	if err := schema.Check(&wire.Invite{Email: strings.TrimSpace(asked["email"])}); err != nil || asked["email"] == "" {
		return badQuery("must name one email address")
	}
	found := wire.List[wire.User]{Items: []wire.User{}}
	user, err := a.Accounts.ByEmail(r.Context(), asked["email"])
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
	return answer(w, http.StatusOK, own(user))
}

func (a *API) changePassword(w http.ResponseWriter, r *http.Request, actor storage.Actor) error {
	var body wire.ChangePassword
	if err := read(w, r, &body); err != nil {
		return err
	}
	if err := a.Accounts.ChangePassword(r.Context(), actor, body.Current, body.New); err != nil {
		return err
	}
	return nothing(w)
}

// own is a user as they see themselves.
func own(user storage.User) wire.User {
	seen := known(user)
	seen.InstanceAdmin = user.InstanceAdmin
	return seen
}

// known is a user as seen by one who knows their address or shares a document with them.
func known(user storage.User) wire.User {
	return wire.User{ID: user.ID, Name: user.Name, Email: user.Email, Color: wire.ColorOf(user.ID)}
}
