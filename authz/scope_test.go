package authz

import (
	"testing"

	"pgregory.net/rapid"
)

// A credential never gives more than its user has, and what it is not withheld it gives.
func TestScopesOnlyTakeAway(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		full := standings.Draw(t, "standing")
		full.Withheld = 0
		capped := full
		capped.Withheld = Scopes(rapid.IntRange(0, int(AllScopes)).Draw(t, "withheld"))
		for c := range numCommands {
			want := full.May(c) && capped.Withheld&c.Scope() == 0
			if got := capped.May(c); got != want {
				t.Fatalf("%v with %03b withheld: %v, want %v", c, capped.Withheld, got, want)
			}
		}
		for role := None; role <= Owner; role++ {
			if capped.MayGrant(role) && (!full.MayGrant(role) || capped.Withheld.Has(ScopeAdmin)) {
				t.Fatalf("grants %v with %03b withheld", role, capped.Withheld)
			}
		}
	})
}

// A token that was given nothing reads, and that is all.
func TestReadingIsAllThatEveryCredentialMay(t *testing.T) {
	reads := map[Command]bool{Open: true, ReadContent: true, ReadHistory: true, Export: true, SeePresence: true, SeeOwnAccess: true,
		ShowCursor: true, ListDocuments: true, FindPerson: true, SeeGroups: true, SeePolicy: true}
	for c := range numCommands {
		if s := (Standing{Role: Owner, SignedIn: true, InstanceAdmin: true, Withheld: AllScopes}); s.May(c) != reads[c] {
			t.Errorf("%v: %v, want %v", c, s.May(c), reads[c])
		}
		if scope := c.Scope(); scope != 0 && scope != ScopeWrite && scope != ScopeAdmin {
			t.Errorf("%v takes the scopes %03b, want one", c, scope)
		}
	}
}
