package account

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// IssueTicket gives the actor a ticket for one connection to doc from a page of that origin, empty for a program. It says
// who comes, not what they may do: the caller has asked whether the actor may open the document, and the room asks again.
// storage.ErrTooMany if the credential holds too many unused ones.
func (s *Service) IssueTicket(ctx context.Context, actor storage.Actor, doc id.Doc, origin string) (secret string, expires time.Time, err error) {
	secret = newSecret()
	now := time.Now()
	ticket := storage.Ticket{
		Hash:       hashSecret(secret),
		Doc:        doc,
		User:       actor.User,
		Credential: actor.Credential,
		Origin:     origin,
		ExpiresAt:  storage.At(now.Add(s.config.TicketTime)),
	}
	if err := s.store.PutTicket(ctx, ticket, storage.At(now), s.config.Tickets); err != nil {
		return "", time.Time{}, fmt.Errorf("issue a ticket: %w", err)
	}
	return secret, ticket.ExpiresAt.Time(), nil
}

// RedeemTicket takes a ticket and returns who it was given to, whose user and credential are alive at this moment.
// ErrBadTicket, the same for one that is unknown, used, expired, for another document or from another origin, and for one
// whose holder has been signed out since; it is used up in each case.
func (s *Service) RedeemTicket(ctx context.Context, secret string, doc id.Doc, origin string) (storage.Actor, error) {
	ticket, err := s.store.TakeTicket(ctx, hashSecret(secret), storage.At(time.Now()))
	if errors.Is(err, storage.ErrNoTicket) {
		return storage.Actor{}, ErrBadTicket
	}
	if err != nil {
		return storage.Actor{}, fmt.Errorf("redeem a ticket: %w", err)
	}
	if ticket.Doc != doc || ticket.Origin != origin {
		return storage.Actor{}, ErrBadTicket
	}
	err = s.store.Live(ctx, storage.Fence{User: ticket.User, Credential: ticket.Credential})
	if errors.Is(err, storage.ErrFence) {
		return storage.Actor{}, ErrBadTicket
	}
	if err != nil {
		return storage.Actor{}, fmt.Errorf("redeem a ticket: %w", err)
	}
	actor, err := s.holder(ctx, ticket)
	if errors.Is(err, ErrNotSignedIn) || errors.Is(err, storage.ErrNoCredential) {
		return storage.Actor{}, ErrBadTicket
	}
	return actor, err
}

// holder is who a ticket was given to, with what their credential may not be used for.
func (s *Service) holder(ctx context.Context, ticket storage.Ticket) (storage.Actor, error) {
	actor, err := s.actor(ctx, ticket.User, ticket.Credential)
	if err != nil || ticket.Credential.Kind != storage.ByToken {
		return actor, err
	}
	tokens, err := s.store.Tokens(ctx, ticket.User)
	if err != nil {
		return storage.Actor{}, fmt.Errorf("redeem a ticket: %w", err)
	}
	for _, token := range tokens {
		if token.ID == ticket.Credential.ID {
			actor.Withheld = token.Withheld
			return actor, nil
		}
	}
	return storage.Actor{}, storage.ErrNoCredential
}
