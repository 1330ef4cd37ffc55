package api

import (
	"net/http"

	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// requestAccess answers the same whether there is such a document or not.
func (a *API) requestAccess(w http.ResponseWriter, r *http.Request, actor storage.Actor, doc id.Doc) error {
	var body wire.Ask
	if err := read(w, r, &body); err != nil {
		return err
	}
	if err := a.Documents.Request(r.Context(), actor, doc, body.Role, body.Message); err != nil {
		return err
	}
	w.WriteHeader(http.StatusAccepted)
	return nil
}

func (a *API) listRequests(w http.ResponseWriter, r *http.Request, actor storage.Actor, doc id.Doc) error {
	requests, people, err := a.Documents.Requests(r.Context(), actor, doc)
	if err != nil {
		return err
	}
	list := wire.List[wire.AccessRequest]{Items: []wire.AccessRequest{}}
	for _, request := range requests {
		list.Items = append(list.Items, wire.AccessRequest{
			ID:        request.ID,
			User:      known(people[request.User]),
			Role:      request.Role,
			Message:   request.Message,
			CreatedAt: request.CreatedAt.Time(),
		})
	}
	return answer(w, http.StatusOK, list)
}

func (a *API) approveRequest(w http.ResponseWriter, r *http.Request, actor storage.Actor, doc id.Doc) error {
	ask, err := id.Parse[id.Ask](r.PathValue("request"))
	if err != nil {
		return a.absent(r, actor, doc, storage.ErrNoRequest)
	}
	var body wire.Approve
	if err := read(w, r, &body); err != nil {
		return err
	}
	if err := a.Documents.Approve(r.Context(), because(actor, body.Reason), doc, ask, body.Role, micros(body.ExpiresAt)); err != nil {
		return err
	}
	return nothing(w)
}

func (a *API) declineRequest(w http.ResponseWriter, r *http.Request, actor storage.Actor, doc id.Doc) error {
	ask, err := id.Parse[id.Ask](r.PathValue("request"))
	if err != nil {
		return a.absent(r, actor, doc, storage.ErrNoRequest)
	}
	if err := readNothing(w, r); err != nil {
		return err
	}
	if err := a.Documents.DeclineRequest(r.Context(), actor, doc, ask); err != nil {
		return err
	}
	return nothing(w)
}
