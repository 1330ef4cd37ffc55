package socket

import (
	"net/http"

	"github.com/coscribe/coscribe/server/internal/meter"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage/id"
)

// refused counts a handshake that was refused.
func (h *Handler) refused(r *http.Request, request id.Request, why *refusal) {
	h.Meter.HandshakesRefused.Inc(string(why.code))
	who := meter.Who{Request: request, Address: h.Address(r)}
	switch why.code {
	case wire.CodeOrigin:
		h.Meter.Report(meter.RefusedOrigin, who, "handshake")
	case wire.CodeRateLimited, wire.CodeOverloaded:
		h.Meter.RatesHit.Inc("handshakes")
		h.Meter.Report(meter.RateLimited, who, "handshakes")
	}
}

// closed counts a connection that the server closes.
func (c *connection) closed(code wire.CloseCode) {
	m := c.handler.Meter
	m.Closed.Inc(code.Reason())
	switch code {
	case wire.CloseTicket:
		m.TicketsBad.Inc()
		c.watch.Note(meter.BadTicket, "")
	case wire.CloseRateLimited:
		m.RatesHit.Inc("messages")
		c.watch.Note(meter.RateLimited, "messages")
	case wire.CloseTooMany:
		m.RatesHit.Inc("seats")
		c.watch.Note(meter.RateLimited, "seats")
	case wire.CloseSlowConsumer:
		m.SlowConsumers.Inc()
		c.watch.Note(meter.SlowConsumer, "")
	}
}

// forbade counts a command beyond the role, and closes a connection that sends nothing else.
func (c *connection) forbade(command string) {
	c.handler.Meter.Forbidden.Inc(command)
	c.watch.Note(meter.ForbiddenCommand, command)
	if c.forbidden++; c.forbidden >= c.handler.Limits.Forbidden {
		c.close(wire.CloseRateLimited)
	}
}
