package api

import (
	"testing"

	"github.com/coscribe/coscribe/server/wire"
)

// The first slice, as a person lives it: the set-up link, an account, a document, a ticket, an edit.
func TestFromSetUpToFirstEdit(t *testing.T) {
	h := newHouse(t)
	secret, needed, err := h.accounts.SetupURL(t.Context())
	if err != nil || !needed {
		t.Fatalf("SetupURL: %v, %v", needed, err)
	}
	ada := h.browser()
	invitation := into[wire.Invitation](ada.do("GET", "/v1/invitations/"+secret, nil).want(200))
	if !invitation.Setup {
		t.Fatalf("the set-up link is %+v", invitation)
	}
	begun := into[wire.Session](ada.do("POST", "/v1/users", wire.SignUp{
		Invitation: secret, Email: " Ada@Example.com ", Name: "Ada", Password: "correct horse",
	}).want(201))
	if begun.User == nil || !begun.User.InstanceAdmin || begun.User.Email != "ada@example.com" {
		t.Fatalf("the first account is %+v", begun.User)
	}
	if me := into[wire.User](ada.do("GET", "/v1/users/me", nil).want(200)); me != *begun.User {
		t.Fatalf("me is %+v, want %+v", me, begun.User)
	}
	h.browser().do("GET", "/v1/invitations/"+secret, nil).refused(404, wire.CodeNotFound)

	doc := ada.document("Q3 plan")
	if doc.Owner != begun.User.ID || doc.Head != 0 || doc.Epoch != 1 {
		t.Fatalf("made %+v", doc)
	}
	path := "/v1/documents/" + doc.ID.String()
	if ticket := into[wire.Ticket](ada.do("POST", path+"/tickets", "{}").want(201)); len(ticket.Ticket) != 43 {
		t.Fatalf("ticket %q", ticket.Ticket)
	}
	written := into[wire.Written](ada.do("POST", path+"/ops", insert(0, 1, "Hello 🌍")).want(200))
	if written.Head != 1 || len(written.Items) != 1 || written.Items[0].Author != begun.User.ID {
		t.Fatalf("written %+v", written)
	}
	reply := ada.do("GET", path+"/content", nil).want(200)
	content := into[wire.Content](reply)
	if got, want := content.Content.String(), `{"ops":[{"insert":"Hello 🌍\n"}]}`; got != want || content.Rev != 1 {
		t.Fatalf("content %s at %d, want %s at 1", got, content.Rev, want)
	}
	if tag := reply.header.Get("ETag"); tag != `"e1-1"` {
		t.Fatalf("ETag %s", tag)
	}
	ops := into[wire.Ops](ada.do("GET", path+"/ops", nil).want(200))
	if len(ops.Items) != 1 || ops.Head != 1 || ops.Items[0].Delta == nil {
		t.Fatalf("ops %+v", ops)
	}
	listed := into[wire.List[wire.Document]](ada.do("GET", "/v1/documents", nil).want(200))
	if len(listed.Items) != 1 || listed.Items[0].Head != 1 || listed.NextCursor != "" {
		t.Fatalf("documents %+v", listed)
	}
}
