package storage

// Further actions that are audited: what concerns sharing.
const (
	AuditLock      Action = "document.lock"
	AuditUnlock    Action = "document.unlock"
	AuditHistory   Action = "document.history"
	AuditOffer     Action = "document.offer" // its withdrawal as well: after it, nothing is offered
	AuditTransfer  Action = "document.transfer"
	AuditUndelete  Action = "document.undelete"
	AuditPurge     Action = "document.purge"
	AuditDecline   Action = "request.decline"
	AuditApprove   Action = "request.approve"
	AuditGroup     Action = "group.change"
	AuditUngroup   Action = "group.delete"
	AuditMember    Action = "group.add"
	AuditUnmember  Action = "group.remove"
	AuditSuspend   Action = "account.suspend"
	AuditReinstate Action = "account.reinstate"
)
