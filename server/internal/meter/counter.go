package meter

import (
	"sync"
	"sync/atomic"
)

// Counter counts up. The zero value is ready.
type Counter struct {
	n atomic.Uint64
	_ [56]byte // no other counter shares its cache line
}

// Inc counts one.
func (c *Counter) Inc() { c.n.Add(1) }

// Add counts n.
func (c *Counter) Add(n int) { c.n.Add(uint64(n)) }

// Count is how many there were.
func (c *Counter) Count() uint64 { return c.n.Load() }

// Gauge is a number that goes up and down. The zero value is ready.
type Gauge struct {
	n atomic.Int64
	_ [56]byte
}

// Add adds n, which may be negative.
func (g *Gauge) Add(n int) { g.n.Add(int64(n)) }

// Count is the number now.
func (g *Gauge) Count() int64 { return g.n.Load() }

// maxWords is how many words a Family tells apart.
const maxWords = 100

// otherWord stands for all words beyond.
const otherWord = "other"

// Family is counters by a word of the sources: a code, a command, a kind. It is for refusals and other rare things: each count
// looks its word up. The zero value is ready.
type Family struct {
	mu      sync.RWMutex
	byWord  map[string]*Counter // guarded by mu
	overrun Counter
}

// Inc counts one.
func (f *Family) Inc(word string) { f.of(word).Inc() }

// Count is how many there were.
func (f *Family) Count(word string) uint64 {
	f.mu.RLock()
	defer f.mu.RUnlock()
	if c := f.byWord[word]; c != nil {
		return c.Count()
	}
	return 0
}

func (f *Family) of(word string) *Counter {
	f.mu.RLock()
	c := f.byWord[word]
	f.mu.RUnlock()
	if c != nil {
		return c
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	switch c = f.byWord[word]; {
	case c != nil:
		return c
	case len(f.byWord) >= maxWords:
		return &f.overrun
	case f.byWord == nil:
		f.byWord = map[string]*Counter{}
	}
	c = &Counter{}
	f.byWord[word] = c
	return c
}

// each calls yield with every word counted so far.
func (f *Family) each(yield func(word string, n uint64)) {
	f.mu.RLock()
	defer f.mu.RUnlock()
	for word, c := range f.byWord {
		yield(word, c.Count())
	}
	if n := f.overrun.Count(); n > 0 {
		yield(otherWord, n)
	}
}
