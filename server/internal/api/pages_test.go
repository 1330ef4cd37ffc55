package api

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/coscribe/coscribe/server/wire"
)

func TestPages(t *testing.T) {
	h := newHouse(t)
	b := h.browser()
	for path, want := range map[string]struct {
		status int
		media  string
	}{
		"/":                {200, "text/html; charset=utf-8"},
		"/signin":          {200, "text/html; charset=utf-8"},
		"/setup":           {200, "text/html; charset=utf-8"},
		"/invitation":      {200, "text/html; charset=utf-8"},
		"/d/abc":           {200, "text/html; charset=utf-8"},
		"/d/":              {404, "text/html; charset=utf-8"},
		"/d/a/b":           {404, "text/html; charset=utf-8"},
		"/nothing":         {404, "text/html; charset=utf-8"},
		"/index.html":      {404, "text/html; charset=utf-8"},
		"/assets/app.js":   {200, "text/javascript; charset=utf-8"},
		"/assets/app.css":  {200, "text/css; charset=utf-8"},
		"/assets/":         {404, "text/html; charset=utf-8"},
		"/assets/other.js": {404, "text/html; charset=utf-8"},
	} {
		reply := b.do("GET", path, nil)
		if reply.status != want.status || reply.header.Get("Content-Type") != want.media {
			t.Errorf("%s: %d %s, want %d %s", path, reply.status, reply.header.Get("Content-Type"), want.status, want.media)
		}
		secure(t, path, reply.header)
		policy := reply.header.Get("Content-Security-Policy")
		for _, part := range []string{"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"} {
			if !strings.Contains(policy, part) {
				t.Errorf("%s: the policy %q lacks %q", path, policy, part)
			}
		}
		if strings.Contains(policy, "unsafe") || strings.Contains(policy, "data:") {
			t.Errorf("%s: the policy %q lets too much", path, policy)
		}
		if want.status == 200 {
			b.do("GET", path, nil, "If-None-Match", reply.header.Get("ETag")).want(304)
			if head := b.do("HEAD", path, nil).want(200); len(head.body) > 0 || head.header.Get("Content-Length") == "0" {
				t.Errorf("HEAD %s: %d bytes", path, len(head.body))
			}
		}
	}
	b.do("POST", "/", "{}").want(405)
}

// Every answer carries the headers that keep a browser from doing something with it.
func secure(t *testing.T, path string, header http.Header) {
	t.Helper()
	for name, want := range map[string]string{
		"X-Content-Type-Options":       "nosniff",
		"Referrer-Policy":              "no-referrer",
		"Cross-Origin-Opener-Policy":   "same-origin",
		"Cross-Origin-Resource-Policy": "same-origin",
	} {
		if got := header.Get(name); got != want {
			t.Errorf("%s: %s: %q, want %q", path, name, got, want)
		}
	}
	if header.Get("Content-Security-Policy") == "" {
		t.Errorf("%s: no Content-Security-Policy", path)
	}
}

func TestAnswersAreSecured(t *testing.T) {
	h := newHouse(t)
	ada := h.user("ada")
	for _, reply := range []reply{
		ada.do("GET", "/v1/session", nil).want(200),
		ada.do("POST", "/v1/documents", wire.NewDocument{Title: "x"}).want(201),
		ada.do("GET", "/v1/documents/x", nil).want(404),
		ada.do("GET", "/v1/nothing", nil).want(404),
		ada.do("POST", "/v1/documents", "{}", "Sec-Fetch-Site", "cross-site").want(403),
		ada.do("GET", "/livez", nil).want(200),
	} {
		secure(t, reply.call, reply.header)
		if got := reply.header.Get("Cache-Control"); got != "no-store" {
			t.Errorf("%s: Cache-Control %q", reply.call, got)
		}
		if got := reply.header.Get("Content-Security-Policy"); got != "default-src 'none'; frame-ancestors 'none'" {
			t.Errorf("%s: policy %q", reply.call, got)
		}
		if len(reply.header.Get("X-Request-Id")) != 36 {
			t.Errorf("%s: no request id", reply.call)
		}
	}
}

func TestHealth(t *testing.T) {
	h := newHouse(t)
	b := h.browser()
	b.do("GET", "/livez", nil).want(200)
	b.do("GET", "/readyz", nil).want(200)
	if reply := b.do("GET", "/openapi.yaml", nil).want(200); string(reply.body) != string(openAPI) {
		t.Error("another openapi.yaml is served")
	}
	h.api.Drain()
	b.do("GET", "/readyz", nil).refused(503, wire.CodeDraining)
	b.do("GET", "/livez", nil).want(200)
}

// The log says which route and who, and holds no secret, no path, no title and no text.
func TestLogHoldsNoSecrets(t *testing.T) {
	h := newHouse(t, openHouse)
	ada := h.member("ada")
	cookie := ada.cookie().Value
	token := into[wire.Token](ada.do("POST", "/v1/tokens", map[string]any{"name": "tokenname"}).want(201)).Secret
	doc := ada.document("secret title")
	path := "/v1/documents/" + doc.ID.String()
	ada.do("POST", path+"/ops", insert(0, 1, "secret text")).want(200)
	ticket := into[wire.Ticket](ada.do("POST", path+"/tickets", nil).want(201)).Ticket
	ada.do("GET", "/v1/invitations/"+strings.Repeat("s", 43), nil).want(404)
	ada.do("GET", "/v1/users?email=kim@example.com", nil).want(200)
	ada.do("POST", "/v1/documents", `{"title":"hostile\u0000"}`).want(400)
	signIn(h.browser(), "ada@example.com", "wrong password").want(401)
	log := h.log.String()
	for _, secret := range []string{cookie, token, ticket, password, "wrong password", "secret title", "secret text",
		strings.Repeat("s", 43), "example.com", "tokenname", "hostile"} {
		if strings.Contains(log, secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
	for _, told := range []string{`"route":"POST /v1/documents/{id}/ops"`, doc.ID.String(), ada.user.ID.String(), `"code":"not_found"`} {
		if !strings.Contains(log, told) {
			t.Errorf("the log lacks %s:\n%s", told, log)
		}
	}
}

// A panic in a handler is an answer and a line in the log; the process and its other requests go on.
func TestPanicIsAnswered(t *testing.T) {
	h := newHouse(t)
	panics := h.api.observe(h.api.serve(route{"GET /panic", func(w http.ResponseWriter, r *http.Request) error {
		if r.URL.Query().Has("late") {
			_, _ = io.WriteString(w, "begun")
		}
		panic("secret detail")
	}}))
	h.server.Config.Handler = panics
	b := h.browser()
	reply := b.do("GET", "/panic", nil)
	reply.refused(500, wire.CodeInternal)
	if strings.Contains(string(reply.body), "secret") || !strings.Contains(h.log.String(), "secret detail") {
		t.Errorf("answer %s", reply.body)
	}
	response, err := h.server.Client().Get(h.server.URL + "/panic?late")
	if err == nil {
		defer response.Body.Close()
		if _, err = io.ReadAll(response.Body); err == nil {
			t.Error("an answer that a panic cut off looks whole")
		}
	}
	h.server.Config.Handler = h.api
	b.do("GET", "/livez", nil).want(200)
}
