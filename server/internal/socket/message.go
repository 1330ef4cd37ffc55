package socket

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/coscribe/coscribe/server/internal/account"
	"github.com/coscribe/coscribe/server/internal/room"
	"github.com/coscribe/coscribe/server/internal/schema"
	"github.com/coscribe/coscribe/server/wire"
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
		level := slog.LevelDebug
		if !errors.Is(err, account.ErrBadTicket) && c.ctx.Err() == nil {
			level = slog.LevelWarn // not the client's fault
		}
		c.log.Log(c.ctx, level, "ticket refused", "error", err)
		c.close(wire.CloseTicket)
		return
	}
	c.actor = actor
	c.actor.Note = c.note
	c.log = c.log.With("user", actor.User, "document", c.doc)
	c.watch.Seated(actor.User)
	switch c.handler.admission.seat(c.place, actor.User, c.doc, time.Now()) {
	case tooManyHere:
		c.close(wire.CloseTooMany)
		return
	case tooFast:
		c.close(wire.CloseRateLimited)
		return
	}
	taken, err := c.handler.join(ctx, room.Join{
		Doc: c.doc, Actor: actor, Client: join.Client, Since: join.Since, Wake: c.wake, Watch: c.watch,
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
		c.showCursor(m)
	case *wire.Ping:
		c.send(&wire.Pong{T: m.T})
	default:
		c.ask(m)
	}
}

func (c *connection) submit(m *wire.Submit) {
	if err := (*c.seat.Load()).Submit(*m); err != nil {
		c.log.Debug("submit", "error", err)
	}
}
