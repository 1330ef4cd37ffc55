package api

import (
	"bytes"
	"encoding/base64"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage/id"
)

// Ids are no secrets, and open nothing: who is the owner of one document does nothing with the ids of another's links, requests and
// groups but what they would do with ids of nothing.
func TestIdsOfAnotherDocumentOpenNothing(t *testing.T) {
	h := newHouse(t)
	p, attacker := h.people(h.user("owner")), h.user("attacker")
	target := h.plan(p)
	mine := target
	mine.doc = attacker.document("mine").ID
	unknown := mine
	unknown.link, unknown.ask = id.New[id.Link](), id.New[id.Ask]()
	marked := h.mark(target)
	before := h.everything(target, marked)
	for _, c := range []call{
		{method: "PUT", path: at("/links/{link}"), body: link},
		{method: "DELETE", path: at("/links/{link}")},
		{method: "PUT", path: at("/grants/link:{link}"), body: bodyOf(wire.PutGrant{Role: authz.Admin})},
		{method: "DELETE", path: at("/grants/link:{link}")},
		{method: "GET", path: at("/access/explain?principal=link:{link}")},
		{method: "POST", path: at("/access-requests/{ask}/approve"), body: bodyOf(wire.Approve{})},
		{method: "POST", path: at("/access-requests/{ask}/decline")},
		{method: "POST", path: at("/offer/accept")},
	} {
		ask := func(at plan) (int, []byte) {
			reply := attacker.do(c.method, c.path(at), c.bodyOf(at))
			body := bytes.ReplaceAll(reply.body, []byte(reply.header.Get("X-Request-Id")), nil)
			return reply.status, bytes.ReplaceAll(body, []byte(at.link.String()), nil)
		}
		status, body := ask(mine)
		wantStatus, wantBody := ask(unknown)
		if status < 400 && c.method != "GET" || status != wantStatus || !bytes.Equal(body, wantBody) {
			t.Errorf("%s %s: %d %s; with an id of nothing %d %s", c.method, c.path(mine), status, body, wantStatus, wantBody)
		}
	}
	if diff := cmp.Diff(before, h.everything(target, marked)); diff != "" {
		t.Errorf("the other document changed (-before +after):\n%s", diff)
	}
}

// Only a link's secret lets in: neither its id, in whatever form, nor the secret of another, with a bit changed.
func TestOnlyTheSecretLetsIn(t *testing.T) {
	h := newHouse(t, openHouse)
	doc := h.user("owner").document("plan").ID
	secret, link := h.linkWith(doc, authz.Viewer, 0)
	raw, err := base64.RawURLEncoding.DecodeString(secret)
	if err != nil || len(raw) != 32 {
		t.Fatalf("the secret has %d bytes, %v, want 256 bits", len(raw), err)
	}
	guesses := []string{
		base64.RawURLEncoding.EncodeToString(append(link[:], link[:]...)),
		base64.RawURLEncoding.EncodeToString(append(doc[:], link[:]...)),
		base64.RawURLEncoding.EncodeToString(make([]byte, 32)),
	}
	for bit := 0; bit < 256; bit += 37 {
		near := bytes.Clone(raw)
		near[bit/8] ^= 1 << (bit % 8)
		guesses = append(guesses, base64.RawURLEncoding.EncodeToString(near))
	}
	for _, guess := range guesses {
		h.browser().enter(wire.Enter{Link: guess}).refused(404, wire.CodeNotFound)
	}
	for _, malformed := range []string{link.String(), secret + "=", secret[:42], " " + secret[1:], secret + "A"} {
		if reply := h.browser().enter(wire.Enter{Link: malformed}); reply.status != 404 && reply.status != 422 {
			t.Errorf("%q: %d %s", malformed, reply.status, reply.body)
		}
	}
	h.browser().enter(wire.Enter{Link: secret}).want(200)
}
