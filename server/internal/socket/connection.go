package socket

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"runtime/debug"
	"sync/atomic"
	"time"

	"github.com/lxzan/gws"

	"github.com/coscribe/coscribe/server/internal/meter"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// connection is one client. Its fields belong to the reader, unless they say otherwise.
type connection struct {
	handler *Handler
	log     *slog.Logger
	doc     id.Doc
	origin  string // of the page, empty for a program
	place   *place
	watch   *meter.Watch
	note    storage.Note // from where it came, for the audit

	inlet  inlet
	socket *gws.Conn
	outbox outbox
	heart  heart

	// ctx ends when the connection is to be closed: nothing that the reader or the flusher waits for outlives it.
	ctx    context.Context
	cancel context.CancelFunc

	actor     storage.Actor
	seat      atomic.Pointer[seat] // set once, by the reader; the flusher pulls from it
	strikes   []time.Time          // the last few
	forbidden int                  // commands in a row
	warned    bool                 // of its rate
	carets    bucket               // that it may still show
	unshown   int                  // carets refused in a row
}

func newConnection(h *Handler, log *slog.Logger, doc id.Doc, origin string) *connection {
	c := &connection{handler: h, log: log, doc: doc, origin: origin}
	c.inlet.connection = c
	c.inlet.guard.limits = &h.Limits
	c.outbox.written = make(chan struct{})
	c.ctx, c.cancel = context.WithCancel(context.Background())
	return c
}

// run reads until the connection is to be closed, and closes it. It is the reader: the handler waits for it, and it waits
// for the flusher.
func (c *connection) run() {
	defer c.handler.leave(c)
	defer c.inlet.raw.Close()
	c.close(c.read())
	if c.abused() {
		c.handler.admission.offend(c.place, time.Now())
	}
	c.heart.stop()
	<-c.outbox.written
	c.rise()
	c.linger()
}

// abused tells whether the connection was closed for what the client did, and no client of ours does.
func (c *connection) abused() bool {
	code := c.outbox.code()
	return c.inlet.fault != 0 || c.inlet.guard.joined && (code == wire.CloseBadMessage || code == wire.CloseRateLimited)
}

// rise gives the seat up, when nobody pulls from it any more.
func (c *connection) rise() {
	defer func() {
		if fault := recover(); fault != nil {
			c.panicked(fault)
		}
	}()
	if taken := c.seat.Load(); taken != nil {
		(*taken).Leave()
	}
}

// read reads until there is nothing more to read, and tells why.
func (c *connection) read() (code wire.CloseCode) {
	defer func() {
		if fault := recover(); fault != nil {
			c.panicked(fault)
			code = wire.CloseInternal
		}
	}()
	c.socket.ReadLoop()
	return c.outbox.code() // events.OnClose has decided, if nobody before
}

// ended tells what a read that ended with err means for the client.
func (c *connection) ended(err error) wire.CloseCode {
	switch {
	case c.inlet.fault != 0:
		return c.inlet.fault
	case errors.Is(err, gws.ErrTextEncoding):
		return wire.CloseBadUTF8
	}
	if _, ok := errors.AsType[*gws.CloseError](err); ok {
		return wire.CloseNormal
	}
	if !c.inlet.guard.joined {
		return wire.CloseTicket // too late
	}
	return wire.CloseGoingAway // it has gone away, or will not be heard any more
}

// close ends the connection. The first code given is the one sent. It may be called by anybody and does not block.
func (c *connection) close(code wire.CloseCode) {
	if !c.outbox.shut(code) {
		return
	}
	c.log.Debug("closing", "code", code, "reason", code.Reason())
	c.closed(code)
	c.cancel()
	c.wakeReader()
	c.flush()
}

// wakeReader ends a read that is waiting.
func (c *connection) wakeReader() { _ = c.inlet.raw.SetReadDeadline(time.Unix(1, 0)) }

// cut closes the connection at once.
func (c *connection) cut() {
	c.close(wire.CloseDraining)
	_ = c.inlet.raw.Close()
}

// linger waits a moment for the client to read the close frame and end the connection. Closing a connection with unread
// bytes makes the kernel reset it, and the client would lose what it has not read.
func (c *connection) linger() {
	if half, ok := c.inlet.raw.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite()
	}
	until := time.Now().Add(c.handler.Limits.Linger)
	_ = c.inlet.raw.SetReadDeadline(until)
	if _, err := io.CopyN(io.Discard, c.inlet.raw, lingerBytes); err == nil {
		time.Sleep(time.Until(until)) // it goes on, unread, which holds it up and costs nothing
	}
}

// lingerBytes bounds what a client can make us read after it was told that we do not listen any more.
const lingerBytes = 64 << 10

// panicked notes a panic in one of the connection's goroutines. It ends this connection and nothing else.
func (c *connection) panicked(fault any) {
	c.handler.Meter.Panics.Inc("connection")
	c.log.Error("panic", "fault", fault, "stack", string(debug.Stack()))
	c.close(wire.CloseInternal)
}

// events hands gws's events to their connection.
type events struct{}

func (events) OnOpen(*gws.Conn) {}

func (events) OnClose(socket *gws.Conn, err error) {
	c := connectionOf(socket)
	c.close(c.ended(err))
}

func (events) OnPing(socket *gws.Conn, payload []byte) { connectionOf(socket).queue(opPong, payload) }

func (events) OnPong(socket *gws.Conn, _ []byte) { connectionOf(socket).heart.heard() }

func (events) OnMessage(socket *gws.Conn, message *gws.Message) {
	c := connectionOf(socket)
	defer message.Close()
	defer func() {
		if fault := recover(); fault != nil {
			c.panicked(fault)
		}
	}()
	c.message(message.Opcode == gws.OpcodeText, message.Bytes())
}

func connectionOf(socket *gws.Conn) *connection { return socket.NetConn().(*inlet).connection }
