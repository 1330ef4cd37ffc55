package socket

import (
	"errors"
	"strings"
	"time"

	"github.com/coscribe/coscribe/server/internal/meter"
	"github.com/coscribe/coscribe/server/internal/room"
	"github.com/coscribe/coscribe/server/wire"
)

// refuse answers a message that does not keep to the schema. m is nil if it could not even be decoded.
func (c *connection) refuse(m wire.Inbound, err error) {
	fault, ok := errors.AsType[*wire.Fault](err)
	if !ok {
		panic(err)
	}
	if fault.Seq > 0 {
		c.reject(fault)
		return
	}
	answer := &wire.Error{Ref: refOf(m), Code: fault.Code, Message: fault.Message}
	if fault.Pointer != "" {
		answer.Message = fault.Pointer + " " + fault.Message
	}
	c.strike(answer)
}

// reject answers an edit whose Delta is none. Its place is told in the Delta, as the room tells it.
func (c *connection) reject(fault *wire.Fault) {
	pointer := strings.TrimPrefix(fault.Pointer, "/delta")
	(*c.seat.Load()).Refuse(fault.Seq, room.Refusal{Code: fault.Code, Message: fault.Message, Pointer: pointer})
}

// strike answers a bad message, and closes after too many within the window.
func (c *connection) strike(answer *wire.Error) {
	c.send(answer)
	c.handler.Meter.Strikes.Inc()
	c.watch.Note(meter.Strike, "")
	limits := &c.handler.Limits
	now := time.Now()
	if len(c.strikes) == max(1, limits.Strikes) {
		c.strikes = append(c.strikes[:0], c.strikes[1:]...)
	}
	c.strikes = append(c.strikes, now)
	if len(c.strikes) >= limits.Strikes && now.Sub(c.strikes[0]) < limits.StrikeWindow {
		c.close(wire.CloseBadMessage)
	}
}

// warn tells a client, once, that it will be closed if it goes on like this.
func (c *connection) warn() {
	low := c.inlet.guard.low()
	if low && !c.warned {
		c.send(&wire.Notice{Code: wire.CodeSlowDown, RetryAfterMs: slowDownMs})
	}
	c.warned = low
}

const slowDownMs = 1000

// showCursor shows a caret, unless carets come faster than anybody looks: then it is not shown. Who does that is told once, and
// closed if none of the next is slower.
func (c *connection) showCursor(m *wire.ShowCursor) {
	limits := &c.handler.Limits
	if c.carets.take(1, limits.Cursors, limits.CursorBurst, time.Now()) {
		c.unshown = 0
		(*c.seat.Load()).ShowCursor(m.Cursor)
		return
	}
	c.handler.Meter.RatesHit.Inc("cursors")
	c.watch.Note(meter.RateLimited, "cursors")
	if c.unshown++; c.unshown == 1 {
		c.send(&wire.Notice{Code: wire.CodeSlowDown, RetryAfterMs: slowDownMs})
	}
	if c.unshown >= limits.CursorRefusals {
		c.close(wire.CloseRateLimited)
	}
}

// refOf is the ref of a message that has one that may be repeated to its sender.
func refOf(m wire.Inbound) string {
	ref := ""
	switch m := m.(type) {
	case *wire.Rename:
		ref = m.Ref
	case *wire.Grant:
		ref = m.Ref
	case *wire.Revoke:
		ref = m.Ref
	case *wire.NewLink:
		ref = m.Ref
	case *wire.Lock:
		ref = m.Ref
	case *wire.Unlock:
		ref = m.Ref
	case *wire.Disconnect:
		ref = m.Ref
	}
	if len(ref) > maxRef {
		return ""
	}
	return ref
}

const maxRef = 64
