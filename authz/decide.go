package authz

// Standing is all that a decision looks at: who asks, as the access list and the account say it, and what state the
// document is in. It is a value, computed anew whenever one of its sources changes; it is never sent by a client.
type Standing struct {
	Role          Role // the effective role in the document, None without access
	SignedIn      bool // a user or service account, neither suspended nor a guest
	InstanceAdmin bool // may administer the instance
	Offered       bool // the document's ownership is offered to them: accepting hangs on this and on no role
	OpenHistory   bool // the document lets viewers read its history
	Locked        bool // nobody changes the document until it is unlocked
	Deleted       bool // the document lies in the trash
	AdminsCreate  bool // the policy: only the instance's administrators create documents

	// Withheld is what the credential may not be used for, whatever its user may.
	Withheld Scopes
}

// May tells whether one of this standing may do c. What no row allows is denied.
func (s Standing) May(c Command) bool {
	if c >= numCommands || table[c].name == "" {
		return false
	}
	row := &table[c]
	switch {
	case row.changes && s.Locked,
		s.Deleted && !row.inTrash && c.OfDocument(),
		row.least >= Admin && !s.SignedIn,
		s.Withheld&row.scope != 0:
		return false
	case row.instanceAdmin && s.InstanceAdmin && s.SignedIn,
		row.anyUser && s.SignedIn && !(row.creates && s.AdminsCreate),
		row.offered && s.Offered && s.SignedIn,
		row.openHistory && s.OpenHistory && s.Role >= Viewer:
		return true
	}
	return row.least > None && s.Role >= row.least
}

// Commands lists what one of this standing may do in a document, in the table's order: what a page shows or hides.
func (s Standing) Commands() []Command {
	var may []Command
	for c := range numCommands {
		if c.OfDocument() && s.May(c) {
			may = append(may, c)
		}
	}
	return may
}

// MayGrant tells whether one of this standing may give or take role: nobody deals in more than they have. The
// instance's administrator, who may have no role, deals in every role that a grant can carry.
func (s Standing) MayGrant(role Role) bool {
	if !s.May(Grant) || !role.Grantable() {
		return false
	}
	return s.Role >= role || s.InstanceAdmin
}

// MayRequest tells whether one of this standing may ask for role: one that a grant can carry and that is more than they
// have.
func (s Standing) MayRequest(role Role) bool {
	return s.May(RequestAccess) && role.Grantable() && role > s.Role
}
