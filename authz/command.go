package authz

import "fmt"

// Command is one thing that somebody may ask to do with a document or with the instance, whatever the transport. Reads
// are commands too. Becoming somebody is not one: who signs in, enters by a link or takes up an invitation shows a secret.
type Command uint8

// The commands. Each has one row in the table; the array's length and a test hold that.
const (
	// Reads of a document.
	Open         Command = iota // take a seat: WebSocket, ticket, event stream
	ReadContent                 // content at the head
	ReadHistory                 // older content, revisions, who wrote what
	Export                      // content in another format
	SeePresence                 // who is here and where their carets are
	SeeOwnAccess                // one's own role, and why

	// Writes to a document.
	ShowCursor
	Comment
	Edit
	RestoreRevision
	NameRevision
	Rename

	// Asking for a role in a document, seen or not.
	RequestAccess

	// Administration of a document.
	ListAccess    // grants, links, requests
	ExplainAccess // anybody's role, and why
	Grant
	Revoke
	ManageLinks
	AnswerRequest
	SetHistory // whether viewers read history
	Lock
	Unlock
	ListSeats // who is connected, by which credential
	DisconnectSeat
	ReadAudit

	// Whose a document is, and whether it is.
	OfferOwnership  // to somebody, or take the offer back
	AcceptOwnership // by whom it is offered to
	DeclineOwnership
	Transfer // without anybody's consent
	Delete   // into the trash
	Undelete

	// The instance, which no document grants. CreateDocument is the first of them.
	CreateDocument
	ListDocuments // those that one can see
	FindPerson    // by exact address
	SeeGroups     // their names and members
	SeePolicy
	ManageOwnAccount // password, tokens, sessions
	InvitePerson
	ManageAccounts
	ManageGroups
	SuspendUser
	Offboard // take all that somebody has, and give their documents to others
	SeeReach // every document that somebody reaches, and every live link; no titles, which are content
	ReadInstanceAudit
	SetPolicy
	Purge // end what lies in the trash; its owner cannot, so that a stolen account destroys nothing for good

	numCommands
)

// String returns the command's name on the wire.
func (c Command) String() string {
	if c < numCommands {
		return table[c].name
	}
	return fmt.Sprintf("Command(%d)", uint8(c))
}

// Least is the least document role that may do c, or None where no document role decides.
func (c Command) Least() Role {
	if c < numCommands {
		return table[c].least
	}
	return None
}

// OfDocument tells whether c is done with one document, and not with the instance.
func (c Command) OfDocument() bool { return c < CreateDocument }
