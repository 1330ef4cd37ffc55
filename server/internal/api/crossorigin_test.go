package api

import (
	"testing"

	"github.com/coscribe/coscribe/server/wire"
)

// What another site's page makes a browser send has no effect; what our own pages and programs send has.
func TestCrossOrigin(t *testing.T) {
	h := newHouse(t, openHouse)
	ada := h.member("ada")
	own := h.server.URL
	for _, c := range []struct {
		site, origin string
		allowed      bool
	}{
		{"", "", true}, // a program
		{"same-origin", own, true},
		{"same-origin", "", true},
		{"none", "", true}, // typed by the user
		{"", own, true},    // a browser without Sec-Fetch-Site
		{"cross-site", "https://evil.example", false},
		{"cross-site", own, false},
		{"same-site", own, false},
		{"cross-site", "", false},
		{"", "https://evil.example", false},
		{"", "null", false},
		{"", "http://" + own[len("https://"):] + ".evil.example", false},
	} {
		for _, call := range []struct {
			method, path string
			body         any
		}{
			{"POST", "/v1/documents", wire.NewDocument{Title: "x"}},
			{"POST", "/v1/session", map[string]any{"email": "ada@example.com", "password": password}},
			{"PUT", "/v1/users/me/password", map[string]any{"current": password, "new": password}},
			{"POST", "/v1/tokens", map[string]any{"name": "x"}},
		} {
			reply := ada.do(call.method, call.path, call.body, "Sec-Fetch-Site", c.site, "Origin", c.origin)
			if !c.allowed {
				reply.refused(403, wire.CodeOrigin)
			} else if reply.status >= 400 {
				t.Errorf("%s %s with Sec-Fetch-Site %q and Origin %q: %d %s", call.method, call.path, c.site, c.origin, reply.status, reply.body)
			}
		}
		reply := ada.do("DELETE", "/v1/session", nil, "Sec-Fetch-Site", c.site, "Origin", c.origin)
		if !c.allowed {
			reply.refused(403, wire.CodeOrigin)
		} else {
			signIn(ada, "ada@example.com", password).want(200)
		}
	}
	// A form cannot send JSON, and only JSON is read.
	for _, media := range []string{"text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""} {
		ada.do("POST", "/v1/documents", `{"title":"x"}`, "Content-Type", media).refused(415, wire.CodeUnsupported)
	}
	doc := "/v1/documents/" + ada.document("x").ID.String()
	ada.do("POST", doc+"/tickets", `{}`, "Content-Type", "text/plain").refused(415, wire.CodeUnsupported)
	ada.do("POST", "/v1/documents", `{"title":"x"}`, "Content-Type", "application/json; charset=utf-8").want(201)
	ada.do("POST", "/v1/documents", `{"title":"x"}`, "Content-Encoding", "gzip").refused(415, wire.CodeUnsupported)
}
