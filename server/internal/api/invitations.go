package api

import (
	"net/http"
	"strings"

	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
)

func (a *API) invite(w http.ResponseWriter, r *http.Request, actor storage.Actor) error {
	var body wire.Invite
	if err := read(w, r, &body, func() { body.Email = strings.TrimSpace(body.Email) }); err != nil {
		return err
	}
	secret, invitation, err := a.Accounts.Invite(r.Context(), actor, body.Email)
	if err != nil {
		return err
	}
	made := invitationOf(invitation)
	made.URL = a.PublicURL + "/invitation#" + secret // behind the hash, where no server and no proxy logs it
	return answer(w, http.StatusCreated, made)
}

// showInvitation tells the holder of a secret what it opens.
func (a *API) showInvitation(w http.ResponseWriter, r *http.Request) error {
	invitation, err := a.Accounts.Invitation(r.Context(), r.PathValue("secret"))
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, invitationOf(invitation))
}

func invitationOf(i storage.Invitation) wire.Invitation {
	return wire.Invitation{ID: i.ID, Email: i.Email, Setup: i.Setup, ExpiresAt: i.ExpiresAt.Time()}
}
