package main

import (
	"context"
	"fmt"
	"sync"
	"time"
)

var slowAttacks = []attack{
	{rows: "4", name: "headers that never end", run: slowHeaders, kind: beside},
	{rows: "4", name: "headers and bodies too large", run: largeRequests},
	{rows: "4", name: "a body, a byte at a time", run: slowBodies, kind: long},
	{rows: "7", name: "silence before the ticket", run: silence, kind: beside},
	{rows: "7", name: "a ticket, a byte at a time", run: slowTicket, kind: beside},
	{rows: "17", name: "a seat that does not answer pings", run: deaf, kind: long},
}

// What the server takes by default.
const (
	headerTime = 5 * time.Second
	bodyTime   = 30 * time.Second
	joinTime   = 5 * time.Second
	pongTime   = 35 * time.Second // the ping comes after 25, and its answer has 10
	grace      = 3 * time.Second
)

// atOnce runs something on many connections at the same time.
func (s *stage) atOnce(ctx context.Context, t *tally, n int, run func(l *line)) {
	var all sync.WaitGroup
	for range n {
		all.Go(func() {
			l, err := s.line(ctx, s.addresses.fresh())
			if t.must(err, "connect") {
				defer l.Close()
				run(l)
			}
		})
	}
	all.Wait()
}

// drip writes what it has, a byte every so often, until the connection ends.
func (l *line) drip(ctx context.Context, data string, every time.Duration) {
	for i := range len(data) {
		if _, err := l.Write([]byte{data[i]}); err != nil {
			return
		}
		if sleep(ctx, every); ctx.Err() != nil {
			return
		}
	}
}

func slowHeaders(ctx context.Context, s *stage, t *tally) {
	s.atOnce(ctx, t, s.Crowd, func(l *line) {
		began := time.Now()
		go l.drip(ctx, "GET / HTTP/1.1\r\nHost: "+s.base.Host+"\r\nX-"+marker+": "+fmt.Sprintf("%0100d", 0), time.Second)
		t.expect("slow headers", l.end(s.stretch(headerTime+grace)), "cut")
		t.lasted(time.Since(began))
	})
}

func slowBodies(ctx context.Context, s *stage, t *tally) {
	s.atOnce(ctx, t, s.Crowd, func(l *line) {
		l.put([]byte("POST /v1/session HTTP/1.1\r\nHost: " + s.base.Host + "\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n"))
		go l.drip(ctx, fmt.Sprintf("%0100d", 0), time.Second)
		a := l.hear(s.stretch(bodyTime + grace))
		t.expect("slow body", a.String(), "400 invalid", "408 ", "cut")
	})
}

func silence(ctx context.Context, s *stage, t *tally) {
	var all sync.WaitGroup
	for range min(s.Crowd, 100) { // of the 500 that may wait on a node
		all.Go(func() {
			l, err := s.open(ctx, s.opening(s.target, s.EditorToken))
			if !t.must(err, "open") {
				return
			}
			defer l.Close()
			t.expect("silence", l.fate(s.stretch(joinTime+grace)), "closed 4005")
		})
	}
	all.Wait()
}

func slowTicket(ctx context.Context, s *stage, t *tally) {
	var all sync.WaitGroup
	for range min(s.Crowd, 20) {
		all.Go(func() {
			l, err := s.open(ctx, s.opening(s.target, s.EditorToken))
			if !t.must(err, "open") {
				return
			}
			defer l.Close()
			go l.drip(ctx, string(text(joining(marker))), time.Second)
			t.expect("a byte a second", l.fate(s.stretch(joinTime+grace)), "closed 4005")
		})
	}
	all.Wait()
}

func deaf(ctx context.Context, s *stage, t *tally) {
	seat, err := s.editorSits(ctx, s.target)
	if t.must(err, "sit") {
		defer seat.Close()
		t.expect("no pong", seat.fate(s.stretch(pongTime+grace)), "closed 4008")
	}
}

func largeRequests(ctx context.Context, s *stage, t *tally) {
	long := fmt.Sprintf("%01000000d", 0)
	for name, o := range map[string]opening{
		"a long header":   {"GET / HTTP/1.1", []string{"Host: " + s.base.Host, "X-Long: " + long}},
		"a long address":  {"GET /" + long + " HTTP/1.1", []string{"Host: " + s.base.Host}},
		"a long first":    {long, nil},
		"a long cookie":   {"GET /v1/session HTTP/1.1", []string{"Host: " + s.base.Host, "Cookie: session=" + long}},
		"a chunk of size": {"POST /v1/session HTTP/1.1", []string{"Host: " + s.base.Host, "Transfer-Encoding: chunked", "", "fffffffffffffffff"}},
	} {
		t.opens(ctx, s, name, o, "431", "400", "414", "400 invalid", "413 too_large", "415", "415 unsupported", "cut")
	}
	body := fmt.Sprintf(`{"title":"%01100000d"}`, 0)
	t.expect("a long body", s.ask(ctx, request{method: "POST", path: "/v1/documents", token: s.EditorToken, body: body}).String(), "413 too_large", "cut")
	t.expect("a long body of nobody", s.ask(ctx, request{method: "POST", path: "/v1/session", body: body}).String(), "413 too_large", "cut")
}
