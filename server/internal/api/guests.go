package api

import (
	"errors"
	"net/http"

	"github.com/coscribe/coscribe/server/internal/account"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
)

// enter lets somebody in by a link, or into a document that anyone may see. Who is nobody becomes a guest, with a session.
func (a *API) enter(w http.ResponseWriter, r *http.Request) error {
	var body wire.Enter
	if err := read(w, r, &body); err != nil {
		return err
	}
	if (body.Link == "") == body.Document.IsZero() {
		return &wire.Fault{Code: wire.CodeInvalid, Message: "must have a link or a document, and not both"}
	}
	actor, err := a.comer(r)
	if err != nil {
		return err
	}
	entered := wire.Entered{Document: body.Document}
	var user storage.User
	if body.Link != "" {
		user, entered.Document, err = a.Accounts.EnterLink(r.Context(), actor, body.Link, a.visit(r))
	} else {
		user, err = a.Accounts.EnterDocument(r.Context(), actor, body.Document, a.visit(r))
	}
	if err != nil {
		return err
	}
	if actor.User.IsZero() {
		if err := a.Accounts.Begin(w, r, user, a.visit(r)); err != nil {
			return err
		}
	}
	exchangeOf(r).user, exchangeOf(r).doc = user.ID, entered.Document
	entered.User = self(user)
	return answer(w, http.StatusOK, entered)
}

// comer is who comes in: the zero actor for nobody. A token that is worth nothing is not nobody.
func (a *API) comer(r *http.Request) (storage.Actor, error) {
	actor, err := a.Accounts.Actor(r)
	if errors.Is(err, account.ErrNotSignedIn) && r.Header.Get("Authorization") == "" {
		return storage.Actor{}, nil
	}
	actor.Note = a.visit(r).Note()
	return actor, a.chargeStranger(r, err)
}
