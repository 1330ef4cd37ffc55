package storage

import (
	"context"

	"github.com/coscribe/coscribe/storage/id"
)

// Group is people who are granted something together.
type Group struct {
	ID        id.Group
	Name      string // unique
	CreatedBy id.User
	CreatedAt Micros
	Members   int64 // how many there are; not stored
}

// Member is somebody in a group.
type Member struct {
	User    User
	AddedBy id.User
	AddedAt Micros
}

// Groups is what is kept of groups. Its writes return the documents granted to the group: the access versions of all of them
// are bumped in the same transaction. They may name too many, as when the same call is made again.
//
// A group's row is locked before any document's. A grant to the group holds it as well, so that no grant is made beside a
// change of the members which does not know of it.
type Groups interface {
	// PutGroup stores a group or renames it, which bumps nothing. ErrNameTaken, ErrFull. *FenceError.
	PutGroup(ctx context.Context, group Group, by By) error

	// DropGroup removes a group with its members and all grants to it, and is content if there is none, as when the call is made
	// again: then nothing tells any more which documents it concerned. *FenceError.
	DropGroup(ctx context.Context, group id.Group, by By) ([]id.Doc, error)

	// AddMember puts a user into a group, and is content if they are in it. ErrNoGroup; ErrNoUser also for a guest.
	// ErrFull, *FenceError.
	AddMember(ctx context.Context, group id.Group, user id.User, now Micros, by By) ([]id.Doc, error)

	// DropMember takes a user out of a group, and is content if they are not in it. ErrNoGroup. *FenceError.
	DropMember(ctx context.Context, group id.Group, user id.User, by By) ([]id.Doc, error)

	// Group: ErrNoGroup. GroupByName looks for the very name.
	Group(ctx context.Context, group id.Group) (Group, error)
	GroupByName(ctx context.Context, name string) (Group, error)

	// Groups lists up to limit groups after that name, in the order of their names. GroupsOf lists those that a user is in.
	Groups(ctx context.Context, after string, limit int) ([]Group, error)
	GroupsOf(ctx context.Context, user id.User) ([]Group, error)

	// GroupsByID returns those of the groups that exist, in no order.
	GroupsByID(ctx context.Context, groups []id.Group) ([]Group, error)

	// Members lists up to limit members after that user, in the order of their ids.
	Members(ctx context.Context, group id.Group, after id.User, limit int) ([]Member, error)
}
