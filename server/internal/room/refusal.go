package room

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
)

// Refusal is an answer: what was asked has no effect, and why. It is an error of Join and Write, and goes over the socket
// as a `rejected` message.
type Refusal struct {
	Code    wire.Code
	Message string // for people
	Pointer string // into the refused Delta, where one place is at fault
	Head    ot.Rev // the committed head when it was refused; 0 when no document was reached
}

// Error is for logs.
func (r *Refusal) Error() string { return fmt.Sprintf("%s: %s", r.Code, r.Message) }

// Closed is Pull's error: send what was appended with it, then close the connection with Code.
type Closed struct{ Code wire.CloseCode }

// Error is for logs.
func (c *Closed) Error() string { return "seat closed: " + c.Code.Reason() }

// refusal makes one with the code's usual words.
func refusal(code wire.Code) *Refusal { return &Refusal{Code: code, Message: messages[code]} }

var messages = map[wire.Code]string{
	wire.CodeEmptyEdit:   "an edit must change something",
	wire.CodeBadBase:     "the document has no such revision yet",
	wire.CodeResync:      "the base is of another history or too old: load the document anew",
	wire.CodeStaleSeq:    "the number is below the highest used and not in the log",
	wire.CodeSeqReuse:    "another edit has this number",
	wire.CodeInFlight:    "another edit is unanswered: wait for its answer",
	wire.CodeConflict:    "the document has newer revisions",
	wire.CodeOverloaded:  "too much is waiting for this document: try again shortly",
	wire.CodeSlowDown:    "too many edits: slow down",
	wire.CodeUnavailable: "the database cannot be reached or written now: try again shortly",
	wire.CodeForbidden:   "your role in this document does not allow it",
	wire.CodeNotSignedIn: "the session or token is no longer valid: sign in again",
	wire.CodeNotFound:    "no such document",
	wire.CodeInvalid:     "ids and ops must be of the same number",
	wire.CodeGone:        "the base is too far back to rebase from",
	wire.CodeDraining:    "the server is restarting: come back in a moment",
	wire.CodeInternal:    "something went wrong here: try again",
}

// messageTooMuch refuses a write of whose edits fewer could be rebased.
const messageTooMuch = "these are too many edits to rebase from so far back: send fewer at once, or base them on a later revision"

// refusalOf turns an error of the store or of package ot into the answer that a client gets; nil becomes nil. What is in no
// table is internal, and its text stays in the log.
func refusalOf(err error) *Refusal {
	var given *Refusal
	var chain *ot.ChainError
	var delta *ot.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &given):
		return given
	case errors.As(err, &chain) && errors.As(err, &delta):
		return &Refusal{Code: wire.Code(delta.Code), Message: delta.Message, Pointer: fmt.Sprintf("/ops/%d%s", chain.Index, delta.Pointer)}
	case errors.As(err, &delta):
		return &Refusal{Code: wire.Code(delta.Code), Message: delta.Message, Pointer: delta.Pointer}
	}
	for _, row := range errorCodes {
		if errors.Is(err, row.err) {
			return refusal(row.code)
		}
	}
	return refusal(wire.CodeInternal)
}

// within turns the pointer of a chain's refusal into one that its sender understands: over HTTP the chain is the body's
// member ops, over a socket there is only one Delta.
func (r *Refusal) within(http bool) *Refusal {
	if !http {
		r.Pointer = strings.TrimPrefix(r.Pointer, "/ops/0")
	}
	return r
}

var errorCodes = []struct {
	err  error
	code wire.Code
}{
	{ot.ErrSeqReuse, wire.CodeSeqReuse},
	{ot.ErrStaleSeq, wire.CodeStaleSeq},
	{ot.ErrBadBase, wire.CodeBadBase},
	{ot.ErrTooOld, wire.CodeResync},
	{errOutdated, wire.CodeOverloaded},
	{errStranger, wire.CodeOverloaded},
	{storage.ErrNoDocument, wire.CodeNotFound},
	{storage.ErrFence, wire.CodeNotSignedIn},
	{storage.ErrUnavailable, wire.CodeUnavailable},
	{storage.ErrUnknown, wire.CodeUnavailable},
	{context.DeadlineExceeded, wire.CodeUnavailable},
	{context.Canceled, wire.CodeUnavailable},
}
