package socket

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage/id"
)

// refused asserts that a request is answered with status and a problem of that code, and that nothing was let in.
func (s *server) refused(name, request string, status int, code wire.Code) *http.Response {
	s.t.Helper()
	c := s.dial(request)
	answer := c.answer()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != status {
		s.t.Errorf("%s: got %s %q, %v; want %d", name, answer.Status, body, err, status)
		return answer
	}
	var problem wire.Problem
	if err := json.Unmarshal(body, &problem); err != nil || problem.Code != code || problem.Status != status {
		s.t.Errorf("%s: got %s, %v; want a problem with code %s", name, body, err, code)
	}
	if _, err := id.Parse[id.Request](problem.RequestID); err != nil || answer.Header.Get("Content-Type") != "application/problem+json" {
		s.t.Errorf("%s: request id %q, %s", name, problem.RequestID, answer.Header)
	}
	if got := s.Counts().Open; got != 0 {
		s.t.Errorf("%s: %d connections are open", name, got)
	}
	return answer
}

// TestHandshakeMatrix: what is wrong with a handshake is said by the status, before anything is done for it.
func TestHandshakeMatrix(t *testing.T) {
	s := serve(t, nil)
	with := func(name string, values ...string) string { return s.request(map[string][]string{name: values}) }
	line := func(old, new string) string { return strings.Replace(s.request(nil), old, new, 1) }
	for _, c := range []struct {
		name, request string
		status        int
		code          wire.Code
	}{
		{"POST", line("GET", "POST"), 405, wire.CodeUnsupported},
		{"HEAD", line("GET", "HEAD"), 405, ""},
		{"OPTIONS", line("GET", "OPTIONS"), 405, wire.CodeUnsupported},
		{"HTTP/1.0", line("HTTP/1.1", "HTTP/1.0"), 426, wire.CodeUnsupported},
		{"no upgrade", with("Upgrade"), 426, wire.CodeUnsupported},
		{"upgrade to something else", with("Upgrade", "h2c"), 426, wire.CodeUnsupported},
		{"no connection", with("Connection"), 426, wire.CodeUnsupported},
		{"connection keep-alive", with("Connection", "keep-alive"), 426, wire.CodeUnsupported},
		{"connection upgrade-insecure", with("Connection", "upgrade-insecure"), 426, wire.CodeUnsupported},
		{"no version", with("Sec-WebSocket-Version"), 426, wire.CodeUnsupported},
		{"version 8", with("Sec-WebSocket-Version", "8"), 426, wire.CodeUnsupported},
		{"version 13 and 8", with("Sec-WebSocket-Version", "13", "8"), 426, wire.CodeUnsupported},
		{"no key", with("Sec-WebSocket-Key"), 400, wire.CodeInvalid},
		{"empty key", with("Sec-WebSocket-Key", ""), 400, wire.CodeInvalid},
		{"key of 15 bytes", with("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25j"), 400, wire.CodeInvalid},
		{"key of 17 bytes", with("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZXo="), 400, wire.CodeInvalid},
		{"key not base64", with("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25j!!=="), 400, wire.CodeInvalid},
		{"two keys", with("Sec-WebSocket-Key", testKey, testKey), 400, wire.CodeInvalid},
		{"no subprotocol", with("Sec-WebSocket-Protocol"), 400, wire.CodeInvalid},
		{"another subprotocol", with("Sec-WebSocket-Protocol", "coscribe.v2"), 400, wire.CodeInvalid},
		{"subprotocol in capitals", with("Sec-WebSocket-Protocol", "COSCRIBE.V1"), 400, wire.CodeInvalid},
		{"a body", with("Content-Length", "5") + "hello", 400, wire.CodeInvalid},
		{"a chunked body", with("Transfer-Encoding", "chunked") + "0\r\n\r\n", 400, wire.CodeInvalid},
		{"another host", with("Host", "attacker.example"), 403, wire.CodeOrigin},
		{"not an id", line(s.doc.String(), "ABC"), 404, wire.CodeNotFound},
		{"an id in capitals", line(s.doc.String(), strings.ToUpper(s.doc.String())), 404, wire.CodeNotFound},
	} {
		if c.code == "" { // HEAD has no body
			if got := s.dial(c.request).answer().StatusCode; got != c.status {
				t.Errorf("%s: got %d, want %d", c.name, got, c.status)
			}
			continue
		}
		answer := s.refused(c.name, c.request, c.status, c.code)
		if c.status == 405 && answer.Header.Get("Allow") != "GET" {
			t.Errorf("%s: Allow is %q", c.name, answer.Header.Get("Allow"))
		}
		if strings.Contains(c.name, "version") && answer.Header.Get("Sec-WebSocket-Version") != "13" {
			t.Errorf("%s: the version that would do is not named", c.name)
		}
	}
	for name, request := range map[string]string{
		"as it should be":            s.request(nil),
		"headers in other case":      with("Connection", "keep-alive, UPGRADE"),
		"lists in several headers":   with("Connection", "keep-alive", "upgrade"),
		"another subprotocol beside": with("Sec-WebSocket-Protocol", "other, coscribe.v1"),
		"compression offered":        with("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits"),
	} {
		answer := s.dial(request).answer()
		if answer.StatusCode != 101 || answer.Header.Get("Sec-WebSocket-Accept") != "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" ||
			answer.Header.Get("Sec-WebSocket-Protocol") != wire.Subprotocol || answer.Header.Get("Sec-WebSocket-Extensions") != "" {
			t.Errorf("%s: got %s %v", name, answer.Status, answer.Header)
		}
	}
}

// TestOriginMatrix: exactly the pages that are named may connect.
func TestOriginMatrix(t *testing.T) {
	s := serve(t, func(c *Config) {
		c.Origins = []string{"https://docs.example", "https://docs.example:8443", "http://xn--bcher-kva.example", "https://[2001:db8::1]"}
	})
	type headers = map[string][]string
	for _, c := range []struct {
		name    string
		allowed bool
		origin  []string
		more    headers
	}{
		{"as it is", true, []string{"https://docs.example"}, nil},
		{"with its default port", true, []string{"https://docs.example:443"}, nil},
		{"in capitals", true, []string{"HTTPS://Docs.Example"}, nil},
		{"with another port that is named", true, []string{"https://docs.example:8443"}, nil},
		{"punycode", true, []string{"http://xn--bcher-kva.example"}, nil},
		{"IPv6", true, []string{"https://[2001:db8::1]"}, nil},
		{"no origin, token, no cookie", true, nil, headers{"Authorization": {"Bearer cst_abc"}}},

		{"no origin", false, nil, nil},
		{"no origin, cookie", false, nil, headers{"Cookie": {"session=a"}}},
		{"no origin, token and cookie", false, nil, headers{"Authorization": {"Bearer a"}, "Cookie": {"session=a"}}},
		{"no origin, basic", false, nil, headers{"Authorization": {"Basic YTpi"}}},
		{"no origin, empty token", false, nil, headers{"Authorization": {"Bearer "}}},
		{"no origin, two tokens", false, nil, headers{"Authorization": {"Bearer a", "Bearer b"}}},
		{"token does not help a page", false, []string{"https://attacker.example"}, headers{"Authorization": {"Bearer a"}}},
		{"null", false, []string{"null"}, nil},
		{"null with a token", false, []string{"null"}, headers{"Authorization": {"Bearer a"}}},
		{"empty", false, []string{""}, nil},
		{"two", false, []string{"https://docs.example", "https://docs.example"}, nil},
		{"two in one", false, []string{"https://docs.example, https://docs.example"}, nil},
		{"two with a space", false, []string{"https://docs.example https://attacker.example"}, nil},
		{"another", false, []string{"https://attacker.example"}, nil},
		{"http for https", false, []string{"http://docs.example"}, nil},
		{"wss", false, []string{"wss://docs.example"}, nil},
		{"file", false, []string{"file://"}, nil},
		{"extension", false, []string{"chrome-extension://abcdefghijklmnop"}, nil},
		{"no scheme", false, []string{"docs.example"}, nil},
		{"only slashes", false, []string{"//docs.example"}, nil},
		{"other port", false, []string{"https://docs.example:444"}, nil},
		{"port 80 of https", false, []string{"https://docs.example:80"}, nil},
		{"port with a zero before it", false, []string{"https://docs.example:0443"}, nil},
		{"port that is none", false, []string{"https://docs.example:"}, nil},
		{"port beyond", false, []string{"https://docs.example:65979"}, nil},
		{"suffix", false, []string{"https://docs.example.attacker.example"}, nil},
		{"prefix", false, []string{"https://attackerdocs.example"}, nil},
		{"subdomain", false, []string{"https://a.docs.example"}, nil},
		{"parent", false, []string{"https://example"}, nil},
		{"trailing dot", false, []string{"https://docs.example."}, nil},
		{"path", false, []string{"https://docs.example/"}, nil},
		{"query", false, []string{"https://docs.example?a"}, nil},
		{"fragment", false, []string{"https://docs.example#a"}, nil},
		{"user", false, []string{"https://docs.example@attacker.example"}, nil},
		{"user before it", false, []string{"https://attacker@docs.example"}, nil},
		{"backslash", false, []string{`https://docs.example\.attacker.example`}, nil},
		{"IDN in Unicode", false, []string{"http://bücher.example"}, nil},
		{"Kelvin sign for k", false, []string{"https://docs.example\u212a"}, nil},
		{"wildcard", false, []string{"https://*.example"}, nil},
		{"percent", false, []string{"https://docs%2eexample"}, nil},
	} {
		change := headers{"Origin": c.origin, "Host": {"docs.example"}}
		for name, values := range c.more {
			change[name] = values
		}
		if !c.allowed {
			s.refused(c.name, s.request(change), http.StatusForbidden, wire.CodeOrigin)
			continue
		}
		client := s.dial(s.request(change))
		if got := client.answer().StatusCode; got != 101 {
			t.Errorf("%s: got %d, want to be let in", c.name, got)
		}
		client.conn.Close()
		eventually(t, "the connection has ended", func() bool { return s.Counts().Open == 0 })
	}
	for host, want := range map[string]bool{
		"docs.example": true, "docs.example:443": true, "docs.example:8443": true, "DOCS.example": true, "[2001:db8::1]": true,
		"docs.example:80": false, "docs.example:1": false, "attacker.example": false, "docs.example.": false, "127.0.0.1": false, "localhost": false, s.address: false,
	} {
		if got := s.origins.knows(host); got != want {
			t.Errorf("Host %s: known is %v, want %v", host, got, want)
		}
	}
}

// TestOwnOriginOfThisMachine: without a list, a page of the very host that it connects to may, if that is this machine, so
// that no other name can be made to point here.
func TestOwnOriginOfThisMachine(t *testing.T) {
	o := newOrigins(nil)
	for _, c := range []struct {
		host, origin string
		want         bool
	}{
		{"127.0.0.1:8080", "http://127.0.0.1:8080", true},
		{"localhost:8080", "http://localhost:8080", true},
		{"[::1]:8080", "http://[::1]:8080", true},
		{"localhost", "http://localhost", true},
		{"localhost", "https://localhost", true},
		{"localhost:8080", "http://127.0.0.1:8080", false},
		{"127.0.0.1:8080", "http://127.0.0.1:8081", false},
		{"127.0.0.1:8080", "http://attacker.example", false},
		{"attacker.example:8080", "http://attacker.example:8080", false},
		{"localhost.attacker.example", "http://localhost.attacker.example", false},
		{"127.0.0.1.attacker.example", "http://127.0.0.1.attacker.example", false},
	} {
		r := &http.Request{Host: c.host, Header: http.Header{"Origin": {c.origin}}}
		_, allowed := o.check(r)
		if got := allowed && o.knows(c.host); got != c.want {
			t.Errorf("%s on %s: got %v, want %v", c.origin, c.host, got, c.want)
		}
	}
}

// TestNothingBeforeThe101: who sends frames without waiting for the answer gets none.
func TestNothingBeforeThe101(t *testing.T) {
	s := serve(t, nil)
	c := s.dial(s.request(nil) + string(masked(bitFIN|opText, []byte(s.joinMessage(id.New[id.User]())))))
	if got := c.answer().StatusCode; got != http.StatusBadRequest {
		t.Errorf("got %d, want 400", got)
	}
	eventually(t, "the place is free", func() bool { return s.Counts().Open == 0 })
}

// TestRefusalSaysNothingOfTheRequest: what a request holds does not come back.
func TestRefusalSaysNothingOfTheRequest(t *testing.T) {
	s := serve(t, nil)
	c := s.dial(s.request(map[string][]string{"Origin": {"https://MARKER.example"}, "Cookie": {"MARKER=1"}, "Sec-WebSocket-Protocol": {"MARKER"}}))
	_ = c.conn.SetReadDeadline(time.Now().Add(time.Second))
	all, _ := io.ReadAll(c.in)
	if bytes.Contains(bytes.ToUpper(all), []byte("MARKER")) {
		t.Errorf("the answer quotes the request: %s", all)
	}
}
