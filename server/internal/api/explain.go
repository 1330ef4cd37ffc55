package api

import (
	"net/http"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/server/internal/document"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

func (a *API) explain(w http.ResponseWriter, r *http.Request, actor storage.Actor, doc id.Doc) error {
	asked, err := query(r, "principal")
	if err != nil {
		return err
	}
	about := document.To{Principal: authz.Principal{Kind: authz.ToUser, ID: actor.User}}
	if text, ok := asked["principal"]; ok {
		if about, err = principal(text, "The query"); err != nil {
			return err
		}
	}
	explained, err := a.Documents.Explain(r.Context(), actor, doc, about)
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, explanationOf(explained, wire.Principal{Kind: about.Kind, ID: about.ID, Address: about.Address}))
}

// listReach explains, a page of documents at a time, all that a user reaches.
func (a *API) listReach(w http.ResponseWriter, r *http.Request, actor storage.Actor, user id.User) error {
	asked, err := sliceAsked(r)
	if err != nil {
		return err
	}
	explained, err := a.Documents.Reach(r.Context(), actor, user, asked.after.item, asked.read())
	if err != nil {
		return ofAccount(err)
	}
	return answer(w, http.StatusOK, listOf(asked, explained,
		func(e document.Explanation) wire.Explanation {
			return explanationOf(e, wire.Principal{Kind: authz.ToUser, ID: user})
		},
		func(e document.Explanation) string { return place{1, e.Doc.ID}.cursor() }))
}

func explanationOf(e document.Explanation, about wire.Principal) wire.Explanation {
	made := wire.Explanation{
		Document:  e.Doc.ID,
		Principal: about,
		Role:      e.Effective.Role,
		ExpiresAt: moment(storage.Micros(e.Effective.ValidUntil)),
		Paths:     []wire.Path{},
	}
	if about.Kind == authz.ToUser {
		made.Commands = names(e.Standing.Commands())
	}
	for i, path := range e.Paths {
		made.Paths = append(made.Paths, wire.Path{
			GrantItem:     grantOf(e.Grants[i], e.Named),
			State:         path.State.String(),
			Without:       wire.Without{Role: path.Without.Role, ExpiresAt: moment(storage.Micros(path.Without.ValidUntil))},
			ExceedsPolicy: e.Exceeding[i],
		})
	}
	return made
}

// listOverview lists the documents of the instance, without their titles.
func (a *API) listOverview(w http.ResponseWriter, r *http.Request, actor storage.Actor) error {
	asked, err := sliceAsked(r, "owner", "public", "expiringBefore")
	if err != nil {
		return err
	}
	filter, err := overviewFilter(asked.filter)
	if err != nil {
		return err
	}
	documents, owners, err := a.Documents.Overview(r.Context(), actor, filter, asked.documents())
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, listOf(asked, documents,
		func(item storage.Overview) wire.Overview { return overviewOf(item, owners[item.Document.Owner]) },
		func(item storage.Overview) string { return place{item.Document.CreatedAt, item.Document.ID}.cursor() }))
}

func overviewOf(item storage.Overview, owner storage.User) wire.Overview {
	return wire.Overview{
		ID:        item.Document.ID,
		Owner:     known(owner),
		OwnerGone: owner.SuspendedAt != 0,
		Locked:    item.Document.Locked,
		Grants:    item.Grants,
		Public:    item.Public,
		EndsNext:  moment(item.EndsNext),
		CreatedAt: item.Document.CreatedAt.Time(),
		UpdatedAt: item.Document.UpdatedAt.Time(),
	}
}

func overviewFilter(asked map[string]string) (filter storage.DocumentFilter, err error) {
	if text, ok := asked["owner"]; ok {
		if filter.Owner, err = id.Parse[id.User](text); err != nil {
			return filter, badQuery("holds an owner that is no id")
		}
	}
	public, err := yesOrNo("public", asked["public"])
	if err != nil {
		return filter, err
	}
	filter.Public = public != nil && *public
	filter.ExpiringBefore, err = momentAsked(asked, "expiringBefore")
	return filter, err
}

// momentAsked reads a time from a query; 0 for none.
func momentAsked(asked map[string]string, name string) (storage.Micros, error) {
	text, ok := asked[name]
	if !ok {
		return 0, nil
	}
	t, err := wire.ParseMoment(text)
	if err != nil {
		return 0, badQuery("holds a time in " + name + " that is none: use RFC 3339")
	}
	return storage.At(t), nil
}
