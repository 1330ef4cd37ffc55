package main

import (
	"context"
	"strings"

	"github.com/coscribe/coscribe/storage/id"
)

var roleAttacks = []attack{
	{rows: "19", name: "commands above the role, from a seat", run: aboveRoleBySeat},
	{rows: "19", name: "commands above the role, over HTTP", run: aboveRoleByHTTP},
	{rows: "19", name: "a document of others, and one that is not there", run: unseen},
}

// aboveRoleBySeat sends what a viewer may not from a viewer's seat, and what an editor may not from an editor's.
func aboveRoleBySeat(ctx context.Context, s *stage, t *tally) {
	admins := []string{
		`{"type":"grant","ref":"r","principal":"anyone","role":"editor"}`, `{"type":"revoke","ref":"r","principal":"everyone"}`,
		`{"type":"grant","ref":"r","principal":"user:` + s.users[0].String() + `","role":"admin"}`, `{"type":"grant","ref":"r","principal":"user:` + s.users[1].String() + `","role":"admin"}`,
	}
	s.untouched(ctx, t, func() {
		viewer, err := s.viewerSits(ctx, s.target)
		if !t.must(err, "sit") {
			return
		}
		defer viewer.Close()
		for _, message := range append(admins, `{"type":"rename","ref":"r","title":"`+marker+`"}`) {
			viewer.put(text(message))
			t.expect("a viewer's "+message, viewer.reply(), "error forbidden")
		}
		for range 3 {
			t.expect("a viewer's edit", viewer.submit(id.New[id.Edit](), `{"ops":[{"insert":"`+marker+`"}]}`), "rejected forbidden")
		}
	})
	editor, err := s.editorSits(ctx, s.shared)
	if !t.must(err, "sit") {
		return
	}
	defer editor.Close()
	for _, message := range admins {
		editor.put(text(message))
		t.expect("an editor's "+message, editor.reply(), "error forbidden")
	}
}

// changes are requests that change a document.
func (s *stage) changes(doc id.Doc) []request {
	write := s.writing(doc, `{"insert":"`+marker+`"}`)
	principal := "/grants/user:" + s.users[1].String()
	return []request{
		{method: "POST", path: write.path, body: write.body},
		{method: "PATCH", path: of(doc, ""), body: `{"title":"` + marker + `"}`},
		{method: "DELETE", path: of(doc, "")},
		{method: "GET", path: of(doc, "/grants")},
		{method: "PUT", path: of(doc, principal), body: `{"role":"admin"}`},
		{method: "PUT", path: of(doc, "/grants/anyone"), body: `{"role":"editor"}`},
		{method: "DELETE", path: of(doc, principal)},
	}
}

func aboveRoleByHTTP(ctx context.Context, s *stage, t *tally) {
	s.untouched(ctx, t, func() {
		for _, r := range s.changes(s.target) {
			r.token = s.ViewerToken
			t.expect("a viewer's "+r.method+" "+r.path, s.ask(ctx, r).String(), "403 forbidden")
			for _, token := range []string{"", marker, s.EditorToken + "x", s.EditorToken[:len(s.EditorToken)-1]} {
				r.token = token
				t.expect("nobody's "+r.method+" "+r.path, s.ask(ctx, r).String(), "401 not_signed_in")
			}
			r.token, r.header = "", map[string][]string{"Authorization": {"Basic " + s.EditorToken}}
			t.expect("another scheme's "+r.method, s.ask(ctx, r).String(), "401 not_signed_in")
			for _, header := range []string{"X-HTTP-Method-Override", "X-Method-Override", "X-User", "X-Remote-User", "X-Original-URL"} {
				r := request{method: "GET", path: of(s.target, ""), token: s.ViewerToken, header: map[string][]string{header: {"DELETE"}}}
				t.expect(header, s.ask(ctx, r).String(), "200")
			}
		}
	})
	for _, r := range s.changes(s.shared)[2:] {
		r.token = s.EditorToken
		t.expect("an editor's "+r.method+" "+r.path, s.ask(ctx, r).String(), "403 forbidden")
	}
}

// unseen holds that a document of others answers as one that is not there, letter for letter.
func unseen(ctx context.Context, s *stage, t *tally) {
	reads := func(doc id.Doc) []request {
		return append(s.changes(doc), request{method: "GET", path: of(doc, "")}, request{method: "GET", path: of(doc, "/content")}, request{method: "GET", path: of(doc, "/ops")},
			request{method: "GET", path: of(doc, "/access")}, request{method: "POST", path: of(doc, "/tickets")}, request{method: "GET", path: of(doc, "/content?rev=1")})
	}
	nowhere := reads(id.New[id.Doc]())
	for i, r := range reads(s.hidden) {
		r.token, nowhere[i].token = s.ViewerToken, s.ViewerToken
		theirs, none := s.ask(ctx, r), s.ask(ctx, nowhere[i])
		t.expect(r.method+" "+r.path, theirs.String(), "404 not_found")
		t.hold(withoutID(theirs.body) == withoutID(none.body), "the same words", "%s %s: %s, and of a document that is not there %s", r.method, r.path, theirs.body, none.body)
	}
	for _, name := range []string{"..", "%2e%2e", "00000000-0000-0000-0000-000000000000", marker, strings.ToUpper(s.hidden.String()), s.hidden.String() + "%00", "'%20OR%201=1"} {
		t.expect(name, s.ask(ctx, request{method: "GET", path: "/v1/documents/" + name + "/content", token: s.ViewerToken}).String(), "404 not_found", "404", "301", "307")
	}
}

// withoutID leaves out what differs between any two answers.
func withoutID(body string) string {
	before, after, _ := strings.Cut(body, `"requestId":"`)
	_, after, _ = strings.Cut(after, `"`)
	return before + after
}
