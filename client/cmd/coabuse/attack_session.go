package main

import (
	"context"
	"net/http"
	"strings"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage/id"
)

var sessionAttacks = []attack{
	{rows: "23", name: "a session chosen by somebody else", run: fixation},
	{rows: "22 23", name: "a session that has ended", run: signedOut},
	{rows: "6", name: "tickets, one too many", run: hoard},
}

// guest comes in to a document that anyone may see, with a cookie of the attacker's choice, and returns the cookie that it gets.
func (s *stage) guest(ctx context.Context, t *tally, doc id.Doc, planted string) *http.Cookie {
	err := s.editor.Grant(ctx, doc, wire.Principal{Kind: authz.ToAnyone}, wire.PutGrant{Role: authz.Viewer})
	if err != nil {
		t.skip("nobody can be let in without an account")
		return nil
	}
	header := http.Header{"Origin": {s.ours()}}
	if planted != "" {
		header.Set("Cookie", planted)
	}
	a := s.ask(ctx, request{method: "POST", path: "/v1/session/guest", header: header, body: `{"document":"` + doc.String() + `"}`})
	response := http.Response{Header: a.header}
	for _, cookie := range response.Cookies() {
		if strings.Contains(cookie.Name, "session") {
			return cookie
		}
	}
	if a.status == http.StatusForbidden {
		t.skip("the instance lets nobody in without an account")
	} else {
		t.expect("a guest comes in", a.String(), "200 and a cookie")
	}
	return nil
}

func (s *stage) ours() string { return s.base.Scheme + "://" + s.base.Host }

// as is the header of a page of ours that has a cookie.
func (s *stage) as(cookie *http.Cookie) http.Header {
	return http.Header{"Origin": {s.ours()}, "Cookie": {cookie.Name + "=" + cookie.Value}}
}

func fixation(ctx context.Context, s *stage, t *tally) {
	doc, err := s.newDocument(ctx, s.editor)
	if !t.must(err, "make a document") {
		return
	}
	first := s.guest(ctx, t, doc, "")
	if first == nil {
		return
	}
	t.hold(first.HttpOnly && first.SameSite == http.SameSiteLaxMode && first.Path == "/" && first.Domain == "", "HttpOnly, SameSite=Lax", "the cookie is %v", first)
	t.hold(s.base.Scheme == "http" || first.Secure && strings.HasPrefix(first.Name, "__Host-"), "as its scheme wants", "the cookie is %v", first)
	for _, value := range []string{strings.Repeat("A", len(first.Value)), strings.Repeat("A", 10_000), "' OR 1=1 --", marker} {
		chosen := &http.Cookie{Name: first.Name, Value: value}
		a := s.ask(ctx, request{method: "GET", path: "/v1/users/me", header: s.as(chosen)})
		t.expect("a made-up session", a.String(), "401 not_signed_in")
		renewed := s.guest(ctx, t, doc, first.Name+"="+value)
		t.hold(renewed != nil && renewed.Value != value && len(renewed.Value) == len(first.Value), "another session", "who came with a chosen session got %v", renewed)
		a = s.ask(ctx, request{method: "GET", path: "/v1/users/me", header: s.as(chosen)})
		t.expect("the chosen session, afterwards", a.String(), "401 not_signed_in")
	}
}

// signedOut uses a session, a ticket of it and a seat of it after signing out.
func signedOut(ctx context.Context, s *stage, t *tally) {
	doc, err := s.newDocument(ctx, s.editor)
	if !t.must(err, "make a document") {
		return
	}
	cookie := s.guest(ctx, t, doc, "")
	if cookie == nil {
		return
	}
	issue := func() string {
		a := s.ask(ctx, request{method: "POST", path: of(doc, "/tickets"), header: s.as(cookie)})
		_, secret, _ := strings.Cut(a.body, `"ticket":"`)
		secret, _, _ = strings.Cut(secret, `"`)
		t.expect("a ticket", a.String(), "201")
		return secret
	}
	page := s.opening(doc, "").without("Authorization").with("Origin: "+s.ours(), "Cookie: "+cookie.Name+"="+cookie.Value)
	sits, err := s.open(ctx, page)
	if !t.must(err, "open") {
		return
	}
	defer sits.Close()
	_, err = sits.join(issue())
	if !t.must(err, "join as a guest") {
		return
	}
	kept := issue()
	a := s.ask(ctx, request{method: "DELETE", path: "/v1/session", header: s.as(cookie)})
	t.expect("sign out", a.String(), "204")
	t.expect("the seat", sits.fate(patience), "closed 4501")
	for range 3 { // and no request may revive it
		a = s.ask(ctx, request{method: "GET", path: "/v1/users/me", header: s.as(cookie)})
		t.expect("the session", a.String(), "401 not_signed_in")
	}
	late, err := s.open(ctx, page)
	if t.must(err, "open") {
		defer late.Close()
		late.put(text(joining(kept)))
		t.expect("the ticket", late.fate(patience), "closed 4005")
	}
}

// hoard asks for more tickets than may be outstanding.
func hoard(ctx context.Context, s *stage, t *tally) {
	doc, err := s.newDocument(ctx, s.editor)
	if !t.must(err, "make a document") {
		return
	}
	cookie := s.guest(ctx, t, doc, "")
	if cookie == nil {
		return
	}
	for range 15 {
		a := s.ask(ctx, request{method: "POST", path: of(doc, "/tickets"), header: s.as(cookie)})
		t.expect("a ticket", a.String(), "201", "429 rate_limited")
	}
	t.hold(t.count("201") == ticketsPerSession, "five", "%d tickets of one session are outstanding, and %d may be", t.count("201"), ticketsPerSession)
}

const ticketsPerSession = 5
