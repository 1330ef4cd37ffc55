package api

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

func of(doc id.Doc) string { return "/v1/documents/" + doc.String() }

func (c *client) role(doc id.Doc) string {
	c.house.t.Helper()
	reply := c.do("GET", of(doc)+"/access", nil)
	if reply.status == 404 {
		return "none"
	}
	return into[wire.OwnAccess](reply.want(200)).Role.String()
}

// A group's members have what is granted to it, from when they are put into it until they are taken out or it is deleted.
func TestGroups(t *testing.T) {
	h := newHouse(t)
	boss, owner, ada := h.user("boss", instanceAdmin), h.user("owner"), h.user("ada")
	doc := owner.document("plan").ID
	group := into[wire.Group](boss.do("POST", "/v1/groups", wire.NameGroup{Name: " Engineering "}).want(201))
	if group.Name != "Engineering" {
		t.Errorf("the group is called %q", group.Name)
	}
	boss.do("POST", "/v1/groups", wire.NameGroup{Name: "Engineering"}).refused(409, wire.CodeTaken)
	members := "/v1/groups/" + group.ID.String() + "/members/"
	owner.do("PUT", of(doc)+"/grants/group:"+group.ID.String(), wire.PutGrant{Role: authz.Editor}).want(200)
	for _, c := range []struct {
		do   func()
		want string
	}{
		{func() {}, "none"},
		{func() { boss.do("PUT", members+ada.user.ID.String(), nil).want(204) }, "editor"},
		{func() { boss.do("DELETE", members+ada.user.ID.String(), nil).want(204) }, "none"},
		{func() { boss.do("PUT", members+ada.user.ID.String(), nil).want(204) }, "editor"},
		{func() { boss.do("DELETE", "/v1/groups/"+group.ID.String(), nil).want(204) }, "none"},
	} {
		if c.do(); ada.role(doc) != c.want {
			t.Errorf("ada is %s, want %s", ada.role(doc), c.want)
		}
	}
	boss.do("PUT", members+ada.user.ID.String(), nil).refused(404, wire.CodeNotFound)
	boss.do("GET", "/v1/groups/x", nil).refused(404, wire.CodeNotFound)
	boss.do("PATCH", "/v1/groups/"+group.ID.String(), wire.NameGroup{Name: "x"}).refused(404, wire.CodeNotFound)
	for i := range 5 {
		boss.do("POST", "/v1/groups", wire.NameGroup{Name: fmt.Sprint("g", i)}).want(201)
	}
	var names []string
	for cursor := ""; ; {
		page := into[wire.List[wire.Group]](ada.do("GET", "/v1/groups?limit=2&cursor="+cursor, nil).want(200))
		for _, group := range page.Items {
			names = append(names, group.Name)
		}
		if cursor = page.NextCursor; cursor == "" {
			break
		}
	}
	if got := strings.Join(names, " "); got != "g0 g1 g2 g3 g4" {
		t.Errorf("listed %s", got)
	}
}

// A link lets people in with its role, and those without an account as guests; it counts them; and when it is revoked, all of
// them are out.
func TestLinks(t *testing.T) {
	h := newHouse(t)
	owner, ada := h.user("owner"), h.user("ada")
	doc := owner.document("plan").ID
	made := into[wire.Link](owner.do("POST", of(doc)+"/links", wire.PutLink{Name: "Client review", Role: authz.Commenter}).want(201))
	if made.URL != "https://docs.example.com/link#"+made.Secret || len(made.Secret) != 43 {
		t.Fatalf("made %+v", made)
	}
	entered := into[wire.Entered](ada.do("POST", "/v1/session/guest", wire.Enter{Link: made.Secret}).want(200))
	guest := h.browser()
	if who := into[wire.Entered](guest.do("POST", "/v1/session/guest", wire.Enter{Link: made.Secret}).want(200)); !who.User.Guest || who.Document != doc {
		t.Fatalf("entered %+v", who)
	}
	if entered.Document != doc || ada.role(doc) != "commenter" || guest.role(doc) != "commenter" {
		t.Fatalf("ada is %s, the guest %s", ada.role(doc), guest.role(doc))
	}
	links := into[wire.List[wire.Link]](owner.do("GET", of(doc)+"/links", nil).want(200))
	if len(links.Items) != 1 || links.Items[0].Uses != 2 || links.Items[0].LastUsedAt == nil || links.Items[0].Secret != "" || links.Items[0].Name != "Client review" {
		t.Fatalf("listed %+v", links.Items)
	}
	path := of(doc) + "/links/" + made.ID.String()
	owner.do("PUT", path, wire.PutLink{Name: "Readers", Role: authz.Viewer}).want(200)
	if ada.role(doc) != "viewer" || guest.role(doc) != "viewer" {
		t.Fatalf("after the change ada is %s, the guest %s", ada.role(doc), guest.role(doc))
	}
	if uses := into[wire.List[wire.Link]](owner.do("GET", of(doc)+"/links", nil)).Items[0].Uses; uses != 2 {
		t.Errorf("%d uses after the change", uses)
	}
	owner.do("DELETE", path, nil).want(204)
	if ada.role(doc) != "none" || guest.role(doc) != "none" {
		t.Fatalf("after the revocation ada is %s, the guest %s", ada.role(doc), guest.role(doc))
	}
	h.browser().do("POST", "/v1/session/guest", wire.Enter{Link: made.Secret}).refused(404, wire.CodeNotFound)
	owner.do("DELETE", path, nil).refused(404, wire.CodeNotFound)
	owner.do("PUT", path, wire.PutLink{Name: "Readers", Role: authz.Viewer}).refused(404, wire.CodeNotFound)
	owner.do("DELETE", of(doc)+"/links/x", nil).refused(404, wire.CodeNotFound)
	other := owner.document("other").ID
	elsewhere := into[wire.Link](owner.do("POST", of(other)+"/links", wire.PutLink{Name: "x", Role: authz.Viewer}).want(201))
	owner.do("PUT", of(doc)+"/links/"+elsewhere.ID.String(), wire.PutLink{Name: "x", Role: authz.Viewer}).refused(404, wire.CodeNotFound)
}

// A grant to an address is one to whoever has it, and waits for them where nobody does.
func TestAddresses(t *testing.T) {
	h := newHouse(t)
	owner, ada := h.user("owner"), h.user("ada")
	doc := owner.document("plan").ID
	grants := of(doc) + "/grants/"
	given := into[wire.GrantItem](owner.do("PUT", grants+"email:Ada@Example.com", wire.PutGrant{Role: authz.Editor}).want(200))
	if given.Principal.String() != "user:"+ada.user.ID.String() || ada.role(doc) != "editor" {
		t.Fatalf("granted %v, ada is %s", given.Principal, ada.role(doc))
	}
	given = into[wire.GrantItem](owner.do("PUT", grants+"email:New@example.com", wire.PutGrant{Role: authz.Viewer}).want(200))
	if given.Principal.String() != "email:new@example.com" {
		t.Fatalf("granted %v", given.Principal)
	}
	list := into[wire.Grants](owner.do("GET", of(doc)+"/grants", nil).want(200))
	if len(list.Items) != 3 || list.Items[2].Principal.Address != "new@example.com" {
		t.Fatalf("listed %+v", list.Items)
	}
	if e := into[wire.Explanation](owner.do("GET", of(doc)+"/access/explain?principal=email:new@example.com", nil).want(200)); e.Role != authz.Viewer || len(e.Paths) != 1 {
		t.Errorf("explained %+v", e)
	}
	owner.do("DELETE", grants+"email:NEW@example.com", nil).want(204)
	owner.do("DELETE", grants+"email:ada@example.com", nil).want(204)
	if ada.role(doc) != "none" {
		t.Errorf("ada is %s", ada.role(doc))
	}
	owner.do("DELETE", grants+"email:ada@example.com", nil).refused(404, wire.CodeNotFound)
}

// Ownership is offered, and is the other's when they accept; an administrator transfers it with a reason.
func TestOwnership(t *testing.T) {
	h := newHouse(t)
	owner, heir, third, boss := h.user("owner"), h.user("heir"), h.user("third"), h.user("boss", instanceAdmin)
	doc := owner.document("plan").ID
	offer := of(doc) + "/offer"
	owner.do("PUT", offer, wire.Offer{To: owner.user.ID}).refused(422, wire.CodeInvalid)
	owner.do("PUT", offer, wire.Offer{To: id.New[id.User]()}).refused(422, wire.CodeInvalid)
	owner.do("PUT", offer, wire.Offer{To: heir.user.ID}).want(204)
	own := into[wire.OwnAccess](heir.do("GET", of(doc)+"/access", nil).want(200))
	if !own.Offered || own.Role != authz.None {
		t.Fatalf("the heir has %+v", own)
	}
	heir.do("GET", of(doc)+"/content", nil).refused(403, wire.CodeForbidden)
	owner.do("DELETE", offer, nil).want(204)
	heir.do("POST", offer+"/accept", nil).refused(404, wire.CodeNotFound)
	owner.do("PUT", offer, wire.Offer{To: third.user.ID}).want(204)
	third.do("POST", offer+"/decline", nil).want(204)
	owner.do("PUT", offer, wire.Offer{To: heir.user.ID}).want(204)
	heir.do("POST", offer+"/accept", "{}").want(204)
	if heir.role(doc) != "owner" || owner.role(doc) != "admin" {
		t.Fatalf("the heir is %s, the former owner %s", heir.role(doc), owner.role(doc))
	}
	transfer := of(doc) + "/transfer-ownership"
	boss.do("POST", transfer, map[string]any{"to": third.user.ID.String(), "reason": " "}).refused(422, wire.CodeReason)
	boss.do("POST", transfer, wire.Transfer{To: third.user.ID, Keep: authz.Viewer, Reason: "left the company"}).want(204)
	if third.role(doc) != "owner" || heir.role(doc) != "viewer" || owner.role(doc) != "admin" {
		t.Fatalf("after the transfer: %s, %s, %s", third.role(doc), heir.role(doc), owner.role(doc))
	}
	boss.do("GET", of(doc)+"/content", nil).refused(403, wire.CodeForbidden)
	self := of(doc) + "/grants/user:" + boss.user.ID.String()
	boss.do("PUT", self, wire.PutGrant{Role: authz.Viewer}).refused(422, wire.CodeReason)
	boss.do("PUT", self, wire.PutGrant{Role: authz.Viewer, Reason: "legal hold"}).want(200)
	boss.do("GET", of(doc)+"/content", nil).want(200)
	rows := into[wire.List[wire.AuditRow]](third.do("GET", of(doc)+"/audit?action=access.grant", nil).want(200))
	if len(rows.Items) == 0 || rows.Items[0].Reason != "legal hold" || rows.Items[0].ActorName != "boss" || rows.Items[0].From == "" {
		t.Errorf("the audit has %+v", rows.Items)
	}
}

// What is deleted lies in the trash, is listed there, and comes back.
func TestTrash(t *testing.T) {
	h := newHouse(t)
	owner, admin, boss := h.user("owner"), h.user("admin"), h.user("boss", instanceAdmin)
	doc := owner.document("plan").ID
	h.grant(doc, admin.user.ID, authz.Admin, 0)
	owner.do("POST", of(doc)+"/undelete", nil).refused(404, wire.CodeNotFound)
	owner.do("DELETE", of(doc), nil).want(204)
	heir := h.user("heir")
	boss.do("POST", of(doc)+"/transfer-ownership", wire.Transfer{To: heir.user.ID, Reason: "has left"}).want(204)
	if list := into[wire.List[wire.Deleted]](heir.do("GET", "/v1/trash", nil).want(200)); len(list.Items) != 1 {
		t.Fatalf("the heir's trash holds %+v", list.Items)
	}
	heir.do("GET", of(doc), nil).refused(404, wire.CodeNotFound) // it lies where it lay
	boss.do("POST", of(doc)+"/transfer-ownership", wire.Transfer{To: owner.user.ID, Reason: "is back"}).want(204)
	trash := into[wire.List[wire.Deleted]](owner.do("GET", "/v1/trash", nil).want(200))
	if len(trash.Items) != 1 || trash.Items[0].ID != doc || !trash.Items[0].Until.Equal(trash.Items[0].DeletedAt.Add(storage.TrashLasts)) {
		t.Fatalf("the trash holds %+v", trash.Items)
	}
	admin.do("POST", of(doc)+"/undelete", nil).refused(404, wire.CodeNotFound)
	if purged := into[wire.Purged](boss.do("POST", "/v1/trash/purge", nil).want(200)); len(purged.Documents) != 0 || purged.More {
		t.Fatalf("purged %+v", purged)
	}
	owner.do("POST", of(doc)+"/undelete", nil).want(204)
	owner.do("GET", of(doc), nil).want(200)
	if admin.role(doc) != "admin" {
		t.Errorf("the admin is %s", admin.role(doc))
	}
}

// A request is answered once, by those who may; asking says nothing of the document.
func TestRequests(t *testing.T) {
	h := newHouse(t)
	owner, kim := h.user("owner"), h.user("kim")
	doc := owner.document("plan").ID
	asks := of(doc) + "/access-requests"
	kim.do("POST", asks, wire.Ask{Role: authz.Viewer}).want(202)
	kim.do("POST", asks, wire.Ask{Role: authz.Editor, Message: "need to fix §2"}).want(202) // takes the place of the other
	list := into[wire.List[wire.AccessRequest]](owner.do("GET", asks, nil).want(200))
	if len(list.Items) != 1 || list.Items[0].User.ID != kim.user.ID || list.Items[0].Role != authz.Editor || list.Items[0].Message != "need to fix §2" {
		t.Fatalf("listed %+v", list.Items)
	}
	approve := asks + "/" + list.Items[0].ID.String() + "/approve"
	owner.do("POST", approve, map[string]any{"role": "owner"}).refused(422, wire.CodeInvalid)
	owner.do("POST", approve, wire.Approve{Role: authz.Viewer}).want(204)
	if kim.role(doc) != "viewer" {
		t.Fatalf("kim is %s", kim.role(doc))
	}
	owner.do("POST", approve, wire.Approve{}).refused(404, wire.CodeNotFound)
	kim.do("POST", asks, wire.Ask{Role: authz.Viewer}).refused(409, wire.CodeHasRole)
	kim.do("POST", asks, wire.Ask{Role: authz.Commenter}).want(202)
	ask := into[wire.List[wire.AccessRequest]](owner.do("GET", asks, nil).want(200)).Items[0].ID.String()
	owner.do("PUT", of(doc)+"/grants/user:"+kim.user.ID.String(), wire.PutGrant{Role: authz.Admin}).want(200)
	owner.do("POST", asks+"/"+ask+"/approve", wire.Approve{}).refused(409, wire.CodeHasRole) // it would take away
	owner.do("POST", asks+"/"+ask+"/decline", nil).want(204)
	owner.do("POST", asks+"/x/decline", nil).refused(404, wire.CodeNotFound)
	if kim.role(doc) != "admin" {
		t.Errorf("kim is %s", kim.role(doc))
	}
}

// The policy holds for what is granted from its change on.
func TestPolicy(t *testing.T) {
	h := newHouse(t)
	owner, boss, friend := h.user("owner"), h.user("boss", instanceAdmin), h.user("friend")
	doc := owner.document("plan").ID
	owner.do("PUT", of(doc)+"/grants/anyone", wire.PutGrant{Role: authz.Editor}).want(200)
	reply := boss.do("GET", "/v1/policy", nil).want(200)
	policy := into[wire.Policy](reply)
	policy.LinkRole, policy.Anonymous, policy.ExpiryDays, policy.AdminsCreate = authz.Commenter, false, 7, true
	boss.do("PUT", "/v1/policy", policy).refused(428, wire.CodeChanged)
	boss.do("PUT", "/v1/policy", policy, "If-Match", `"p9"`).refused(412, wire.CodeChanged)
	tag := reply.header.Get("ETag")
	next := boss.do("PUT", "/v1/policy", policy, "If-Match", tag).want(200).header.Get("ETag")
	boss.do("PUT", "/v1/policy", with2(policy, 8), "If-Match", tag).refused(412, wire.CodeChanged)
	boss.do("GET", "/v1/policy", nil, "If-None-Match", next).want(304)

	owner.do("PUT", of(doc)+"/grants/anyone", wire.PutGrant{Role: authz.Viewer}).refused(422, wire.CodePolicy)
	owner.do("POST", of(doc)+"/links", wire.PutLink{Name: "x", Role: authz.Editor}).refused(422, wire.CodePolicy)
	late := time.Now().Add(8 * 24 * time.Hour)
	owner.do("POST", of(doc)+"/links", wire.PutLink{Name: "x", Role: authz.Viewer, ExpiresAt: &late}).refused(422, wire.CodePolicy)
	made := into[wire.Link](owner.do("POST", of(doc)+"/links", wire.PutLink{Name: "x", Role: authz.Commenter}).want(201))
	if made.ExpiresAt == nil || time.Until(*made.ExpiresAt) > 7*24*time.Hour || time.Until(*made.ExpiresAt) < 6*24*time.Hour {
		t.Errorf("the link ends %v", made.ExpiresAt)
	}
	if given := into[wire.GrantItem](owner.do("PUT", of(doc)+"/grants/user:"+friend.user.ID.String(), wire.PutGrant{Role: authz.Editor}).want(200)); given.ExpiresAt != nil {
		t.Errorf("a grant to a user ends %v", given.ExpiresAt)
	}
	owner.do("POST", "/v1/documents", wire.NewDocument{Title: "x"}).refused(403, wire.CodeForbidden)
	boss.do("POST", "/v1/documents", wire.NewDocument{Title: "x"}).want(201)
	if excess := into[wire.Excess](boss.do("GET", "/v1/policy/excess", nil).want(200)); excess != (wire.Excess{Links: 1, Public: 1, Lasting: 1}) {
		t.Errorf("%+v exceeds", excess)
	}
	e := into[wire.Explanation](owner.do("GET", of(doc)+"/access/explain?principal=anyone", nil).want(200))
	if len(e.Paths) != 1 || !e.Paths[0].ExceedsPolicy {
		t.Errorf("explained %+v", e)
	}
}

func with2(policy wire.Policy, days int64) wire.Policy { policy.ExpiryDays = days; return policy }

// What somebody has and why, with what would be left without each grant; and all that somebody reaches.
func TestExplain(t *testing.T) {
	h := newHouse(t)
	owner, ada, boss := h.user("owner"), h.user("ada"), h.user("boss", instanceAdmin)
	doc := owner.document("plan").ID
	group := h.groupOf(ada.user.ID)
	h.give(doc, authz.Principal{Kind: authz.ToGroup, ID: group}, authz.Editor)
	h.give(doc, authz.Principal{Kind: authz.ToEveryone}, authz.Viewer)
	h.grant(doc, ada.user.ID, authz.Admin, storage.At(time.Now().Add(-time.Hour)))
	for _, ask := range []struct {
		who   *client
		query string
	}{{owner, "?principal=user:" + ada.user.ID.String()}, {ada, ""}, {boss, "?principal=email:ada@example.com"}} {
		e := into[wire.Explanation](ask.who.do("GET", of(doc)+"/access/explain"+ask.query, nil).want(200))
		var lines []string
		for _, path := range e.Paths {
			lines = append(lines, fmt.Sprint(strings.Split(path.Principal.String(), ":")[0], " ", path.Role, " ", path.State, " ", path.Without.Role))
		}
		got, want := strings.Join(lines, "; "), "group editor wins viewer; everyone viewer covered editor; user admin expired editor"
		if e.Role != authz.Editor || got != want || e.Paths[0].Group == nil {
			t.Errorf("as %s: %v: %s, want %s", ask.who.user.Name, e.Role, got, want)
		}
	}
	ada.do("GET", of(doc)+"/access/explain?principal=everyone", nil).refused(403, wire.CodeForbidden)
	owner.do("GET", of(doc)+"/access/explain?principal=user:"+id.New[id.User]().String(), nil).refused(422, wire.CodeInvalid)
	other := ada.document("mine").ID
	reached := map[id.Doc]authz.Role{}
	for cursor := ""; ; {
		page := into[wire.List[wire.Explanation]](boss.do("GET", "/v1/accounts/"+ada.user.ID.String()+"/reach?limit=1&cursor="+cursor, nil).want(200))
		for _, item := range page.Items {
			reached[item.Document] = item.Role
		}
		if cursor = page.NextCursor; cursor == "" {
			break
		}
	}
	if len(reached) != 2 || reached[doc] != authz.Editor || reached[other] != authz.Owner {
		t.Errorf("reached %v", reached)
	}
	boss.do("GET", "/v1/accounts/"+id.New[id.User]().String()+"/reach", nil).refused(404, wire.CodeNotFound)
	overview := into[wire.List[wire.Overview]](boss.do("GET", "/v1/overview?owner="+owner.user.ID.String(), nil).want(200))
	if len(overview.Items) != 1 || overview.Items[0].ID != doc || overview.Items[0].Owner.Name != "owner" {
		t.Errorf("the overview is %+v", overview.Items)
	}
}

// Many changes: a dry run says what they would do and does nothing; each stands by itself; the same again changes nothing.
func TestBulk(t *testing.T) {
	h := newHouse(t)
	owner, boss, ada, gone := h.user("owner"), h.user("boss", instanceAdmin), h.user("ada"), h.user("gone")
	doc, orphan := owner.document("plan").ID, gone.document("left").ID
	h.grant(orphan, ada.user.ID, authz.Admin, 0)
	boss.do("PUT", "/v1/accounts/"+gone.user.ID.String()+"/suspension", wire.Suspend{Reason: "left"}).want(204)
	to := wire.Principal{Kind: authz.ToUser, ID: ada.user.ID}
	body := wire.Bulk{DryRun: true, Reason: "asked to", Changes: []wire.Change{
		{Document: doc, Principal: to, Role: authz.Editor},
		{Document: doc, Principal: to, Role: authz.Viewer},
		{Document: doc, Principal: wire.Principal{Kind: authz.ToUser, ID: owner.user.ID}, Role: authz.Viewer},
		{Document: doc, Principal: wire.Principal{Kind: authz.ToEveryone}},
		{Document: orphan, Principal: to},
		{Document: id.New[id.Doc](), Principal: to},
	}}
	before := h.state(doc)
	statuses := func(reply reply) string {
		changes := into[wire.Changes](reply.want(200))
		var got []string
		for _, item := range changes.Items {
			got = append(got, item.Status+string(item.Code))
		}
		if len(changes.Orphans) != 1 || changes.Orphans[0] != orphan {
			t.Errorf("orphans %v", changes.Orphans)
		}
		return strings.Join(got, " ")
	}
	const once = "granted granted refusedinvalid unchanged revoked refusednot_found"
	if got := statuses(boss.do("POST", "/v1/grants", body)); got != once {
		t.Errorf("dry: %s", got)
	}
	if after := h.state(doc); after.Access.Document.AccessVersion != before.Access.Document.AccessVersion || ada.role(orphan) != "admin" {
		t.Error("the dry run changed something")
	}
	body.DryRun = false
	if got := statuses(boss.do("POST", "/v1/grants", body)); got != once {
		t.Errorf("made: %s", got)
	}
	if ada.role(doc) != "viewer" || ada.role(orphan) != "none" {
		t.Errorf("ada is %s and %s", ada.role(doc), ada.role(orphan))
	}
	if got := statuses(boss.do("POST", "/v1/grants", body)); got != "granted granted refusedinvalid unchanged unchanged refusednot_found" {
		t.Errorf("again: %s", got)
	}
	body.Changes = slices.Repeat(body.Changes[:1], 1001)
	boss.do("POST", "/v1/grants", body).refused(422, wire.CodeInvalid)
}

// The audit is listed, exported whole, and verified.
func TestAudit(t *testing.T) {
	h := newHouse(t)
	owner, ada, boss := h.user("owner"), h.user("ada"), h.user("boss", instanceAdmin)
	doc := owner.document("=plan").ID
	for i := range 5 {
		role := authz.Role(i%4 + 1)
		owner.do("PUT", of(doc)+"/grants/user:"+ada.user.ID.String(), wire.PutGrant{Role: role, Reason: "=1+1, " + role.String()}).want(200)
	}
	var rows []wire.AuditRow
	for cursor := ""; ; {
		page := into[wire.List[wire.AuditRow]](owner.do("GET", of(doc)+"/audit?limit=2&cursor="+cursor, nil).want(200))
		rows = append(rows, page.Items...)
		if cursor = page.NextCursor; cursor == "" {
			break
		}
	}
	if len(rows) != 6 || rows[0].N != 6 || rows[5].Action != "document.create" || rows[0].ActorName != "owner" || rows[0].RequestID == "" {
		t.Fatalf("listed %+v", rows)
	}
	if want := []wire.AuditName{{Of: wire.Principal{Kind: authz.ToUser, ID: ada.user.ID}, Name: "ada"}}; !slices.Equal(rows[0].Names, want) {
		t.Errorf("a row names %+v, want %+v", rows[0].Names, want)
	}
	exported := owner.do("GET", of(doc)+"/audit", nil, "Accept", ndjson).want(200)
	lines := bytes.Split(bytes.TrimSpace(exported.body), []byte("\n"))
	if len(lines) != 6 || !json.Valid(lines[0]) || bytes.Contains(exported.body, []byte("plan")) {
		t.Errorf("exported %s", exported.body)
	}
	table, err := csv.NewReader(bytes.NewReader(owner.do("GET", of(doc)+"/audit?action=access.grant", nil, "Accept", csvType).want(200).body)).ReadAll()
	if err != nil || len(table) != 6 || table[1][12] != "'=1+1, viewer" {
		t.Errorf("exported %q, %v", table, err)
	}
	verdict := into[wire.AuditVerdict](owner.do("GET", of(doc)+"/audit/verify", nil).want(200))
	if !verdict.Intact || verdict.N != 6 || verdict.Hash != rows[0].Hash {
		t.Errorf("verified %+v", verdict)
	}
	kept := fmt.Sprintf("?n=%d&hash=%s", rows[2].N, rows[2].Hash)
	if v := into[wire.AuditVerdict](owner.do("GET", of(doc)+"/audit/verify"+kept, nil).want(200)); !v.Intact {
		t.Errorf("verified %+v against %s", v, kept)
	}
	kept = fmt.Sprintf("?n=%d&hash=%s", rows[2].N, rows[1].Hash)
	if v := into[wire.AuditVerdict](owner.do("GET", of(doc)+"/audit/verify"+kept, nil).want(200)); v.Intact || v.Fault == "" || v.N != rows[2].N {
		t.Errorf("verified %+v against %s", v, kept)
	}
	for _, bad := range []string{"?n=1", "?hash=00", "?n=0&hash=" + rows[0].Hash} {
		owner.do("GET", of(doc)+"/audit/verify"+bad, nil).refused(400, wire.CodeInvalid)
	}
	for _, bad := range []string{"?actor=x", "?from=yesterday", "?cursor=x", "?limit=0"} {
		boss.do("GET", "/v1/audit"+bad, nil).refused(400, wire.CodeInvalid)
	}
	if v := into[wire.AuditVerdict](boss.do("GET", "/v1/audit/verify", nil).want(200)); !v.Intact || v.N == 0 {
		t.Errorf("the instance's chain: %+v", v)
	}
	if all := into[wire.List[wire.AuditRow]](boss.do("GET", "/v1/audit?actor="+owner.user.ID.String(), nil).want(200)); len(all.Items) < 6 {
		t.Errorf("%d rows of the owner's", len(all.Items))
	}
}

// Who looks after the instance gives what they do not have, to whomever, for a reason that stands in the audit.
func TestReasonsStandInTheAudit(t *testing.T) {
	h := newHouse(t)
	boss, owner, ada := h.user("boss", instanceAdmin), h.user("owner"), h.user("ada")
	doc := owner.document("plan").ID
	link := into[wire.Link](owner.do("POST", of(doc)+"/links", wire.PutLink{Name: "x", Role: authz.Viewer}).want(201))
	group := into[wire.Group](boss.do("POST", "/v1/groups", wire.NameGroup{Name: "all"}).want(201))
	owner.do("PUT", of(doc)+"/grants/group:"+group.ID.String(), wire.PutGrant{Role: authz.Viewer}).want(200)
	ada.do("POST", of(doc)+"/access-requests", wire.Ask{Role: authz.Viewer}).want(202)
	request := into[wire.List[wire.AccessRequest]](owner.do("GET", of(doc)+"/access-requests", nil).want(200)).Items[0]
	for _, c := range []struct {
		method, path string
		body         func(reason string) any
	}{
		{"PUT", of(doc) + "/grants/everyone", func(r string) any { return wire.PutGrant{Role: authz.Commenter, Reason: r} }},
		{"PUT", of(doc) + "/grants/anyone", func(r string) any { return wire.PutGrant{Role: authz.Editor, Reason: r} }},
		{"PUT", of(doc) + "/grants/group:" + group.ID.String(), func(r string) any { return wire.PutGrant{Role: authz.Admin, Reason: r} }},
		{"POST", of(doc) + "/links", func(r string) any { return wire.PutLink{Name: "y", Role: authz.Editor, Reason: r} }},
		{"PUT", of(doc) + "/links/" + link.ID.String(), func(r string) any { return wire.PutLink{Name: "x", Role: authz.Editor, Reason: r} }},
		{"POST", of(doc) + "/access-requests/" + request.ID.String() + "/approve", func(r string) any { return wire.Approve{Role: authz.Admin, Reason: r} }},
		{"PUT", "/v1/groups/" + group.ID.String() + "/members/" + boss.user.ID.String(), func(r string) any { return wire.AddMember{Reason: r} }},
	} {
		boss.do(c.method, c.path, c.body("")).refused(422, wire.CodeReason)
		boss.do(c.method, c.path, c.body(" ")).refused(422, wire.CodeReason)
		reason := "because " + c.method + strings.ReplaceAll(c.path, "/", " ")
		boss.do(c.method, c.path, c.body(reason))
		rows := into[wire.List[wire.AuditRow]](boss.do("GET", "/v1/audit?limit=1", nil).want(200)).Items
		if len(rows) != 1 || rows[0].Reason != reason || rows[0].Actor != boss.user.ID {
			t.Errorf("after %s %s the audit ends with %+v", c.method, c.path, rows)
		}
		h.dropAll(doc)
	}
}

// dropAll takes away what a test has let in, so that nobody has a role by it.
func (h *house) dropAll(doc id.Doc) {
	h.t.Helper()
	access, err := h.store.Access(h.t.Context(), doc)
	h.must(err)
	owner := h.tokenActor(access.Document.Owner)
	for _, to := range []authz.Principal{{Kind: authz.ToEveryone}, {Kind: authz.ToAnyone}} {
		if err := func() error {
			_, err := h.documents.Revoke(h.t.Context(), owner, doc, to)
			return err
		}(); err != nil && !errors.Is(err, storage.ErrNoGrant) {
			h.t.Fatal(err)
		}
	}
}

// No program takes a field of the table for a formula, at whatever marks it splits the lines.
func TestTablesHoldNoFormulas(t *testing.T) {
	for field, want := range map[string]string{
		"plain, with comma; and mark": `"plain, with comma; and mark"`,
		`say "x"`:                     `"say ""x"""`,
		"=1+1":                        `"'=1+1"`,
		" \t@SUM(A1)":                 "\" \t'@SUM(A1)\"",
		"\tx":                         "\"'\tx\"",
		"x;=cmd|' /C calc'!A0":        `"x;'=cmd|' /C calc'!A0"`,
		"x\n-2+3":                     "\"x\n'-2+3\"",
		`x;"=1"`:                      `"x;'""=1"""`,
		"a|＋1":                        `"a|'＋1"`,
		"well-known = good":           `"well-known = good"`,
	} {
		if got := strings.TrimSuffix(string(record(field)), "\n"); got != want {
			t.Errorf("%q is written %s, want %s", field, got, want)
		}
	}
}
