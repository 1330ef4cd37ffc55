package authz

import "testing"

// Every command has a row: one without a name would be denied to everybody, which nobody would notice to be a mistake.
func TestEveryCommandHasARow(t *testing.T) {
	names := make(map[string]Command)
	for c := range numCommands {
		row := table[c]
		if row.name == "" {
			t.Errorf("command %d has no row in the table", c)
			continue
		}
		if other, taken := names[row.name]; taken {
			t.Errorf("commands %d and %d are both named %q", other, c, row.name)
		}
		names[row.name] = c
		if row.least == None && !row.anyUser && !row.instanceAdmin && !row.offered {
			t.Errorf("%v: nobody may", c)
		}
		if !c.OfDocument() && (row.least != None || row.offered || row.openHistory || row.changes || row.inTrash) {
			t.Errorf("%v concerns no document, and a document decides", c)
		}
	}
}

// A number that is no command is denied to everybody, the owner and the administrator included.
func TestWhatHasNoRowIsDenied(t *testing.T) {
	all := Standing{Role: Owner, SignedIn: true, InstanceAdmin: true, OpenHistory: true}
	for c := int(numCommands); c < 256; c++ {
		if all.May(Command(c)) {
			t.Fatalf("May(%v) = true, want false", Command(c))
		}
	}
}

// An administrator of the instance manages access without reading: only these commands, none of which shows content.
func TestInstanceAdminReadsNothing(t *testing.T) {
	admin := Standing{SignedIn: true, InstanceAdmin: true}
	for _, c := range []Command{Open, ReadContent, ReadHistory, Export, SeePresence, ShowCursor, Comment, Edit,
		RestoreRevision, NameRevision, Rename, Lock, Unlock, Delete, Undelete} {
		if admin.May(c) {
			t.Errorf("an administrator without a role may %v", c)
		}
	}
}
