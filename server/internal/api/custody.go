package api

import (
	"net/http"

	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

func (a *API) lock(w http.ResponseWriter, r *http.Request, actor storage.Actor, doc id.Doc) error {
	if err := readNothing(w, r); err != nil {
		return err
	}
	if err := a.Documents.Lock(r.Context(), actor, doc); err != nil {
		return err
	}
	return nothing(w)
}

func (a *API) unlock(w http.ResponseWriter, r *http.Request, actor storage.Actor, doc id.Doc) error {
	if err := a.Documents.Unlock(r.Context(), actor, doc); err != nil {
		return err
	}
	return nothing(w)
}

func (a *API) setHistory(w http.ResponseWriter, r *http.Request, actor storage.Actor, doc id.Doc) error {
	var body wire.SetHistory
	if err := read(w, r, &body); err != nil {
		return err
	}
	if err := a.Documents.SetHistory(r.Context(), actor, doc, body.Open); err != nil {
		return err
	}
	return nothing(w)
}

func (a *API) offer(w http.ResponseWriter, r *http.Request, actor storage.Actor, doc id.Doc) error {
	var body wire.Offer
	if err := read(w, r, &body); err != nil {
		return err
	}
	if err := a.Documents.Offer(r.Context(), actor, doc, body.To); err != nil {
		return err
	}
	return nothing(w)
}

func (a *API) withdraw(w http.ResponseWriter, r *http.Request, actor storage.Actor, doc id.Doc) error {
	if err := a.Documents.Withdraw(r.Context(), actor, doc); err != nil {
		return err
	}
	return nothing(w)
}

func (a *API) accept(w http.ResponseWriter, r *http.Request, actor storage.Actor, doc id.Doc) error {
	if err := readNothing(w, r); err != nil {
		return err
	}
	if err := a.Documents.Accept(r.Context(), actor, doc); err != nil {
		return err
	}
	return nothing(w)
}

func (a *API) decline(w http.ResponseWriter, r *http.Request, actor storage.Actor, doc id.Doc) error {
	if err := readNothing(w, r); err != nil {
		return err
	}
	if err := a.Documents.Decline(r.Context(), actor, doc); err != nil {
		return err
	}
	return nothing(w)
}

func (a *API) transfer(w http.ResponseWriter, r *http.Request, actor storage.Actor, doc id.Doc) error {
	var body wire.Transfer
	if err := read(w, r, &body); err != nil {
		return err
	}
	actor = because(actor, body.Reason)
	if err := a.Documents.Transfer(r.Context(), actor, doc, body.To, body.Keep); err != nil {
		return err
	}
	return nothing(w)
}

func (a *API) undelete(w http.ResponseWriter, r *http.Request, actor storage.Actor, doc id.Doc) error {
	if err := readNothing(w, r); err != nil {
		return err
	}
	if err := a.Documents.Undelete(r.Context(), actor, doc); err != nil {
		return err
	}
	return nothing(w)
}

func (a *API) listTrash(w http.ResponseWriter, r *http.Request, actor storage.Actor) error {
	asked, err := sliceAsked(r)
	if err != nil {
		return err
	}
	documents, err := a.Documents.Trash(r.Context(), actor, asked.documents())
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, listOf(asked, documents,
		func(d storage.Document) wire.Deleted {
			at := d.DeletedAt.Time()
			return wire.Deleted{ID: d.ID, Title: d.Title, DeletedAt: at, Until: at.Add(storage.TrashLasts)}
		},
		func(d storage.Document) string { return place{d.DeletedAt, d.ID}.cursor() }))
}

func (a *API) purge(w http.ResponseWriter, r *http.Request, actor storage.Actor) error {
	if err := readNothing(w, r); err != nil {
		return err
	}
	purged, more, err := a.Documents.Purge(r.Context(), actor)
	if err != nil {
		return err
	}
	if purged == nil {
		purged = []id.Doc{}
	}
	return answer(w, http.StatusOK, wire.Purged{Documents: purged, More: more})
}
