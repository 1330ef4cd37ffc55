package room

import (
	"context"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// A denying writes down that somebody was refused a command in a document.
type denying func(ctx context.Context, actor storage.Actor, doc id.Doc, command authz.Command) error

// NoteDenied has note called, beside the rooms, when a seat is refused to edit for the first time. What note returns is logged. It is
// called before Run. Of a request that is refused, the one who made it knows.
func (h *Hub) NoteDenied(note func(ctx context.Context, actor storage.Actor, doc id.Doc, command authz.Command) error) {
	h.denying = note
}

// denied is called by the seat's room.
func (h *Hub) denied(s *Seat) {
	if s.denied || h.denying == nil {
		return
	}
	s.denied = true
	doc := s.room.doc
	h.spawn(func() {
		ctx, cancel := h.call()
		defer cancel()
		if err := h.denying(ctx, s.actor, doc, authz.Edit); err != nil {
			h.log.Warn("cannot note that an edit was forbidden", "user", s.actor.User, "document", doc, "err", err)
		}
	})
}
