package storagetest

import (
	"slices"
	"testing"

	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

func testAppend(t *testing.T, open func(t *testing.T) Opened) {
	w := newWorld(t, open(t))

	t.Run("NothingIsNothing", func(t *testing.T) {
		w := w.in(t)
		same(w, len(w.append()), 0)
	})

	t.Run("CommitsInOrder", func(t *testing.T) {
		w := w.in(t)
		doc := w.document(w.actor)
		first := w.write(w.actor, doc.ID, 3)
		second := w.write(w.actor, doc.ID, 2)
		same(w, w.log(doc.ID), append(first.Revisions, second.Revisions...))
		after := w.access(doc.ID).Document
		same(w, after.Head, ot.Rev(5))
		same(w, after.UpdatedAt, second.Revisions[1].At)
	})

	t.Run("KeepsEveryField", func(t *testing.T) {
		w := w.in(t)
		doc := w.document(w.actor)
		b := batch(w.actor, doc, 4)
		for i, kind := range []storage.Kind{storage.KindEdit, storage.KindUndo, storage.KindRedo, storage.KindRestore} {
			b.Revisions[i].Kind = kind
		}
		b.Revisions[1].Seat = id.Seat{}
		b.Revisions[2].Delta = []byte(`{"ops":[]}`)
		b.Revisions[3].Seq = 1 << 53
		w.ok(w.append(b)[0])
		same(w, w.log(doc.ID), b.Revisions)
	})

	t.Run("UpdatedAtNeverGoesBack", func(t *testing.T) {
		w := w.in(t)
		doc := w.document(w.actor)
		b := batch(w.actor, doc, 1)
		b.Revisions[0].At = doc.UpdatedAt - hour
		w.ok(w.append(b)[0])
		same(w, w.access(doc.ID).Document.UpdatedAt, doc.UpdatedAt)
	})

	for _, refusal := range []struct {
		name  string
		spoil func(w *world, b *storage.Batch)
		want  error
	}{
		{"UnknownDocument", func(_ *world, b *storage.Batch) { b.Doc = id.New[id.Doc]() }, storage.ErrNoDocument},
		{"DeletedDocument", func(w *world, b *storage.Batch) {
			w.ok(w.Store.DeleteDocument(w.Context(), b.Doc, w.now, w.guard(w.actor, b.Doc)))
			b.AccessVersion++
		}, storage.ErrNoDocument},
		{"Epoch", func(_ *world, b *storage.Batch) { b.Epoch++ }, storage.ErrEpoch},
		{"HeadBehind", func(w *world, b *storage.Batch) { w.write(w.actor, b.Doc, 1) }, storage.ErrHeadMoved},
		{"HeadAhead", func(_ *world, b *storage.Batch) { b.Head++; b.Revisions[0].Rev++; b.Revisions[1].Rev++ }, storage.ErrHeadMoved},
		{"AccessBehind", func(w *world, b *storage.Batch) {
			_, err := w.Store.PutGrant(w.Context(), b.Doc, w.grant(w.user("Bob")), w.guard(w.actor, b.Doc))
			w.ok(err)
		}, storage.ErrAccessMoved},
		{"AccessAhead", func(_ *world, b *storage.Batch) { b.AccessVersion++ }, storage.ErrAccessMoved},
		{"SeqTaken", func(w *world, b *storage.Batch) {
			before := w.write(w.actor, b.Doc, 1)
			b.Head++
			for i := range b.Revisions {
				b.Revisions[i].Rev++
			}
			b.Revisions[1].Client, b.Revisions[1].Seq = before.Revisions[0].Client, before.Revisions[0].Seq
		}, storage.ErrDuplicate},
		{"SeqTwice", func(_ *world, b *storage.Batch) { b.Revisions[1].Seq = b.Revisions[0].Seq }, storage.ErrDuplicate},
	} {
		t.Run("Refuses"+refusal.name, func(t *testing.T) {
			w := w.in(t)
			doc := w.document(w.actor)
			b := batch(w.actor, doc, 2)
			refusal.spoil(w, &b)
			before := w.log(doc.ID)
			w.refused(w.append(b)[0], refusal.want)
			same(w, w.log(doc.ID), before)
		})
	}

	// An outcome that was never heard is asked for by the same call; whatever has happened since, it is a success.
	for _, since := range []struct {
		name   string
		happen func(w *world, doc id.Doc)
	}{
		{"AtOnce", func(*world, id.Doc) {}},
		{"AfterMoreEdits", func(w *world, doc id.Doc) { w.write(w.actor, doc, 2) }},
		{"AfterSuspension", func(w *world, _ id.Doc) { w.suspend(w.actor.User) }},
		{"AfterDeletion", func(w *world, doc id.Doc) {
			w.ok(w.Store.DeleteDocument(w.Context(), doc, w.now, w.guard(w.actor, doc)))
		}},
		{"AfterAccessMoved", func(w *world, doc id.Doc) {
			_, err := w.Store.PutGrant(w.Context(), doc, w.grant(w.user("Bob")), w.guard(w.actor, doc))
			w.ok(err)
		}},
	} {
		t.Run("RepeatedStands"+since.name, func(t *testing.T) {
			w := w.in(t)
			w.actor = w.signIn(w.user("Cyn"))
			doc := w.document(w.actor)
			b := batch(w.actor, doc, 3)
			w.ok(w.append(b)[0])
			since.happen(w, doc.ID)
			before := w.log(doc.ID)
			w.ok(w.append(b)[0])
			same(w, w.log(doc.ID), before)
		})
	}

	t.Run("PartOfItStandingIsNotAll", func(t *testing.T) {
		w := w.in(t)
		doc := w.document(w.actor)
		b := batch(w.actor, doc, 3)
		part := b
		part.Revisions = b.Revisions[:2]
		w.ok(w.append(part)[0])
		w.refused(w.append(b)[0], storage.ErrHeadMoved)
		same(w, w.log(doc.ID), part.Revisions)
	})

	t.Run("OtherEditsUnderTheNumbersAreNotIt", func(t *testing.T) {
		w := w.in(t)
		doc := w.document(w.actor)
		w.write(w.actor, doc.ID, 3)
		w.refused(w.append(batch(w.actor, doc, 3))[0], storage.ErrHeadMoved)
	})

	// A node that lags behind may give an edit that came again the number that it has already, and not the same content: taken for
	// a success, the node would show what is not in the log.
	for name, change := range map[string]func(r *storage.Revision){
		"Delta":  func(r *storage.Revision) { r.Delta = []byte(`{"ops":[{"insert":"other"}]}`) },
		"Moment": func(r *storage.Revision) { r.At++ },
		"Seat":   func(r *storage.Revision) { r.Seat = id.New[id.Seat]() },
	} {
		t.Run("SameEditsWithAnother"+name+"AreNotIt", func(t *testing.T) {
			w := w.in(t)
			doc := w.document(w.actor)
			b := batch(w.actor, doc, 3)
			w.ok(w.append(b)[0])
			stands := w.log(doc.ID)
			b.Revisions = slices.Clone(b.Revisions)
			change(&b.Revisions[1])
			w.refused(w.append(b)[0], storage.ErrHeadMoved)
			same(w, w.log(doc.ID), stands)
		})
	}
}

// suspend does behind the store's back what it has no method for yet.
func (w *world) suspend(user id.User) {
	w.Helper()
	w.behind("UPDATE users SET suspended_at = $1 WHERE id = $2", int64(w.now), w.Key(user))
}
