package authz

import (
	"fmt"
	"iter"
	"strings"
	"testing"
)

// state is one of the facts beside role and person that a decision looks at.
type state struct {
	name string
	set  func(*Standing)
}

var states = []state{
	{"offered", func(s *Standing) { s.Offered = true }},
	{"open history", func(s *Standing) { s.OpenHistory = true }},
	{"locked", func(s *Standing) { s.Locked = true }},
	{"in the trash", func(s *Standing) { s.Deleted = true }},
	{"admins create", func(s *Standing) { s.AdminsCreate = true }},
}

// people are those whom a decision tells apart beside their role.
var people = []struct {
	name string
	Standing
}{
	{"guest", Standing{}},
	{"signed in", Standing{SignedIn: true}},
	{"administrator", Standing{SignedIn: true, InstanceAdmin: true}},
}

const allStates = 1<<5 - 1

var scopeNames = map[Scopes]string{0: "", ScopeWrite: "write", ScopeAdmin: "admin"}

// TestMatrix shows the whole table: every standing there is by every command, as a picture to be reviewed. A command has a
// line for each set of states that makes a difference to it; that no other state does is computed, not assumed.
func TestMatrix(t *testing.T) {
	var out strings.Builder
	out.WriteString(legend)
	fmt.Fprintf(&out, "%-34s", "")
	for _, person := range people {
		fmt.Fprintf(&out, "  %-13s", person.name)
	}
	out.WriteString("  scope")
	for c := range numCommands {
		if c == CreateDocument {
			out.WriteString("\n")
		}
		for set := range subsets(relevant(c)) {
			fmt.Fprintf(&out, "\n%-34s", label(c, set))
			for _, person := range people {
				fmt.Fprintf(&out, "  %-13s", letters(c, person.Standing, set))
			}
			if set == 0 {
				out.WriteString("  " + scopeNames[c.Scope()])
			}
		}
	}
	golden(t, "matrix.txt", trimLines(out.String()))
}

const legend = `Who may do what. A letter is a role that may: - none, v viewer, c commenter, e editor, a admin, o owner.
A guest without a role is anybody who is not signed in. A command's states are those that matter to it.
What stands under scope is what a token must have been given beside.

`

// relevant are the states, as bits, that ever change the answer for c.
func relevant(c Command) (matter int) {
	for bit := range states {
		for set := range subsets(allStates) {
			for _, person := range people {
				if letters(c, person.Standing, set) != letters(c, person.Standing, set|1<<bit) {
					matter |= 1 << bit
				}
			}
		}
	}
	return matter
}

// subsets are the sets of states within mask, the empty one first.
func subsets(mask int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for set := 0; set <= mask; set++ {
			if set&^mask == 0 && !yield(set) {
				return
			}
		}
	}
}

func label(c Command, set int) string {
	if set == 0 {
		return c.String()
	}
	var names []string
	for bit, state := range states {
		if set&(1<<bit) != 0 {
			names = append(names, state.name)
		}
	}
	return "  " + strings.Join(names, ", ")
}

// letters are the roles in which this person may do c.
func letters(c Command, person Standing, set int) string {
	for bit, state := range states {
		if set&(1<<bit) != 0 {
			state.set(&person)
		}
	}
	line := []byte("-vceao")
	for role := None; role <= Owner; role++ {
		if person.Role = role; !person.May(c) {
			line[role] = '.'
		}
	}
	return string(line)
}

func trimLines(text string) string {
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n") + "\n"
}
