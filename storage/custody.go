package storage

import (
	"context"
	"time"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/storage/id"
)

// TrashLasts is how long a deleted document can be undeleted.
const TrashLasts = 30 * 24 * time.Hour

// Custody is who holds a document, and in what state. Every method but DeletedOf and Purge takes a Guard and bumps the access
// version, which it returns; where the document is in the asked state already it changes nothing and returns the version as
// it is.
type Custody interface {
	// SetLocked locks a document, so that what is in flight is decided anew, or unlocks it.
	SetLocked(ctx context.Context, doc id.Doc, locked bool, guard Guard) (int64, error)

	// SetHistory says whether viewers may read the history.
	SetHistory(ctx context.Context, doc id.Doc, open bool, guard Guard) (int64, error)

	// OfferDocument offers the ownership to a user, in place of a former offer: ErrNoUser if there is none, or they are
	// suspended, a guest, or the owner. The zero user is offered nothing: that withdraws the offer, or declines it.
	OfferDocument(ctx context.Context, doc id.Doc, to id.User, guard Guard) (int64, error)

	// TransferDocument makes somebody the owner, whose grants of their own go, and ends the offer. What was not offered may lie
	// in the trash, and stays there. ErrNoOffer, or ErrNoUser as for OfferDocument.
	TransferDocument(ctx context.Context, doc id.Doc, transfer Transfer, guard Guard) (int64, error)

	// AccessDeleted is Access of a document that is deleted: ErrNoDocument if it is not.
	AccessDeleted(ctx context.Context, doc id.Doc, users ...id.User) (Access, error)

	// UndeleteDocument takes a document out of the trash: ErrNoDocument if it is not there, or was longer than TrashLasts at
	// now.
	UndeleteDocument(ctx context.Context, doc id.Doc, now Micros, guard Guard) (int64, error)

	// DeletedOf lists the owner's deleted documents, the last deleted first; Page.Before is a DeletedAt.
	DeletedOf(ctx context.Context, owner id.User, page Page) ([]Document, error)

	// Purge removes up to limit documents that were deleted before the given moment, with all that is kept of them but their
	// audit, and returns them. A document is removed in many small transactions; from the first on it cannot be undeleted.
	// ErrNotAllowed where this program's role in the database may not remove revisions; *FenceError.
	Purge(ctx context.Context, before Micros, limit int, by By) ([]id.Doc, error)
}

// Transfer is how a document changes hands.
type Transfer struct {
	To      id.User
	Offered bool       // only if it is offered to To
	Keep    authz.Role // what the former owner is granted; None for nothing
	At      Micros
}
