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
	list := wire.Grants{Items: []wire.GrantItem{grantOf(storage.Grant{Right: owner}, grants.People)}}
	for _, grant := range grants.Items {
		list.Items = append(list.Items, grantOf(grant, grants.People))
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
	right := authz.Right{To: to, Role: body.Role}
	if body.ExpiresAt != nil {
		right.ExpiresAt = int64(storage.At(*body.ExpiresAt))
	}
	version, err := a.Documents.GrantAt(r.Context(), actor, doc, only, right)
	if err != nil {
		return err
	}
	w.Header().Set("ETag", accessTag(version))
	return answer(w, http.StatusOK, wire.GrantItem{
		Principal: wire.Principal(to),
		Role:      body.Role,
		ExpiresAt: moment(storage.Micros(right.ExpiresAt)),
	})
}

func (a *API) dropGrant(w http.ResponseWriter, r *http.Request, actor storage.Actor, doc id.Doc) error {
	to, only, err := grantTarget(r)
	if err != nil {
		return err
	}
	version, err := a.Documents.RevokeAt(r.Context(), actor, doc, only, to)
	if err != nil {
		return err
	}
	w.Header().Set("ETag", accessTag(version))
	return nothing(w)
}

// grantTarget reads whose grant is meant, and which version of the list If-Match asks for.
func grantTarget(r *http.Request) (authz.Principal, int64, error) {
	var to wire.Principal
	if err := to.UnmarshalText([]byte(r.PathValue("principal"))); err != nil {
		return authz.Principal{}, 0, fmt.Errorf("%w: %w", errMalformed, &wire.Fault{Code: wire.CodeInvalid, Message: "The path holds what is " + wire.ErrPrincipal.Error() + "."})
	}
	only, err := ifMatch(r)
	return authz.Principal(to), only, err
}

// ifMatch reads the version of the access list that a request is meant for.
func ifMatch(r *http.Request) (int64, error) {
	condition := r.Header.Get("If-Match")
	if condition == "" || condition == "*" {
		return document.AnyVersion, nil
	}
	var version int64
	if n, err := fmt.Sscanf(condition, `"a%d"`, &version); n != 1 || err != nil || accessTag(version) != strings.TrimSpace(condition) {
		return 0, document.ErrChanged // a tag that no list of ours ever had
	}
	return version, nil
}

func accessTag(version int64) string { return fmt.Sprintf(`"a%d"`, version) }

func grantOf(grant storage.Grant, people map[id.User]storage.User) wire.GrantItem {
	item := wire.GrantItem{
		Principal: wire.Principal(grant.To),
		Role:      grant.Role,
		ExpiresAt: moment(storage.Micros(grant.ExpiresAt)),
		GrantedBy: grant.GrantedBy,
		GrantedAt: moment(grant.GrantedAt),
	}
	if user, ok := people[grant.To.ID]; ok && grant.To.Kind == authz.ToUser {
		seen := known(user)
		item.User = &seen
	}
	return item
}
