package main

import (
	"context"
	"strings"
	"sync"
	"time"
)

// race lets many connections join by one ticket at the same moment. One may.
func race(ctx context.Context, s *stage, t *tally) {
	const atOnce = 400 // of the 500 that may wait on a node
	secret, err := ticket(ctx, s.editor, s.target)
	if !t.must(err, "ticket") {
		return
	}
	winners := 0
	for left := s.Race; left > 0; left -= atOnce {
		winners += s.wave(ctx, t, min(left, atOnce), secret)
	}
	t.hold(winners == 1, "one winner", "%d connections joined by one ticket", winners)
}

// wave opens connections, and when all are open joins on all.
func (s *stage) wave(ctx context.Context, t *tally, n int, secret string) (winners int) {
	var lines []*line
	defer func() { hangUp(lines) }()
	for range n {
		l, err := s.open(ctx, s.opening(s.target, s.EditorToken))
		if !t.must(err, "open") {
			return winners
		}
		lines = append(lines, l)
	}
	var (
		all sync.WaitGroup
		mu  sync.Mutex
	)
	start := make(chan struct{})
	for _, l := range lines {
		all.Go(func() {
			join := text(joining(secret))
			<-start
			l.put(join)
			op, payload, err := l.next(time.Now().Add(patience))
			switch {
			case err == nil && op == opText && strings.HasPrefix(string(payload), `{"type":"welcome"`):
				mu.Lock()
				winners++
				mu.Unlock()
				t.expect("join", "welcome", "welcome")
			case err == nil && op == opClose:
				t.expect("join", closing(payload), "closed 4005")
			default:
				t.expect("join", "cut", "closed 4005") // one that waited too long for the others is told so
			}
		})
	}
	close(start)
	all.Wait()
	return winners
}
