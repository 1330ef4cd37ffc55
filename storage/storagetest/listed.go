package storagetest

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// sortListed puts a list into the order of DocumentsOf.
func sortListed(list []storage.Listed) {
	slices.SortFunc(list, func(a, b storage.Listed) int {
		return cmp.Or(cmp.Compare(b.Document.UpdatedAt, a.Document.UpdatedAt), bytes.Compare(a.Document.ID[:], b.Document.ID[:]))
	})
}

// byMoment puts a list into the order of pages: the latest first, and of one moment by id.
func byMoment[T any](list []T, of func(T) (storage.Micros, id.Doc)) []T {
	slices.SortFunc(list, func(a, b T) int {
		atA, idA := of(a)
		atB, idB := of(b)
		return cmp.Or(cmp.Compare(atB, atA), bytes.Compare(idA[:], idB[:]))
	})
	return list
}
