package wire

import (
	"time"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/storage/id"
)

// Problem is every refusal of the HTTP API (RFC 9457, application/problem+json).
type Problem struct {
	Type      string  `json:"type"` // "about:blank": Code says which
	Title     string  `json:"title"`
	Status    int     `json:"status"`
	Detail    string  `json:"detail,omitzero"` // what to do
	Code      Code    `json:"code"`
	RequestID string  `json:"requestId"`
	Pointer   string  `json:"pointer,omitzero"` // into the request's body
	Role      string  `json:"role,omitzero"`    // forbidden: the role one has
	Needed    string  `json:"needed,omitzero"`  // forbidden: the least role that may
	Head      *ot.Rev `json:"head,omitzero"`    // conflict: the document's head
}

// List is a page of anything. NextCursor is absent on the last page.
type List[Item any] struct {
	Items      []Item `json:"items"`
	NextCursor string `json:"nextCursor,omitzero"`
}

// Accounts.
type (
	// User is what others see of a user; Email only where the one who asks may know it.
	User struct {
		ID            id.User `json:"id"`
		Name          string  `json:"name"`
		Email         string  `json:"email,omitzero"`
		Color         int     `json:"color"`
		InstanceAdmin bool    `json:"instanceAdmin,omitzero"`
		Guest         bool    `json:"guest,omitzero"`
		Unproven      bool    `json:"unproven,omitzero"` // the address is only what they say; told to themselves and to who looks after accounts
	}

	// SignIn is the body of POST /v1/session, answered with a Session and the cookie.
	SignIn struct {
		Email    string `json:"email" validate:"required,email,max=254"`
		Password string `json:"password" validate:"required,max=1024"`
	}

	// SignUp is the body of POST /v1/users, answered like SignIn. Invitation is the secret of an invitation or of the set-up
	// link; it may be absent where registration is open.
	SignUp struct {
		Invitation string `json:"invitation,omitzero" validate:"omitempty,len=43"`
		Email      string `json:"email" validate:"required,email,plain,max=254"`
		Name       string `json:"name" validate:"name"`
		Password   string `json:"password" validate:"password"`
	}

	// ProveAddress is the body of POST /v1/users/me/proof: the secret of an invitation for the user's very address.
	ProveAddress struct {
		Invitation string `json:"invitation" validate:"required,len=43"`
	}

	// ChangePassword is the body of PUT /v1/users/me/password, which ends the user's other login sessions.
	ChangePassword struct {
		Current string `json:"current" validate:"required,max=1024"`
		New     string `json:"new" validate:"password"`
	}

	// Session is the body of GET /v1/session: who is signed in, and what the pages offer. User is nil for nobody.
	Session struct {
		User             *User `json:"user"`
		OpenRegistration bool  `json:"openRegistration"`
	}

	// Invite is the body of POST /v1/invitations; Invitation the answer, whose URL is shown once.
	Invite struct {
		Email string `json:"email,omitzero" validate:"omitempty,email,plain,max=254"`
	}
	Invitation struct {
		ID        id.Invitation `json:"id"`
		Email     string        `json:"email,omitzero"`
		URL       string        `json:"url,omitzero"`
		Setup     bool          `json:"setup,omitzero"`
		ExpiresAt time.Time     `json:"expiresAt"`
	}

	// NewToken is the body of POST /v1/tokens; Token the answer, whose Secret is shown once. Without Scopes it reads and
	// writes; every token reads.
	NewToken struct {
		Name      string     `json:"name" validate:"name"`
		Scopes    []string   `json:"scopes,omitzero" validate:"max=4,dive,oneof=read write admin bulk"`
		ExpiresAt *time.Time `json:"expiresAt,omitzero"`
	}
	Token struct {
		ID         id.Credential `json:"id"`
		Name       string        `json:"name"`
		Secret     string        `json:"secret,omitzero"`
		Scopes     []string      `json:"scopes"`
		CreatedAt  time.Time     `json:"createdAt"`
		ExpiresAt  *time.Time    `json:"expiresAt,omitzero"`
		LastUsedAt *time.Time    `json:"lastUsedAt,omitzero"`
	}
)

// Documents.
type (
	// NewDocument is the body of POST /v1/documents; Retitle that of PATCH /v1/documents/{id}.
	NewDocument struct {
		Title string `json:"title" validate:"title"`
	}
	Retitle struct {
		Title string `json:"title" validate:"title"`
	}

	// Document is a document without its content.
	Document struct {
		ID        id.Doc     `json:"id"`
		Title     string     `json:"title"`
		Owner     id.User    `json:"owner"`
		Epoch     int64      `json:"epoch"`
		Head      ot.Rev     `json:"head"`
		Locked    bool       `json:"locked"`
		History   bool       `json:"openHistory"`        // viewers read the history
		Offered   bool       `json:"offered,omitzero"`   // the ownership, to the one who asks
		OfferedTo id.User    `json:"offeredTo,omitzero"` // the ownership; told to the owner
		Public    bool       `json:"public,omitzero"`    // a live link, or nothing at all, lets anybody in; told to those who edit
		CreatedAt time.Time  `json:"createdAt"`
		UpdatedAt time.Time  `json:"updatedAt"`
		Role      authz.Role `json:"role"` // of the one who asks
		Commands  []string   `json:"commands,omitzero"`
	}

	// Content is the body of GET /v1/documents/{id}/content?rev=; the ETag is "e<epoch>-<rev>".
	Content struct {
		Epoch   int64    `json:"epoch"`
		Rev     ot.Rev   `json:"rev"`
		Content ot.Delta `json:"content"`
	}

	// Ops is the body of GET /v1/documents/{id}/ops?after=&limit=; as NDJSON each line is one Revision, all up to the head. As an
	// event stream it goes on from there: see EventStream.
	Ops struct {
		Epoch int64      `json:"epoch"`
		Head  ot.Rev     `json:"head"`
		Items []Revision `json:"items"`
	}

	// WriteOps is the body of POST /v1/documents/{id}/ops: Ops[i] has Seq+i and IDs[i] and applies to the result of
	// Ops[i-1], the first to revision Base. All are written or none. Retrying with the same Client, Seq and IDs is safe.
	WriteOps struct {
		Epoch  int64      `json:"epoch" validate:"min=1"`
		Base   ot.Rev     `json:"base" validate:"min=0"`
		Mode   string     `json:"mode" validate:"oneof=rebase exact"`
		Client id.Client  `json:"client" validate:"required"`
		Seq    int64      `json:"seq" validate:"min=1,max=9007199254740991"`
		IDs    []id.Edit  `json:"ids" validate:"min=1,max=500,dive,required"`
		Ops    []ot.Delta `json:"ops" validate:"min=1,max=500"`
	}

	// Written answers WriteOps: the revisions as they were committed, the same on every retry.
	Written struct {
		Epoch int64      `json:"epoch"`
		Head  ot.Rev     `json:"head"`
		Items []Revision `json:"items"`
	}

	// Ticket answers POST /v1/documents/{id}/tickets.
	Ticket struct {
		Ticket    string    `json:"ticket"`
		ExpiresAt time.Time `json:"expiresAt"`
	}
)
