package wire

import (
	"time"

	"github.com/coscribe/coscribe/storage/id"
)

// Coming in and looking after accounts.
type (
	// Enter is the body of POST /v1/session/guest: one of a link's secret and a document that anyone may see.
	Enter struct {
		Link     string `json:"link,omitzero" validate:"omitempty,len=43"`
		Document id.Doc `json:"document,omitzero"`
	}

	// Entered answers Enter: who one is now, and the document that one is let into.
	Entered struct {
		User     User   `json:"user"`
		Document id.Doc `json:"document"`
	}

	// Login is one of a user's login sessions.
	Login struct {
		ID         id.Credential `json:"id"`
		Device     string        `json:"device,omitzero"`
		Address    string        `json:"address,omitzero"` // that it was begun from
		CreatedAt  time.Time     `json:"createdAt"`
		LastSeenAt time.Time     `json:"lastSeenAt"`
		ExpiresAt  time.Time     `json:"expiresAt"`
		Current    bool          `json:"current"` // the one that asks
	}

	// Account is a user as those see them who look after the instance.
	Account struct {
		User
		CreatedAt   time.Time  `json:"createdAt"`
		SuspendedAt *time.Time `json:"suspendedAt,omitzero"`
	}

	// Suspend is the body of PUT /v1/accounts/{id}/suspension.
	Suspend struct {
		Reason string `json:"reason,omitzero" validate:"note"`
	}

	// Offboard is the body of POST /v1/accounts/{id}/offboarding: Heir gets the documents, nobody if it is absent. With DryRun
	// nothing changes, and the answer is an OffboardPlan.
	Offboard struct {
		Heir   id.User `json:"heir,omitzero"`
		DryRun bool    `json:"dryRun,omitzero"`
		Reason string  `json:"reason,omitzero" validate:"note"`
	}

	// OffboardPlan says how much there is of what somebody would leave, and which documents nobody would look after then.
	OffboardPlan struct {
		Sessions  int64    `json:"sessions"`
		Tokens    int64    `json:"tokens"`
		Documents int64    `json:"documents"`
		Trash     int64    `json:"trash"`
		Grants    int64    `json:"grants"`
		Groups    int64    `json:"groups"`
		Links     int64    `json:"links"`     // that they came by
		MadeLinks int64    `json:"madeLinks"` // that they made: these go on working
		Orphans   []id.Doc `json:"orphans"`   // 100 at most
	}
)
