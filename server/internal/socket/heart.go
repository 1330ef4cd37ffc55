package socket

import (
	"math/rand/v2"
	"sync"
	"time"

	"github.com/coscribe/coscribe/server/wire"
)

// heart asks the client now and then whether it is there. It is a timer, not a goroutine.
type heart struct {
	mu       sync.Mutex // guards what follows
	timer    *time.Timer
	asked    bool // and not answered
	checking bool // the next tick looks for the answer
	done     bool
	ends     time.Time // when the connection is too old
}

// beat starts the heart.
func (c *connection) beat() {
	limits := &c.handler.Limits
	c.heart.mu.Lock()
	defer c.heart.mu.Unlock()
	c.heart.ends = time.Now().Add(limits.Age - limits.Age/10 + rand.N(limits.Age/5+1))
	c.heart.timer = time.AfterFunc(limits.PingEvery, c.tick)
}

// tick asks, and the next one looks whether the answer has come.
func (c *connection) tick() {
	defer func() {
		if fault := recover(); fault != nil {
			c.panicked(fault)
		}
	}()
	if ask, end := c.heart.tick(&c.handler.Limits); end != 0 {
		c.close(end)
	} else if ask {
		c.queue(opPing, nil)
	}
}

func (h *heart) tick(limits *Limits) (ask bool, end wire.CloseCode) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case h.done:
		return false, 0
	case h.checking && h.asked:
		return false, wire.CloseNoPong
	case time.Now().After(h.ends):
		return false, wire.CloseDraining
	case h.checking:
		h.checking = false
		h.timer.Reset(max(0, limits.PingEvery-limits.PongWait))
		return false, 0
	}
	h.asked, h.checking = true, true
	h.timer.Reset(limits.PongWait)
	return true, 0
}

// heard takes an answer.
func (h *heart) heard() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.asked = false
}

// stop stops the heart. A beat that has begun may still end.
func (h *heart) stop() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.done = true
	if h.timer != nil {
		h.timer.Stop()
	}
}
