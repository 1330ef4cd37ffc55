package api

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/server/internal/account"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

func (h *house) grantAnyone(doc id.Doc) {
	h.t.Helper()
	access, err := h.store.Access(h.t.Context(), doc)
	if err != nil {
		h.t.Fatal(err)
	}
	h.put(access, authz.Right{To: authz.Principal{Kind: authz.ToAnyone}, Role: authz.Viewer})
}

// link makes one by the store's own means, and returns its secret.
func (h *house) linkWith(doc id.Doc, role authz.Role, expires storage.Micros) (secret string, link id.Link) {
	h.t.Helper()
	access, err := h.store.Access(h.t.Context(), doc)
	if err != nil {
		h.t.Fatal(err)
	}
	var random [32]byte
	rand.Read(random[:])
	secret = base64.RawURLEncoding.EncodeToString(random[:])
	owner := h.tokenActor(access.Document.Owner)
	made := storage.Link{ID: id.New[id.Link](), Doc: doc, Name: "link", Hash: sha256.Sum256([]byte(secret)), CreatedBy: owner.User,
		CreatedAt: storage.At(time.Now())}
	grant := storage.Grant{Right: authz.Right{To: made.To(), Role: role, ExpiresAt: int64(expires)}, GrantedBy: owner.User, GrantedAt: made.CreatedAt}
	guard := storage.Guard{AccessVersion: access.Document.AccessVersion, Fence: storage.Fence{User: owner.User, Credential: owner.Credential}}
	if _, err := h.store.PutLink(h.t.Context(), made, grant, guard); err != nil {
		h.t.Fatal(err)
	}
	return secret, made.ID
}

func (c *client) enter(body wire.Enter) reply {
	c.house.t.Helper()
	return c.do("POST", "/v1/session/guest", body)
}

// Who has no account comes in by a link, stays the same when they come again, and may what the link gives; who has one is let
// in as themselves.
func TestComingInByALink(t *testing.T) {
	h := newHouse(t, openHouse)
	owner, kim := h.user("owner"), h.user("kim")
	doc, other := owner.document("plan").ID, owner.document("other").ID
	secret, _ := h.linkWith(doc, authz.Editor, 0)
	second, _ := h.linkWith(other, authz.Viewer, 0)
	path := "/v1/documents/" + doc.String()

	guest := h.browser()
	reply := guest.enter(wire.Enter{Link: secret}).want(200)
	entered := into[wire.Entered](reply)
	if entered.Document != doc || !entered.User.Guest || !strings.HasPrefix(entered.User.Name, "Guest ") || entered.User.Email != "" {
		t.Fatalf("entered %+v", entered)
	}
	if set := reply.header.Get("Set-Cookie"); !strings.Contains(set, "__Host-session=") || !strings.Contains(set, "HttpOnly") {
		t.Fatalf("cookie %q", set)
	}
	if who := into[wire.Session](guest.do("GET", "/v1/session", nil).want(200)); who.User == nil || who.User.ID != entered.User.ID || !who.User.Guest {
		t.Fatalf("the session is %+v", who)
	}
	guest.do("GET", path, nil).want(200)
	guest.do("POST", path+"/ops", insert(0, 1, "hello")).want(200)
	guest.do("POST", path+"/tickets", nil).want(201)
	guest.do("GET", "/v1/documents/"+other.String(), nil).refused(404, wire.CodeNotFound)

	again := guest.enter(wire.Enter{Link: second}).want(200)
	if same := into[wire.Entered](again); same.User != entered.User || again.header.Get("Set-Cookie") != "" {
		t.Fatalf("again they are %+v", same)
	}
	guest.do("GET", "/v1/documents/"+other.String(), nil).want(200)
	guest.do("POST", "/v1/documents/"+other.String()+"/ops", insert(0, 1, "x")).refused(403, wire.CodeForbidden)

	kim.do("GET", path, nil).refused(404, wire.CodeNotFound)
	if as := into[wire.Entered](kim.enter(wire.Enter{Link: secret}).want(200)); as.User.ID != kim.user.ID || as.User.Guest {
		t.Fatalf("kim comes in as %+v", as)
	}
	kim.do("GET", path, nil).want(200)
	kim.do("POST", "/v1/session/guest", wire.Enter{Link: secret}, "Authorization", "Bearer cos_"+strings.Repeat("A", 43)).
		refused(401, wire.CodeNotSignedIn)
}

// What does not lead anywhere is one answer, whatever the reason.
func TestLinksThatLeadNowhere(t *testing.T) {
	h := newHouse(t, openHouse)
	owner := h.user("owner")
	doc, gone := owner.document("plan").ID, owner.document("gone").ID
	expired, _ := h.linkWith(doc, authz.Viewer, storage.At(time.Now().Add(50*time.Millisecond)))
	revoked, link := h.linkWith(doc, authz.Viewer, 0)
	deleted, _ := h.linkWith(gone, authz.Viewer, 0)
	access, _ := h.store.Access(t.Context(), doc)
	by := h.tokenActor(owner.user.ID)
	guard := storage.Guard{AccessVersion: access.Document.AccessVersion, Fence: storage.Fence{User: by.User, Credential: by.Credential}}
	if _, err := h.store.DropGrant(t.Context(), doc, authz.Principal{Kind: authz.ToLink, ID: link}, guard); err != nil {
		t.Fatal(err)
	}
	owner.do("DELETE", "/v1/documents/"+gone.String(), nil).want(204)
	time.Sleep(60 * time.Millisecond)

	var want []byte
	for name, secret := range map[string]string{"unknown": strings.Repeat("A", 43), "expired": expired, "revoked": revoked, "deleted": deleted} {
		reply := h.browser().enter(wire.Enter{Link: secret})
		reply.refused(404, wire.CodeNotFound)
		if reply.header.Get("Set-Cookie") != "" {
			t.Errorf("%s: a cookie", name)
		}
		got := bytes.ReplaceAll(reply.body, []byte(reply.header.Get("X-Request-Id")), nil)
		if want == nil {
			want = got
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	h.browser().enter(wire.Enter{Link: "short"}).refused(422, wire.CodeInvalid)
	h.browser().enter(wire.Enter{}).refused(422, wire.CodeInvalid)
	h.browser().enter(wire.Enter{Link: revoked, Document: doc}).refused(422, wire.CodeInvalid)
	if users, err := h.store.ListUsers(t.Context(), storage.UserFilter{}, storage.UserPage{Limit: 10}); err != nil || len(users) != 1 {
		t.Errorf("refusals left %d users behind, %v", len(users)-1, err)
	}
}

// Where anyone may, anyone comes in; where not, it is like a document that does not exist.
func TestComingInWhereAnyoneMay(t *testing.T) {
	h := newHouse(t, openHouse)
	owner := h.user("owner")
	public, hidden := owner.document("public").ID, owner.document("hidden").ID
	h.grantAnyone(public)
	guest := h.browser()
	guest.do("GET", "/v1/documents/"+public.String(), nil).refused(401, wire.CodeNotSignedIn)
	guest.enter(wire.Enter{Document: public}).want(200)
	guest.do("GET", "/v1/documents/"+public.String(), nil).want(200)
	guest.do("POST", "/v1/documents/"+public.String()+"/ops", insert(0, 1, "x")).refused(403, wire.CodeForbidden)
	for _, who := range []*client{h.browser(), guest, h.user("stranger")} {
		who.enter(wire.Enter{Document: hidden}).refused(404, wire.CodeNotFound)
		who.enter(wire.Enter{Document: id.New[id.Doc]()}).refused(404, wire.CodeNotFound)
	}
}

// A guest is let into documents, and into nothing else.
func TestGuestsHaveNoAccount(t *testing.T) {
	h := newHouse(t, openHouse)
	owner := h.user("owner")
	doc := owner.document("plan").ID
	secret, _ := h.linkWith(doc, authz.Admin, 0)
	guest := h.browser()
	guest.enter(wire.Enter{Link: secret}).want(200)
	guest.do("GET", "/v1/users/me", nil).want(200)
	for _, c := range []struct {
		method, path string
		body         any
	}{
		{"POST", "/v1/documents", wire.NewDocument{Title: "mine"}},
		{"GET", "/v1/users?email=owner@example.com", nil},
		{"GET", "/v1/users?email=nobody@example.com", nil},
		{"POST", "/v1/tokens", map[string]any{"name": "bot"}},
		{"GET", "/v1/tokens", nil},
		{"POST", "/v1/invitations", map[string]any{}},
		{"GET", "/v1/accounts", nil},
		{"GET", "/v1/users/me/sessions", nil},
		{"DELETE", "/v1/users/me/sessions", nil},
		{"PUT", "/v1/users/me/password", map[string]any{"current": "x", "new": "a long enough phrase"}},
		{"PUT", "/v1/accounts/" + owner.user.ID.String() + "/suspension", map[string]any{}},
		{"GET", "/v1/documents/" + doc.String() + "/grants", nil}, // an administrator wants a name
	} {
		guest.do(c.method, c.path, c.body).refused(403, wire.CodeForbidden)
	}
	guest.do("DELETE", "/v1/session", nil).want(204)
	guest.do("GET", "/v1/documents/"+doc.String(), nil).refused(401, wire.CodeNotSignedIn)
}

// Where the policy lets in nobody without an account, a good link is refused like a bad one, and those who are in are out.
func TestNoGuestsByPolicy(t *testing.T) {
	h := newHouse(t, openHouse)
	boss := h.user("boss", instanceAdmin)
	doc := boss.document("plan").ID
	secret, _ := h.linkWith(doc, authz.Viewer, 0)
	guest := h.browser()
	guest.enter(wire.Enter{Link: secret}).want(200)

	policy, err := h.store.Policy(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	policy.Anonymous = false
	by := h.tokenActor(boss.user.ID)
	fence := storage.Fence{User: by.User, Credential: by.Credential}
	if _, _, err := h.store.SetPolicy(t.Context(), policy, storage.At(time.Now()), storage.By{Fence: &fence}); err != nil {
		t.Fatal(err)
	}
	guest.do("GET", "/v1/documents/"+doc.String(), nil).refused(401, wire.CodeNotSignedIn)
	guest.enter(wire.Enter{Link: secret}).refused(403, wire.CodeForbidden)
	h.browser().enter(wire.Enter{Link: strings.Repeat("A", 43)}).refused(403, wire.CodeForbidden)
	h.browser().enter(wire.Enter{Document: doc}).refused(403, wire.CodeForbidden)
	h.user("kim").enter(wire.Enter{Link: secret}).want(200)
}

// Guessing at links has an end.
func TestEntriesAreLimited(t *testing.T) {
	h := newHouse(t, openHouse, func(c *account.Config) { c.EntriesPerMinute = 3 })
	for range 3 {
		h.browser().enter(wire.Enter{Link: strings.Repeat("A", 43)}).refused(404, wire.CodeNotFound)
	}
	h.browser().enter(wire.Enter{Link: strings.Repeat("A", 43)}).refused(429, wire.CodeRateLimited)
}
