package api

import (
	"net/http"
	"testing"
	"time"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/server/wire"
)

// A link ends after 30 days, or sooner where the policy says so, unless another end is asked for. That it has none has to be asked for,
// and is refused by a policy that wants an end. Who changes something else of it, changes no end.
func TestLinksEnd(t *testing.T) {
	h := newHouse(t)
	owner, boss := h.user("owner"), h.user("boss", instanceAdmin)
	doc := owner.document("plan").ID
	after := func(days int) *time.Time {
		end := time.Now().AddDate(0, 0, days)
		return &end
	}
	ends := func(link wire.Link, want *time.Time) {
		t.Helper()
		if (link.ExpiresAt == nil) != (want == nil) || want != nil && link.ExpiresAt.Sub(*want).Abs() > 2*time.Minute {
			t.Errorf("link %s ends at %v, want %v", link.Name, link.ExpiresAt, want)
		}
	}
	links := of(doc) + "/links"
	made := func(link wire.PutLink) wire.Link { return into[wire.Link](owner.do("POST", links, link).want(201)) }
	usual := made(wire.PutLink{Name: "usual", Role: authz.Viewer})
	ends(usual, after(30))
	never := made(wire.PutLink{Name: "never", Role: authz.Viewer, Never: true})
	ends(never, nil)
	soon := made(wire.PutLink{Name: "soon", Role: authz.Viewer, ExpiresAt: after(2)})
	ends(soon, after(2))
	late := made(wire.PutLink{Name: "late", Role: authz.Viewer, ExpiresAt: after(300)})
	ends(late, after(300))
	owner.do("POST", links, wire.PutLink{Name: "both", Role: authz.Viewer, ExpiresAt: after(2), Never: true}).refused(422, wire.CodeInvalid)

	changed := func(link wire.Link, to wire.PutLink) wire.Link {
		return into[wire.Link](owner.do("PUT", links+"/"+link.ID.String(), to).want(200))
	}
	ends(changed(soon, wire.PutLink{Name: "soon", Role: authz.Commenter}), after(2))
	ends(changed(never, wire.PutLink{Name: "never", Role: authz.Commenter}), nil)
	ends(changed(usual, wire.PutLink{Name: "usual", Role: authz.Viewer, Never: true}), nil)
	ends(changed(usual, wire.PutLink{Name: "usual", Role: authz.Viewer, ExpiresAt: after(3)}), after(3))
	given := into[wire.GrantItem](owner.do("PUT", of(doc)+"/grants/link:"+soon.ID.String(), wire.PutGrant{Role: authz.Viewer}).want(200))
	if given.ExpiresAt == nil || given.ExpiresAt.Sub(*after(2)).Abs() > 2*time.Minute {
		t.Errorf("as a grant, the link ends at %v", given.ExpiresAt)
	}

	policy := boss.do("GET", "/v1/policy", nil).want(200)
	set := into[wire.Policy](policy)
	set.ExpiryDays = 7
	boss.do("PUT", "/v1/policy", set, "If-Match", policy.header.Get("ETag")).want(http.StatusOK)
	ends(made(wire.PutLink{Name: "by policy", Role: authz.Viewer}), after(7))
	owner.do("POST", links, wire.PutLink{Name: "x", Role: authz.Viewer, Never: true}).refused(422, wire.CodePolicy)
	owner.do("POST", links, wire.PutLink{Name: "x", Role: authz.Viewer, ExpiresAt: after(8)}).refused(422, wire.CodePolicy)
}
