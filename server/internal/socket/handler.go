package socket

import (
	"bufio"
	"context"
	"log/slog"
	"maps"
	"net/http"
	"net/netip"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/lxzan/gws"

	"github.com/coscribe/coscribe/server/internal/document"
	"github.com/coscribe/coscribe/server/internal/meter"
	"github.com/coscribe/coscribe/server/internal/room"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// Config is what a Handler stands on.
type Config struct {
	Hub       *room.Hub
	Documents *document.Service

	// Redeem takes a ticket and returns who it was given to, as account.Service.RedeemTicket does.
	Redeem func(ctx context.Context, secret string, doc id.Doc, origin string) (storage.Actor, error)

	// Address is where a request comes from, behind trusted proxies; nil for the connection's other end.
	Address func(*http.Request) netip.Addr

	// Origins are those whose pages may connect, and with them the hosts that requests may name. With none, pages of this
	// very machine may.
	Origins []string

	Limits Limits
	Log    *slog.Logger
	Meter  *meter.Meter // nil for one that nobody reads
}

// Handler serves GET /v1/documents/{id}/socket. It wants every method of that path, to refuse the others itself, and it
// must not stand behind a handler that wraps the ResponseWriter without Unwrap.
type Handler struct {
	Config
	join      func(context.Context, room.Join) (seat, error)
	origins   origins
	admission *admission
	upgrader  *gws.Upgrader

	mu      sync.Mutex
	live    map[*connection]struct{} // guarded by mu
	closing bool                     // guarded by mu
	running sync.WaitGroup           // the readers of live
}

// seat is what a connection needs of a *room.Seat.
type seat interface {
	Submit(wire.Submit) error
	Refuse(seq int64, why room.Refusal)
	ShowCursor(*wire.Cursor)
	Pull(ctx context.Context, dst []byte, ends []int, maxBytes int) ([]byte, []int, error)
	Leave()
}

// New returns a Handler. It panics if an origin is none.
func New(config Config) *Handler {
	if config.Address == nil {
		config.Address = peer
	}
	if config.Meter == nil {
		config.Meter = meter.Discard()
	}
	h := &Handler{
		Config: config,
		join: func(ctx context.Context, join room.Join) (seat, error) {
			taken, err := config.Hub.Join(ctx, join)
			if err != nil {
				return nil, err
			}
			return taken, nil
		},
		origins:   newOrigins(config.Origins),
		admission: newAdmission(config.Limits),
		live:      map[*connection]struct{}{},
	}
	h.upgrader = gws.NewUpgrader(events{}, &gws.ServerOption{
		SubProtocols:       []string{wire.Subprotocol},
		ReadMaxPayloadSize: config.Limits.FrameBytes,
		CheckUtf8Enabled:   true,
		ParallelGolimit:    1,
		Logger:             silent{},
		NewSession:         func() gws.SessionStorage { return nil },
		HandshakeTimeout:   config.Limits.WriteWait,
	})
	return h
}

// peer is the connection's other end.
func peer(r *http.Request) netip.Addr {
	address, _ := netip.ParseAddrPort(r.RemoteAddr)
	return address.Addr()
}

// ServeHTTP makes a WebSocket connection of the request, or refuses it.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	request := id.New[id.Request]()
	log := h.Log.With("connection", request)
	doc, err := id.Parse[id.Doc](r.PathValue("id"))
	if err != nil {
		(&refusal{status: http.StatusNotFound, code: wire.CodeNotFound, detail: "there is no such document"}).answer(w, request)
		return
	}
	origin, refused := h.checkHandshake(r)
	if refused != nil {
		h.refused(r, request, refused)
		refused.answer(w, request)
		return
	}
	c := newConnection(h, log, doc, origin)
	place, refused := h.enter(h.Address(r))
	if refused != nil {
		h.refused(r, request, refused)
		refused.answer(w, request)
		return
	}
	c.place = place
	c.note = storage.Note{From: h.Address(r).Unmap().String(), Request: request.String()}
	c.watch = h.Meter.Watch(meter.Who{Connection: request, Doc: doc, Address: h.Address(r)})
	running := false
	defer func() {
		if fault := recover(); fault != nil {
			h.Meter.Panics.Inc("handshake")
			log.Error("panic", "fault", fault, "stack", string(debug.Stack()))
		}
		if !running { // what was given for it is given back
			if c.inlet.raw != nil {
				_ = c.inlet.raw.Close()
			}
			h.leave(c)
		}
	}()
	if err := h.upgrade(c, w, r); err != nil {
		log.Debug("handshake failed", "error", err)
		return
	}
	h.Meter.Handshakes.Inc()
	if h.register(c) {
		c.close(wire.CloseDraining)
	}
	running = true
	go c.run()
}

// enter counts the connection in. What is counted in is waited for by Close.
func (h *Handler) enter(from netip.Addr) (*place, *refusal) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closing {
		return nil, &refusal{http.StatusServiceUnavailable, wire.CodeDraining, "the server is going away: come back", [2]string{"Retry-After", "1"}}
	}
	place, denied := h.admission.enter(from, time.Now())
	switch denied {
	case nodeFull:
		return nil, &refusal{http.StatusServiceUnavailable, wire.CodeOverloaded, "the server is full: come back", [2]string{"Retry-After", "5"}}
	case tooManyHere, tooFast:
		return nil, &refusal{http.StatusTooManyRequests, wire.CodeRateLimited, "too many connections from your address", [2]string{"Retry-After", "2"}}
	}
	h.running.Add(1)
	h.Meter.Connections.Add(1)
	return place, nil
}

// register makes an upgraded connection known to Close. It tells whether Close has been called already.
func (h *Handler) register(c *connection) (closing bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.live[c] = struct{}{}
	return h.closing
}

// connections are those there are.
func (h *Handler) connections() []*connection {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Collect(maps.Keys(h.live))
}

// leave undoes enter and register.
func (h *Handler) leave(c *connection) {
	h.admission.leave(c.place)
	h.Meter.Connections.Add(-1)
	c.watch.End()
	h.mu.Lock()
	delete(h.live, c)
	h.mu.Unlock()
	h.running.Done()
}

// upgrade takes the connection over from net/http and answers 101.
func (h *Handler) upgrade(c *connection, w http.ResponseWriter, r *http.Request) error {
	raw, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return err
	}
	c.inlet.raw = raw
	now := time.Now()
	_ = raw.SetReadDeadline(now.Add(h.Limits.JoinWait))
	_ = raw.SetWriteDeadline(now.Add(h.Limits.WriteWait))
	if buffered.Reader.Buffered() > 0 {
		err = errHandshake // the client did not wait for our answer
	} else {
		c.socket, err = h.upgrader.UpgradeFromConn(&c.inlet, bufio.NewReaderSize(&c.inlet, readBuffer), forGws(r))
	}
	if err != nil {
		_, _ = raw.Write([]byte("HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"))
		_ = raw.Close()
	}
	return err
}

// readBuffer is small, because every idle connection has one. Larger payloads pass it by.
const readBuffer = 512

// Counts are how many connections there are, and what they are remembered by. All but Addresses, which are forgotten some
// seconds later, are zero when there are none.
type Counts struct{ Open, Waiting, Users, Documents, Addresses int }

// Counts returns the counts of this moment.
func (h *Handler) Counts() Counts {
	a := h.admission
	a.mu.Lock()
	defer a.mu.Unlock()
	return Counts{a.open, a.waiting, len(a.users), len(a.documents), len(a.addresses)}
}

// Close refuses new connections, tells the clients of those there are to come back, and waits for all of them to end. When
// ctx ends it stops being polite, and still waits.
func (h *Handler) Close(ctx context.Context) error {
	h.mu.Lock()
	h.closing = true
	h.mu.Unlock()
	for _, c := range h.connections() {
		c.send(&wire.Notice{Code: wire.CodeDraining, RetryAfterMs: drainRetryMs})
		c.close(wire.CloseDraining)
	}
	ended := make(chan struct{})
	go func() {
		h.running.Wait()
		close(ended)
	}()
	select {
	case <-ended:
		return nil
	case <-ctx.Done():
	}
	for _, c := range h.connections() {
		c.cut()
	}
	<-ended
	return ctx.Err()
}

const drainRetryMs = 1000

// silent is gws's log: what it would say, connections say themselves.
type silent struct{}

func (silent) Error(...any) {}
