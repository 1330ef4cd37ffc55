package authz_test

import (
	"fmt"

	"github.com/coscribe/coscribe/authz"
)

// Ana owns a document. Ben edits it until noon as one of the writers, and was given the role of a commenter for ever.
func Example() {
	ana, ben, writers := [16]byte{1}, [16]byte{2}, [16]byte{3}
	grants := []authz.Right{
		{To: authz.Principal{Kind: authz.ToGroup, ID: writers}, Role: authz.Editor, ExpiresAt: 1200},
		{To: authz.Principal{Kind: authz.ToUser, ID: ben}, Role: authz.Commenter},
	}
	who := authz.Who{User: ben, Groups: [][16]byte{writers}}

	for _, now := range []int64{900, 1200} {
		effective := authz.Decide(ana, grants, who, now)
		standing := authz.Standing{Role: effective.Role, SignedIn: true}
		fmt.Println(now, effective.Role, "edits:", standing.May(authz.Edit), "comments:", standing.May(authz.Comment))
	}
	for _, path := range authz.Explain(ana, grants, who, 900).Paths {
		fmt.Println(path.To.Kind, path.Role, path.State, "- without it:", path.Without.Role)
	}
	// Output:
	// 900 editor edits: true comments: true
	// 1200 commenter edits: false comments: true
	// group editor wins - without it: commenter
	// user commenter covered - without it: editor
}
