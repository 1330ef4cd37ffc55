package ot_test

import (
	"testing"

	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/ot/ottest"
)

// TestRebaseChain: the changes and then the rebased edits give what the edits
// and then the changes give, these moved over the edits one by one.
func TestRebaseChain(t *testing.T) {
	for seed := range uint64(3000) {
		random := ottest.Rand(seed)
		content := ottest.Content(random, 5)
		chain := func(n int) (edits []ot.Delta) {
			at := content
			for range n {
				edits = append(edits, ottest.Edit(random, at))
				at = apply(t, at, edits[len(edits)-1])
			}
			return edits
		}
		edits, changes := chain(1+random.IntN(4)), chain(1+random.IntN(4))
		rebased := ot.Rebase(edits, changes)

		other := apply(t, content, edits...)
		over := edits
		for i, change := range changes {
			for _, e := range over {
				change = e.Transform(change, false)
			}
			other = apply(t, other, change)
			over = ot.Rebase(over, changes[i:i+1])
		}
		wantContent(t, "both ways round", apply(t, apply(t, content, changes...), rebased...), other)
	}
}
