package api

import (
	"net/http"

	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// issueTicket admits one connection. Since a browser cannot see why a handshake was refused, it is here that it hears.
func (a *API) issueTicket(w http.ResponseWriter, r *http.Request, actor storage.Actor, doc id.Doc) error {
	if err := readNothing(w, r); err != nil {
		return err
	}
	if _, err := a.Documents.Show(r.Context(), actor, doc); err != nil {
		return err
	}
	secret, expires, err := a.Accounts.IssueTicket(r.Context(), actor, doc, r.Header.Get("Origin"))
	if err != nil {
		return err
	}
	return answer(w, http.StatusCreated, wire.Ticket{Ticket: secret, ExpiresAt: expires})
}
