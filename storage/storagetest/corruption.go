package storagetest

import (
	"testing"

	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/storage"
)

// testCorruption: what was changed behind the store's back is noticed, and a broken snapshot is done without.
func testCorruption(t *testing.T, open func(t *testing.T) Opened) {
	w := newWorld(t, open(t))
	snapshots := []ot.Rev{0, 4, 8}
	broken := func(w *world, statement string, args ...any) storage.Document {
		doc := w.document(w.actor)
		w.write(w.actor, doc.ID, 10)
		for _, rev := range snapshots[1:] {
			w.ok(w.Store.PutSnapshot(w.Context(), doc.ID, snapshot(rev)))
		}
		w.behind(statement, append([]any{w.Key(doc.ID)}, args...)...)
		return doc
	}

	for _, damage := range []struct{ name, statement string }{
		{"Checksum", "UPDATE snapshots SET crc = crc + 1 WHERE document = $1 AND rev = $2"},
		{"Content", "UPDATE snapshots SET content = (SELECT content FROM snapshots WHERE document = $1 AND rev = 0) WHERE document = $1 AND rev = $2"},
		{"Packing", "UPDATE snapshots SET content = (SELECT delta FROM revisions WHERE document = $1 AND rev = 1) WHERE document = $1 AND rev = $2"},
	} {
		t.Run("SnapshotPassedOverFor"+damage.name, func(t *testing.T) {
			w := w.in(t)
			doc := broken(w, damage.statement, 8)
			got, err := w.Store.Snapshot(w.Context(), doc.ID, 9)
			w.ok(err)
			same(w, got, snapshot(4))
			loaded, err := w.Store.Load(w.Context(), doc.ID)
			w.ok(err)
			same(w, loaded.Snapshot, snapshot(4))
			same(w, len(loaded.Tail), 6)
			w.ok(w.Store.PutSnapshot(w.Context(), doc.ID, snapshot(8))) // rebuilt from the log
			got, err = w.Store.Snapshot(w.Context(), doc.ID, 9)
			w.ok(err)
			same(w, got, snapshot(8))
		})
	}

	t.Run("NoSnapshotLeft", func(t *testing.T) {
		w := w.in(t)
		doc := broken(w, "UPDATE snapshots SET crc = crc + 1 WHERE document = $1")
		_, err := w.Store.Snapshot(w.Context(), doc.ID, 9)
		w.refused(err, storage.ErrCorrupt)
		_, err = w.Store.Load(w.Context(), doc.ID)
		w.refused(err, storage.ErrCorrupt)
	})

	for _, damage := range []struct{ name, set string }{
		{"Checksum", "crc = crc + 1"},
		{"Seq", "seq = 99"},
		{"Moment", "at = at + 1"},
		{"Kind", "kind = 'undo'"},
		{"Author", "author = client"},
		{"Edit", "edit = client"},
		{"Seat", "seat = client"},
		{"Client", "client = seat"},
		{"Delta", "delta = (SELECT content FROM snapshots WHERE document = $1 AND rev = 0)"},
		{"Number", "rev = 11"},
	} {
		t.Run("RevisionRefusedFor"+damage.name, func(t *testing.T) {
			w := w.in(t)
			doc := broken(w, "UPDATE revisions SET "+damage.set+" WHERE document = $1 AND rev = 10")
			_, err := w.Store.Load(w.Context(), doc.ID)
			w.refused(err, storage.ErrCorrupt)
			_, err = w.Store.After(w.Context(), doc.ID, 9, 5)
			w.refused(err, storage.ErrCorrupt)
		})
	}

	for _, gap := range []ot.Rev{9, 10} { // in the tail, and at its end
		t.Run("MissingRevision", func(t *testing.T) {
			w := w.in(t)
			doc := broken(w, "DELETE FROM revisions WHERE document = $1 AND rev = $2", int64(gap))
			_, err := w.Store.Load(w.Context(), doc.ID)
			w.refused(err, storage.ErrCorrupt)
			_, err = storage.ContentAt(w.Context(), w.Store, doc.ID, 10)
			w.refused(err, storage.ErrCorrupt)
		})
	}

	t.Run("RevisionThatDoesNotApply", func(t *testing.T) {
		w := w.in(t)
		doc := w.document(w.actor)
		b := batch(w.actor, doc, 2)
		b.Revisions[1].Delta = []byte(`{"ops":[{"retain":99},{"insert":"x"}]}`)
		w.ok(w.append(b)[0])
		_, err := storage.ContentAt(w.Context(), w.Store, doc.ID, 2)
		w.refused(err, storage.ErrCorrupt)
		loaded, err := w.Store.Load(w.Context(), doc.ID)
		w.ok(err)
		_, err = storage.Replay(loaded)
		w.refused(err, storage.ErrCorrupt)
		_, err = storage.ContentAt(w.Context(), w.Store, doc.ID, 1)
		w.ok(err)
	})
}
