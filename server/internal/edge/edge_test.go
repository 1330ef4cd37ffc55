package edge_test

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"

	"github.com/coscribe/coscribe/server/internal/edge"
)

func TestOnlyEncryptedRequestsUnderOurNamesComeIn(t *testing.T) {
	proxied := edge.Config{
		Origins:        []string{"https://docs.example.com"},
		TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16")},
	}
	const far, near, proxy = "203.0.113.9:4000", "127.0.0.1:4000", "10.1.2.3:4000"
	forwarded := http.Header{"X-Forwarded-For": {"198.51.100.7"}, "X-Forwarded-Proto": {"https"}}

	for _, c := range []struct {
		name       string
		config     edge.Config
		peer, url  string
		header     http.Header
		tls        bool
		wantStatus int
		wantClient string
	}{
		{"loopback in the clear", edge.Config{}, near, "http://127.0.0.1:8080/v1/session", nil, false, 200, "127.0.0.1"},
		{"loopback by another loopback name", edge.Config{}, "[::1]:4000", "http://[::1]:8080/", nil, false, 200, "::1"},
		{"loopback under a foreign name (DNS rebinding)", edge.Config{}, near, "http://evil.example/", nil, false, 421, ""},
		{"name that begins like ours", edge.Config{}, near, "http://localhost.evil.example/", nil, false, 421, ""},
		{"from afar in the clear, API", proxied, far, "http://docs.example.com/v1/session", nil, false, 403, ""},
		{"from afar in the clear, page", proxied, far, "http://docs.example.com/d/1?x=y", nil, false, 308, ""},
		{"from afar, headers of a proxy it is not", proxied, far, "http://docs.example.com/v1/session", forwarded, false, 403, ""},
		{"over TLS", proxied, far, "https://docs.example.com/v1/session", nil, true, 200, "203.0.113.9"},
		{"over TLS, forwarding headers of its own", proxied, far, "https://docs.example.com/", forwarded, true, 200, "203.0.113.9"},
		{"over TLS under another name", proxied, far, "https://other.example.com/", nil, true, 421, ""},
		{"by the proxy, encrypted", proxied, proxy, "http://docs.example.com/v1/session", forwarded, false, 200, "198.51.100.7"},
		{"by the proxy, in the clear", proxied, proxy, "http://docs.example.com/v1/session",
			http.Header{"X-Forwarded-For": {"198.51.100.7"}, "X-Forwarded-Proto": {"http"}}, false, 403, ""},
		{"by a proxy on this machine that says nothing",
			edge.Config{Origins: proxied.Origins, TrustedProxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}},
			near, "http://docs.example.com/v1/session", nil, false, 403, ""},
		{"by the proxy, both said", proxied, proxy, "http://docs.example.com/v1/session",
			http.Header{"X-Forwarded-For": {"198.51.100.7"}, "X-Forwarded-Proto": {"https", "http"}}, false, 403, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var client string
			handler := edge.New(c.config).Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				client = edge.ClientAddr(r).String()
			}))
			r := httptest.NewRequest(http.MethodGet, c.url, nil)
			r.RemoteAddr = c.peer
			r.TLS = nil
			if c.tls {
				r.TLS = &tls.ConnectionState{}
			}
			for key, values := range c.header {
				r.Header[key] = values
			}
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, r)
			if w.Code != c.wantStatus || client != c.wantClient {
				t.Errorf("status %d for client %q, want %d for %q", w.Code, client, c.wantStatus, c.wantClient)
			}
			if sts := w.Header().Get("Strict-Transport-Security"); (sts != "") != (c.wantStatus == 200 && c.peer != near && c.peer != "[::1]:4000") {
				t.Errorf("Strict-Transport-Security %q", sts)
			}
			if to := w.Header().Get("Location"); c.wantStatus == 308 && to != "https://docs.example.com/d/1?x=y" {
				t.Errorf("redirected to %q", to)
			}
		})
	}
}
