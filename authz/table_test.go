package authz

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
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

// The whole table, as a picture to be reviewed: role and state down, commands across. A change of the table changes it.
func TestMatrix(t *testing.T) {
	got := matrix()
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile("testdata/matrix.txt", []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile("testdata/matrix.txt")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("the table says something else than testdata/matrix.txt; if it should, run with UPDATE_GOLDEN=1 (-want +got):\n%s", diff)
	}
}

func matrix() string {
	var out strings.Builder
	out.WriteString("Who may do what: v viewer, c commenter, e editor, a admin, o owner; n signed in without a role;\n" +
		"N the instance's administrator without a role; - anonymous.\n\n")
	states := []struct {
		name  string
		state Standing
	}{
		{"plain", Standing{}},
		{"open history", Standing{OpenHistory: true}},
		{"locked", Standing{Locked: true}},
	}
	for _, s := range states {
		out.WriteString(s.name + "\n")
		for c := range numCommands {
			name := c.String()
			out.WriteString("  " + name + strings.Repeat(" ", 20-len(name)))
			for _, who := range []struct {
				letter string
				Standing
			}{
				{"-", Standing{}},
				{"n", Standing{SignedIn: true}},
				{"N", Standing{SignedIn: true, InstanceAdmin: true}},
				{"v", Standing{SignedIn: true, Role: Viewer}},
				{"c", Standing{SignedIn: true, Role: Commenter}},
				{"e", Standing{SignedIn: true, Role: Editor}},
				{"a", Standing{SignedIn: true, Role: Admin}},
				{"o", Standing{SignedIn: true, Role: Owner}},
			} {
				standing := who.Standing
				standing.OpenHistory, standing.Locked = s.state.OpenHistory, s.state.Locked
				if standing.May(c) {
					out.WriteString(who.letter)
				} else {
					out.WriteString(".")
				}
			}
			out.WriteString("\n")
		}
		out.WriteString("\n")
	}
	return out.String()
}
