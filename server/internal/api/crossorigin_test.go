package api

import (
	"crypto/sha256"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
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

// Whatever changes something is refused to another site's page, before anything is looked at; by every route that there is.
func TestEveryRouteAcrossSites(t *testing.T) {
	h := newHouse(t, openHouse)
	ada := h.member("ada")
	doc := ada.document("x").ID.String()
	routes := append(h.api.routes(), h.api.openRoutes()...)
	unsafe := 0
	for _, route := range routes {
		method, path, _ := strings.Cut(route.pattern, " ")
		if method == "GET" {
			continue
		}
		unsafe++
		path = regexp.MustCompile(`\{[^}]*\}`).ReplaceAllString(path, doc)
		for _, headers := range [][]string{
			{"Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"},
			{"Sec-Fetch-Site", "same-site", "Origin", "https://evil.example.com"},
			{"Origin", "https://evil.example"},
			{"Origin", "null"},
		} {
			for _, media := range []string{"application/json", "text/plain"} {
				ada.do(method, path, `{}`, append(headers, "Content-Type", media)...).refused(403, wire.CodeOrigin)
			}
		}
	}
	if unsafe < 20 {
		t.Errorf("only %d of %d routes change anything", unsafe, len(routes))
	}
	ada.do("GET", "/v1/documents/"+doc, nil).want(200)
}

// A ticket is bound to an origin as the handshake will read it. What the handshake will refuse, or a database could not keep,
// is refused here, where a browser can see why.
func TestTicketsAreForOrigins(t *testing.T) {
	h := newHouse(t, openHouse)
	ada := h.member("ada")
	doc := ada.document("x").ID
	for origin, want := range map[string]string{
		"":                             "",
		"https://docs.example":         "https://docs.example",
		"HTTPS://Docs.Example:443":     "https://docs.example",
		"http://[::1]:8080":            "http://[::1]:8080",
		"null":                         "refused",
		"https://docs.example/":        "refused",
		"https://docs.example/\xff":    "refused",
		"https://\xff.example":         "refused",
		"https://ada@docs.example":     "refused",
		"https://a.example,https://b":  "refused",
		"https://docs.example:0443":    "refused",
		"chrome-extension://abcdefghi": "refused",
	} {
		got := ada.do("POST", "/v1/documents/"+doc.String()+"/tickets", nil, "Sec-Fetch-Site", "same-origin", "Origin", origin)
		if want == "refused" {
			got.refused(400, wire.CodeOrigin)
			continue
		}
		ticket, err := h.store.TakeTicket(t.Context(), sha256.Sum256([]byte(into[wire.Ticket](got.want(201)).Ticket)), storage.At(time.Now()))
		if err != nil || ticket.Origin != want {
			t.Errorf("from %q: a ticket for %q, %v, want %q", origin, ticket.Origin, err, want)
		}
	}
	request := ada.request("POST", "/v1/documents/"+doc.String()+"/tickets", nil, "Sec-Fetch-Site", "same-origin")
	request.Header["Origin"] = []string{"https://a.example", "https://b.example"}
	ada.send(request).refused(400, wire.CodeOrigin)
}
