package main

import (
	"context"
	"net/netip"
	"strings"
	"time"
)

var floodAttacks = []attack{
	{rows: "9", name: "a flood of pings", run: alone(pings)},
	{rows: "9", name: "a flood of empty fragments", run: alone(fragments)},
	{rows: "9", name: "a flood of empty messages", run: alone(empties)},
	{rows: "9", name: "a flood of the largest frames", run: alone(giants)},
	{rows: "9", name: "a flood of messages in 16 fragments", run: alone(shards)},
}

// A flood is a frame, and another that is sent again and again after it.
type flood struct {
	first, then []byte
	times       int
}

var (
	pings     = flood{nil, frame(fin|opPing, ""), 10_000}
	fragments = flood{frame(opText, ""), frame(opContinuation, ""), 10_000}
	empties   = flood{nil, text(""), 10_000}
	giants    = flood{nil, text(`{"type":"ping","t":1}` + strings.Repeat(" ", 64<<10-21)), 200}
	shards    = flood{nil, pieces(16), 1_000}
)

// alone is an attack by one flood.
func alone(f flood) func(context.Context, *stage, *tally) {
	return func(ctx context.Context, s *stage, t *tally) {
		took := s.flood(ctx, t, f)
		t.lasted(took)
		t.hold(took <= s.stretch(closeTime), "soon", "it was closed after %v", took)
	}
}

// flood sends frames as fast as it can from an editor's seat, where somebody types. It must be closed; flood tells after how long.
func (s *stage) flood(ctx context.Context, t *tally, f flood) time.Duration {
	seat, err := s.editorSits(ctx, s.shared)
	if ctx.Err() != nil || !t.must(err, "sit") {
		return 0
	}
	defer seat.Close()
	began := time.Now()
	go func() {
		seat.put(f.first)
		for range f.times {
			if _, err := seat.Write(f.then); err != nil {
				return
			}
		}
	}()
	fate := seat.fate(patience)
	took := time.Since(began)
	t.expect("the flood", fate, "closed 4029", "closed 1009", "closed 4009", "closed 4500", "cut")
	return took
}

// floodDoor floods a connection that has no ticket.
func (s *stage) floodDoor(ctx context.Context, t *tally, from netip.Addr, f flood) {
	l, a := s.knock(ctx, from, s.opening(s.shared, s.EditorToken))
	switch {
	case ctx.Err() != nil:
		return
	case l == nil:
		t.expect("a handshake", a.String(), "101", "429 rate_limited", "503 overloaded", "cut", "silence")
		return
	}
	defer l.Close()
	go func() {
		for range f.times {
			if _, err := l.Write(f.then); err != nil {
				return
			}
		}
	}()
	t.expect("a flood without a ticket", l.fate(patience), "closed 4005", "closed 1002", "cut")
}
