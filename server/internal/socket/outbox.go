package socket

import (
	"errors"
	"os"
	"sync"
	"time"

	"github.com/coscribe/coscribe/server/internal/room"
	"github.com/coscribe/coscribe/server/internal/stack"
	"github.com/coscribe/coscribe/server/wire"
)

// outbox is what a connection has to write besides the room's news.
type outbox struct {
	mu       sync.Mutex     // guards what follows
	frames   []byte         // whole frames: answers and pings
	woken    bool           // the room has news
	flushing bool           // there is a flusher
	ending   wire.CloseCode // 0 until the connection is to be closed

	written chan struct{} // closed when all is written that will be
}

// send queues a message.
func (c *connection) send(m wire.Outbound) { c.queue(opText, wire.AppendOutbound(nil, m)) }

// queue queues a frame. A client that does not take its answers is closed.
func (c *connection) queue(op byte, payload []byte) {
	c.outbox.mu.Lock()
	full := len(c.outbox.frames)+len(payload) > c.handler.Limits.OutboxBytes
	if !full && c.outbox.ending == 0 {
		c.outbox.frames = appendFrame(c.outbox.frames, op, payload)
		c.handler.Meter.FramesOut.Inc()
	}
	c.outbox.mu.Unlock()
	if full {
		c.close(wire.CloseSlowConsumer)
		return
	}
	c.flush()
}

// wake says that the room has news. The room calls it, from any goroutine.
func (c *connection) wake() {
	c.outbox.mu.Lock()
	c.outbox.woken = true
	c.outbox.mu.Unlock()
	c.flush()
}

// shut sets the code to end with, if there is none yet.
func (o *outbox) shut(code wire.CloseCode) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.ending != 0 {
		return false
	}
	o.ending = code
	return true
}

func (o *outbox) code() wire.CloseCode {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.ending
}

// flush starts a flusher if there is none.
func (c *connection) flush() {
	c.outbox.mu.Lock()
	start := !c.outbox.flushing
	c.outbox.flushing = true
	c.outbox.mu.Unlock()
	if start {
		go c.flusher()
	}
}

// flusher writes until there is nothing left to write. The one that writes the close frame is the last: flushing stays
// set after it.
func (c *connection) flusher() {
	defer func() {
		if fault := recover(); fault != nil {
			c.panicked(fault)
			c.abandon()
		}
	}()
	stack.Grow()
	work := buffers.Get().(*buffer)
	defer buffers.put(work)
	for {
		pull, code, idle := c.outbox.take(work)
		if idle {
			return
		}
		if pull && code == 0 {
			code = c.pull(work)
		}
		if code != 0 {
			work.bytes = appendClose(work.bytes, code)
		}
		if err := c.write(work.bytes); err != nil {
			c.close(closeCodeOfWrite(err))
			c.abandon()
			return
		}
		if code != 0 {
			close(c.outbox.written)
			return
		}
	}
}

// take moves what is queued to work. It tells whether the room has news, whether this is the end, and whether there is
// nothing to do: then the flusher is no more.
func (o *outbox) take(work *buffer) (pull bool, code wire.CloseCode, idle bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	work.bytes = append(work.bytes[:0], o.frames...)
	o.frames = o.frames[:0]
	if cap(o.frames) > keepFrames {
		o.frames = nil
	}
	pull, o.woken = o.woken, false
	if len(work.bytes) == 0 && !pull && o.ending == 0 {
		o.flushing = false
		return false, 0, true
	}
	return pull, o.ending, false
}

// pull appends what the room has to work, as frames. What is left is for the next time.
func (c *connection) pull(work *buffer) (code wire.CloseCode) {
	taken := c.seat.Load()
	if taken == nil {
		return 0 // it will be woken when it has the seat
	}
	from := len(work.bytes)
	defer func() {
		if fault := recover(); fault != nil {
			c.panicked(fault)
			work.bytes, code = work.bytes[:from], wire.CloseInternal
		}
	}()
	var err error
	work.bytes, work.ends, err = (*taken).Pull(c.ctx, work.bytes, work.ends[:0], c.handler.Limits.WriteBytes)
	work.bytes = frameTexts(work.bytes, from, work.ends)
	c.handler.Meter.FramesOut.Add(len(work.ends))
	if len(work.ends) > 0 {
		c.outbox.mu.Lock()
		c.outbox.woken = true // there may be more
		c.outbox.mu.Unlock()
	}
	code = c.closeCodeOfPull(err)
	if code != 0 {
		c.close(code)
	}
	return code
}

// closeCodeOfPull is 0 while the seat is good.
func (c *connection) closeCodeOfPull(err error) wire.CloseCode {
	if err == nil {
		return 0
	}
	if closed, ok := err.(*room.Closed); ok {
		return closed.Code
	}
	if c.ctx.Err() != nil {
		return c.outbox.code()
	}
	c.log.Error("pull", "error", err)
	return wire.CloseInternal
}

// write writes to the client, some of it at a time, and each time it has to take it within WriteWait.
func (c *connection) write(frames []byte) error {
	c.handler.Meter.BytesOut.Add(len(frames))
	for len(frames) > 0 {
		n := min(len(frames), c.handler.Limits.WriteBytes)
		_ = c.inlet.raw.SetWriteDeadline(time.Now().Add(c.handler.Limits.WriteWait))
		if _, err := c.inlet.raw.Write(frames[:n]); err != nil {
			return err
		}
		frames = frames[n:]
	}
	return nil
}

// closeCodeOfWrite is for the log: the client cannot be told any more.
func closeCodeOfWrite(err error) wire.CloseCode {
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return wire.CloseSlowConsumer
	}
	return wire.CloseGoingAway
}

// abandon gives up writing: the client would not have it, or we cannot.
func (c *connection) abandon() {
	if reset, ok := c.inlet.raw.(interface{ SetLinger(int) error }); ok {
		_ = reset.SetLinger(0) // what the kernel holds for it is let go as well
	}
	_ = c.inlet.raw.Close()
	close(c.outbox.written)
}
