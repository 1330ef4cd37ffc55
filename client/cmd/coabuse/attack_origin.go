package main

import (
	"context"
	"net/http"
	"strings"
)

var originAttacks = []attack{
	{rows: "24", name: "requests that another site's page makes", run: crossSite},
	{rows: "24", name: "bodies of another type", run: otherTypes},
}

// crossSite sends every kind of change as another site's page would make a browser send it, by token and by cookie.
func crossSite(ctx context.Context, s *stage, t *tally) {
	doc, err := s.newDocument(ctx, s.editor)
	if !t.must(err, "make a document") {
		return
	}
	credentials := []http.Header{{"Authorization": {"Bearer " + s.EditorToken}}, {}}
	if cookie := s.guest(ctx, &tally{saw: map[string]int{}}, doc, ""); cookie != nil {
		credentials = append(credentials, http.Header{"Cookie": {cookie.Name + "=" + cookie.Value}})
	}
	requests := append(s.changes(s.target), request{method: "POST", path: "/v1/documents", body: `{"title":"` + marker + `"}`},
		request{method: "POST", path: "/v1/session", body: `{"email":"a@a.example","password":"` + marker + `"}`}, request{method: "DELETE", path: "/v1/session"},
		request{method: "POST", path: "/v1/tokens", body: `{"name":"` + marker + `"}`}, request{method: "POST", path: of(s.target, "/tickets")})
	s.untouched(ctx, t, func() {
		for _, from := range []http.Header{
			{"Origin": {"https://evil.example"}}, {"Origin": {"null"}}, {"Origin": {s.ours() + ".evil.example"}}, {"Origin": {s.base.Scheme + "://" + s.base.Hostname() + ":1"}},
			{"Sec-Fetch-Site": {"cross-site"}}, {"Sec-Fetch-Site": {"same-site"}}, {"Sec-Fetch-Site": {"cross-site"}, "Origin": {s.ours()}},
		} {
			for _, credential := range credentials {
				for _, r := range requests {
					if r.method == "GET" {
						continue
					}
					r.header = merged(from, credential)
					t.expect(r.method+" "+r.path+" from "+strings.Join(append(from["Origin"], from["Sec-Fetch-Site"]...), " "), s.ask(ctx, r).String(), "403 origin")
				}
			}
		}
		for _, credential := range credentials { // what other sites may read is nothing, whatever they ask
			r := request{method: "GET", path: of(s.target, "/content"), header: merged(http.Header{"Origin": {"https://evil.example"}}, credential)}
			a := s.ask(ctx, r)
			t.hold(a.header.Get("Access-Control-Allow-Origin") == "" && a.header.Get("Cross-Origin-Resource-Policy") == "same-origin", "not to be read",
				"another site's page may read: %v", a.header)
			r.method, r.header = "OPTIONS", merged(r.header, http.Header{"Access-Control-Request-Method": {"PUT"}})
			a = s.ask(ctx, r)
			t.hold(a.status >= 400 && a.header.Get("Access-Control-Allow-Origin") == "" && a.header.Get("Access-Control-Allow-Methods") == "", "no preflight", "OPTIONS is answered with %v %v", a, a.header)
		}
	})
}

func merged(headers ...http.Header) http.Header {
	all := http.Header{}
	for _, header := range headers {
		for name, values := range header {
			all[name] = values
		}
	}
	return all
}

// otherTypes sends a change as what a form of another site can send.
func otherTypes(ctx context.Context, s *stage, t *tally) {
	s.untouched(ctx, t, func() {
		for _, r := range s.changes(s.target) {
			if r.body == "" {
				continue
			}
			for _, media := range []string{"text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=a", "text/html", "application/xml", "application/jsonp", "", "json", marker} {
				r.token, r.header = s.EditorToken, http.Header{"Content-Type": {media}}
				t.expect(r.method+" as "+media, s.ask(ctx, r).String(), "415 unsupported")
			}
			for _, encoding := range []string{"gzip", "deflate", "identity, gzip"} {
				r.header = http.Header{"Content-Encoding": {encoding}}
				t.expect(r.method+" in "+encoding, s.ask(ctx, r).String(), "415 unsupported")
			}
		}
		for name, body := range map[string]string{
			"two objects": `{"title":"a"}{"title":"b"}`, "a name twice": `{"title":"a","title":"b"}`, "another case": `{"Title":"a"}`, "an unknown name": `{"title":"a","` + marker + `":1}`,
			"no JSON": marker, "nothing": " ", "an array": `["a"]`, "null": "null", "NUL": `{"title":"\u0000"}`, "half a pair": `{"title":"\ud800"}`, "no UTF-8": "{\"title\":\"\xff\"}",
			"deep": `{"title":` + strings.Repeat("[", 100_000) + `}`, "a number": `{"title":1}`, "long": `{"title":"` + strings.Repeat("a", 10_000) + `"}`,
		} {
			t.expect(name, s.ask(ctx, request{method: "PATCH", path: of(s.target, ""), token: s.EditorToken, body: body}).String(), "400 invalid", "422 invalid")
		}
	})
}
