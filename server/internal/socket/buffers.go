package socket

import "sync"

// buffer is what a flusher works in.
type buffer struct {
	bytes []byte
	ends  []int
}

// pool keeps buffers for the next flusher.
type pool struct{ sync.Pool }

var buffers = pool{sync.Pool{New: func() any { return new(buffer) }}}

// The largest that are kept: a snapshot of megabytes is rare and its buffer is let go.
const (
	keepBytes  = 256 << 10
	keepFrames = 1 << 10
)

func (p *pool) put(b *buffer) {
	if cap(b.bytes) <= keepBytes {
		p.Put(b)
	}
}
