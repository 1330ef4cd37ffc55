package api

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/server/internal/account"
	"github.com/coscribe/coscribe/server/internal/document"
	"github.com/coscribe/coscribe/server/internal/room"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
)

// A refusal is how an error is answered. The detail says what to do; it never quotes the request or an error.
type refusal struct {
	status int
	code   wire.Code
	detail string
}

// refusals is the table of errors. The first that matches answers; what matches none is internal.
var refusals = []struct {
	err error
	refusal
}{
	{errNoRoute, refusal{404, wire.CodeNotFound, "Nothing is at this path: see /openapi.yaml."}},
	{errMethod, refusal{405, wire.CodeUnsupported, "The path does not have this method: see Allow."}},
	{errCrossOrigin, refusal{403, wire.CodeOrigin, "Another site's page sent this. Send it from the server's own pages, or from a program with a token."}},
	{errOrigin, refusal{400, wire.CodeOrigin, "The Origin header must be one scheme, host and port. A program sends none."}},
	{errMediaType, refusal{415, wire.CodeUnsupported, "Send the body as application/json, without an encoding."}},
	{errCrowded, refusal{429, wire.CodeRateLimited, "Too many connections: of your address, of your account, or to this document. Close one."}},
	{errFullNode, refusal{503, wire.CodeOverloaded, "The server has as many connections as it may. Try again."}},
	{errDraining, refusal{503, wire.CodeDraining, "The server is going away. Try again in a moment."}},

	{account.ErrNotSignedIn, refusal{401, wire.CodeNotSignedIn, "Sign in, or send a live token as Authorization: Bearer."}},
	{account.ErrBadLogin, refusal{401, wire.CodeBadLogin, "The address or the password is wrong."}},
	{account.ErrClosed, refusal{403, wire.CodeForbidden, "An account takes an invitation here. Ask the administrator for one."}},
	{account.ErrOtherAddress, refusal{403, wire.CodeForbidden, "The invitation is for another address. Use the one that it was sent to."}},
	{account.ErrDomain, refusal{403, wire.CodeForbidden, "The instance's policy has no accounts for addresses of that domain."}},
	{account.ErrNotAllowed, refusal{403, wire.CodeForbidden, "This account or credential may not do that."}},
	{account.ErrBusy, refusal{503, wire.CodeOverloaded, "Too many people are signing in. Try again in a moment."}},
	{account.ErrPast, refusal{422, wire.CodeInvalid, "The expiry lies in the past."}},

	{document.ErrPast, refusal{422, wire.CodeInvalid, "The expiry lies in the past."}},
	{document.ErrOwner, refusal{422, wire.CodeInvalid, "The owner's role is not a grant."}},
	{document.ErrNoRevision, refusal{422, wire.CodeBadBase, "The document does not have that revision yet."}},
	{document.ErrGone, refusal{410, wire.CodeGone, "The log does not reach back that far. Read the content and go on from its revision."}},
	{document.ErrChanged, refusal{412, wire.CodeChanged, "The access list has changed since you read it. Read it again."}},
	{account.ErrReason, refusal{422, wire.CodeReason, "Give a reason. It stands in the audit."}},
	{document.ErrReason, refusal{422, wire.CodeReason, "Give a reason. It stands in the audit."}},
	{document.ErrHas, refusal{409, wire.CodeHasRole, "Whoever asks has that role already, or more."}},
	{storage.ErrPolicyMoved, refusal{412, wire.CodeChanged, "The policy has changed since you read it. Read it again."}},
	{errNoCondition, refusal{428, wire.CodeChanged, "Name the ETag of the policy that you have read in If-Match."}},
	{storage.ErrNoGroup, refusal{404, wire.CodeNotFound, "There is no such group."}},
	{storage.ErrNameTaken, refusal{409, wire.CodeTaken, "A group of that name exists."}},
	{storage.ErrNoRequest, refusal{404, wire.CodeNotFound, "There is no such open request."}},
	{storage.ErrNoOffer, refusal{409, wire.CodeConflict, "The document is not offered to you any more."}},
	{storage.ErrNotAllowed, refusal{403, wire.CodeForbidden, "The server's role in the database may not remove revisions. Purge by the coscribe command."}},
	{document.ErrBusy, refusal{503, wire.CodeOverloaded, "The document's access list keeps changing. Try again."}},

	{storage.ErrFence, refusal{401, wire.CodeNotSignedIn, "Sign in, or send a live token as Authorization: Bearer."}},
	{storage.ErrNoDocument, refusal{404, wire.CodeNotFound, "There is no such document, or it is not yours to see."}},
	{storage.ErrNoGrant, refusal{404, wire.CodeNotFound, "There is no such grant."}},
	{storage.ErrNoCredential, refusal{404, wire.CodeNotFound, "There is no such live session or token."}},
	{storage.ErrNoInvitation, refusal{404, wire.CodeNotFound, "The invitation is unknown, used or expired. Ask for a new one."}},
	{storage.ErrNotEmpty, refusal{404, wire.CodeNotFound, "The invitation is unknown, used or expired. Ask for a new one."}},
	{storage.ErrNoLink, refusal{404, wire.CodeNotFound, "The link is unknown, revoked or expired. Ask for a new one."}},
	{storage.ErrNoGuests, refusal{403, wire.CodeForbidden, "Nobody comes in here without an account. Sign in."}},
	{storage.ErrLastAdmin, refusal{409, wire.CodeConflict, "The instance would be left without an administrator."}},
	{errNoAccount, refusal{404, wire.CodeNotFound, "There is no such account."}},
	{storage.ErrNoUser, refusal{422, wire.CodeInvalid, "There is no such user."}},
	{storage.ErrEmailTaken, refusal{409, wire.CodeTaken, "An account with this address exists. Sign in instead."}},
	{storage.ErrFull, refusal{409, wire.CodeFull, "There are as many of these as there may be. Remove one first."}},
	{storage.ErrTooMany, refusal{429, wire.CodeRateLimited, "Too many outstanding. Use them, or wait until they expire."}},
	{storage.ErrEpoch, refusal{409, wire.CodeResync, "The document's history was replaced. Read the content and go on from its epoch and revision."}},
	{storage.ErrUnavailable, refusal{503, wire.CodeUnavailable, "The database cannot be reached or written now. Try again."}},
	{storage.ErrUnknown, refusal{503, wire.CodeUnavailable, "The database did not say whether this was done. Look, or try again."}},
	{context.DeadlineExceeded, refusal{503, wire.CodeUnavailable, "This took too long. Try again."}},
	{context.Canceled, refusal{503, wire.CodeUnavailable, "The request was given up."}},
}

var internal = refusal{500, wire.CodeInternal, "Something is wrong with the server. The log has the details under this requestId."}

// refuse answers err.
func (a *API) refuse(w http.ResponseWriter, r *http.Request, err error) {
	problem, wait := problemOf(err)
	e := exchangeOf(r)
	e.code = problem.Code
	a.count(r, e, err)
	problem.RequestID = e.id.String()
	if problem.Status == http.StatusInternalServerError {
		a.Log.LogAttrs(r.Context(), slog.LevelError, "internal", slog.Any("request", e.id), slog.Any("error", err))
	}
	header := w.Header()
	secureData(header)
	header.Del("ETag")
	header.Set("Content-Type", "application/problem+json")
	switch problem.Status {
	case http.StatusUnauthorized:
		header.Set("WWW-Authenticate", `Bearer realm="coscribe"`)
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		header.Set("Retry-After", strconv.Itoa(max(1, int(math.Ceil(wait.Seconds())))))
	}
	data := wire.Append(nil, problem)
	header.Set("Content-Length", strconv.Itoa(len(data)))
	w.WriteHeader(problem.Status)
	_, _ = w.Write(data)
}

// problemOf finds the answer to an error, and how long to wait before trying again.
func problemOf(err error) (problem wire.Problem, wait time.Duration) {
	made := func(as refusal) wire.Problem {
		return wire.Problem{Type: "about:blank", Title: http.StatusText(as.status), Status: as.status, Code: as.code, Detail: as.detail}
	}
	if fault, ok := errors.AsType[*wire.Fault](err); ok {
		status := http.StatusUnprocessableEntity
		if errors.Is(err, errMalformed) && fault.Code == wire.CodeInvalid {
			status = http.StatusBadRequest
		}
		problem = made(refusal{status, fault.Code, fault.Message})
		problem.Pointer = fault.Pointer
		return problem, 0
	}
	if forbidden, ok := errors.AsType[*document.Forbidden](err); ok {
		problem = made(refusal{403, wire.CodeForbidden, "Your role does not allow this. Ask an administrator of the document."})
		problem.Role, problem.Needed = forbidden.Role.String(), forbidden.Needed.String()
		if forbidden.Needed != authz.None && forbidden.Role >= forbidden.Needed {
			problem.Detail = "Your role would allow this, but the document's state or the token's scopes do not."
		}
		return problem, 0
	}
	if rule, ok := errors.AsType[*document.PolicyError](err); ok {
		return made(refusal{422, wire.CodePolicy, rule.Rule}), 0
	}
	if tries, ok := errors.AsType[*account.TooManyTries](err); ok {
		return made(refusal{429, wire.CodeRateLimited, "Too many tries. Wait a minute."}), tries.RetryAfter
	}
	if fast, ok := errors.AsType[*tooFast](err); ok {
		return made(refusal{429, wire.CodeRateLimited, "Too many requests from this address. Slow down."}), fast.wait
	}
	if refused, ok := errors.AsType[*room.Refusal](err); ok {
		return problemOfEdit(refused, made), time.Second
	}
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return made(refusal{413, wire.CodeTooLarge, "The body is too long."}), 0
	}
	if _, ok := errors.AsType[*unread](err); ok {
		return made(refusal{400, wire.CodeInvalid, "The body did not arrive whole."}), 0
	}
	for _, known := range refusals {
		if errors.Is(err, known.err) {
			return made(known.refusal), time.Second
		}
	}
	return made(internal), 0
}

// editStatus is the status of a refused edit. A code that stands here not is answered as unprocessable.
var editStatus = map[wire.Code]int{
	wire.CodeTooLarge:    413,
	wire.CodeResync:      409,
	wire.CodeStaleSeq:    409,
	wire.CodeSeqReuse:    409,
	wire.CodeConflict:    409,
	wire.CodeInFlight:    409,
	wire.CodeGone:        410,
	wire.CodeOverloaded:  503,
	wire.CodeUnavailable: 503,
	wire.CodeDraining:    503,
	wire.CodeSlowDown:    429,
	wire.CodeRateLimited: 429,
	wire.CodeForbidden:   403,
	wire.CodeInternal:    500,
}

// problemOfEdit answers what a room refused. Who may not see the document, or is not signed in, hears what every other route
// says, letter for letter.
func problemOfEdit(refused *room.Refusal, made func(refusal) wire.Problem) wire.Problem {
	var problem wire.Problem
	switch refused.Code {
	case wire.CodeNotFound:
		problem, _ = problemOf(storage.ErrNoDocument)
		return problem
	case wire.CodeNotSignedIn:
		problem, _ = problemOf(account.ErrNotSignedIn)
		return problem
	case wire.CodeInternal:
		return made(internal)
	}
	status, ok := editStatus[refused.Code]
	if !ok {
		status = http.StatusUnprocessableEntity
	}
	problem = made(refusal{status, refused.Code, refused.Message})
	problem.Pointer = refused.Pointer
	problem.Head = &refused.Head
	return problem
}
