package socket

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/server/internal/room"
	"github.com/coscribe/coscribe/server/internal/schema"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
)

// message takes one message of the client, on the reader.
func (c *connection) message(text bool, data []byte) {
	if c.outbox.code() != 0 {
		return // it is being closed: what it still sends is not heard
	}
	if !text {
		c.close(wire.CloseUnsupported)
		return
	}
	m, err := wire.DecodeInbound(data)
	if err == nil {
		err = schema.Check(m)
	}
	join, isJoin := m.(*wire.Join)
	switch {
	case c.seat.Load() == nil:
		if !isJoin || err != nil {
			c.close(wire.CloseTicket)
			return
		}
		c.sit(join)
		return
	case err != nil:
		c.refuse(m, err)
	case isJoin:
		c.strike(&wire.Error{Code: wire.CodeInvalid, Message: "join is the first message, and only the first"})
	default:
		c.dispatch(m)
	}
	c.warn()
}

// sit redeems the ticket and takes the seat. Whatever is wrong with the ticket, the answer is the same.
func (c *connection) sit(join *wire.Join) {
	ctx, cancel := context.WithTimeout(c.ctx, c.handler.Limits.JoinWait)
	defer cancel()
	actor, err := c.handler.Redeem(ctx, join.Ticket, c.doc, c.origin)
	if err != nil {
		c.log.Debug("ticket refused", "error", err)
		c.close(wire.CloseTicket)
		return
	}
	c.actor = actor
	c.log = c.log.With("user", actor.User, "document", c.doc)
	if !c.handler.admission.seat(c.place, actor.User, c.doc) {
		c.close(wire.CloseTooMany)
		return
	}
	taken, err := c.handler.join(ctx, room.Join{
		Doc: c.doc, Actor: actor, Client: join.Client, Since: join.Since, Wake: c.wake,
	})
	if err != nil {
		c.close(c.closeCodeOfJoin(err))
		return
	}
	c.seat.Store(&taken)
	c.inlet.guard.joined = true
	_ = c.inlet.raw.SetReadDeadline(time.Time{})
	if c.outbox.code() != 0 {
		c.wakeReader() // somebody closed it, and we have just undone the wake
		return
	}
	c.beat()
	c.wake() // it may have been woken when there was no seat to pull from
	c.log.Debug("seated")
}

// dispatch does what the message asks. The room answers edits by Pull; document commands are answered here.
func (c *connection) dispatch(m wire.Inbound) {
	switch m := m.(type) {
	case *wire.Submit:
		c.submit(m)
	case *wire.ShowCursor:
		(*c.seat.Load()).ShowCursor(m.Cursor)
	case *wire.Rename:
		c.command(m.Ref, func(ctx context.Context) error {
			_, err := c.handler.Documents.Rename(ctx, c.actor, c.doc, m.Title)
			return err
		})
	case *wire.Grant:
		right := authz.Right{To: authz.Principal(m.Principal), Role: m.Role}
		if m.ExpiresAt != nil {
			right.ExpiresAt = int64(storage.At(*m.ExpiresAt))
		}
		c.command(m.Ref, func(ctx context.Context) error {
			_, err := c.handler.Documents.Grant(ctx, c.actor, c.doc, right)
			return err
		})
	case *wire.Revoke:
		c.command(m.Ref, func(ctx context.Context) error {
			_, err := c.handler.Documents.Revoke(ctx, c.actor, c.doc, authz.Principal(m.Principal))
			return err
		})
	case *wire.Ping:
		c.send(&wire.Pong{T: m.T})
	default:
		c.close(wire.CloseBadMessage)
	}
}

func (c *connection) submit(m *wire.Submit) {
	if err := (*c.seat.Load()).Submit(*m); err != nil {
		c.log.Debug("submit", "error", err)
	}
}

// command runs a command and answers it by its ref.
func (c *connection) command(ref string, run func(context.Context) error) {
	ctx, cancel := context.WithTimeout(c.ctx, c.handler.Limits.CommandTime)
	defer cancel()
	err := run(ctx)
	if err == nil {
		c.send(&wire.Done{Ref: ref})
		return
	}
	code, message := wordsOf(err)
	if code == wire.CodeInternal {
		c.log.Error("command", "error", err)
	}
	c.send(&wire.Error{Ref: ref, Code: code, Message: message})
}

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
	}
	if len(ref) > maxRef {
		return ""
	}
	return ref
}

const maxRef = 64
