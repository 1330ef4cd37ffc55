package authz

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

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

// An administrator of the instance manages access without reading. These commands, and with a role in the document what
// anybody of that role may; whoever adds one here has made sure that it shows no content and no title.
func TestInstanceAdminReadsNothing(t *testing.T) {
	may := []Command{SeeOwnAccess, RequestAccess, ListAccess, ExplainAccess, Grant, Revoke, ManageLinks, AnswerRequest,
		ListSeats, DisconnectSeat, ReadAudit, Transfer}
	rapid.Check(t, func(t *rapid.T) {
		s := standings.Draw(t, "standing")
		s.Role, s.Offered, s.SignedIn, s.InstanceAdmin = None, false, true, true
		for c := range CreateDocument {
			if s.May(c) && !slices.Contains(may, c) {
				t.Fatalf("an administrator without a role may %v: %+v", c, s)
			}
		}
	})
}

// Whoever is not signed in administers nothing, whatever role a link gives them, and nothing of the instance is theirs.
func TestGuestsHaveContentOnly(t *testing.T) {
	may := []Command{Open, ReadContent, ReadHistory, Export, SeePresence, SeeOwnAccess, ShowCursor, Comment, Edit,
		RestoreRevision, NameRevision, Rename}
	rapid.Check(t, func(t *rapid.T) {
		s := standings.Draw(t, "standing")
		s.SignedIn = false
		s.InstanceAdmin, s.Offered = rapid.Bool().Draw(t, "says administrator"), rapid.Bool().Draw(t, "says offered")
		for c := range numCommands {
			if s.May(c) && !slices.Contains(may, c) {
				t.Fatalf("a guest may %v: %+v", c, s)
			}
		}
		if s.MayGrant(Viewer) || s.MayRequest(s.Role.Next()) {
			t.Fatalf("a guest grants or requests: %+v", s)
		}
	})
}

// Asking for access is answered alike for a document of any state, for one that is not seen and for none at all.
func TestRequestSaysNothingOfTheDocument(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := standings.Draw(t, "standing")
		if got, want := s.May(RequestAccess), s.SignedIn; got != want {
			t.Fatalf("%+v may request: %v, want %v", s, got, want)
		}
	})
}

// Accepting hangs on the offer alone, and an offer gives nothing but the answer to it.
func TestOwnershipIsTheOfferedOnesToAccept(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := standings.Filter(func(s Standing) bool { return !s.Offered }).Draw(t, "standing")
		offered := s
		offered.Offered = true
		for c := range numCommands {
			answers := c == AcceptOwnership || c == DeclineOwnership
			if answers && s.May(c) {
				t.Fatalf("%v without an offer: %+v", c, s)
			}
			if answers && offered.May(c) != (s.SignedIn && !s.Deleted) {
				t.Fatalf("%v with an offer: %v: %+v", c, offered.May(c), s)
			}
			if !answers && c != SeeOwnAccess && offered.May(c) != s.May(c) {
				t.Fatalf("an offer decides %v: %+v", c, s)
			}
		}
	})
}
