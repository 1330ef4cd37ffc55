package wire

import (
	"time"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/storage/id"
)

// Outbound is a message from server to client.
type Outbound interface{ outbound() }

// Welcome answers Join. Everything after Rev follows as Revisions messages without a gap: if the client named what it has
// (Since), Rev is that and there is no snapshot; else, or if it missed something and may not read history, Snapshot is the
// content at Rev.
type Welcome struct {
	Document DocumentState `json:"document"`
	Rev      ot.Rev        `json:"rev"`
	Head     ot.Rev        `json:"head"` // the committed head at the moment of joining: having it, the client has caught up
	Snapshot *ot.Delta     `json:"snapshot,omitzero"`
	Role     authz.Role    `json:"role"`
	Commands []string      `json:"commands"` // what this seat may do now, by the names of authz
	You      You           `json:"you"`
	Peers    []Presence    `json:"peers"`
	Limits   Limits        `json:"limits"`
}

// DocumentState is what a page shows of a document besides its content.
type DocumentState struct {
	ID     id.Doc `json:"id"`
	Title  string `json:"title"`
	Epoch  int64  `json:"epoch"`
	Locked bool   `json:"locked"`
}

// You is the joining client itself.
type You struct {
	User  id.User `json:"user"`
	Name  string  `json:"name"`
	Seat  id.Seat `json:"seat"`
	Color int     `json:"color"` // an index into the palette of 12, the same for a user everywhere
	Seq   int64   `json:"seq"`   // the highest committed seq of this client id; number on from there
}

// Limits are what this server takes.
type Limits struct {
	FrameBytes     int `json:"frameBytes"`
	Components     int `json:"components"`
	InsertUnits    int `json:"insertUnits"`
	DocumentUnits  int `json:"documentUnits"`
	EditsPerSecond int `json:"editsPerSecond"`
}

// Revisions carries committed revisions, in order and without a gap.
type Revisions struct {
	Items []Revision `json:"items"`
}

// Revision is a committed edit, in Revisions and in the HTTP API. The author recognises its own by Author, Client and Seq:
// that is its acknowledgement. Delta is absent from one's own live revisions, since the author has it already (transformed
// by the same revisions on its side), and present everywhere else.
type Revision struct {
	Rev    ot.Rev    `json:"rev"`
	ID     id.Edit   `json:"id"`
	Author id.User   `json:"author"`
	Seat   id.Seat   `json:"seat,omitzero"` // absent for an edit over HTTP
	Client id.Client `json:"client"`
	Seq    int64     `json:"seq"`
	At     time.Time `json:"at"`
	Kind   string    `json:"kind"`
	Delta  *ot.Delta `json:"delta,omitzero"`
}

// Rejected answers a Submit that has no effect. A temporary one consumed nothing: send the same seq and id again later.
type Rejected struct {
	Seq       int64  `json:"seq"`
	Code      Code   `json:"code"`
	Message   string `json:"message"`
	Pointer   string `json:"pointer,omitzero"` // into the submitted Delta, as in "/ops/3/attributes/link"
	Temporary bool   `json:"temporary"`
	Head      ot.Rev `json:"head"`
}

// Presences carries who came, moved or left since the last.
type Presences struct {
	Items []Presence `json:"items"`
}

// Presence is one seat. Cursor is nil for one without a caret; Gone ends it.
type Presence struct {
	Seat   id.Seat `json:"seat"`
	User   id.User `json:"user"`
	Name   string  `json:"name"`
	Color  int     `json:"color"`
	Cursor *Cursor `json:"cursor"`
	Gone   bool    `json:"gone,omitzero"`
}

// Access says that the seat's rights have changed.
type Access struct {
	Role     authz.Role `json:"role"`
	Commands []string   `json:"commands"`
	Reason   string     `json:"reason"`      // one of a fixed list of words: granted, revoked, expired, document
	By       *Author    `json:"by,omitzero"` // who changed them, where that is known
}

// Author is somebody with a name.
type Author struct {
	User id.User `json:"user"`
	Name string  `json:"name"`
}

// DocumentChanged says that the document's state has changed, or that it has become open to anyone or is that no more: a page that
// shows so reads it anew.
type DocumentChanged struct {
	Document DocumentState `json:"document"`
}

// Done and Error answer a command by its ref. An Error without a ref is about a frame that could not be read.
type (
	Done struct {
		Ref  string `json:"ref"`
		Link *Link  `json:"link,omitzero"` // that was made, with its secret
	}
	Error struct {
		Ref     string `json:"ref,omitzero"`
		Code    Code   `json:"code"`
		Message string `json:"message"`
	}
)

// Notice tells what is about to happen.
type Notice struct {
	Code         Code `json:"code"` // draining or slow_down
	RetryAfterMs int  `json:"retryAfterMs"`
}

// Pong answers a Ping.
type Pong struct {
	T int64 `json:"t"`
}

func (*Welcome) outbound()         {}
func (*Revisions) outbound()       {}
func (*Rejected) outbound()        {}
func (*Presences) outbound()       {}
func (*Access) outbound()          {}
func (*DocumentChanged) outbound() {}
func (*Done) outbound()            {}
func (*Error) outbound()           {}
func (*Notice) outbound()          {}
func (*Pong) outbound()            {}
