package storage

import (
	"context"

	"github.com/coscribe/coscribe/storage/id"
)

// Overviews is what those ask who look after an instance: who can reach what, who is there, what is shared. None of it shows
// content, nor a title.
type Overviews interface {
	// Reach lists up to limit documents after that one, in the order of their ids, that a user owns or that a grant live at now
	// speaks for them in, whichever way: to themselves, to a group, by a link, to everyone or to anyone.
	Reach(ctx context.Context, user id.User, now Micros, after id.Doc, limit int) ([]Reached, error)

	// ListUsers lists users, the newest first.
	ListUsers(ctx context.Context, filter UserFilter, page UserPage) ([]User, error)

	// ListDocuments lists documents, the newest first; Page.Before is a CreatedAt.
	ListDocuments(ctx context.Context, filter DocumentFilter, now Micros, page Page) ([]Overview, error)
}

// Reached is a document that somebody reaches.
type Reached struct {
	Document Document // without its title
	Grants   []Grant  // those that count for the user
}

// UserPage is where a list of users goes on. The zero value starts it; Limit must be set.
type UserPage struct {
	Before Micros // the CreatedAt of the last item of the page before
	User   id.User
	Limit  int
}

// UserFilter narrows a list of users. The zero value lets all pass.
type UserFilter struct {
	Text      string // in the name or the address, without regard to case
	Guests    *bool
	Suspended *bool
	Admins    *bool
}

// DocumentFilter narrows a list of documents. The zero value lets all pass that are not deleted.
type DocumentFilter struct {
	Owner          id.User // zero: anybody
	Public         bool    // a live grant speaks to anyone, or by a link
	ExpiringBefore Micros  // a live grant ends before that; 0: whatever
}

// Overview is a document as the administrators of the instance see it.
type Overview struct {
	Document Document // without its title
	Grants   int64    // live ones
	Public   bool     // one of them is to anyone, or by a link
	EndsNext Micros   // when the first of them ends; 0: none does
}
