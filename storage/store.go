package storage

import (
	"context"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/storage/id"
)

// Store is everything that is kept. See the package comment for what holds for every method.
//
// All methods may return ErrUnavailable (the database cannot be reached or written now; nothing changed) and the context's
// error; writes also ErrUnknown.
type Store interface {
	Revisions
	Documents
	Custody
	Groups
	Links
	Requests
	Accounts
	Overviews
	Tries
	Audits
	Policies
	Offboardings

	// Bound sets how many there may be of what people make, before anything else is called.
	Bound(bounds Bounds)

	// Ready returns nil if the database answers and can be written.
	Ready(ctx context.Context) error

	// Close waits for calls in progress and frees what the Store holds.
	Close() error
}

// Revisions is the path of an edit.
type Revisions interface {
	// Append commits the batches, each for another document, in as few transactions as it can, and returns one outcome
	// for each in their order. One batch's refusal never touches another's. The error is about the whole call, and then
	// there are no outcomes: after ErrUnknown each batch may or may not stand, until the same Append has completed.
	//
	// Batches that no right caller makes panic: two for one document, one without revisions or with a gap in them, one with an
	// author whose fence is missing.
	//
	// A batch is written as a whole or not at all. It is refused with ErrNoDocument, ErrEpoch, ErrHeadMoved,
	// ErrAccessMoved, ErrDuplicate (an edit's author, client and seq stand in the log already), or a *FenceError naming
	// the fences that did not hold. A batch whose very revisions, the same in every field, stand already is a success:
	// that is how an unknown outcome is resolved, and it comes before every refusal. The same edits in another form are not
	// it: whoever made them has not seen the log.
	Append(ctx context.Context, batches []Batch) ([]error, error)

	// Load returns what opening a document takes, all as of one moment: its access list with the memberships of those users,
	// the newest snapshot, and the revisions after it up to the head. ErrNoDocument if it does not exist or is deleted. A snapshot whose
	// checksum fails is passed over for an older one (revision 0 is always there); ErrCorrupt if a revision's fails.
	Load(ctx context.Context, doc id.Doc, users ...id.User) (Loaded, error)

	// After returns up to limit revisions after the given one, in order: about PageBytes of Deltas at most, so that nobody's
	// large edits fill the memory of those who read them. There is always one if there are any; none means the end.
	After(ctx context.Context, doc id.Doc, after ot.Rev, limit int) ([]Revision, error)

	// Snapshot returns the newest intact snapshot at or before the revision; that of revision 0 always exists.
	Snapshot(ctx context.Context, doc id.Doc, atMost ot.Rev) (Snapshot, error)

	// PutSnapshot stores a snapshot of a committed revision; the same again changes nothing, and a broken one is mended.
	// ErrNoDocument. A revision beyond the head panics. A deleted document's snapshots are still stored.
	PutSnapshot(ctx context.Context, doc id.Doc, snapshot Snapshot) error

	// Edits returns the author's committed edits from that client with first ≤ seq ≤ last, ordered by seq.
	Edits(ctx context.Context, doc id.Doc, author id.User, client id.Client, first, last int64) ([]Revision, error)

	// LastSeq returns the highest committed seq of the author's client, or 0.
	LastSeq(ctx context.Context, doc id.Doc, author id.User, client id.Client) (int64, error)
}

// PageBytes is how many bytes of Deltas make a page of the log full, whatever its limit.
const PageBytes = 4 << 20

// Batch is consecutive revisions of one document to be committed together.
type Batch struct {
	Doc           id.Doc
	Epoch         int64
	Head          ot.Rev // what they stand on; the first is Head+1
	AccessVersion int64  // the version of the access list by which they were authorised
	Revisions     []Revision
	Fences        []Fence // of their authors, without repeats
}

// Loaded is an open document's beginning.
type Loaded struct {
	Access   Access
	Snapshot Snapshot
	Tail     []Revision // after the snapshot, up to Access.Document.Head
}

// Guard lets a write to a document pass only while the decision behind it stands.
type Guard struct {
	AccessVersion int64
	Fence         Fence
	Note          Note // for the audit
}

// Documents is what is kept of documents besides their content. Methods that take a Guard return ErrNoDocument,
// ErrAccessMoved or a *FenceError when it does not hold.
type Documents interface {
	// CreateDocument stores a new document, owned by doc.Owner, with the snapshot of its revision 0, "\n". ErrFull,
	// *FenceError.
	CreateDocument(ctx context.Context, doc Document, by By) error

	// Access returns a document with its grants, live and expired, and the memberships of those users in the groups and links
	// that they name, all as of one moment. ErrNoDocument also when it is deleted. It makes the same queries whether the
	// document exists or not.
	Access(ctx context.Context, doc id.Doc, users ...id.User) (Access, error)

	// Versions returns how far those of the documents have come that exist and are not deleted.
	Versions(ctx context.Context, docs []id.Doc) (map[id.Doc]Version, error)

	// DocumentsOf lists the documents that the user owns, or that a grant live at now gives them: to themselves, to a group that
	// they are in, by a link that they came by, or to everyone, unless they are a guest. A grant to anyone counts where something
	// else lists the document. The last updated come first, after the place of the page before.
	DocumentsOf(ctx context.Context, user id.User, now Micros, page Page) ([]Listed, error)

	// Rename sets the title.
	Rename(ctx context.Context, doc id.Doc, title string, now Micros, guard Guard) error

	// DeleteDocument marks a document deleted and bumps its access version, so that nothing commits to it any more.
	DeleteDocument(ctx context.Context, doc id.Doc, now Micros, guard Guard) error

	// PutGrant gives a role, replacing the principal's former grant, and bumps the access version, which it returns. Where the
	// principal does not exist it is ErrNoUser, ErrNoGroup, or ErrNoLink, which there is one of for each document; a grant to an
	// address that somebody has proven to have is ErrEmailTaken. ErrFull.
	PutGrant(ctx context.Context, doc id.Doc, grant Grant, guard Guard) (int64, error)

	// DropGrant takes a grant away, and the link with it if it is to one, and bumps the access version, which it returns.
	// ErrNoGrant if there is none.
	DropGrant(ctx context.Context, doc id.Doc, to authz.Principal, guard Guard) (int64, error)
}

// Page is where a listing goes on. The zero value starts it; Limit must be set.
type Page struct {
	Before Micros // the UpdatedAt of the last item of the page before
	Doc    id.Doc // its id, which orders items of the same moment
	Limit  int
}

// Listed is a document in a list, with the role that the list's user has in it.
type Listed struct {
	Document Document
	Role     authz.Role
}

// Accounts is what is kept of people and their credentials. Where By has a fence, it must hold: *FenceError.
type Accounts interface {
	// CreateUser stores a user. With a non-nil invitation, the unused, unexpired invitation of that hash is used up in the
	// same transaction (ErrNoInvitation otherwise; so too if it is for another address); if it is the set-up link, the user
	// becomes the instance's administrator, and it works only while there is no user. ErrEmailTaken. The moment at which all
	// this holds is user.CreatedAt, which is not 0. If a user of that id is there already, it is returned: the call is made again.
	// Where the invitation is for the user's very address, that is proven to be theirs, and grants to it are claimed as by
	// ProveAddress; an account that is suspended and has not proven the address gives it up. So is the address of who sets the
	// instance up.
	CreateUser(ctx context.Context, user User, invitation *Hash, by By) (User, error)

	// ProveAddress uses up an invitation for the user's very address (ErrNoInvitation for any other), while the fence holds:
	// *FenceError. The grants to that address become grants to the user, whose former one stays where it gives as much at now, and
	// the access versions of their documents are bumped: it returns them, and the user. Of a user who has proven it already it is
	// content. ErrNoUser.
	ProveAddress(ctx context.Context, user id.User, invitation Hash, now Micros, by By) (User, []id.Doc, error)

	// PutInvitation stores an invitation while the fence of the one who gives it holds: *FenceError. A set-up invitation
	// replaces the one before; ErrNotEmpty when there are users.
	PutInvitation(ctx context.Context, invitation Invitation, by By) error

	// Invitation returns an unused invitation that has not expired at now. ErrNoInvitation.
	Invitation(ctx context.Context, hash Hash, now Micros) (Invitation, error)

	// User, UserByEmail: ErrNoUser. Suspended users are returned too.
	User(ctx context.Context, user id.User) (User, error)
	UserByEmail(ctx context.Context, email string) (User, error)

	// Users returns those of the users that exist, in no order.
	Users(ctx context.Context, users []id.User) ([]User, error)

	// SetPassword replaces the password's hash, while the fence holds, and ends every session of the user but the fence's:
	// ErrNoUser, *FenceError. Tokens stay: each has its own end, and programs do not know the password.
	SetPassword(ctx context.Context, user id.User, hash string, by By, now Micros) error

	// Session returns a live session: not ended, not expired at now. ErrNoCredential.
	Session(ctx context.Context, hash Hash, now Micros) (Session, error)

	// PutSession stores a session or updates user, data, expiry and end of the one with its hash, whose id and CreatedAt stay. An
	// ended one stays ended: ErrNoCredential. One that signs a user in beyond Bounds.Sessions ends the one that was idle for longest.
	PutSession(ctx context.Context, session Session, note Note) error

	// ProlongSession is called when somebody has written something, who is then kept by Expire, if a guest. It puts a live session's expiry to the given moment or to the session's LivesUntil, whichever comes first,
	// and never to an earlier one than it has. ErrNoCredential if the session has ended or expired at now.
	ProlongSession(ctx context.Context, session id.Credential, expiresAt, now Micros) error

	// EndSession ends a session, and is content if there is none. It returns the session's id if it was live at now, to the
	// same call made again as well.
	EndSession(ctx context.Context, hash Hash, now Micros, note Note) (id.Credential, error)

	// Sessions lists a user's live sessions, the newest first. EndSessionByID ends one of them: ErrNoCredential if it is not
	// theirs or has ended. *FenceError.
	Sessions(ctx context.Context, user id.User, now Micros) ([]Session, error)
	EndSessionByID(ctx context.Context, user id.User, session id.Credential, now Micros, by By) error

	// SuspendUser suspends a user and ends their sessions; their tokens sleep. It is content if they are suspended. ErrNoUser;
	// ErrLastAdmin if no other administrator would be left. ReinstateUser ends the suspension. *FenceError.
	SuspendUser(ctx context.Context, user id.User, now Micros, by By) error
	ReinstateUser(ctx context.Context, user id.User, by By) error

	// EndGuests ends the sessions of all guests, in many small transactions, and returns the guests who had one.
	EndGuests(ctx context.Context, now Micros) ([]id.User, error)

	// PutToken stores a token while the fence of the one who makes it holds: *FenceError, ErrFull. Token finds a live one:
	// ErrNoCredential. Tokens lists a user's, revoked ones left out.
	PutToken(ctx context.Context, token Token, by By) error
	Token(ctx context.Context, hash Hash, now Micros) (Token, error)
	Tokens(ctx context.Context, user id.User) ([]Token, error)
	TouchToken(ctx context.Context, token id.Credential, now Micros) error

	// RevokeToken ends a token of that user. ErrNoCredential.
	RevokeToken(ctx context.Context, user id.User, token id.Credential, now Micros, by By) error

	// PutTicket stores a ticket. ErrTooMany when the credential holds outstanding unexpired ones already.
	PutTicket(ctx context.Context, ticket Ticket, now Micros, outstanding int) error

	// TakeTicket returns a ticket and removes it, in one statement, so that of any number of callers one gets it.
	// ErrNoTicket if it is unknown, taken or expired at now. After ErrUnknown the ticket counts as taken: nothing else is safe.
	TakeTicket(ctx context.Context, hash Hash, now Micros) (Ticket, error)

	// Live returns nil if of each fence the user is not suspended, the credential is theirs and live, and ValidUntil has not
	// passed; else a *FenceError with those of which not. It is a look, not a lock.
	Live(ctx context.Context, fences ...Fence) error

	// Expire removes what expired before now: tickets, sessions with their tombstones, invitations; and guests, with their
	// sessions, who came Bounds.VisitorTime ago and have written nothing, unless something was granted to them by name.
	Expire(ctx context.Context, now Micros) error
}
