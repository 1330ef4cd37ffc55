package ot

import (
	"errors"
	"fmt"
)

// Origin is where edits are numbered: one outbox (Client) of one author. The
// server stamps Author; a client cannot use up another author's numbers.
type Origin struct{ Author, Client [16]byte }

// Submission is an edit on its way to the document's authority.
type Submission struct {
	Origin
	Seq   int64    // counts within Origin from 1; it grows, gaps are legal
	ID    [16]byte // random, made once, kept when the edit is rebased or sent again
	Base  Rev      // the revision that Delta applies to
	Delta Delta
}

// Accepted is a submission that has its place in the one order of revisions.
type Accepted struct {
	Submission       // as it came
	Rev        Rev   // the revision it makes
	Change     Delta // Delta, made to apply to revision Rev-1
}

// Refusals of a submission. A submission that is refused changes nothing.
// Besides these, an *Error says that the Delta does not fit the document.
var (
	ErrSeqReuse      = errors.New("ot: another edit has this number")
	ErrStaleSeq      = errors.New("ot: the number is below the highest, and only the log knows whether it was used")
	ErrUnknownOrigin = errors.New("ot: nothing is remembered of this origin")
	ErrBadBase       = errors.New("ot: the base is not a committed revision")
	ErrTooOld        = errors.New("ot: the base is older than the window of revisions")
)

// ChainError says which edit of a chain does not fit.
type ChainError struct {
	Index int
	Err   error // an *Error
}

func (e *ChainError) Error() string {
	return fmt.Sprintf("ot: edit %d of the chain: %v", e.Index, e.Err)
}

// Unwrap returns e.Err.
func (e *ChainError) Unwrap() error { return e.Err }
