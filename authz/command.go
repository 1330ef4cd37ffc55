package authz

import "fmt"

// Command is one thing that somebody may ask to do with a document or with the instance, whatever the transport.
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

	// Administration of a document.
	ListAccess
	Grant
	Revoke
	ManageLinks
	Lock
	Unlock
	DisconnectSeat
	ReadAudit
	Transfer
	Delete
	Undelete

	// The instance, which no document grants.
	CreateDocument
	InvitePerson
	ManageAccounts

	numCommands
)

// row is what the table says of one command.
type row struct {
	name string

	// least is the least document role that may.
	least Role

	// openHistory: a viewer may as well, when the document lets viewers read its history.
	openHistory bool

	// instanceAdmin: the instance's administrator may without any role in the document. It never stands on a command
	// that shows content: administrators manage access without reading.
	instanceAdmin bool

	// anyUser: every signed-in user may; the command concerns no document.
	anyUser bool

	// changes: the command changes what the document says, so a lock stops it.
	changes bool
}

var table = [numCommands]row{
	Open:         {name: "open", least: Viewer},
	ReadContent:  {name: "read", least: Viewer},
	ReadHistory:  {name: "history", least: Editor, openHistory: true},
	Export:       {name: "export", least: Viewer},
	SeePresence:  {name: "presence", least: Viewer},
	SeeOwnAccess: {name: "access", least: Viewer, instanceAdmin: true},

	ShowCursor:      {name: "cursor", least: Viewer},
	Comment:         {name: "comment", least: Commenter},
	Edit:            {name: "edit", least: Editor, changes: true},
	RestoreRevision: {name: "restore", least: Editor, changes: true},
	NameRevision:    {name: "name", least: Editor},
	Rename:          {name: "rename", least: Editor, changes: true},

	ListAccess:     {name: "list-access", least: Admin, instanceAdmin: true},
	Grant:          {name: "grant", least: Admin, instanceAdmin: true},
	Revoke:         {name: "revoke", least: Admin, instanceAdmin: true},
	ManageLinks:    {name: "link", least: Admin, instanceAdmin: true},
	Lock:           {name: "lock", least: Admin},
	Unlock:         {name: "unlock", least: Admin},
	DisconnectSeat: {name: "disconnect", least: Admin, instanceAdmin: true},
	ReadAudit:      {name: "audit", least: Admin, instanceAdmin: true},
	Transfer:       {name: "transfer", least: Owner, instanceAdmin: true},
	Delete:         {name: "delete", least: Owner},
	Undelete:       {name: "undelete", least: Owner},

	CreateDocument: {name: "create-document", anyUser: true},
	InvitePerson:   {name: "invite", instanceAdmin: true},
	ManageAccounts: {name: "manage-accounts", instanceAdmin: true},
}

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
