package main

import (
	"context"
	"strings"
)

var handshakeAttacks = []attack{
	{rows: "2", name: "origins of other sites", run: origins},
	{rows: "2", name: "hosts that are not ours", run: hosts},
	{rows: "3", name: "handshakes out of order", run: handshakes},
	{rows: "8", name: "compression offered", run: compression},
}

// notOpened is every answer that a handshake out of order may get.
var notOpened = []string{"400", "400 invalid", "403 origin", "404", "404 not_found", "405", "405 unsupported", "426 unsupported", "301", "307", "501", "505", "cut"}

// origins tries what a browser on another site's page would send, and spellings that are nearly ours.
func origins(ctx context.Context, s *stage, t *tally) {
	ours := s.base.Scheme + "://" + s.base.Host
	host, port := s.base.Hostname(), ":"+s.base.Port()
	if s.base.Port() == "" {
		port = ""
	}
	other := map[string]string{"http": "https", "https": "http"}[s.base.Scheme]
	for _, origin := range []string{
		"null", "", " ", "*", "https://evil.example", "http://evil.example" + port, ours + ".evil.example", "http://evil-" + s.base.Host,
		"http://" + host + ".evil.example" + port, "http://evil.example/" + s.base.Host, "http://evil.example#" + ours, "http://evil.example?" + ours,
		"http://" + s.base.Host + "@evil.example", "http://evil.example@" + s.base.Host, other + "://" + s.base.Host,
		s.base.Scheme + "://" + host + ":1", s.base.Scheme + "://" + host + "." + port, ours + "/", ours + "/path", ours + "?", ours + "#",
		ours + ", https://evil.example", "https://evil.example, " + ours, ours + " " + ours, "//" + s.base.Host, s.base.Host,
		"ws://" + s.base.Host, "file://" + host, "chrome-extension://abcdefghijklmnop", "javascript:" + marker,
		s.base.Scheme + "://" + strings.Replace(host, ".", "。", 1) + port, s.base.Scheme + "://xn--" + host + port,
		s.base.Scheme + "://" + host + "%00" + port, s.base.Scheme + "://0x7f000001" + port, s.base.Scheme + "://" + marker + ".localhost" + port,
		s.base.Scheme + "://" + host + ":0" + strings.TrimPrefix(port, ":"),
	} {
		t.opens(ctx, s, "Origin: "+origin, s.opening(s.target, s.EditorToken).with("Origin: "+origin), "403 origin", "400 ")
	}
	two := s.opening(s.target, s.EditorToken).with("Origin: "+ours, "Origin: "+ours)
	t.opens(ctx, s, "two origins", two, "403 origin", "400 ")
	t.opens(ctx, s, "two origins, one ours", two.without("Origin").with("Origin: "+ours, "Origin: https://evil.example"), "403 origin")
	bare := s.opening(s.target, "").without("Authorization")
	t.opens(ctx, s, "no origin and no token", bare, "403 origin")
	t.opens(ctx, s, "no origin, token and cookie", s.opening(s.target, s.EditorToken).with("Cookie: session="+marker), "403 origin")
	t.opens(ctx, s, "our origin", bare.with("Origin: "+ours), "101")
	t.opens(ctx, s, "a program", s.opening(s.target, s.EditorToken), "101")
}

func hosts(ctx context.Context, s *stage, t *tally) {
	in := s.opening(s.target, s.EditorToken)
	for _, host := range []string{"evil.example", s.base.Host + ".evil.example", "evil.example:" + s.base.Port(), "", "evil.example@" + s.base.Host,
		s.base.Host + "/" + marker, "127.0.0.1.evil.example", "[::ffff:8.8.8.8]", "localhost.evil.example", "a b"} {
		opening := in.without("Host").with("Host: " + host)
		t.opens(ctx, s, "Host: "+host, opening, "400 ", "403 ", "421 ", "400", "421")
		opening.first = "GET / HTTP/1.1"
		t.opens(ctx, s, "a page under Host: "+host, opening, "400", "421")
	}
	t.opens(ctx, s, "no Host", in.without("Host"), "400")
	t.opens(ctx, s, "two hosts", in.with("Host: evil.example"), "400")
	absolute := in
	absolute.first = "GET http://evil.example" + of(s.target, "/socket") + " HTTP/1.1"
	t.opens(ctx, s, "another host in the address", absolute, "403 ", "421")
}

func handshakes(ctx context.Context, s *stage, t *tally) {
	in := s.opening(s.target, s.EditorToken)
	first := func(line string) opening {
		return opening{strings.ReplaceAll(line, "PATH", of(s.target, "/socket")), in.lines}
	}
	for name, o := range map[string]opening{
		"POST":                    first("POST PATH HTTP/1.1"),
		"HEAD":                    first("HEAD PATH HTTP/1.1"),
		"CONNECT":                 first("CONNECT PATH HTTP/1.1"),
		"a method of its own":     first("QZ7 PATH HTTP/1.1"),
		"HTTP/1.0":                first("GET PATH HTTP/1.0"),
		"HTTP/0.9":                first("GET PATH"),
		"HTTP/2.0":                first("GET PATH HTTP/2.0"),
		"another document's path": first("GET PATH/../../" + marker + " HTTP/1.1"),
		"no upgrade":              in.without("Upgrade"),
		"no connection":           in.without("Connection"),
		"upgrade to h2c":          in.without("Upgrade").with("Upgrade: h2c"),
		"no version":              in.without("Sec-WebSocket-Version"),
		"version 12":              in.without("Sec-WebSocket-Version").with("Sec-WebSocket-Version: 12"),
		"two versions":            in.with("Sec-WebSocket-Version: 8"),
		"no key":                  in.without("Sec-WebSocket-Key"),
		"a key of 15 bytes":       in.without("Sec-WebSocket-Key").with("Sec-WebSocket-Key: MTIzNDU2Nzg5MDEyMzQ1"),
		"a key that is no base64": in.without("Sec-WebSocket-Key").with("Sec-WebSocket-Key: " + marker),
		"two keys":                in.with("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="),
		"no subprotocol":          in.without("Sec-WebSocket-Protocol"),
		"another subprotocol":     in.without("Sec-WebSocket-Protocol").with("Sec-WebSocket-Protocol: " + marker),
		"a body":                  in.with("Content-Length: 5"),
		"a chunked body":          in.with("Transfer-Encoding: chunked"),
		"two lengths":             in.with("Content-Length: 0", "Transfer-Encoding: chunked"),
		"lengths that differ":     in.with("Content-Length: 0", "Content-Length: 5"),
		"a header with a space":   in.with("X-A : b"),
		"a header with NUL":       in.with("X-A: \x00"),
	} {
		t.opens(ctx, s, name, o, notOpened...)
	}
	early := s.opening(s.target, s.EditorToken)
	l, err := s.line(ctx, s.addresses.fresh())
	if !t.must(err, "connect") {
		return
	}
	defer l.Close()
	l.put(append(early.bytes(), text(`{"type":"join"}`)...))
	if a := l.hear(patience); a.status == 101 { // what came early must not have been heard, as if it came after the answer
		t.expect("bytes before the 101", l.fate(patience), "closed 4005", "cut")
	} else {
		t.expect("bytes before the 101", a.String(), "400", "400 invalid", "cut")
	}
}

func compression(ctx context.Context, s *stage, t *tally) {
	for _, offer := range []string{"permessage-deflate", "permessage-deflate; client_max_window_bits", "x-webkit-deflate-frame", "permessage-deflate, permessage-bzip2"} {
		l, a := s.knock(ctx, s.addresses.fresh(), s.opening(s.target, s.EditorToken).with("Sec-WebSocket-Extensions: "+offer))
		if l == nil {
			t.expect(offer, a.String(), "101")
			continue
		}
		t.hold(a.header.Get("Sec-Websocket-Extensions") == "", "no extension", "%s: taken as %q", offer, a.header.Get("Sec-Websocket-Extensions"))
		l.put(frame(fin|0x40|opText, joining(marker)))
		t.expect("a compressed frame", l.fate(patience), "closed 1002")
		l.Close()
	}
}

// opens tries an opening, once.
func (t *tally) opens(ctx context.Context, s *stage, name string, o opening, wants ...string) {
	l, a := s.knock(ctx, s.addresses.fresh(), o)
	if l != nil {
		l.Close()
	}
	t.expect(name, a.String(), wants...)
}
