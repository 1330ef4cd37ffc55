package api

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/server/internal/document"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

func (a *API) listGrants(w http.ResponseWriter, r *http.Request, actor storage.Actor, doc id.Doc) error {
	grants, err := a.Documents.Grants(r.Context(), actor, doc)
	if err != nil {
		return err
	}
	if unchanged(w, r, accessTag(grants.Version)) {
		return nil
	}
	keep(w, accessTag(grants.Version))
	owner := authz.Right{To: authz.Principal{Kind: authz.ToUser, ID: grants.Owner}, Role: authz.Owner}
	list := wire.Grants{Items: []wire.GrantItem{grantOf(storage.Grant{Right: owner}, grants.Named)}}
	for _, grant := range grants.Items {
		list.Items = append(list.Items, grantOf(grant, grants.Named))
	}
	return answer(w, http.StatusOK, list)
}

func (a *API) putGrant(w http.ResponseWriter, r *http.Request, actor storage.Actor, doc id.Doc) error {
	to, only, err := grantTarget(r)
	if err != nil {
		return err
	}
	var body wire.PutGrant
	if err := read(w, r, &body); err != nil {
		return err
	}
	actor = because(actor, body.Reason)
	version, grant, err := a.Documents.GrantTo(r.Context(), actor, doc, only, to, body.Role, micros(body.ExpiresAt))
	if err != nil {
		return err
	}
	w.Header().Set("ETag", accessTag(version))
	return answer(w, http.StatusOK, wire.GrantItem{
		Principal: principalOf(grant),
		Role:      grant.Role,
		ExpiresAt: moment(storage.Micros(grant.ExpiresAt)),
	})
}

func (a *API) dropGrant(w http.ResponseWriter, r *http.Request, actor storage.Actor, doc id.Doc) error {
	to, only, err := grantTarget(r)
	if err != nil {
		return err
	}
	version, err := a.Documents.RevokeFrom(r.Context(), actor, doc, only, to)
	if err != nil {
		return err
	}
	w.Header().Set("ETag", accessTag(version))
	return nothing(w)
}

// grantTarget reads whose grant is meant, and which version of the list If-Match asks for.
func grantTarget(r *http.Request) (document.To, int64, error) {
	to, err := principal(r.PathValue("principal"), "The path")
	if err != nil {
		return document.To{}, 0, err
	}
	only, err := ifMatch(r)
	return to, only, err
}

// principal reads one from where it stands.
func principal(text, where string) (document.To, error) {
	var to wire.Principal
	if err := to.UnmarshalText([]byte(text)); err != nil {
		return document.To{}, fmt.Errorf("%w: %w", errMalformed, &wire.Fault{Code: wire.CodeInvalid, Message: where + " holds what is " + wire.ErrPrincipal.Error() + "."})
	}
	return toOf(to), nil
}

func toOf(to wire.Principal) document.To {
	return document.To{Principal: authz.Principal{Kind: to.Kind, ID: to.ID}, Address: to.Address}
}

// ifMatch reads the version of the access list that a request is meant for.
func ifMatch(r *http.Request) (int64, error) {
	condition := r.Header.Get("If-Match")
	if condition == "" || condition == "*" {
		return document.AnyVersion, nil
	}
	var version int64
	if n, err := fmt.Sscanf(condition, `"a%d"`, &version); n != 1 || err != nil || version <= 0 || accessTag(version) != strings.TrimSpace(condition) {
		return 0, document.ErrChanged // a tag that no list of ours ever had
	}
	return version, nil
}

// because is the actor with what they say is why.
func because(actor storage.Actor, reason string) storage.Actor {
	actor.Note.Reason = strings.TrimSpace(reason)
	return actor
}

func accessTag(version int64) string { return fmt.Sprintf(`"a%d"`, version) }

func principalOf(grant storage.Grant) wire.Principal {
	if grant.To.Kind == authz.ToAddress {
		return wire.Principal{Kind: authz.ToAddress, Address: grant.Address}
	}
	return wire.Principal{Kind: grant.To.Kind, ID: grant.To.ID}
}

func grantOf(grant storage.Grant, named document.Named) wire.GrantItem {
	item := wire.GrantItem{
		Principal: principalOf(grant),
		Role:      grant.Role,
		ExpiresAt: moment(storage.Micros(grant.ExpiresAt)),
		GrantedBy: grant.GrantedBy,
		GrantedAt: moment(grant.GrantedAt),
	}
	switch grant.To.Kind {
	case authz.ToUser:
		if user, ok := named.People[grant.To.ID]; ok {
			seen := known(user)
			item.User = &seen
		}
	case authz.ToGroup:
		if group, ok := named.Groups[grant.To.ID]; ok {
			seen := groupOf(group)
			item.Group = &seen
		}
	case authz.ToLink:
		if link, ok := named.Links[grant.To.ID]; ok {
			item.Link = &wire.LinkName{ID: link.ID, Name: link.Name}
		}
	}
	return item
}
