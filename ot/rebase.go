package ot

// Rebase returns edits as they apply after the committed changes. The edits
// are a chain, each made on the result of the one before and the first on
// the document that the first of the changes was made on. The changes are a
// chain likewise, and win ties.
//
// It goes through the changes one by one: to transform over their
// composition gives other text. Neither slice is written to.
func Rebase(edits, changes []Delta) []Delta {
	rebased := append([]Delta(nil), edits...)
	for _, change := range changes {
		rebaseChain(rebased, change)
	}
	return rebased
}

// rebaseChain moves a chain of edits over one change, in place.
func rebaseChain(chain []Delta, change Delta) {
	for i, edit := range chain {
		if change.IsEmpty() {
			return
		}
		chain[i] = change.Transform(edit, true)
		change = edit.Transform(change, false)
	}
}
