package api

import (
	"net/http"

	"github.com/coscribe/coscribe/server/internal/edge"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// issueTicket admits one connection. Since a browser cannot see why a handshake was refused, it is here that it hears.
func (a *API) issueTicket(w http.ResponseWriter, r *http.Request, actor storage.Actor, doc id.Doc) error {
	if err := readNothing(w, r); err != nil {
		return err
	}
	origin, err := pageOf(r)
	if err != nil {
		return err
	}
	if _, err := a.Documents.Show(r.Context(), actor, doc); err != nil {
		return err
	}
	secret, expires, err := a.Accounts.IssueTicket(r.Context(), actor, doc, origin)
	if err != nil {
		return err
	}
	a.Documents.NoteOpening(r.Context(), actor, doc)
	return answer(w, http.StatusCreated, wire.Ticket{Ticket: secret, ExpiresAt: expires})
}

// pageOf returns the origin of the page that asks, in the spelling that the handshake will read; empty for a program.
func pageOf(r *http.Request) (string, error) {
	values := r.Header.Values("Origin")
	if len(values) == 0 {
		return "", nil
	}
	origin, _, ok := edge.NormalOrigin(values[0])
	if !ok || len(values) > 1 {
		return "", errOrigin
	}
	return origin, nil
}
