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
	asked, err := query(r, "cursor", "limit")
	if err != nil {
		return err
	}
	limit, err := number("limit", asked["limit"], pageDefault, 1, pageMost)
	if err != nil {
		return err
	}
	_, after, err := readPlace(asked["cursor"])
	if err != nil {
		return err
	}
	explained, err := a.Documents.Reach(r.Context(), actor, user, after, int(limit)+1)
	if err != nil {
		return ofAccount(err)
	}
	list := wire.List[wire.Explanation]{Items: []wire.Explanation{}}
	for _, item := range explained[:min(len(explained), int(limit))] {
		list.Items = append(list.Items, explanationOf(item, wire.Principal{Kind: authz.ToUser, ID: user}))
	}
	if len(explained) > int(limit) {
		list.NextCursor = cursorAt(1, explained[limit-1].Doc.ID)
	}
	return answer(w, http.StatusOK, list)
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
	asked, err := query(r, "owner", "public", "expiringBefore", "cursor", "limit")
	if err != nil {
		return err
	}
	limit, err := number("limit", asked["limit"], pageDefault, 1, pageMost)
	if err != nil {
		return err
	}
	page, err := readCursor(asked["cursor"])
	if err != nil {
		return err
	}
	filter, err := overviewFilter(asked)
	if err != nil {
		return err
	}
	page.Limit = int(limit) + 1
	documents, owners, err := a.Documents.Overview(r.Context(), actor, filter, page)
	if err != nil {
		return err
	}
	list := wire.List[wire.Overview]{Items: []wire.Overview{}}
	for _, item := range documents[:min(len(documents), int(limit))] {
		owner := owners[item.Document.Owner]
		list.Items = append(list.Items, wire.Overview{
			ID:        item.Document.ID,
			Owner:     known(owner),
			OwnerGone: owner.SuspendedAt != 0,
			Locked:    item.Document.Locked,
			Grants:    item.Grants,
			Public:    item.Public,
			EndsNext:  moment(item.EndsNext),
			CreatedAt: item.Document.CreatedAt.Time(),
			UpdatedAt: item.Document.UpdatedAt.Time(),
		})
	}
	if len(documents) > int(limit) {
		last := documents[limit-1].Document
		list.NextCursor = cursorAt(last.CreatedAt, last.ID)
	}
	return answer(w, http.StatusOK, list)
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
