package meter

import (
	"sync"

	"github.com/coscribe/coscribe/storage/id"
)

// Watch is the security events of one connection. A nil Watch notes nothing.
type Watch struct {
	meter *Meter

	mu     sync.Mutex
	who    Who        // guarded by mu
	counts [kinds]int // guarded by mu
	ended  bool       // guarded by mu
}

// Watch returns the Watch of a new connection. End must be called when it has ended.
func (m *Meter) Watch(who Who) *Watch { return &Watch{meter: m, who: who} }

// Seated says whose connection it is, once that is known.
func (w *Watch) Seated(user id.User) {
	if w == nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.who.User = user
}

// Note counts an event, and logs the first of its kind. detail is a word of the sources, or empty. It returns how many of the
// kind there were.
func (w *Watch) Note(event Event, detail string) int {
	if w == nil {
		return 0
	}
	w.mu.Lock()
	w.counts[event]++
	times, who, ended := w.counts[event], w.who, w.ended
	w.mu.Unlock()
	w.meter.logged.Inc(event.String())
	if times == 1 && !ended {
		w.meter.write(event, who, detail, 1)
	}
	return times
}

// End logs how many there were of each kind, where that is more than the one logged.
func (w *Watch) End() {
	w.mu.Lock()
	counts, who, ended := w.counts, w.who, w.ended
	w.ended = true
	w.mu.Unlock()
	if ended {
		return
	}
	for event, times := range counts {
		if times > 1 {
			w.meter.write(Event(event), who, "", times)
		}
	}
}
