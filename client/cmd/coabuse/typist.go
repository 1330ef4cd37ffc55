package main

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coscribe/coscribe/client"
	"github.com/coscribe/coscribe/ot"
)

// typist is somebody who writes in good faith beside the attacks. Each of the edits must be acknowledged.
type typist struct {
	doc   *client.Document
	quit  chan struct{}
	wait  sync.WaitGroup
	phase atomic.Int32 // an index into took

	mu     sync.Mutex // guards everything below
	keys   int
	took   [4][]time.Duration // until each was acknowledged, by phase
	broken []string
}

// The phases: alone, during the attacks, beside a sink of twenty floods, and during those.
const (
	calm = iota
	during
	besideSink
	underload
)

// keyTime is between two keys: ten a second.
const keyTime = 100 * time.Millisecond

// startTyping begins to type in the shared document, until result.
func (s *stage) startTyping(ctx context.Context) (*typist, error) {
	doc, err := s.viewer.Open(ctx, s.shared)
	if err != nil {
		return nil, fmt.Errorf("open a document: %w", err)
	}
	t := &typist{doc: doc, quit: make(chan struct{})}
	t.wait.Go(func() {
		keys := time.NewTicker(keyTime)
		defer keys.Stop()
		for {
			select {
			case <-keys.C:
				t.key(ctx)
			case <-t.quit:
				return
			case <-ctx.Done():
				return
			}
		}
	})
	return t, nil
}

// key types a letter at the start and watches what becomes of it.
func (t *typist) key(ctx context.Context) {
	began, phase := time.Now(), t.phase.Load()
	edit, err := t.doc.Edit(func(*ot.Document) (ot.Delta, error) { return ot.New().Insert("x", nil).Delta() })
	t.mu.Lock()
	t.keys++
	t.mu.Unlock()
	if err != nil {
		t.breaks(err)
		return
	}
	t.wait.Go(func() {
		if _, err := edit.Wait(context.WithoutCancel(ctx)); err != nil {
			t.breaks(err)
			return
		}
		t.mu.Lock()
		defer t.mu.Unlock()
		t.took[phase] = append(t.took[phase], time.Since(began))
	})
}

func (t *typist) breaks(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.broken) < mostBroken {
		t.broken = append(t.broken, fmt.Sprintf("key %d: %v", t.keys, err))
	}
}

// result stops typing, waits for every acknowledgement and tells how long they took.
func (t *typist) result(ctx context.Context) result {
	ctx, cancel := context.WithTimeout(ctx, 3*patience)
	defer cancel()
	close(t.quit)
	_ = t.doc.Flush(ctx)
	t.doc.Close() // ends what is not acknowledged by now
	t.wait.Wait()
	t.mu.Lock()
	defer t.mu.Unlock()
	r := result{Rows: "9 13 16", Attack: "somebody types beside it all", Tries: t.keys, Verdict: held, Broken: t.broken}
	r.Happened = []string{fmt.Sprintf("acknowledged ×%d", len(slices.Concat(t.took[:]...))),
		"alone " + spread(t.took[calm]), "during " + spread(t.took[during])}
	if len(t.took[underload]) > 0 {
		r.Happened = append(r.Happened, "20 floods beside "+spread(t.took[besideSink]), "20 floods "+spread(t.took[underload]))
	}
	if len(t.broken) > 0 {
		r.Verdict = broken
	}
	return r
}

// spread is the middle and the end of some times.
func spread(times []time.Duration) string {
	if len(times) == 0 {
		return "none"
	}
	slices.Sort(times)
	at := func(share float64) time.Duration {
		return times[min(int(share*float64(len(times))), len(times)-1)].Round(100 * time.Microsecond)
	}
	return fmt.Sprintf("p50 %v p99 %v", at(0.5), at(0.99))
}
