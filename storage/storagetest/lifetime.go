package storagetest

import (
	"context"
	"testing"

	"github.com/coscribe/coscribe/storage"
)

// testStore: what holds for every method.
func testStore(t *testing.T, open func(t *testing.T) Opened) {
	w := newWorld(t, open(t))
	doc := w.document(w.actor)

	t.Run("Ready", func(t *testing.T) {
		w := w.in(t)
		w.ok(w.Store.Ready(w.Context()))
	})

	t.Run("EndedContextChangesNothing", func(t *testing.T) {
		w := w.in(t)
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		outcomes, err := w.Store.Append(ended, []storage.Batch{batch(w.actor, doc, 1)})
		w.refused(err, context.Canceled)
		same(w, len(outcomes), 0)
		_, err = w.Store.Load(ended, doc.ID)
		w.refused(err, context.Canceled)
		w.refused(w.Store.Rename(ended, doc.ID, "No", w.now, w.guard(w.actor, doc.ID)), context.Canceled)
		same(w, w.access(doc.ID).Document, doc)
	})

	t.Run("KeepsWhatItIsGiven", func(t *testing.T) { // and gives what the caller may change
		w := w.in(t)
		b := batch(w.actor, doc, 1)
		want := string(b.Revisions[0].Delta)
		w.ok(w.append(b)[0])
		for i := range b.Revisions[0].Delta {
			b.Revisions[0].Delta[i] = 'x'
		}
		for range 2 {
			got := w.log(doc.ID)[0].Delta
			same(w, string(got), want)
			clear(got)
		}
	})

	t.Run("ClosedGivesNoPromise", func(t *testing.T) {
		w := w.in(t)
		w.ok(w.Store.Close())
		w.ok(w.Store.Close())
		_, err := w.Store.Load(w.Context(), doc.ID)
		w.refused(err, storage.ErrUnavailable)
		_, err = w.Store.Append(w.Context(), []storage.Batch{batch(w.actor, doc, 1)})
		w.refused(err, storage.ErrUnavailable)
		w.refused(w.Store.Ready(w.Context()), storage.ErrUnavailable)
	})
}
