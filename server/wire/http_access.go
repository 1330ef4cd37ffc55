package wire

import (
	"time"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/storage/id"
)

// Access to a document.
type (
	// PutGrant is the body of PUT /v1/documents/{id}/grants/{principal}. Reason stands in the audit; an administrator of the
	// instance gives one for a role above their own, whomever they give it to.
	PutGrant struct {
		Role      authz.Role `json:"role" validate:"grantable"`
		ExpiresAt *time.Time `json:"expiresAt,omitzero"`
		Reason    string     `json:"reason,omitzero" validate:"note"`
	}

	// GrantItem is one grant in the list, with whom it speaks to.
	GrantItem struct {
		Principal Principal  `json:"principal"`
		User      *User      `json:"user,omitzero"`
		Group     *Group     `json:"group,omitzero"`
		Link      *LinkName  `json:"link,omitzero"`
		Role      authz.Role `json:"role"`
		ExpiresAt *time.Time `json:"expiresAt,omitzero"`
		GrantedBy id.User    `json:"grantedBy,omitzero"`
		GrantedAt *time.Time `json:"grantedAt,omitzero"`
	}

	// OwnAccess is the body of GET /v1/documents/{id}/access: what the one who asks may do, and until when.
	OwnAccess struct {
		Role      authz.Role `json:"role"`
		Commands  []string   `json:"commands"`
		ExpiresAt *time.Time `json:"expiresAt,omitzero"`
		Offered   bool       `json:"offered,omitzero"` // the ownership, to the one who asks
	}

	// Grants is the whole access list: the owner first, as a grant of role owner. Its ETag is the access version.
	Grants struct {
		Items []GrantItem `json:"items"`
	}

	// Explanation is the body of GET /v1/documents/{id}/access/explain, and an item of GET /v1/accounts/{id}/reach. Commands and
	// Suspended are of users only. Paths are all ways by which a role comes to the principal, those that count first.
	Explanation struct {
		Document  id.Doc     `json:"document"`
		Principal Principal  `json:"principal"`
		Role      authz.Role `json:"role"`
		ExpiresAt *time.Time `json:"expiresAt,omitzero"`
		Commands  []string   `json:"commands,omitzero"`
		Paths     []Path     `json:"paths"`
	}

	// Path is one way by which a role comes to somebody. State is wins, covered, expired, or withheld from who is suspended.
	Path struct {
		GrantItem
		State         string  `json:"state"`
		Without       Without `json:"without"`
		ExceedsPolicy bool    `json:"exceedsPolicy,omitzero"`
	}

	// Without is what would be left without a path.
	Without struct {
		Role      authz.Role `json:"role"`
		ExpiresAt *time.Time `json:"expiresAt,omitzero"`
	}
)

// Groups.
type (
	// Group is people who are granted something together.
	Group struct {
		ID      id.Group `json:"id"`
		Name    string   `json:"name"`
		Members int64    `json:"members"`
	}

	// NameGroup is the body of POST /v1/groups and of PATCH /v1/groups/{id}.
	NameGroup struct {
		Name string `json:"name" validate:"name"`
	}

	// AddMember is the body of PUT /v1/groups/{id}/members/{user}, which may be absent. Who puts themselves into a group gives a
	// reason.
	AddMember struct {
		Reason string `json:"reason,omitzero" validate:"note"`
	}

	// Member is somebody in a group.
	Member struct {
		User    User      `json:"user"`
		AddedBy id.User   `json:"addedBy,omitzero"`
		AddedAt time.Time `json:"addedAt"`
	}
)

// Links.
type (
	// LinkName is a link in a list of grants.
	LinkName struct {
		ID   id.Link `json:"id"`
		Name string  `json:"name"`
	}

	// PutLink is the body of POST /v1/documents/{id}/links and of PUT /v1/documents/{id}/links/{link}.
	// A link of which neither end is said ends after 30 days when it is made, and otherwise goes on as it is.
	PutLink struct {
		Name      string     `json:"name" validate:"name"`
		Role      authz.Role `json:"role" validate:"grantable"`
		ExpiresAt *time.Time `json:"expiresAt,omitzero"`
		Never     bool       `json:"never,omitzero" validate:"excluded_with=ExpiresAt"` // it has no end
		Reason    string     `json:"reason,omitzero" validate:"note"`
	}

	// Link is a way into a document. URL is shown once, to whoever made the link.
	Link struct {
		ID         id.Link    `json:"id"`
		Name       string     `json:"name"`
		Role       authz.Role `json:"role"`
		ExpiresAt  *time.Time `json:"expiresAt,omitzero"`
		CreatedBy  id.User    `json:"createdBy"`
		CreatedAt  time.Time  `json:"createdAt"`
		Uses       int64      `json:"uses"`
		LastUsedAt *time.Time `json:"lastUsedAt,omitzero"`
		Secret     string     `json:"secret,omitzero"`
		URL        string     `json:"url,omitzero"`
	}
)

// Who holds a document, and who asks for it.
type (
	// SetHistory is the body of PUT /v1/documents/{id}/history.
	SetHistory struct {
		Open bool `json:"open"`
	}

	// Offer is the body of PUT /v1/documents/{id}/offer.
	Offer struct {
		To id.User `json:"to" validate:"required"`
	}

	// Transfer is the body of POST /v1/documents/{id}/transfer-ownership. Keep is what the former owner is granted; absent for
	// nothing.
	Transfer struct {
		To     id.User    `json:"to" validate:"required"`
		Keep   authz.Role `json:"keep,omitzero" validate:"max=4"`
		Reason string     `json:"reason" validate:"note"`
	}

	// Deleted is a document in the trash.
	Deleted struct {
		ID        id.Doc    `json:"id"`
		Title     string    `json:"title"`
		DeletedAt time.Time `json:"deletedAt"`
		Until     time.Time `json:"until"` // it can be undeleted
	}

	// Purged answers POST /v1/trash/purge. With More, ask again.
	Purged struct {
		Documents []id.Doc `json:"documents"`
		More      bool     `json:"more"`
	}

	// Ask is the body of POST /v1/documents/{id}/access-requests.
	Ask struct {
		Role    authz.Role `json:"role" validate:"grantable"`
		Message string     `json:"message,omitzero" validate:"note"`
	}

	// AccessRequest is an open request.
	AccessRequest struct {
		ID        id.Ask     `json:"id"`
		User      User       `json:"user"`
		Role      authz.Role `json:"role"`
		Message   string     `json:"message,omitzero"`
		CreatedAt time.Time  `json:"createdAt"`
	}

	// Approve is the body of POST /v1/documents/{id}/access-requests/{request}/approve. Without Role it is the one asked for.
	Approve struct {
		Role      authz.Role `json:"role,omitzero" validate:"max=4"`
		ExpiresAt *time.Time `json:"expiresAt,omitzero"`
		Reason    string     `json:"reason,omitzero" validate:"note"`
	}

	// SeatItem is a connection to a document.
	SeatItem struct {
		Seat  id.Seat    `json:"seat"`
		User  id.User    `json:"user"`
		Name  string     `json:"name"`
		Guest bool       `json:"guest,omitzero"`
		By    string     `json:"by"` // session or token
		Role  authz.Role `json:"role"`
		Since time.Time  `json:"since"`

		Follows bool `json:"follows,omitzero"` // an event stream: a program that reads along, not a person in the room
	}
)
