package api

import (
	"encoding/base64"
	"net/http"

	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

func (a *API) listGroups(w http.ResponseWriter, r *http.Request, actor storage.Actor) error {
	asked, err := query(r, "cursor", "limit")
	if err != nil {
		return err
	}
	limit, err := number("limit", asked["limit"], pageDefault, 1, pageMost)
	if err != nil {
		return err
	}
	after, err := base64.RawURLEncoding.Strict().DecodeString(asked["cursor"])
	if err != nil || !isText(string(after)) {
		return errCursor
	}
	groups, err := a.Documents.Groups(r.Context(), actor, string(after), int(limit)+1)
	if err != nil {
		return err
	}
	list := wire.List[wire.Group]{Items: []wire.Group{}}
	for _, group := range groups[:min(len(groups), int(limit))] {
		list.Items = append(list.Items, groupOf(group))
	}
	if len(groups) > int(limit) {
		list.NextCursor = base64.RawURLEncoding.EncodeToString([]byte(groups[limit-1].Name))
	}
	return answer(w, http.StatusOK, list)
}

func (a *API) makeGroup(w http.ResponseWriter, r *http.Request, actor storage.Actor) error {
	var body wire.NameGroup
	if err := read(w, r, &body); err != nil {
		return err
	}
	group, err := a.Documents.NewGroup(r.Context(), actor, body.Name)
	if err != nil {
		return err
	}
	return answer(w, http.StatusCreated, groupOf(group))
}

func (a *API) showGroup(w http.ResponseWriter, r *http.Request, actor storage.Actor, which id.Group) error {
	group, err := a.Documents.Group(r.Context(), actor, which)
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, groupOf(group))
}

func (a *API) renameGroup(w http.ResponseWriter, r *http.Request, actor storage.Actor, which id.Group) error {
	var body wire.NameGroup
	if err := read(w, r, &body); err != nil {
		return err
	}
	group, err := a.Documents.RenameGroup(r.Context(), actor, which, body.Name)
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, groupOf(group))
}

func (a *API) dropGroup(w http.ResponseWriter, r *http.Request, actor storage.Actor, group id.Group) error {
	if err := a.Documents.DropGroup(r.Context(), actor, group); err != nil {
		return err
	}
	return nothing(w)
}

func (a *API) listMembers(w http.ResponseWriter, r *http.Request, actor storage.Actor, group id.Group) error {
	asked, err := sliceAsked(r)
	if err != nil {
		return err
	}
	members, err := a.Documents.Members(r.Context(), actor, group, asked.after.item, asked.read())
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, listOf(asked, members,
		func(m storage.Member) wire.Member {
			return wire.Member{User: known(m.User), AddedBy: m.AddedBy, AddedAt: m.AddedAt.Time()}
		},
		func(m storage.Member) string { return place{1, m.User.ID}.cursor() }))
}

func (a *API) addMember(w http.ResponseWriter, r *http.Request, actor storage.Actor, group id.Group) error {
	user, err := id.Parse[id.User](r.PathValue("user"))
	if err != nil {
		return storage.ErrNoUser
	}
	var body wire.AddMember
	if r.ContentLength != 0 {
		if err := read(w, r, &body); err != nil {
			return err
		}
	}
	if err := a.Documents.AddMember(r.Context(), because(actor, body.Reason), group, user); err != nil {
		return err
	}
	return nothing(w)
}

func (a *API) dropMember(w http.ResponseWriter, r *http.Request, actor storage.Actor, group id.Group) error {
	user, err := id.Parse[id.User](r.PathValue("user"))
	if err != nil {
		return storage.ErrNoUser
	}
	if err := a.Documents.DropMember(r.Context(), actor, group, user); err != nil {
		return err
	}
	return nothing(w)
}

// ofGroup finds out which group is meant. What is no id is a group that does not exist.
func ofGroup(next func(http.ResponseWriter, *http.Request, storage.Actor, id.Group) error) actorHandler {
	return func(w http.ResponseWriter, r *http.Request, actor storage.Actor) error {
		group, err := id.Parse[id.Group](r.PathValue("id"))
		if err != nil {
			return storage.ErrNoGroup
		}
		return next(w, r, actor, group)
	}
}

func groupOf(group storage.Group) wire.Group {
	return wire.Group{ID: group.ID, Name: group.Name, Members: group.Members}
}
