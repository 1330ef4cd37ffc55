package main

import (
	"strings"
	"testing"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/client"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage/id"
)

// foul are texts that would do something to whoever reads them, or to the terminal of an operator.
var foul = map[string]string{
	"escape": "a\x1b[2Jb", "bell": "a\ab", "C1": "a\u009bb", "override": "a\u202etxt.exe", "isolate": "a\u2066b", "letter mark": "a\u061cb",
	"separator": "a\u2028b", "return": "a\rb", "no character": "a\ufffe", "unassigned": "a\u0378b", "private": "a\ue001",
}

// TestTextIsClean sends foul texts in every place where people write something for one another, by HTTP and on a socket.
func TestTextIsClean(t *testing.T) {
	l := startHere(t, "--limits-profile=load", "--limit-strikes=1000000")
	ana := administrator(t, l.process)
	person := signIn(t, l.url, "ana@example.com")
	doc := newDocument(t, ana)
	token, err := person.CreateToken(t.Context(), wire.NewToken{Name: "test", Scopes: []string{"write", "admin", "bulk"}})
	if err != nil {
		t.Fatal(err)
	}
	calls := caller{t, l.url, token.Secret}
	of, user := "/documents/"+doc.String(), id.New[id.User]().String()
	for _, place := range []struct {
		name   string
		method string
		path   string
		member string
		body   fields
	}{
		{"a document's title", "POST", "/documents", "title", nil},
		{"a new title", "PATCH", of, "title", nil},
		{"a user's name", "POST", "/users", "name", fields{"email": "x@example.com", "password": password}},
		{"a token's name", "POST", "/tokens", "name", nil},
		{"a group's name", "POST", "/groups", "name", nil},
		{"a group's new name", "PATCH", "/groups/" + user, "name", nil},
		{"a link's name", "POST", of + "/links", "name", fields{"role": "viewer"}},
		{"a link's new name", "PUT", of + "/links/" + user, "name", fields{"role": "viewer"}},
		{"a request", "POST", of + "/access-requests", "message", fields{"role": "viewer"}},
		{"the reason of a grant", "PUT", of + "/grants/everyone", "reason", fields{"role": "viewer"}},
		{"the reason of a link", "POST", of + "/links", "reason", fields{"role": "viewer", "name": "n"}},
		{"the reason of an approval", "POST", of + "/access-requests/" + user + "/approve", "reason", nil},
		{"the reason of a member", "PUT", "/groups/" + user + "/members/" + user, "reason", nil},
		{"the reason of a transfer", "POST", of + "/transfer-ownership", "reason", fields{"to": user}},
		{"the reason of a suspension", "PUT", "/accounts/" + user + "/suspension", "reason", nil},
		{"the reason of an offboarding", "POST", "/accounts/" + user + "/offboarding", "reason", nil},
		{"the reason of many grants", "POST", "/grants", "reason", fields{"changes": []any{}}},
		{"an address", "POST", "/invitations", "email", nil},
	} {
		for kind, text := range foul {
			if place.member == "email" {
				text += "@example.com"
			}
			body := fields{place.member: text}
			for name, value := range place.body {
				body[name] = value
			}
			outcome, _ := calls.call(place.method, place.path, body)
			if place.path == "/tokens" || place.path == "/users" { // some come before their body is looked at
				if outcome[0] == '2' {
					t.Errorf("%s with %s: %s", place.name, kind, outcome)
				}
			} else if outcome != "422 invalid" {
				t.Errorf("%s with %s: %s, want 422 invalid", place.name, kind, outcome)
			}
		}
	}

	w, err := sitDown(t, person, doc, id.New[id.Client]())
	if err != nil {
		t.Fatal(err)
	}
	w.listen()
	for _, text := range foul {
		w.say(&wire.Rename{Ref: "r", Title: text})
		w.say(&wire.NewLink{Ref: "l", Name: text, Role: authz.Viewer})
		w.say(&wire.NewLink{Ref: "l", Name: "n", Role: authz.Viewer, Reason: text})
		w.say(&wire.Grant{Ref: "g", Principal: client.ToEveryone(), Role: authz.Viewer, Reason: text})
	}
	w.say(&wire.Rename{Ref: "last", Title: "Clean"})
	eventually(t, "the last title is the document's, and there were no others", func() (bool, string) {
		found, err := ana.Document(t.Context(), doc)
		if err == nil && strings.ContainsFunc(found.Title, func(r rune) bool { return r < ' ' || r > '~' }) {
			t.Fatalf("the title is %q", found.Title)
		}
		return err == nil && found.Title == "Clean", found.Title
	})
	w.leave()
	if links, err := ana.Links(t.Context(), doc); err != nil || len(links) != 0 {
		t.Errorf("links %v, %v", links, err)
	}
	if grants, err := ana.Grants(t.Context(), doc); err != nil || len(grants) != 1 {
		t.Errorf("grants %v, %v", grants, err)
	}
	if err := ana.Grant(t.Context(), doc, client.ToEveryone(), wire.PutGrant{Role: authz.Viewer, Reason: "two\nlines\tof\u200d 👩\u200d👩 שלום"}); err != nil {
		t.Errorf("a clean reason: %v", err)
	}
}
