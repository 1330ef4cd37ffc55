package storage

// Action says what was done.
type Action string

// The actions that are audited. The words are part of the interface: programs filter by them.
const (
	AuditCreate   Action = "document.create"
	AuditRename   Action = "document.rename" // without the title, which is content
	AuditDelete   Action = "document.delete"
	AuditGrant    Action = "access.grant"
	AuditRevoke   Action = "access.revoke"
	AuditInvite   Action = "account.invite"
	AuditAccount  Action = "account.create"
	AuditProve    Action = "account.prove" // the address, by an invitation for it
	AuditPassword Action = "account.password"
	AuditBegin    Action = "session.begin"
	AuditEnd      Action = "session.end"
	AuditToken    Action = "token.create"
	AuditUntoken  Action = "token.revoke"
	AuditPolicy   Action = "policy.change"
	AuditOffboard Action = "account.offboard"

	// Notices: what changes nothing, but is worth knowing once a day.
	AuditOpen       Action = "notice.open"       // was given a ticket to take a seat in the document
	AuditExport     Action = "notice.export"     // took the content out, or the ops, the target
	AuditEnter      Action = "notice.enter"      // came by a link, the target
	AuditDisconnect Action = "notice.disconnect" // ended somebody's connection, the target
	AuditDenied     Action = "notice.denied"     // was refused a command, the target
	AuditFull       Action = "notice.full"       // the day has had as many as there may be: the others of this day are not written
)
