package room

import (
	"context"
	"log/slog"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/server/internal/bus"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// Hub holds the open documents of a node.
type Hub struct {
	store  storage.Store
	bus    *bus.Bus
	log    *slog.Logger
	limits Limits
}

// New returns a Hub. It starts nothing; Run must run for as long as the hub is used.
func New(store storage.Store, events *bus.Bus, log *slog.Logger, limits Limits) *Hub {
	return &Hub{store: store, bus: events, log: log, limits: limits}
}

// Run keeps the hub until ctx ends, then refuses new joins, commits what is on its way, stores snapshots, closes every
// seat with draining, and waits for every goroutine that the hub started.
func (h *Hub) Run(ctx context.Context) error { panic("soon") }

// Join asks for a seat.
type Join struct {
	Doc    id.Doc
	Actor  storage.Actor
	Client id.Client
	Since  *wire.Since

	// Wake says that Pull has something new. It is called from any goroutine, must not block and must not call the seat.
	Wake func()
}

// Join takes a seat. The first thing that Pull gives is the welcome. The error is a *Refusal (not_found, resync, draining,
// overloaded, not_signed_in, unavailable, internal) or the context's.
func (h *Hub) Join(ctx context.Context, join Join) (*Seat, error) { panic("soon") }

// Seat is one connection to one document. Its methods may be called concurrently, but Pull by one goroutine at a time.
type Seat struct{}

// Submit hands over an edit without blocking. The answer comes by Pull: a revision or a `rejected`.
func (s *Seat) Submit(edit wire.Submit) error { panic("soon") }

// ShowCursor says where the seat's caret is; nil for no caret.
func (s *Seat) ShowCursor(cursor *wire.Cursor) { panic("soon") }

// Pull appends complete messages to dst and the end of each to ends: what the seat lacks, up to about maxBytes (one message
// may be longer). Nothing new: nothing appended. *Closed: send what was appended, then close. It reads the log when the
// seat is far behind, and then may block for as long as ctx allows.
func (s *Seat) Pull(ctx context.Context, dst []byte, ends []int, maxBytes int) ([]byte, []int, error) {
	panic("soon")
}

// Standing is what the seat's person may do, as of now: for what a page shows, never a permission.
func (s *Seat) Standing() authz.Standing { panic("soon") }

// Actor is who sits there.
func (s *Seat) Actor() storage.Actor { panic("soon") }

// ID is the seat's public id.
func (s *Seat) ID() id.Seat { panic("soon") }

// Leave gives the seat up. It may be called again.
func (s *Seat) Leave() { panic("soon") }

// Write is the edits of one HTTP request. Committed as a whole or not at all.
type Write struct {
	Doc   id.Doc
	Actor storage.Actor
	wire.WriteOps
}

// Write commits edits through the document's room and returns them as they stand in the log, the same on every retry. The
// error is a *Refusal or the context's.
func (h *Hub) Write(ctx context.Context, write Write) (wire.Written, error) { panic("soon") }
