package storage

import (
	"context"

	"github.com/coscribe/coscribe/storage/id"
)

// Offboardings is what it takes for somebody to leave an instance for good.
type Offboardings interface {
	// PlanOffboard tells what Offboard would change, and what nobody would look after any more. It is a look: what changes
	// after it is offboarded as well. ErrNoUser, also for a guest; the heir as for Offboard.
	PlanOffboard(ctx context.Context, user, heir id.User, now Micros) (OffboardPlan, error)

	// Offboard takes a step: it suspends the user, ends their sessions, revokes their tokens and takes their administration of
	// the instance; then, of up to limit documents, groups and links, each in a transaction of its own, it gives what they
	// own to the heir, trash included, takes away what was granted or offered to them, and takes them out. It is called until
	// Done: however often it is cut short, it goes on with what is left. Without an heir they go on owning their documents.
	//
	// ErrNoUser if there is no such user, or they are the one who asks, or the heir is missing, suspended, a guest or the user;
	// ErrLastAdmin; *FenceError also where the one who asks is not an administrator of the instance. What a step has changed is
	// returned beside an error as well.
	Offboard(ctx context.Context, user, heir id.User, now Micros, limit int, by By) (Offboarded, error)
}

// MaxOrphans is how many orphans a plan names.
const MaxOrphans = 100

// OffboardPlan is how much there is of what somebody would leave behind.
type OffboardPlan struct {
	Sessions  int64 // live logins
	Tokens    int64 // live tokens
	Documents int64 // that they own, without those in the trash
	Trash     int64
	Grants    int64 // to them, live or expired
	Groups    int64 // that they are in
	Links     int64 // that they came by
	MadeLinks int64 // that they made: these go on working

	// Orphans are those documents which nobody could administer any more but the instance's administrators: they have no owner
	// to come, and no live grant of the role of admin to somebody else, or to a group that has somebody else in it. There are
	// MaxOrphans of them at the most, in the order of their ids.
	Orphans []id.Doc
}

// Offboarded is what a step has done.
type Offboarded struct {
	Docs []id.Doc // whose access lists have, or may have, changed
	Done bool     // nothing is left
}
