package api

import (
	"fmt"
	"testing"
	"time"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/server/wire"
)

func TestAccessList(t *testing.T) {
	h := newHouse(t)
	ada, kim := h.user("ada"), h.user("kim")
	doc := ada.document("x").ID
	grants := "/v1/documents/" + doc.String() + "/grants"
	toKim := grants + "/user:" + kim.user.ID.String()

	first := ada.do("GET", grants, nil).want(200)
	list := into[wire.Grants](first)
	if len(list.Items) != 1 || list.Items[0].Role != authz.Owner || list.Items[0].User.ID != ada.user.ID {
		t.Fatalf("the list of a new document is %s", first.body)
	}
	tag := first.header.Get("ETag")
	ada.do("GET", grants, nil, "If-None-Match", tag).want(304)

	soon := time.Now().Add(time.Hour).Truncate(time.Second).UTC()
	put := ada.do("PUT", toKim, map[string]any{"role": "editor", "expiresAt": soon.Format(time.RFC3339)}, "If-Match", tag).want(200)
	if item := into[wire.GrantItem](put); item.Role != authz.Editor || item.ExpiresAt == nil || !item.ExpiresAt.Equal(soon) {
		t.Fatalf("granted %s", put.body)
	}
	next := put.header.Get("ETag")
	if next == tag {
		t.Fatal("the version of the list is the same after a grant")
	}
	// A change meant for what the list was is not made to what it is.
	for _, condition := range []string{tag, `"x"`, "W/" + next, `"a9999"`} {
		ada.do("PUT", toKim, map[string]any{"role": "admin"}, "If-Match", condition).refused(412, wire.CodeChanged)
		ada.do("DELETE", toKim, nil, "If-Match", condition).refused(412, wire.CodeChanged)
	}
	kim.do("PATCH", "/v1/documents/"+doc.String(), wire.Retitle{Title: "y"}).want(200)
	own := into[wire.OwnAccess](kim.do("GET", "/v1/documents/"+doc.String()+"/access", nil).want(200))
	if own.Role != authz.Editor || own.ExpiresAt == nil || !own.ExpiresAt.Equal(soon) || len(own.Commands) == 0 {
		t.Fatalf("kim's access is %+v", own)
	}
	ada.do("PUT", toKim, map[string]any{"role": "viewer"}, "If-Match", next).want(200)
	kim.do("PATCH", "/v1/documents/"+doc.String(), wire.Retitle{Title: "z"}).refused(403, wire.CodeForbidden)
	dropped := ada.do("DELETE", toKim, nil).want(204)
	if dropped.header.Get("ETag") == next {
		t.Fatal("the version of the list is the same after a revocation")
	}
	kim.do("GET", "/v1/documents/"+doc.String(), nil).refused(404, wire.CodeNotFound)

	ada.do("PUT", grants+"/everyone", map[string]any{"role": "commenter"}).want(200)
	if seen := into[wire.Document](kim.do("GET", "/v1/documents/"+doc.String(), nil).want(200)); seen.Role != authz.Commenter {
		t.Fatalf("with a grant to everyone kim is %v", seen.Role)
	}
	if items := into[wire.Grants](ada.do("GET", grants, nil).want(200)).Items; len(items) != 2 || items[1].User != nil ||
		items[1].GrantedBy != ada.user.ID || items[1].GrantedAt == nil {
		t.Fatalf("the list is %+v", items)
	}
}

// The list of documents holds one's own and those one was given, the last updated first, in pages that fit together.
func TestListOfDocuments(t *testing.T) {
	h := newHouse(t)
	ada, kim := h.user("ada"), h.user("kim")
	var want []string
	for i := range 7 {
		who := ada
		if i%2 == 0 {
			who = kim
		}
		doc := who.document(fmt.Sprint(i))
		if who == kim {
			h.grant(doc.ID, ada.user.ID, authz.Viewer, 0)
		}
		want = append([]string{doc.Title}, want...)
	}
	hidden := kim.document("hidden")
	expired := kim.document("expired")
	h.grant(expired.ID, ada.user.ID, authz.Viewer, 1)
	var got []string
	path := "/v1/documents?limit=3"
	for range 10 {
		page := into[wire.List[wire.Document]](ada.do("GET", path, nil).want(200))
		for _, doc := range page.Items {
			got = append(got, doc.Title)
			if role := doc.Role; role != authz.Owner && role != authz.Viewer || doc.ID == hidden.ID {
				t.Errorf("%s is listed with role %v", doc.Title, role)
			}
		}
		if page.NextCursor == "" {
			break
		}
		path = "/v1/documents?limit=3&cursor=" + page.NextCursor
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("listed %v, want %v", got, want)
	}
}

// A ticket is refused to who may not open the document, and to who hoards them.
func TestTickets(t *testing.T) {
	h := newHouse(t)
	ada := h.user("ada")
	doc := ada.document("x").ID
	path := "/v1/documents/" + doc.String() + "/tickets"
	for range 5 {
		ada.do("POST", path, nil).want(201)
	}
	if wait := ada.do("POST", path, nil); wait.header.Get("Retry-After") == "" {
		t.Error("429 without Retry-After")
	} else {
		wait.refused(429, wire.CodeRateLimited)
	}
	ada.do("POST", path, `{"role":"admin"}`).refused(400, wire.CodeInvalid)
}
