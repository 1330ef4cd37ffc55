package api

import (
	"strings"
	"testing"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/server/internal/account"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage/id"
)

// Who knows somebody's id learns their name and not their address. It is told to those whom it was named to, by a grant or a request,
// to administrators of the instance, and to themselves.
func TestIDsTellNoAddresses(t *testing.T) {
	h := newHouse(t)
	eve, ada, kim, boss := h.user("eve"), h.user("ada"), h.user("kim"), h.user("boss", instanceAdmin)
	doc := eve.document("bait").ID
	path := of(doc) + "/grants/user:" + ada.user.ID.String()
	eve.do("PUT", path, wire.PutGrant{Role: authz.Admin}).want(200)
	group := into[wire.Group](boss.do("POST", "/v1/groups", wire.NameGroup{Name: "all"}).want(201))
	members := "/v1/groups/" + group.ID.String() + "/members"
	boss.do("PUT", members+"/"+ada.user.ID.String(), nil).want(204)
	eve.do("PUT", of(doc)+"/grants/group:"+group.ID.String(), wire.PutGrant{Role: authz.Viewer}).want(200)

	tells := func(who *client, method, path string, body any) bool {
		t.Helper()
		reply := who.do(method, path, body)
		if reply.status >= 300 || !strings.Contains(string(reply.body), `"name":"ada"`) && method == "GET" {
			t.Fatalf("%s: %d %s", reply.call, reply.status, reply.body)
		}
		return strings.Contains(string(reply.body), "ada@example.com")
	}
	explain := of(doc) + "/access/explain?principal=user:" + ada.user.ID.String()
	for _, read := range []string{of(doc) + "/grants", explain, members} {
		for who, want := range map[*client]bool{eve: false, ada: true, boss: true} {
			if got := tells(who, "GET", read, nil); got != want {
				t.Errorf("%s tells %s the address: %v", read, who.user.Name, got)
			}
		}
	}
	if tells(eve, "PUT", path, wire.PutGrant{Role: authz.Viewer}) {
		t.Error("the answer to a grant tells the address")
	}
	// By the address itself it is a grant that says so, also to who looks after the document with them, and when its role changes.
	eve.do("PUT", of(doc)+"/grants/email:Ada@example.com", wire.PutGrant{Role: authz.Editor}).want(200)
	eve.do("PUT", path, wire.PutGrant{Role: authz.Admin}).want(200)
	eve.do("PUT", of(doc)+"/grants/user:"+kim.user.ID.String(), wire.PutGrant{Role: authz.Admin}).want(200)
	for _, who := range []*client{eve, kim} {
		if !tells(who, "GET", of(doc)+"/grants", nil) || !tells(who, "GET", explain, nil) {
			t.Errorf("%s is not told the address that the grant was made by", who.user.Name)
		}
	}
	if tells(eve, "GET", members, nil) {
		t.Error("members of groups are told with their addresses")
	}
	// Who asks to be let in is told with the address, if it is theirs.
	ask := kim.document("other").ID
	ada.do("POST", of(ask)+"/access-requests", wire.Ask{Role: authz.Viewer}).want(202)
	if !tells(kim, "GET", of(ask)+"/access-requests", nil) {
		t.Error("who asks is not told by their address")
	}
}

// Where anybody may make an account, an address is only what they say: what is given to it waits for who proves it, the answer is the
// same as where nobody says so, and nobody finds them by it.
func TestAddressesAreProven(t *testing.T) {
	h := newHouse(t, openHouse)
	boss, owner := h.user("boss", instanceAdmin), h.user("owner")
	squatter := h.member("ada") // ada@example.com, she says
	doc := owner.document("plan").ID
	share := func(address string) string {
		t.Helper()
		reply := owner.do("PUT", of(doc)+"/grants/email:"+address, wire.PutGrant{Role: authz.Editor}).want(200)
		return strings.ReplaceAll(string(reply.body), address, "…")
	}
	if said, unsaid := share("ada@example.com"), share("bob@example.com"); said != unsaid {
		t.Errorf("shared with an address that somebody says is theirs: %s; with another: %s", said, unsaid)
	}
	if role := squatter.role(doc); role != "none" {
		t.Fatalf("who only says that the address is theirs is %s", role)
	}
	if found := into[wire.List[wire.User]](owner.do("GET", "/v1/users?email=ada@example.com", nil).want(200)); len(found.Items) != 0 {
		t.Errorf("found %+v by an address that is not proven", found.Items)
	}
	requested := owner.document("asked").ID
	squatter.do("POST", of(requested)+"/access-requests", wire.Ask{Role: authz.Viewer}).want(202)
	if reply := owner.do("GET", of(requested)+"/access-requests", nil).want(200); strings.Contains(string(reply.body), "ada@example.com") {
		t.Errorf("a request comes with an address that is not proven: %s", reply.body)
	}
	if me := into[wire.User](squatter.do("GET", "/v1/users/me", nil).want(200)); !me.Unproven || me.Email != "ada@example.com" {
		t.Errorf("she sees herself as %+v", me)
	}

	invitation := func(email string) wire.ProveAddress {
		made := into[wire.Invitation](boss.do("POST", "/v1/invitations", wire.Invite{Email: email}).want(201))
		_, secret, _ := strings.Cut(made.URL, "#")
		return wire.ProveAddress{Invitation: secret}
	}
	const proof = "/v1/users/me/proof"
	squatter.do("POST", proof, invitation("")).refused(403, wire.CodeForbidden)
	squatter.do("POST", proof, invitation("bob@example.com")).refused(403, wire.CodeForbidden)
	squatter.do("POST", proof, wire.ProveAddress{Invitation: strings.Repeat("x", 43)}).refused(404, wire.CodeNotFound)
	h.browser().do("POST", proof, invitation("ada@example.com")).refused(401, wire.CodeNotSignedIn)
	if role := squatter.role(doc); role != "none" {
		t.Fatalf("by what proves nothing she is %s", role)
	}
	if me := into[wire.User](squatter.do("POST", proof, invitation("ada@example.com")).want(200)); me.Unproven || me.ID != squatter.user.ID {
		t.Errorf("proven, she is %+v", me)
	}
	if role := squatter.role(doc); role != "editor" {
		t.Errorf("proven, she is %s", role)
	}
	given := into[wire.GrantItem](owner.do("PUT", of(doc)+"/grants/email:ada@example.com", wire.PutGrant{Role: authz.Admin}).want(200))
	if given.Principal.Kind != authz.ToUser || id.User(given.Principal.ID) != squatter.user.ID {
		t.Errorf("given to %v", given.Principal)
	}
}

// Who sets the instance up has shown that it is theirs.
func TestTheFirstAddressIsProven(t *testing.T) {
	h := newHouse(t, func(*account.Config) {})
	secret, _, err := h.accounts.SetupURL(t.Context())
	h.must(err)
	begun := into[wire.Session](h.browser().do("POST", "/v1/users", wire.SignUp{Invitation: secret, Email: "a@example.com", Name: "A", Password: password}).want(201))
	if begun.User.Unproven {
		t.Errorf("begun as %+v", begun.User)
	}
}
