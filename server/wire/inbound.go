package wire

import (
	"time"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/storage/id"
)

// Subprotocol is the WebSocket subprotocol that both sides must name.
const Subprotocol = "coscribe.v1"

// MaxDepth is how deep a message may nest, counting the message itself as 1.
const MaxDepth = 8

// Inbound is a message from client to server.
type Inbound interface{ inbound() }

// Join is the first message of a connection, and only the first.
type Join struct {
	Ticket string    `json:"ticket" validate:"required,len=43"` // 256 bits in unpadded base64url
	Client id.Client `json:"client" validate:"required"`
	Since  *Since    `json:"since,omitzero" validate:"omitempty"` // what the client has; absent: send a snapshot
}

// Since is the last revision that a client has.
type Since struct {
	Epoch int64  `json:"epoch" validate:"min=1"`
	Rev   ot.Rev `json:"rev" validate:"min=0"`
}

// Submit asks for an edit. One may be unanswered at a time.
type Submit struct {
	Seq   int64    `json:"seq" validate:"min=1,max=9007199254740991"` // grows within the client's id; gaps are legal
	ID    id.Edit  `json:"id" validate:"required"`                    // made once, kept when it is sent again
	Base  ot.Rev   `json:"base" validate:"min=0"`                     // the revision that Delta applies to
	Delta ot.Delta `json:"delta"`
	Kind  string   `json:"kind,omitzero" validate:"omitempty,oneof=edit undo redo"`
}

// ShowCursor says where the client's caret is, or with a nil Cursor that it has none.
type ShowCursor struct {
	Cursor *Cursor `json:"cursor" validate:"omitempty"`
}

// Cursor is a caret or a selection in the content of revision Rev.
type Cursor struct {
	Rev    ot.Rev `json:"rev" validate:"min=0"`
	Index  int    `json:"index" validate:"min=0"`
	Length int    `json:"length" validate:"min=0"`
}

// Commands that change the document or its access carry a ref of the client's choice, which Done or Error repeats.
type (
	// Rename sets the title.
	Rename struct {
		Ref   string `json:"ref" validate:"required,max=64,printascii"`
		Title string `json:"title" validate:"title"`
	}

	// Grant gives a principal a role. Reason stands in the audit; an administrator of the instance gives one for a role above
	// their own.
	Grant struct {
		Ref       string     `json:"ref" validate:"required,max=64,printascii"`
		Principal Principal  `json:"principal"`
		Role      authz.Role `json:"role" validate:"grantable"`
		ExpiresAt *time.Time `json:"expiresAt,omitzero"`
		Reason    string     `json:"reason,omitzero" validate:"note"`
	}

	// Revoke takes a principal's grant away, and the link with it if it is to one.
	Revoke struct {
		Ref       string    `json:"ref" validate:"required,max=64,printascii"`
		Principal Principal `json:"principal"`
	}

	// NewLink makes a link, as PutLink over HTTP. Its secret comes with Done.
	NewLink struct {
		Ref       string     `json:"ref" validate:"required,max=64,printascii"`
		Name      string     `json:"name" validate:"name"`
		Role      authz.Role `json:"role" validate:"grantable"`
		ExpiresAt *time.Time `json:"expiresAt,omitzero"`
		Never     bool       `json:"never,omitzero" validate:"excluded_with=ExpiresAt"`
		Reason    string     `json:"reason,omitzero" validate:"note"`
	}

	// Lock keeps everybody from changing what the document says; Unlock ends that.
	Lock struct {
		Ref string `json:"ref" validate:"required,max=64,printascii"`
	}
	Unlock struct {
		Ref string `json:"ref" validate:"required,max=64,printascii"`
	}

	// Disconnect ends somebody's connection.
	Disconnect struct {
		Ref  string  `json:"ref" validate:"required,max=64,printascii"`
		Seat id.Seat `json:"seat" validate:"required"`
	}
)

// Ping is answered with a Pong of the same T.
type Ping struct {
	T int64 `json:"t"`
}

func (*Join) inbound()       {}
func (*Submit) inbound()     {}
func (*ShowCursor) inbound() {}
func (*Rename) inbound()     {}
func (*Grant) inbound()      {}
func (*Revoke) inbound()     {}
func (*NewLink) inbound()    {}
func (*Lock) inbound()       {}
func (*Unlock) inbound()     {}
func (*Disconnect) inbound() {}
func (*Ping) inbound()       {}
