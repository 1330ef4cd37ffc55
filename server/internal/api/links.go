package api

import (
	"net/http"
	"time"

	"github.com/coscribe/coscribe/server/internal/document"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

func (a *API) listLinks(w http.ResponseWriter, r *http.Request, actor storage.Actor, doc id.Doc) error {
	links, err := a.Documents.Links(r.Context(), actor, doc)
	if err != nil {
		return err
	}
	list := wire.List[wire.Link]{Items: []wire.Link{}}
	for _, link := range links {
		list.Items = append(list.Items, linkOf(link))
	}
	return answer(w, http.StatusOK, list)
}

func (a *API) makeLink(w http.ResponseWriter, r *http.Request, actor storage.Actor, doc id.Doc) error {
	var body wire.PutLink
	if err := read(w, r, &body); err != nil {
		return err
	}
	link, secret, err := a.Documents.NewLink(r.Context(), because(actor, body.Reason), doc, body.Name, body.Role, endOf(&body))
	if err != nil {
		return err
	}
	made := linkOf(link)
	made.Secret, made.URL = secret, a.PublicURL+"/link#"+secret // behind the hash, where no server and no proxy logs it
	return answer(w, http.StatusCreated, made)
}

func (a *API) changeLink(w http.ResponseWriter, r *http.Request, actor storage.Actor, doc id.Doc) error {
	which, err := id.Parse[id.Link](r.PathValue("link"))
	if err != nil {
		return a.absent(r, actor, doc, storage.ErrNoLink)
	}
	var body wire.PutLink
	if err := read(w, r, &body); err != nil {
		return err
	}
	link, err := a.Documents.SetLink(r.Context(), because(actor, body.Reason), doc, which, body.Name, body.Role, endOf(&body))
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, linkOf(link))
}

func (a *API) dropLink(w http.ResponseWriter, r *http.Request, actor storage.Actor, doc id.Doc) error {
	which, err := id.Parse[id.Link](r.PathValue("link"))
	if err != nil {
		return a.absent(r, actor, doc, storage.ErrNoLink)
	}
	if err := a.Documents.DropLink(r.Context(), actor, doc, which); err != nil {
		return err
	}
	return nothing(w)
}

// absent is the answer to what names something of a document that cannot be there: whoever may not see the document hears the
// same as ever.
func (a *API) absent(r *http.Request, actor storage.Actor, doc id.Doc, missing error) error {
	if _, _, err := a.Documents.Access(r.Context(), actor, doc); err != nil {
		return err
	}
	return missing
}

// endOf is when a link is to end.
func endOf(body *wire.PutLink) storage.Micros {
	if body.Never {
		return document.Never
	}
	return micros(body.ExpiresAt)
}

func linkOf(link document.Link) wire.Link {
	return wire.Link{
		ID:         link.ID,
		Name:       link.Name,
		Role:       link.Grant.Role,
		ExpiresAt:  moment(storage.Micros(link.Grant.ExpiresAt)),
		CreatedBy:  link.CreatedBy,
		CreatedAt:  link.CreatedAt.Time(),
		Uses:       link.Uses,
		LastUsedAt: moment(link.LastUsedAt),
	}
}

// micros is a time that may be absent, which is never. The first moment of all, whose number means never, is the one after it.
func micros(t *time.Time) storage.Micros {
	if t == nil {
		return 0
	}
	return max(1, storage.At(*t))
}
