package api

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// Accounts as those see them who look after the instance.

// listAccounts pages through the users, the newest first.
func (a *API) listAccounts(w http.ResponseWriter, r *http.Request, actor storage.Actor) error {
	asked, err := sliceAsked(r, "text", "guests", "suspended", "admins")
	if err != nil {
		return err
	}
	filter := storage.UserFilter{Text: asked.filter["text"]}
	for name, to := range map[string]**bool{"guests": &filter.Guests, "suspended": &filter.Suspended, "admins": &filter.Admins} {
		if *to, err = yesOrNo(name, asked.filter[name]); err != nil {
			return err
		}
	}
	users, err := a.Accounts.People(r.Context(), actor, filter,
		storage.UserPage{Before: asked.after.at, User: asked.after.item, Limit: asked.read()})
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, listOf(asked, users,
		func(u storage.User) wire.Account {
			return wire.Account{User: self(u), CreatedAt: u.CreatedAt.Time(), SuspendedAt: moment(u.SuspendedAt)}
		},
		func(u storage.User) string { return place{u.CreatedAt, u.ID}.cursor() }))
}

// yesOrNo reads a condition that may be left open.
func yesOrNo(name, text string) (*bool, error) {
	if text == "" {
		return nil, nil
	}
	yes, err := strconv.ParseBool(text)
	if err != nil || text != strconv.FormatBool(yes) {
		return nil, badQuery(name + " must be true or false")
	}
	return &yes, nil
}

func (a *API) suspend(w http.ResponseWriter, r *http.Request, actor storage.Actor, user id.User) error {
	var body wire.Suspend
	if err := read(w, r, &body); err != nil {
		return err
	}
	actor = because(actor, body.Reason)
	if err := a.Accounts.Suspend(r.Context(), actor, user); err != nil {
		return ofAccount(err)
	}
	return nothing(w)
}

func (a *API) reinstate(w http.ResponseWriter, r *http.Request, actor storage.Actor, user id.User) error {
	if err := a.Accounts.Reinstate(r.Context(), actor, user); err != nil {
		return ofAccount(err)
	}
	return nothing(w)
}

func (a *API) offboard(w http.ResponseWriter, r *http.Request, actor storage.Actor, user id.User) error {
	var body wire.Offboard
	if err := read(w, r, &body); err != nil {
		return err
	}
	if !body.DryRun {
		actor = because(actor, body.Reason)
		if err := a.Accounts.Offboard(r.Context(), actor, user, body.Heir); err != nil {
			return err
		}
		return nothing(w)
	}
	plan, err := a.Accounts.PlanOffboard(r.Context(), actor, user, body.Heir)
	if err != nil {
		return err
	}
	if plan.Orphans == nil {
		plan.Orphans = []id.Doc{}
	}
	return answer(w, http.StatusOK, wire.OffboardPlan(plan))
}

// ofAccount is an error about the user whom a path names.
func ofAccount(err error) error {
	if errors.Is(err, storage.ErrNoUser) {
		return errNoAccount
	}
	return err
}
