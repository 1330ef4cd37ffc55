package document

import (
	"context"
	"fmt"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/server/internal/bus"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// MayListSeats is nil for whoever may know who has a document open. The rooms have the list.
func (s *Service) MayListSeats(ctx context.Context, actor storage.Actor, doc id.Doc) error {
	_, err := s.decide(ctx, actor, doc, authz.ListSeats)
	return err
}

// Disconnect ends somebody's connection to a document, if there is such a seat. It takes no right away: they may come back.
func (s *Service) Disconnect(ctx context.Context, actor storage.Actor, doc id.Doc, seat id.Seat) error {
	if _, err := s.decide(ctx, actor, doc, authz.DisconnectSeat); err != nil {
		return fmt.Errorf("disconnect: %w", err)
	}
	if err := s.store.Live(ctx, fence(actor, 0)); err != nil { // no write holds this decision
		return fmt.Errorf("disconnect: %w", err)
	}
	s.bus.Publish(bus.SeatDisconnected{Doc: doc, Seat: seat})
	_ = s.note(ctx, actor, doc, storage.AuditDisconnect, "seat:"+seat.String())
	return nil
}
