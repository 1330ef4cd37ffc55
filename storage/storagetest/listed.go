package storagetest

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/coscribe/coscribe/storage"
)

// sortListed puts a list into the order of DocumentsOf.
func sortListed(list []storage.Listed) {
	slices.SortFunc(list, func(a, b storage.Listed) int {
		return cmp.Or(cmp.Compare(b.Document.UpdatedAt, a.Document.UpdatedAt), bytes.Compare(a.Document.ID[:], b.Document.ID[:]))
	})
}
