package storage

import (
	"time"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/storage/id"
)

// Micros is a moment in microseconds since 1970 UTC. Where a field says so, 0 means never.
type Micros int64

// At converts a time.Time, dropping what is finer than a microsecond.
func At(t time.Time) Micros { return Micros(t.UnixMicro()) }

// Time converts back, in UTC.
func (m Micros) Time() time.Time { return time.UnixMicro(int64(m)).UTC() }

// Hash is the SHA-256 of a secret. Secrets themselves are never stored.
type Hash [32]byte

// User is an author: somebody, or some program, whose name stands on edits.
type User struct {
	ID            id.User
	Email         string // lower case, unique; empty for none
	Name          string
	PasswordHash  string // argon2id in its encoded form; empty when no password signs in
	InstanceAdmin bool
	CreatedAt     Micros
	SuspendedAt   Micros // 0: not suspended
	Guest         bool   // came by a link or to a public document; has neither an address nor a password
	Proven        bool   // the address is theirs: an invitation for it, or the set-up link, has shown so
}

// Session is a login.
type Session struct {
	ID        id.Credential
	Hash      Hash    // of the cookie's token
	User      id.User // zero before sign-in
	Data      []byte  // what the session library keeps, opaque here
	CreatedAt Micros
	ExpiresAt Micros
	EndedAt   Micros // 0: live; an ended session stays as a tombstone until ExpiresAt, so that a late write cannot revive it

	// LivesUntil is its end however much it is used: ProlongSession does not put ExpiresAt beyond it.
	LivesUntil Micros
}

// Token is a credential of a program.
type Token struct {
	ID         id.Credential
	Hash       Hash
	User       id.User
	Name       string
	CreatedAt  Micros
	ExpiresAt  Micros // 0: never
	LastUsedAt Micros // 0: not yet; kept to the minute
	RevokedAt  Micros // 0: live

	Withheld authz.Scopes // what it may not be used for
}

// Ticket admits one connection to one document, once.
type Ticket struct {
	Hash       Hash
	Doc        id.Doc
	User       id.User
	Credential Credential
	Origin     string // that the handshake must bring; empty for a program without one
	ExpiresAt  Micros
}

// Invitation is a link that makes one account.
type Invitation struct {
	ID        id.Invitation
	Hash      Hash
	Email     string // the only address that may use it; empty for any
	Setup     bool   // the set-up link: its account is the instance's administrator, and it works while there is no account
	CreatedBy id.User
	CreatedAt Micros
	ExpiresAt Micros
	UsedAt    Micros // 0: not yet
}

// Document is what is known of a document besides its content.
type Document struct {
	ID            id.Doc
	Title         string
	Owner         id.User
	Epoch         int64  // changes when history was replaced, and no client's revision numbers hold any more; starts at 1
	Head          ot.Rev // the last committed revision; 0 for a new document, whose content is "\n"
	AccessVersion int64  // changes with every change to who may do what
	OpenHistory   bool   // viewers may read history
	Locked        bool
	CreatedAt     Micros
	UpdatedAt     Micros  // of the last revision or rename
	DeletedAt     Micros  // 0: live
	OfferedTo     id.User // who may become the owner by accepting; zero for nobody
}

// Kind says what made a revision.
type Kind string

// The kinds of revisions.
const (
	KindEdit    Kind = "edit"
	KindUndo    Kind = "undo"
	KindRedo    Kind = "redo"
	KindRestore Kind = "restore"
)

// Revision is one committed edit.
type Revision struct {
	Rev    ot.Rev
	Edit   id.Edit
	Author id.User
	Seat   id.Seat // zero when it came over HTTP
	Client id.Client
	Seq    int64 // counts an author's edits within Client, from 1, with gaps
	At     Micros
	Kind   Kind
	Delta  []byte // canonical JSON, as ot.Delta.AppendJSON writes it
}

// Snapshot is a document's content at a revision.
type Snapshot struct {
	Rev     ot.Rev
	Content []byte // canonical JSON of a Delta of inserts
}

// CredentialKind says what signed somebody in.
type CredentialKind string

// The kinds of credentials.
const (
	BySession CredentialKind = "session"
	ByToken   CredentialKind = "token"
)

// Credential is the login session or token that somebody acts by.
type Credential struct {
	Kind CredentialKind
	ID   id.Credential
}

// Actor is an authenticated somebody, as package account found them: never as a client says.
type Actor struct {
	User          id.User
	Name          string
	InstanceAdmin bool
	Guest         bool // a durable author who is not signed in
	Credential    Credential
	Withheld      authz.Scopes // what the credential may not be used for
	Note          Note         // from where they ask, for the audit
}

// Standing is the actor's towards the instance, and without a role in any document.
func (a Actor) Standing() authz.Standing {
	return authz.Standing{SignedIn: !a.User.IsZero() && !a.Guest, InstanceAdmin: a.InstanceAdmin, Withheld: a.Withheld}
}

// Fence is what a right hangs on besides the access list: the user not suspended, the credential live, and the moment
// ValidUntil not passed on the database's clock (0: it has no end).
type Fence struct {
	User       id.User
	Credential Credential
	ValidUntil Micros
}
