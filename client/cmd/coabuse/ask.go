package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"

	"github.com/coscribe/coscribe/storage/id"
)

// request is one of the HTTP API, with whatever headers an attacker likes.
type request struct {
	method, path string
	token        string      // or none
	header       http.Header // more of them
	body         string      // JSON, unless header says another type
}

// ask sends a request from a new address, and reads the answer.
func (s *stage) ask(ctx context.Context, r request) answer { return s.asks(s.place())(ctx, r) }

// asks returns a way to send requests on connections of one's own.
func (s *stage) asks(dial func(context.Context) (net.Conn, error)) func(context.Context, request) answer {
	transport := &http.Transport{
		DisableKeepAlives:     true,
		DisableCompression:    true,
		ResponseHeaderTimeout: patience,
		DialContext:           func(ctx context.Context, _, _ string) (net.Conn, error) { return dial(ctx) },
		DialTLSContext:        func(ctx context.Context, _, _ string) (net.Conn, error) { return dial(ctx) },
	}
	return func(ctx context.Context, r request) answer {
		var body io.Reader
		if r.body != "" {
			body = strings.NewReader(r.body)
		}
		sent, err := http.NewRequestWithContext(ctx, r.method, s.base.String()+r.path, body)
		if err != nil {
			return answer{err: err}
		}
		if r.token != "" {
			sent.Header.Set("Authorization", "Bearer "+r.token)
		}
		if r.body != "" {
			sent.Header.Set("Content-Type", "application/json")
		}
		for name, values := range r.header {
			sent.Header[name] = values
		}
		response, err := transport.RoundTrip(sent)
		if err != nil {
			return answer{err: err}
		}
		return s.read(response)
	}
}

// place is a way to connect from one new address.
func (s *stage) place() func(context.Context) (net.Conn, error) {
	from := s.addresses.fresh()
	return func(ctx context.Context) (net.Conn, error) { return s.dial(ctx, from) }
}

// of is the path of something of a document.
func of(doc id.Doc, more string) string { return "/v1/documents/" + doc.String() + more }
