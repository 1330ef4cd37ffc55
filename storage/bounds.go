package storage

import "time"

// Bounds is how many there may be of what people can make as many of as they like. A write of one more is ErrFull; what is
// there already stays, and can be changed.
type Bounds struct {
	VisitorTime time.Duration // until a guest who has written nothing is forgotten

	Sessions  int // of one user, live: with one more the one that was idle for longest ends. Guests have one
	Tokens    int // of one user; revoked ones count for an hour
	Documents int // that one user owns, those in the trash too
	Groups    int
	Members   int // of one group
	Links     int // of one document
	Entrants  int // of one link: who came by it and are not forgotten
	Grants    int // of one document, expired ones too: every command reads them all
	Addresses int // of one document: grants to addresses that have no account yet
	Requests  int // of one document: open requests for access. Beyond, nothing is stored, and nothing said
	Notices   int // a day, by UTC, in one chain of the audit. Those of one actor, action and target count once; guests have half of them
}

// DefaultBounds hold for a Store that was not told others.
func DefaultBounds() Bounds {
	return Bounds{VisitorTime: 24 * time.Hour, Sessions: 100, Tokens: 100, Documents: 10_000, Groups: 10_000, Members: 10_000, Links: 100, Entrants: 100_000,
		Grants: 20_000, Addresses: 1_000, Requests: 100, Notices: 1_000}
}
