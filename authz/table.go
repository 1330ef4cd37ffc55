package authz

// row is what the table says of one command: the ways to a yes, and what stands against it.
type row struct {
	name string

	// least is the least document role that may. From Admin upwards it must be somebody signed in: an admin's powers
	// want a name, which a guest does not have, whatever role their link carries.
	least Role

	// openHistory: a viewer may as well, when the document lets viewers read its history.
	openHistory bool

	// offered: whom the document's ownership is offered to may, whatever their role.
	offered bool

	// instanceAdmin: the instance's administrator may without any role in the document. It never stands on a command
	// that shows content: administrators manage access without reading.
	instanceAdmin bool

	// anyUser: everybody signed in may.
	anyUser bool

	// creates: the policy may keep it to the instance's administrators.
	creates bool

	// changes: the command changes what the document says, so a lock stops it.
	changes bool

	// inTrash: the command can be done with a document that is deleted. All others find nothing there.
	inTrash bool
}

var table = [numCommands]row{
	Open:         {name: "open", least: Viewer},
	ReadContent:  {name: "read", least: Viewer},
	ReadHistory:  {name: "history", least: Editor, openHistory: true},
	Export:       {name: "export", least: Viewer},
	SeePresence:  {name: "presence", least: Viewer},
	SeeOwnAccess: {name: "access", least: Viewer, offered: true, instanceAdmin: true},

	ShowCursor:      {name: "cursor", least: Viewer},
	Comment:         {name: "comment", least: Commenter},
	Edit:            {name: "edit", least: Editor, changes: true},
	RestoreRevision: {name: "restore", least: Editor, changes: true},
	NameRevision:    {name: "name", least: Editor},
	Rename:          {name: "rename", least: Editor, changes: true},

	// Whether there is such a document at all must not show, so nothing of the document decides.
	RequestAccess: {name: "request", anyUser: true, inTrash: true},

	ListAccess:     {name: "list-access", least: Admin, instanceAdmin: true},
	ExplainAccess:  {name: "explain", least: Admin, instanceAdmin: true},
	Grant:          {name: "grant", least: Admin, instanceAdmin: true},
	Revoke:         {name: "revoke", least: Admin, instanceAdmin: true},
	ManageLinks:    {name: "link", least: Admin, instanceAdmin: true},
	AnswerRequest:  {name: "answer-request", least: Admin, instanceAdmin: true},
	SetHistory:     {name: "set-history", least: Admin},
	Lock:           {name: "lock", least: Admin},
	Unlock:         {name: "unlock", least: Admin},
	ListSeats:      {name: "list-seats", least: Admin, instanceAdmin: true},
	DisconnectSeat: {name: "disconnect", least: Admin, instanceAdmin: true},
	ReadAudit:      {name: "audit", least: Admin, instanceAdmin: true, inTrash: true},

	OfferOwnership:   {name: "offer-ownership", least: Owner},
	AcceptOwnership:  {name: "accept-ownership", offered: true},
	DeclineOwnership: {name: "decline-ownership", offered: true},
	Transfer:         {name: "transfer", instanceAdmin: true, inTrash: true},
	Delete:           {name: "delete", least: Owner},
	Undelete:         {name: "undelete", least: Owner, inTrash: true},

	CreateDocument:    {name: "create-document", anyUser: true, instanceAdmin: true, creates: true},
	ListDocuments:     {name: "list-documents", anyUser: true},
	FindPerson:        {name: "find-person", anyUser: true},
	SeeGroups:         {name: "see-groups", anyUser: true},
	SeePolicy:         {name: "see-policy", anyUser: true},
	ManageOwnAccount:  {name: "manage-own-account", anyUser: true},
	InvitePerson:      {name: "invite", instanceAdmin: true},
	ManageAccounts:    {name: "manage-accounts", instanceAdmin: true},
	ManageGroups:      {name: "manage-groups", instanceAdmin: true},
	SuspendUser:       {name: "suspend", instanceAdmin: true},
	Offboard:          {name: "offboard", instanceAdmin: true},
	SeeReach:          {name: "see-reach", instanceAdmin: true},
	ReadInstanceAudit: {name: "instance-audit", instanceAdmin: true},
	SetPolicy:         {name: "set-policy", instanceAdmin: true},
	Purge:             {name: "purge", instanceAdmin: true},
}
