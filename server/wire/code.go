package wire

// Code is a stable word for a refusal, the same over WebSocket and HTTP. Programs branch on it; the message beside it is
// for people and may change.
type Code string

// Refusals of edits.
const (
	CodeBadDelta    Code = "bad_delta"    // not a valid Delta
	CodeNotAllowed  Code = "not_allowed"  // an attribute, embed or link outside the schema
	CodeDoesNotFit  Code = "does_not_fit" // out of the document's bounds, inside a surrogate pair, or at its last newline
	CodeTooLarge    Code = "too_large"
	CodeEmptyEdit   Code = "empty_edit"
	CodeBadBase     Code = "bad_base"  // a revision the document does not have
	CodeResync      Code = "resync"    // the base is of another epoch or too old to transform from: load anew, pending edits kept
	CodeStaleSeq    Code = "stale_seq" // below the highest committed one and not in the log
	CodeSeqReuse    Code = "seq_reuse" // another edit's
	CodeInFlight    Code = "in_flight" // one is unanswered already
	CodeConflict    Code = "conflict"  // exact mode: the document has newer revisions
	CodeOverloaded  Code = "overloaded"
	CodeSlowDown    Code = "slow_down"
	CodeUnavailable Code = "unavailable" // the database cannot be written now
)

// Refusals of anything.
const (
	CodeForbidden   Code = "forbidden"     // the role does not allow it
	CodeNotSignedIn Code = "not_signed_in" // no live session or token
	CodeNotFound    Code = "not_found"     // or not yours to see
	CodeInvalid     Code = "invalid"       // the body or message does not match the schema
	CodeChanged     Code = "changed"       // If-Match does not hold
	CodePolicy      Code = "policy"        // the instance's policy does not let anybody do that
	CodeReason      Code = "reason"        // it takes a reason, which then stands in the audit
	CodeHasRole     Code = "has_role"      // who asks has that role already, or more
	CodeGone        Code = "gone"          // that far back the log does not reach
	CodeTaken       Code = "taken"         // the address has an account
	CodeFull        Code = "full"          // there are as many of these as there may be
	CodeBadLogin    Code = "bad_login"
	CodeGuessable   Code = "guessable" // a password that is among the first to be tried
	CodeRateLimited Code = "rate_limited"
	CodeOrigin      Code = "origin"
	CodeBadTicket   Code = "bad_ticket"
	CodeDraining    Code = "draining"
	CodeUnsupported Code = "unsupported" // method, media type, protocol version
	CodeInternal    Code = "internal"
)

// Temporary tells whether the same request may succeed later, nothing consumed.
func (c Code) Temporary() bool {
	switch c {
	case CodeInFlight, CodeOverloaded, CodeSlowDown, CodeUnavailable, CodeRateLimited, CodeDraining, CodeInternal:
		return true
	}
	return false
}
