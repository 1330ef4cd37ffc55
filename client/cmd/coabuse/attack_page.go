package main

import (
	"context"
	"strings"
)

var pageAttacks = []attack{
	{rows: "31", name: "pages that another site frames, sniffs or adds to", run: pageHeaders},
	{rows: "32", name: "metrics, profiles and files of the machine", run: insides},
}

func pageHeaders(ctx context.Context, s *stage, t *tally) {
	for _, path := range []string{"/", "/signin", "/setup", "/invitation", "/d/" + s.target.String(), "/d/" + marker, "/" + marker, "/livez", "/v1/" + marker, "/v1/session", "/openapi.yaml"} {
		for _, method := range []string{"GET", "POST", "TRACE", "OPTIONS"} {
			a := s.ask(ctx, request{method: method, path: path})
			if !t.must(a.err, path) {
				return
			}
			policy := a.header.Get("Content-Security-Policy")
			t.hold(strings.HasPrefix(policy, "default-src 'none'") && strings.Contains(policy, "frame-ancestors 'none'") && !strings.Contains(policy, "unsafe"),
				"strict policy", "%s %s: Content-Security-Policy %q", method, path, policy)
			for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
				"Referrer-Policy": "no-referrer", "Access-Control-Allow-Origin": "", "Server": "", "X-Powered-By": ""} {
				t.hold(a.header.Get(name) == want, name, "%s %s: %s is %q, not %q", method, path, name, a.header.Get(name), want)
			}
			t.hold(!strings.Contains(a.body, "<script>") && !strings.Contains(a.body, marker), "no script inline", "%s %s has a script inline or repeats its address", method, path)
			t.hold(method != "TRACE" || a.status >= 400, "no TRACE", "TRACE is answered with %v", a)
			t.hold(s.base.Scheme == "http" || a.header.Get("Strict-Transport-Security") != "", "https only", "%s: no Strict-Transport-Security", path)
		}
	}
}

func insides(ctx context.Context, s *stage, t *tally) {
	for _, path := range []string{
		"/metrics", "/debug/pprof/", "/debug/pprof/heap", "/debug/vars", "/v1/metrics", "/.env", "/.git/config", "/coscribe.db", "/data/coscribe.db", "/assets/", "/assets/../index.html",
		"/../../../../etc/passwd", "/assets/../../../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/assets/%2e%2e%2f%2e%2e%2fetc/passwd", "/..%5c..%5cetc%5cpasswd", "//etc/passwd", "/assets/app.js%00.html",
		"/v1/../metrics", "/admin", "/server-status",
	} {
		l, err := s.line(ctx, s.addresses.fresh())
		if !t.must(err, "connect") {
			return
		}
		l.put([]byte("GET " + path + " HTTP/1.1\r\nHost: " + s.base.Host + "\r\nConnection: close\r\n\r\n"))
		a := l.hear(patience)
		l.Close()
		t.expect(path, a.String(), "404", "404 not_found", "400", "301", "307")
		t.hold(!strings.Contains(a.body, "root:") && !strings.Contains(a.body, "go_goroutines"), "nothing told", "%s tells %.100s", path, a.body)
	}
}
