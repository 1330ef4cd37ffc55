package api

import (
	"testing"
	"time"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/server/internal/bus"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// The administrators page through everybody, and nobody else does.
func TestListAccounts(t *testing.T) {
	h := newHouse(t)
	boss := h.user("boss", instanceAdmin)
	for _, name := range []string{"ada", "kim", "lee"} {
		h.user(name)
	}
	h.user("away", suspended)
	seen := map[string]bool{}
	path := "/v1/accounts?limit=2"
	for pages := 0; path != ""; pages++ {
		page := into[wire.List[wire.Account]](boss.do("GET", path, nil).want(200))
		if len(page.Items) > 2 || pages > 3 {
			t.Fatalf("page %d holds %d", pages, len(page.Items))
		}
		for _, account := range page.Items {
			if seen[account.Name] || account.Email != account.Name+"@example.com" || (account.SuspendedAt != nil) != (account.Name == "away") ||
				account.InstanceAdmin != (account.Name == "boss") {
				t.Errorf("listed %+v", account)
			}
			seen[account.Name] = true
		}
		path = ""
		if page.NextCursor != "" {
			path = "/v1/accounts?limit=2&cursor=" + page.NextCursor
		}
	}
	if len(seen) != 5 {
		t.Errorf("seen %v", seen)
	}
	for query, want := range map[string]int{"?suspended=true": 1, "?suspended=false": 4, "?admins=true": 1, "?text=KI": 1, "?guests=true": 0} {
		if page := into[wire.List[wire.Account]](boss.do("GET", "/v1/accounts"+query, nil).want(200)); len(page.Items) != want {
			t.Errorf("%s finds %d, want %d", query, len(page.Items), want)
		}
	}
	for _, query := range []string{"?suspended=yes", "?limit=0", "?limit=201", "?cursor=x", "?email=a@b.de"} {
		boss.do("GET", "/v1/accounts"+query, nil).refused(400, wire.CodeInvalid)
	}
	h.user("nosy").do("GET", "/v1/accounts", nil).refused(403, wire.CodeForbidden)
	h.browser().do("GET", "/v1/accounts", nil).refused(401, wire.CodeNotSignedIn)
}

// Suspending somebody ends what they are signed in by at once; their tokens sleep until they may come back.
func TestSuspension(t *testing.T) {
	h := newHouse(t, openHouse)
	boss, ada := h.user("boss", instanceAdmin), h.member("ada")
	bot := h.browser()
	bot.token = h.tokenFor(ada.user.ID)
	path := "/v1/accounts/" + ada.user.ID.String() + "/suspension"
	ada.do("PUT", path, map[string]any{}).refused(403, wire.CodeForbidden)
	ada.do("DELETE", path, nil).refused(403, wire.CodeForbidden)

	var told []bus.Event
	h.events.Subscribe(func(e bus.Event) { told = append(told, e) })
	boss.do("PUT", path, wire.Suspend{Reason: "left for a while"}).want(204)
	if len(told) != 1 || told[0] != (bus.UserChanged{User: ada.user.ID}) {
		t.Errorf("told %v", told)
	}
	boss.do("PUT", path, map[string]any{}).want(204) // they are suspended
	ada.do("GET", "/v1/users/me", nil).refused(401, wire.CodeNotSignedIn)
	bot.do("GET", "/v1/users/me", nil).refused(401, wire.CodeNotSignedIn)
	signIn(h.browser(), ada.user.Email, password).refused(401, wire.CodeBadLogin)

	boss.do("DELETE", path, nil).want(204)
	boss.do("DELETE", path, nil).want(204)
	ada.do("GET", "/v1/users/me", nil).refused(401, wire.CodeNotSignedIn) // the session is no more
	bot.do("GET", "/v1/users/me", nil).want(200)
	signIn(ada, ada.user.Email, password).want(200)

	boss.do("PUT", "/v1/accounts/"+boss.user.ID.String()+"/suspension", map[string]any{}).refused(409, wire.CodeConflict)
	for _, method := range []string{"PUT", "DELETE"} {
		var body any
		if method == "PUT" {
			body = map[string]any{}
		}
		boss.do(method, "/v1/accounts/"+id.New[id.User]().String()+"/suspension", body).refused(404, wire.CodeNotFound)
		boss.do(method, "/v1/accounts/x/suspension", body).refused(404, wire.CodeNotFound)
	}
}

// Somebody leaves: what would change is told before, and then their documents have another owner and they have nothing.
func TestOffboarding(t *testing.T) {
	h := newHouse(t)
	boss, ada, heir := h.user("boss", instanceAdmin), h.user("ada"), h.user("heir")
	own, shared := ada.document("own").ID, heir.document("shared").ID
	h.grant(shared, ada.user.ID, authz.Editor, 0)
	path := "/v1/accounts/" + ada.user.ID.String() + "/offboarding"
	heir.do("POST", path, wire.Offboard{DryRun: true}).refused(403, wire.CodeForbidden)
	heir.do("POST", path, wire.Offboard{}).refused(403, wire.CodeForbidden)

	plan := into[wire.OffboardPlan](boss.do("POST", path, wire.Offboard{Heir: heir.user.ID, DryRun: true}).want(200))
	if plan.Documents != 1 || plan.Grants != 1 || plan.Tokens != 1 || len(plan.Orphans) != 0 {
		t.Errorf("the plan is %+v", plan)
	}
	plan = into[wire.OffboardPlan](boss.do("POST", path, wire.Offboard{DryRun: true}).want(200))
	if len(plan.Orphans) != 1 || plan.Orphans[0] != own {
		t.Errorf("without an heir the plan is %+v", plan)
	}
	ada.do("GET", "/v1/documents/"+shared.String(), nil).want(200) // nothing has changed

	boss.do("POST", path, wire.Offboard{Heir: heir.user.ID, Reason: "leaves"}).want(204)
	boss.do("POST", path, wire.Offboard{Heir: heir.user.ID}).refused(422, wire.CodeReason)
	boss.do("POST", path, wire.Offboard{Heir: heir.user.ID, Reason: "leaves"}).want(204)
	ada.do("GET", "/v1/users/me", nil).refused(401, wire.CodeNotSignedIn)
	if doc := into[wire.Document](heir.do("GET", "/v1/documents/"+own.String(), nil).want(200)); doc.Owner != heir.user.ID {
		t.Errorf("the document is %v's", doc.Owner)
	}
	boss.do("POST", "/v1/accounts/"+id.New[id.User]().String()+"/offboarding", wire.Offboard{}).refused(422, wire.CodeInvalid)
	boss.do("POST", path, wire.Offboard{Heir: id.New[id.User](), Reason: "leaves"}).refused(422, wire.CodeInvalid)
}

// Where the policy names domains, addresses of others have no account; who sets the instance up may have any. Who makes an account
// by themselves only says that an address is theirs, and has nothing by it.
func TestSignUpDomains(t *testing.T) {
	h := newHouse(t, openHouse)
	boss := h.user("boss", instanceAdmin)
	policy, err := h.store.Policy(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	policy.SignUpDomains = []string{"example.com"}
	by := h.tokenActor(boss.user.ID)
	fence := storage.Fence{User: by.User, Credential: by.Credential}
	if _, _, err := h.store.SetPolicy(t.Context(), policy, storage.At(time.Now()), storage.By{Fence: &fence}); err != nil {
		t.Fatal(err)
	}
	up := func(email string) reply {
		return h.browser().do("POST", "/v1/users", wire.SignUp{Email: email, Name: "N", Password: password})
	}
	up("a@elsewhere.org").refused(403, wire.CodeForbidden)
	up("a@sub.example.com").refused(403, wire.CodeForbidden)
	owner := h.user("owner")
	doc := owner.document("plan").ID
	owner.do("PUT", of(doc)+"/grants/email:a@example.com", wire.PutGrant{Role: authz.Editor}).want(200)
	claimed := into[wire.Session](up("A@Example.COM").want(201)).User
	if standing, err := h.store.Access(t.Context(), doc, claimed.ID); err != nil || !claimed.Unproven ||
		standing.Decide(storage.Actor{User: claimed.ID}, storage.At(time.Now())).Role != authz.None {
		t.Errorf("who says that they are of the domain is %+v; %v", claimed, err)
	}
	if found := into[wire.List[wire.User]](owner.do("GET", "/v1/users?email=a@example.com", nil).want(200)); len(found.Items) != 0 {
		t.Errorf("found %+v by what they say", found.Items)
	}
	boss.do("POST", "/v1/invitations", map[string]any{"email": "a@elsewhere.org"}).refused(403, wire.CodeForbidden)
	boss.do("POST", "/v1/invitations", map[string]any{"email": "b@example.com"}).want(201)
}

// Passwords that everybody would try are refused, where they are made and where they are changed.
func TestGuessablePasswords(t *testing.T) {
	h := newHouse(t, openHouse)
	for _, bad := range []string{"password", "Summer2026!", "Grace1234", "grace.hopper", "example.com"} {
		problem := h.browser().do("POST", "/v1/users", wire.SignUp{Email: "grace.hopper@example.com", Name: "Grace", Password: bad}).
			refused(422, wire.CodeGuessable)
		if problem.Pointer != "/password" {
			t.Errorf("%s: pointer %s", bad, problem.Pointer)
		}
	}
	ada := h.member("ada")
	problem := ada.do("PUT", "/v1/users/me/password", map[string]any{"current": password, "new": "qwertyuiop"}).refused(422, wire.CodeGuessable)
	if problem.Pointer != "/new" {
		t.Errorf("pointer %s", problem.Pointer)
	}
	signIn(h.browser(), ada.user.Email, password).want(200)
}
