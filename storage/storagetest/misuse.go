package storagetest

import (
	"testing"

	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// testMisuse: what no right caller asks for panics before anything is sent.
func testMisuse(t *testing.T, open func(t *testing.T) Opened) {
	w := newWorld(t, open(t))
	for _, misuse := range []struct {
		name  string
		spoil func(batches *[]storage.Batch)
	}{
		{"NoRevisions", func(b *[]storage.Batch) { (*b)[0].Revisions = nil }},
		{"SameDocumentTwice", func(b *[]storage.Batch) { *b = append(*b, (*b)[0]) }},
		{"Gap", func(b *[]storage.Batch) { (*b)[0].Revisions[1].Rev++ }},
		{"NotOnTheHead", func(b *[]storage.Batch) { (*b)[0].Head++ }},
		{"AuthorWithoutFence", func(b *[]storage.Batch) { (*b)[0].Revisions[1].Author = id.New[id.User]() }},
		{"NoFence", func(b *[]storage.Batch) { (*b)[0].Fences = nil }},
	} {
		t.Run(misuse.name, func(t *testing.T) {
			w := w.in(t)
			batches := []storage.Batch{batch(w.actor, w.doc, 2)}
			misuse.spoil(&batches)
			w.panics(func() { w.Store.Append(w.Context(), batches) })
			same(w, len(w.log(w.doc.ID)), 0)
		})
	}
	t.Run("SnapshotBeyondTheHead", func(t *testing.T) {
		w := w.in(t)
		w.panics(func() { w.Store.PutSnapshot(w.Context(), w.doc.ID, snapshot(1)) })
		w.write(w.actor, w.doc.ID, 1) // and the store is as it was
	})
}

func (w *world) panics(f func()) {
	w.Helper()
	defer func() {
		if recover() == nil {
			w.Fatal("want a panic")
		}
	}()
	f()
}
