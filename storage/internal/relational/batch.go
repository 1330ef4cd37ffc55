package relational

import (
	"fmt"

	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// CheckBatches panics unless each batch is for another document, numbers its revisions from its head on, and carries the
// fence of every author: no Store is asked for anything else.
func CheckBatches(batches []storage.Batch) {
	seen := make(map[id.Doc]bool, len(batches))
	for i := range batches {
		batch := &batches[i]
		if seen[batch.Doc] || len(batch.Revisions) == 0 {
			panic(fmt.Sprintf("storage: batch %d, of %d revisions, for document %v (seen before: %t)", i, len(batch.Revisions), batch.Doc, seen[batch.Doc]))
		}
		seen[batch.Doc] = true
		var last id.User
		for j := range batch.Revisions {
			r := &batch.Revisions[j]
			if r.Rev != batch.Head+1+ot.Rev(j) {
				panic(fmt.Sprintf("storage: revision %d at place %d after head %d of document %v", r.Rev, j, batch.Head, batch.Doc))
			}
			if r.Author != last && !hasFence(batch.Fences, r.Author) {
				panic(fmt.Sprintf("storage: revision %d of document %v without a fence for its author %v", r.Rev, batch.Doc, r.Author))
			}
			last = r.Author
		}
	}
}

func hasFence(fences []storage.Fence, author id.User) bool {
	for i := range fences {
		if fences[i].User == author {
			return true
		}
	}
	return false
}
