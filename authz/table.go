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

	// scope is what a token must have been given for the command, whatever its user may.
	scope Scopes

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
	Comment:         {name: "comment", least: Commenter, scope: ScopeWrite},
	Edit:            {name: "edit", least: Editor, changes: true, scope: ScopeWrite},
	RestoreRevision: {name: "restore", least: Editor, changes: true, scope: ScopeWrite},
	NameRevision:    {name: "name", least: Editor, scope: ScopeWrite},
	Rename:          {name: "rename", least: Editor, changes: true, scope: ScopeWrite},

	// Whether there is such a document at all must not show, so nothing of the document decides.
	RequestAccess: {name: "request", anyUser: true, inTrash: true, scope: ScopeWrite},

	ListAccess:     {name: "list-access", least: Admin, instanceAdmin: true, scope: ScopeAdmin},
	ExplainAccess:  {name: "explain", least: Admin, instanceAdmin: true, scope: ScopeAdmin},
	Grant:          {name: "grant", least: Admin, instanceAdmin: true, scope: ScopeAdmin},
	Revoke:         {name: "revoke", least: Admin, instanceAdmin: true, scope: ScopeAdmin},
	ManageLinks:    {name: "link", least: Admin, instanceAdmin: true, scope: ScopeAdmin},
	AnswerRequest:  {name: "answer-request", least: Admin, instanceAdmin: true, scope: ScopeAdmin},
	SetHistory:     {name: "set-history", least: Admin, scope: ScopeAdmin},
	Lock:           {name: "lock", least: Admin, scope: ScopeAdmin},
	Unlock:         {name: "unlock", least: Admin, scope: ScopeAdmin},
	ListSeats:      {name: "list-seats", least: Admin, instanceAdmin: true, scope: ScopeAdmin},
	DisconnectSeat: {name: "disconnect", least: Admin, instanceAdmin: true, scope: ScopeAdmin},
	ReadAudit:      {name: "audit", least: Admin, instanceAdmin: true, inTrash: true, scope: ScopeAdmin},

	OfferOwnership:   {name: "offer-ownership", least: Owner, scope: ScopeAdmin},
	AcceptOwnership:  {name: "accept-ownership", offered: true, scope: ScopeAdmin},
	DeclineOwnership: {name: "decline-ownership", offered: true, scope: ScopeAdmin},
	Transfer:         {name: "transfer", instanceAdmin: true, inTrash: true, scope: ScopeAdmin},
	Delete:           {name: "delete", least: Owner, scope: ScopeAdmin},
	Undelete:         {name: "undelete", least: Owner, inTrash: true, scope: ScopeAdmin},

	CreateDocument:    {name: "create-document", anyUser: true, instanceAdmin: true, creates: true, scope: ScopeWrite},
	ListDocuments:     {name: "list-documents", anyUser: true},
	FindPerson:        {name: "find-person", anyUser: true},
	SeeGroups:         {name: "see-groups", anyUser: true},
	SeePolicy:         {name: "see-policy", anyUser: true},
	ManageOwnAccount:  {name: "manage-own-account", anyUser: true, scope: ScopeAdmin},
	InvitePerson:      {name: "invite", instanceAdmin: true, scope: ScopeAdmin},
	ManageAccounts:    {name: "manage-accounts", instanceAdmin: true, scope: ScopeAdmin},
	ManageGroups:      {name: "manage-groups", instanceAdmin: true, scope: ScopeAdmin},
	SuspendUser:       {name: "suspend", instanceAdmin: true, scope: ScopeAdmin},
	Offboard:          {name: "offboard", instanceAdmin: true, scope: ScopeAdmin},
	SeeReach:          {name: "see-reach", instanceAdmin: true, scope: ScopeAdmin},
	ReadInstanceAudit: {name: "instance-audit", instanceAdmin: true, scope: ScopeAdmin},
	SetPolicy:         {name: "set-policy", instanceAdmin: true, scope: ScopeAdmin},
	Purge:             {name: "purge", instanceAdmin: true, scope: ScopeAdmin},
}
