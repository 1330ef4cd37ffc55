package client

import (
	"errors"
	"fmt"

	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/server/wire"
)

// Sentinels that a *Problem or a *Rejected may match.
var (
	ErrNotFound    error = refusal(wire.CodeNotFound)    // it does not exist, or one may not see it
	ErrForbidden   error = refusal(wire.CodeForbidden)   // the role does not allow it
	ErrNotSignedIn error = refusal(wire.CodeNotSignedIn) // no live session or token
	ErrConflict    error = refusal(wire.CodeConflict)    // mode exact, and the document has newer revisions
	ErrGone        error = refusal(wire.CodeGone)        // the log does not reach that far back
	ErrTooLarge    error = refusal(wire.CodeTooLarge)
	ErrNotAllowed  error = refusal(wire.CodeNotAllowed) // an attribute, embed or link outside the schema
	ErrDoesNotFit  error = refusal(wire.CodeDoesNotFit) // an edit that is not for this content
	ErrTaken       error = refusal(wire.CodeTaken)
	ErrFull        error = refusal(wire.CodeFull)    // there are as many of these as there may be
	ErrChanged     error = refusal(wire.CodeChanged) // what the change was made from is another by now
	ErrPolicy      error = refusal(wire.CodePolicy)  // the instance's policy lets nobody do that
	ErrReason      error = refusal(wire.CodeReason)  // it takes a reason
	ErrHasRole     error = refusal(wire.CodeHasRole) // who asks has that role already, or more
	ErrBadLogin    error = refusal(wire.CodeBadLogin)
	ErrResync      error = refusal(wire.CodeResync) // the document's history was replaced
)

// ErrClosed is returned by a Document after its Close, and by edits that were not acknowledged before it.
var ErrClosed = errors.New("client: the document is closed")

type refusal wire.Code

func (r refusal) Error() string { return "client: " + string(r) }

// Problem is a refusal by the HTTP API. Detail says what to do.
type Problem wire.Problem

func (p *Problem) Error() string {
	text := fmt.Sprintf("client: %d %s", p.Status, p.Code)
	if p.Pointer != "" {
		text += " at " + p.Pointer
	}
	if p.Needed != "" {
		text += fmt.Sprintf(" (role %s, needed %s)", p.Role, p.Needed)
	}
	if p.Detail != "" {
		text += ": " + p.Detail
	}
	return text
}

// Is matches the sentinel of the same code.
func (p *Problem) Is(target error) bool { return target == refusal(p.Code) }

// Temporary tells whether the same request may succeed later.
func (p *Problem) Temporary() bool { return p.Code.Temporary() || p.Status >= 500 || p.Status == 429 }

// Rejected is why an edit of a live document has no effect: what it did is taken back from the content. An edit that is too
// large for one submission is sent in several; where a later one is refused, those before it stand, and only the rest is taken back.
type Rejected struct {
	Code    wire.Code
	Message string
	Pointer string   // into the submission's Delta, which may hold several edits
	Delta   ot.Delta // what has no effect, as it would have applied, for its author to copy
	Stands  ot.Rev   // if not 0, what was sent of this edit, or of those made just before it, before Delta stands, up to this revision
}

func (r *Rejected) Error() string {
	if r.Pointer == "" {
		return fmt.Sprintf("client: edit rejected: %s: %s", r.Code, r.Message)
	}
	return fmt.Sprintf("client: edit rejected: %s at %s: %s", r.Code, r.Pointer, r.Message)
}

// Is matches the sentinel of the same code.
func (r *Rejected) Is(target error) bool { return target == refusal(r.Code) }

// Ended is why a live document will not come back.
type Ended struct {
	Code wire.CloseCode
}

func (e *Ended) Error() string {
	return fmt.Sprintf("client: the server closed the document: %d %s", e.Code, e.Code.Reason())
}

var endedBy = map[wire.CloseCode]error{
	wire.CloseSignedOut:     ErrNotSignedIn,
	wire.CloseAccessRevoked: ErrForbidden,
	wire.CloseNoDocument:    ErrNotFound,
}

// Is matches ErrNotSignedIn, ErrForbidden or ErrNotFound where the code means that.
func (e *Ended) Is(target error) bool { return target != nil && endedBy[e.Code] == target }
