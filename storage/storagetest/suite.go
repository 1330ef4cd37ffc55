// Package storagetest is the contract of storage.Store as tests. Each promise of the interface's comments is asked for here,
// with the refusal beside each permission, and both engines pass all of it.
package storagetest

import (
	"database/sql"
	"slices"
	"testing"

	"github.com/coscribe/coscribe/storage"
)

// Opened is an empty store, with what the suite needs to act behind its back.
type Opened struct {
	Store storage.Store

	// DB reaches the same database, as another program would.
	DB *sql.DB

	// Key is an id as an argument of DB's statements.
	Key func(id [16]byte) any
}

// parts are the contract, by what they are about.
var parts = []struct {
	name string
	test func(t *testing.T, open func(t *testing.T) Opened)
}{
	{"Append", testAppend},
	{"AppendFence", testAppendFence},
	{"AccountFence", testAccountFence},
	{"AppendTogether", testAppendTogether},
	{"AppendRace", testAppendRace},
	{"Revocation", testRevocation},
	{"Contention", testContention},
	{"Bounds", testBounds},
	{"Misuse", testMisuse},
	{"Read", testRead},
	{"Snapshot", testSnapshot},
	{"Corruption", testCorruption},
	{"Document", testDocument},
	{"DocumentsOf", testDocumentsOf},
	{"ManyDocuments", testManyDocuments},
	{"Grant", testGrant},
	{"Guard", testGuard},
	{"User", testUser},
	{"Invitation", testInvitation},
	{"Session", testSession},
	{"Token", testToken},
	{"Ticket", testTicket},
	{"Tries", testTries},
	{"Live", testLive},
	{"Expire", testExpire},
	{"Audit", testAudit},
	{"AuditBroken", testAuditBroken},
	{"AuditList", testAuditList},
	{"Notice", testNotice},
	{"Policy", testPolicy},
	{"Offboard", testOffboard},
	{"Groups", testGroups},
	{"Links", testLinks},
	{"Requests", testRequests},
	{"Custody", testCustody},
	{"Trash", testTrash},
	{"Addresses", testAddresses},
	{"AccessRace", testAccessRace},
	{"Overviews", testOverviews},
	{"Suspension", testSuspension},
	{"Store", testStore},
}

// Run asks a store for all that storage.Store promises. open returns a new, empty one, which it closes by t.Cleanup.
func Run(t *testing.T, open func(t *testing.T) Opened) {
	for _, part := range parts {
		t.Run(part.name, func(t *testing.T) { part.test(t, open) })
	}
}

// Only is Run for some of the parts.
func Only(t *testing.T, open func(t *testing.T) Opened, names ...string) {
	for _, part := range parts {
		if slices.Contains(names, part.name) {
			t.Run(part.name, func(t *testing.T) { part.test(t, open) })
		}
	}
}
