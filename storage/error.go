package storage

import (
	"errors"
	"fmt"
)

// Errors of a Store. They are compared with errors.Is; a Store wraps them with what it was doing.
var (
	ErrUnavailable = errors.New("the database cannot be reached or written now")
	ErrUnknown     = errors.New("the database did not say whether it committed")
	ErrCorrupt     = errors.New("a stored record fails its checksum")
	ErrNewer       = errors.New("the database is newer than this program: start the version of coscribe that made it, or a later one")

	ErrNoDocument   = errors.New("no such document")
	ErrNoUser       = errors.New("no such user")
	ErrNoGrant      = errors.New("no such grant")
	ErrNoCredential = errors.New("no such live session or token")
	ErrNoTicket     = errors.New("no such ticket")
	ErrNoInvitation = errors.New("no such invitation")
	ErrNoGroup      = errors.New("no such group")
	ErrNoLink       = errors.New("no such link")
	ErrNoRequest    = errors.New("no such open request")
	ErrNoOffer      = errors.New("the document is not offered to this user")

	ErrEmailTaken = errors.New("an account with this address exists")
	ErrNameTaken  = errors.New("a group of this name exists")
	ErrNotEmpty   = errors.New("there are accounts already")
	ErrTooMany    = errors.New("too many outstanding")
	ErrFull       = errors.New("there are as many as there may be")
	ErrLastAdmin  = errors.New("the instance would be left without an administrator")
	ErrNotAllowed = errors.New("this program's role in the database may not do that")

	ErrEpoch       = errors.New("the document's history was replaced")
	ErrHeadMoved   = errors.New("the document has newer revisions")
	ErrAccessMoved = errors.New("the access list has changed")
	ErrDuplicate   = errors.New("this edit stands in the log already")
	ErrFence       = errors.New("the right to do this has ended")
)

// FenceError says which fences did not hold: the user is suspended or gone, the credential ended, or the right expired.
type FenceError struct {
	Ended []Fence
}

// Error names the first of them.
func (e *FenceError) Error() string {
	if len(e.Ended) == 0 {
		return ErrFence.Error()
	}
	return fmt.Sprintf("%v: user %v by %s %v", ErrFence, e.Ended[0].User, e.Ended[0].Credential.Kind, e.Ended[0].Credential.ID)
}

// Is makes a FenceError an ErrFence.
func (e *FenceError) Is(target error) bool { return target == ErrFence }
