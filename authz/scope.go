package authz

// Scopes are what a credential may be used for, beside what its user may do: a program's token is given no more of its user's
// powers than the program needs. Every credential reads what its user may read.
type Scopes uint8

// The scopes.
const (
	ScopeWrite Scopes = 1 << iota // change what documents say, and make documents
	ScopeAdmin                    // say who may do what, give documents away, and all that is the instance's
	ScopeBulk                     // write at the rate of programs; no command hangs on it
)

// AllScopes withheld leave a credential that only reads.
const AllScopes = ScopeWrite | ScopeAdmin | ScopeBulk

// Has tells whether all of those are among s.
func (s Scopes) Has(those Scopes) bool { return s&those == those }

// Scope is what a credential needs for c; 0 for what all of them may.
func (c Command) Scope() Scopes {
	if c < numCommands {
		return table[c].scope
	}
	return AllScopes
}
