package api

import (
	"net/http"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/server/internal/document"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

func (a *API) listDocuments(w http.ResponseWriter, r *http.Request, actor storage.Actor) error {
	asked, err := sliceAsked(r)
	if err != nil {
		return err
	}
	views, err := a.Documents.List(r.Context(), actor, asked.documents())
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, listOf(asked, views, documentOf,
		func(v document.View) string { return place{v.UpdatedAt, v.ID}.cursor() }))
}

func (a *API) createDocument(w http.ResponseWriter, r *http.Request, actor storage.Actor) error {
	var body wire.NewDocument
	if err := read(w, r, &body); err != nil {
		return err
	}
	view, err := a.Documents.Create(r.Context(), actor, body.Title)
	if err != nil {
		return err
	}
	exchangeOf(r).doc = view.ID
	w.Header().Set("Location", "/v1/documents/"+view.ID.String())
	return answer(w, http.StatusCreated, documentOf(view))
}

func (a *API) showDocument(w http.ResponseWriter, r *http.Request, actor storage.Actor, doc id.Doc) error {
	view, err := a.Documents.Show(r.Context(), actor, doc)
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, documentOf(view))
}

func (a *API) retitleDocument(w http.ResponseWriter, r *http.Request, actor storage.Actor, doc id.Doc) error {
	var body wire.Retitle
	if err := read(w, r, &body); err != nil {
		return err
	}
	view, err := a.Documents.Rename(r.Context(), actor, doc, body.Title)
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, documentOf(view))
}

func (a *API) deleteDocument(w http.ResponseWriter, r *http.Request, actor storage.Actor, doc id.Doc) error {
	if err := a.Documents.Delete(r.Context(), actor, doc); err != nil {
		return err
	}
	return nothing(w)
}

// showAccess tells somebody their own standing.
func (a *API) showAccess(w http.ResponseWriter, r *http.Request, actor storage.Actor, doc id.Doc) error {
	standing, until, err := a.Documents.Access(r.Context(), actor, doc)
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, wire.OwnAccess{
		Role:      standing.Role,
		Commands:  names(standing.Commands()),
		ExpiresAt: moment(until),
		Offered:   standing.Offered,
	})
}

func documentOf(view document.View) wire.Document {
	var offeredTo id.User
	if view.Standing.Role == authz.Owner {
		offeredTo = view.OfferedTo
	}
	return wire.Document{
		ID:        view.ID,
		Title:     view.Title,
		Owner:     view.Owner,
		Epoch:     view.Epoch,
		Head:      view.Head,
		Locked:    view.Locked,
		History:   view.OpenHistory,
		Offered:   view.Standing.Offered,
		OfferedTo: offeredTo,
		Public:    view.Public && view.Standing.Role >= authz.Editor,
		CreatedAt: view.CreatedAt.Time(),
		UpdatedAt: view.UpdatedAt.Time(),
		Role:      view.Standing.Role,
		Commands:  names(view.Standing.Commands()),
	}
}

func names(commands []authz.Command) []string {
	names := make([]string, len(commands))
	for i, command := range commands {
		names[i] = command.String()
	}
	return names
}
