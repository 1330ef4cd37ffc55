package document

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// Lock keeps everybody from changing what a document says, until it is unlocked. What is on its way is decided anew.
func (s *Service) Lock(ctx context.Context, actor storage.Actor, doc id.Doc) error {
	return s.keep(ctx, actor, doc, authz.Lock, "lock a document", func(by decision) (int64, error) {
		return s.store.SetLocked(ctx, doc, true, by.guard)
	})
}

// Unlock ends a lock.
func (s *Service) Unlock(ctx context.Context, actor storage.Actor, doc id.Doc) error {
	return s.keep(ctx, actor, doc, authz.Unlock, "unlock a document", func(by decision) (int64, error) {
		return s.store.SetLocked(ctx, doc, false, by.guard)
	})
}

// SetHistory says whether viewers may read the history.
func (s *Service) SetHistory(ctx context.Context, actor storage.Actor, doc id.Doc, open bool) error {
	return s.keep(ctx, actor, doc, authz.SetHistory, "open or close a history", func(by decision) (int64, error) {
		return s.store.SetHistory(ctx, doc, open, by.guard)
	})
}

// Offer offers the ownership to somebody, in place of a former offer. It gives them nothing until they accept.
// storage.ErrNoUser for one who cannot own a document, as a guest, or who owns this one.
func (s *Service) Offer(ctx context.Context, actor storage.Actor, doc id.Doc, to id.User) error {
	if to.IsZero() {
		return storage.ErrNoUser
	}
	return s.keep(ctx, actor, doc, authz.OfferOwnership, "offer a document", func(by decision) (int64, error) {
		return s.store.OfferDocument(ctx, doc, to, by.guard)
	})
}

// Withdraw takes an offer back.
func (s *Service) Withdraw(ctx context.Context, actor storage.Actor, doc id.Doc) error {
	return s.keep(ctx, actor, doc, authz.OfferOwnership, "withdraw an offer", func(by decision) (int64, error) {
		return s.store.OfferDocument(ctx, doc, id.User{}, by.guard)
	})
}

// Accept makes the actor, to whom the document is offered, its owner. Who owned it stays an admin.
func (s *Service) Accept(ctx context.Context, actor storage.Actor, doc id.Doc) error {
	return s.keep(ctx, actor, doc, authz.AcceptOwnership, "accept a document", func(by decision) (int64, error) {
		transfer := storage.Transfer{To: actor.User, Offered: true, Keep: authz.Admin, At: by.now}
		return s.store.TransferDocument(ctx, doc, transfer, by.guard)
	})
}

// Decline refuses an offer.
func (s *Service) Decline(ctx context.Context, actor storage.Actor, doc id.Doc) error {
	return s.keep(ctx, actor, doc, authz.DeclineOwnership, "decline a document", func(by decision) (int64, error) {
		return s.store.OfferDocument(ctx, doc, id.User{}, by.guard)
	})
}

// Transfer makes somebody the owner without being accepted, for which the actor gives a reason: ErrReason. Who owned it keeps a
// role, or nothing. storage.ErrNoUser as for Offer.
func (s *Service) Transfer(ctx context.Context, actor storage.Actor, doc id.Doc, to id.User, keep authz.Role) error {
	return s.keep(ctx, actor, doc, authz.Transfer, "transfer a document", func(by decision) (int64, error) {
		if !actor.Note.Reasoned() {
			return 0, ErrReason
		}
		return s.store.TransferDocument(ctx, doc, storage.Transfer{To: to, Keep: keep, At: by.now}, by.guard)
	})
}

// Delete puts a document into the trash. Nothing commits to it any more.
func (s *Service) Delete(ctx context.Context, actor storage.Actor, doc id.Doc) error {
	return s.keep(ctx, actor, doc, authz.Delete, "delete a document", func(by decision) (int64, error) {
		return 0, s.store.DeleteDocument(ctx, doc, by.now, by.guard)
	})
}

// Undelete takes a document out of the trash. storage.ErrNoDocument if it has been there for longer than storage.TrashLasts.
func (s *Service) Undelete(ctx context.Context, actor storage.Actor, doc id.Doc) error {
	return s.keep(ctx, actor, doc, authz.Undelete, "undelete a document", func(by decision) (int64, error) {
		return s.store.UndeleteDocument(ctx, doc, by.now, by.guard)
	})
}

// keep makes a change to who holds a document, or in what state.
func (s *Service) keep(ctx context.Context, actor storage.Actor, doc id.Doc, command authz.Command, doing string, write func(decision) (int64, error)) error {
	err := s.change(ctx, actor, doc, command, func(by decision) error {
		_, err := write(by)
		return err
	})
	s.tell(actor, err, doc)
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return nil
}

// Trash lists the actor's own deleted documents, the last deleted first.
func (s *Service) Trash(ctx context.Context, actor storage.Actor, page storage.Page) ([]storage.Document, error) {
	if err := s.permit(ctx, actor, authz.ListDocuments); err != nil {
		return nil, err
	}
	return s.store.DeletedOf(ctx, actor.User, page)
}

// purgeAtOnce is how many documents one call of Purge removes.
const purgeAtOnce = 20

// Purge removes, for good, some of the documents that have been in the trash for longer than they could be undeleted, and tells
// whether there may be more. storage.ErrNotAllowed where the server's role in the database may not remove revisions.
func (s *Service) Purge(ctx context.Context, actor storage.Actor) (purged []id.Doc, more bool, err error) {
	if err := s.permit(ctx, actor, authz.Purge); err != nil {
		return nil, false, err
	}
	if err := s.store.Live(ctx, fence(actor, 0)); err != nil {
		return nil, false, err
	}
	before := storage.At(time.Now().Add(-storage.TrashLasts))
	purged, err = s.store.Purge(ctx, before, purgeAtOnce, by(actor))
	if err != nil && !(errors.Is(err, context.DeadlineExceeded) && len(purged) > 0) {
		return purged, false, fmt.Errorf("purge the trash: %w", err)
	}
	return purged, err != nil || len(purged) == purgeAtOnce, nil
}
