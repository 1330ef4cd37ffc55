package account

import (
	"sync"
	"time"
)

const (
	triesWindow = time.Minute
	triesKeys   = 100_000 // remembered at a time; beyond it, everybody waits until the oldest are a minute old
)

// tries counts by key, in the last minute and on this node, what costs it much. It is counted before it is done, and taken back
// if it was not.
type tries struct {
	limit int

	mu    sync.Mutex
	made  map[string][]time.Time // guarded by mu; the oldest first
	swept time.Time              // guarded by mu
}

func newTries(limit int) *tries { return &tries{limit: limit, made: make(map[string][]time.Time)} }

// begin counts one try for each key, or none if one of the keys has used up its own.
func (t *tries) begin(now time.Time, keys ...string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.sweep(now)
	if len(t.made) > triesKeys {
		return &TooManyTries{RetryAfter: triesWindow}
	}
	for _, key := range keys {
		if recent := since(t.made[key], now.Add(-triesWindow)); len(recent) >= t.limit {
			return &TooManyTries{RetryAfter: recent[0].Add(triesWindow).Sub(now)}
		}
	}
	for _, key := range keys {
		t.made[key] = append(since(t.made[key], now.Add(-triesWindow)), now)
	}
	return nil
}

// takeBack forgets the try that begin counted at that time.
func (t *tries) takeBack(at time.Time, keys ...string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, key := range keys {
		for i, made := range t.made[key] {
			if made.Equal(at) {
				t.made[key] = append(t.made[key][:i:i], t.made[key][i+1:]...)
				break
			}
		}
		if len(t.made[key]) == 0 {
			delete(t.made, key)
		}
	}
}

// sweep forgets, once a minute, the keys without a recent try.
func (t *tries) sweep(now time.Time) {
	if now.Sub(t.swept) < triesWindow {
		return
	}
	t.swept = now
	for key, made := range t.made {
		if len(since(made, now.Add(-triesWindow))) == 0 {
			delete(t.made, key)
		}
	}
}

// since returns those of the times that are later than start.
func since(times []time.Time, start time.Time) []time.Time {
	for len(times) > 0 && !times[0].After(start) {
		times = times[1:]
	}
	return times
}
