package api

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
)

func (a *API) showPolicy(w http.ResponseWriter, r *http.Request, actor storage.Actor) error {
	policy, err := a.Documents.Policy(r.Context(), actor)
	if err != nil {
		return err
	}
	if unchanged(w, r, policyTag(policy)) {
		return nil
	}
	keep(w, policyTag(policy))
	return answer(w, http.StatusOK, policyOf(policy))
}

// setPolicy takes the tag of the policy that the change was made from: two administrators do not undo each other unawares.
func (a *API) setPolicy(w http.ResponseWriter, r *http.Request, actor storage.Actor) error {
	var body wire.Policy
	if err := read(w, r, &body); err != nil {
		return err
	}
	policy := storage.Policy{LinkRole: body.LinkRole, Anonymous: body.Anonymous, ExpiryDays: body.ExpiryDays,
		AdminsCreate: body.AdminsCreate, SignUpDomains: body.SignUpDomains}
	condition := strings.TrimSpace(r.Header.Get("If-Match"))
	if condition == "" {
		return errNoCondition
	}
	if n, err := fmt.Sscanf(condition, `"p%d"`, &policy.Version); n != 1 || err != nil || policyTag(policy) != condition {
		return storage.ErrPolicyMoved
	}
	set, err := a.Documents.SetPolicy(r.Context(), actor, policy)
	if err != nil {
		return err
	}
	w.Header().Set("ETag", policyTag(set))
	return answer(w, http.StatusOK, policyOf(set))
}

// showExcess counts what exceeds the policy in force.
func (a *API) showExcess(w http.ResponseWriter, r *http.Request, actor storage.Actor) error {
	policy, err := a.Documents.Policy(r.Context(), actor)
	if err != nil {
		return err
	}
	excess, err := a.Documents.Excess(r.Context(), actor, policy)
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, wire.Excess(excess))
}

func policyTag(policy storage.Policy) string { return fmt.Sprintf(`"p%d"`, policy.Version) }

func policyOf(p storage.Policy) wire.Policy {
	return wire.Policy{LinkRole: p.LinkRole, Anonymous: p.Anonymous, ExpiryDays: p.ExpiryDays,
		AdminsCreate: p.AdminsCreate, SignUpDomains: append([]string{}, p.SignUpDomains...)}
}
