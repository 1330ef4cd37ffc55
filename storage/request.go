package storage

import (
	"context"
	"time"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/storage/id"
)

// RequestsLast is how long a request for access lasts until Expire removes it, whatever became of it.
const RequestsLast = 30 * 24 * time.Hour

// Request is somebody's wish for a role in a document.
type Request struct {
	ID        id.Ask
	Doc       id.Doc
	User      id.User
	Role      authz.Role
	Message   string
	CreatedAt Micros
	Verdict
}

// Outcome is what became of a request.
type Outcome string

// The outcomes.
const (
	Undecided Outcome = ""
	Approved  Outcome = "approved"
	Declined  Outcome = "declined"
)

// Verdict is the end of a request.
type Verdict struct {
	Outcome   Outcome
	DecidedBy id.User
	DecidedAt Micros
}

// Requests is what is kept of requests for access.
type Requests interface {
	// PutRequest stores a request in place of the user's former open one for that document, while the fence holds: *FenceError.
	// Where there is no such document, or it has as many open ones as there may be, nothing is stored; the answer is the same, after the
	// same queries.
	PutRequest(ctx context.Context, request Request, by By) error

	// Requests lists a document's open requests, the oldest first, without those of people who are suspended.
	Requests(ctx context.Context, doc id.Doc) ([]Request, error)

	// Request returns a request of a document. ErrNoRequest.
	Request(ctx context.Context, doc id.Doc, request id.Ask) (Request, error)

	// DecideRequest ends an open request. With a grant, that is made in the same transaction and bumps the access version; the
	// version is returned. ErrNoRequest if there is none or it has ended otherwise; guarded, and refused as PutGrant.
	DecideRequest(ctx context.Context, doc id.Doc, request id.Ask, verdict Verdict, grant *Grant, guard Guard) (int64, error)
}
