package socket

import (
	"context"
	"errors"

	"github.com/coscribe/coscribe/server/internal/document"
	"github.com/coscribe/coscribe/server/internal/room"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
)

// words is the table of what commands are refused for. What is not in it is internal, and stays in the log.
var words = []struct {
	err     error
	code    wire.Code
	message string
}{
	{document.ErrOwner, wire.CodeInvalid, "the owner's role is not a grant"},
	{document.ErrPast, wire.CodeInvalid, "the expiry lies in the past"},
	{document.ErrChanged, wire.CodeChanged, "the access list has changed: read it again"},
	{document.ErrReason, wire.CodeReason, "this takes a reason, which then stands in the audit"},
	{document.ErrBusy, wire.CodeOverloaded, "the access list keeps changing: try again"},
	{storage.ErrFence, wire.CodeNotSignedIn, "sign in again"},
	{storage.ErrNoDocument, wire.CodeNotFound, "there is no such document"},
	{storage.ErrNoUser, wire.CodeInvalid, "there is no such user"},
	{storage.ErrNoGroup, wire.CodeInvalid, "there is no such group"},
	{storage.ErrNoLink, wire.CodeNotFound, "there is no such link"},
	{storage.ErrFull, wire.CodeFull, "there are as many of these as there may be"},
	{storage.ErrNoGrant, wire.CodeNotFound, "there is no such grant"},
	{storage.ErrUnavailable, wire.CodeUnavailable, "the database cannot be reached or written now: try again"},
	{storage.ErrUnknown, wire.CodeUnavailable, "the database did not say whether this was done: look, or try again"},
	{context.DeadlineExceeded, wire.CodeUnavailable, "this took too long: try again"},
	{context.Canceled, wire.CodeUnavailable, "the connection was closed"},
}

// wordsOf says what a command was refused for.
func wordsOf(err error) (wire.Code, string) {
	if _, ok := errors.AsType[*document.Forbidden](err); ok {
		return wire.CodeForbidden, "your role does not allow this"
	}
	if rule, ok := errors.AsType[*document.PolicyError](err); ok {
		return wire.CodePolicy, rule.Rule
	}
	for _, known := range words {
		if errors.Is(err, known.err) {
			return known.code, known.message
		}
	}
	return wire.CodeInternal, "something is wrong with the server"
}

// closings is the table of what a seat is refused for. What is not in it is internal.
var closings = map[wire.Code]wire.CloseCode{
	wire.CodeNotFound:    wire.CloseNoDocument,
	wire.CodeForbidden:   wire.CloseAccessRevoked,
	wire.CodeNotSignedIn: wire.CloseSignedOut,
	wire.CodeResync:      wire.CloseResync,
	wire.CodeDraining:    wire.CloseDraining,
	wire.CodeOverloaded:  wire.CloseTooMany,
	wire.CodeSlowDown:    wire.CloseRateLimited,
	wire.CodeRateLimited: wire.CloseRateLimited,
}

// closeCodeOfJoin says how a connection that gets no seat is closed.
func (c *connection) closeCodeOfJoin(err error) wire.CloseCode {
	if refused, ok := errors.AsType[*room.Refusal](err); ok {
		if code, ok := closings[refused.Code]; ok {
			return code
		}
		return wire.CloseInternal // of which the room has the details
	}
	if c.ctx.Err() == nil {
		c.log.Warn("join", "error", err)
	}
	return wire.CloseInternal
}
