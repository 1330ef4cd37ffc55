package storagetest

import (
	"testing"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// testGuard: no guarded write passes when the decision behind it no longer stands.
func testGuard(t *testing.T, open func(t *testing.T) Opened) {
	w := newWorld(t, open(t))
	bob, eve := w.user("Bob"), w.user("Eve")
	for _, write := range []struct {
		name string
		call func(w *world, doc id.Doc, guard storage.Guard) error
	}{
		{"Rename", func(w *world, doc id.Doc, guard storage.Guard) error {
			return w.Store.Rename(w.Context(), doc, "Mine", w.now+1, guard)
		}},
		{"Delete", func(w *world, doc id.Doc, guard storage.Guard) error {
			return w.Store.DeleteDocument(w.Context(), doc, w.now+1, guard)
		}},
		{"PutGrant", func(w *world, doc id.Doc, guard storage.Guard) error {
			_, err := w.Store.PutGrant(w.Context(), doc, w.grant(eve), guard)
			return err
		}},
		{"DropGrant", func(w *world, doc id.Doc, guard storage.Guard) error {
			_, err := w.Store.DropGrant(w.Context(), doc, toUser(bob.ID), guard)
			return err
		}},
		{"SetLocked", func(w *world, doc id.Doc, guard storage.Guard) error {
			_, err := w.Store.SetLocked(w.Context(), doc, true, guard)
			return err
		}},
		{"SetHistory", func(w *world, doc id.Doc, guard storage.Guard) error {
			_, err := w.Store.SetHistory(w.Context(), doc, true, guard)
			return err
		}},
		{"Offer", func(w *world, doc id.Doc, guard storage.Guard) error {
			_, err := w.Store.OfferDocument(w.Context(), doc, bob.ID, guard)
			return err
		}},
		{"Transfer", func(w *world, doc id.Doc, guard storage.Guard) error {
			_, err := w.Store.TransferDocument(w.Context(), doc, storage.Transfer{To: bob.ID, Offered: true, At: w.now}, guard)
			return err
		}},
		{"PutLink", func(w *world, doc id.Doc, guard storage.Guard) error {
			link, grant := w.newLink(doc, authz.Viewer)
			_, err := w.Store.PutLink(w.Context(), link, grant, guard)
			return err
		}},
		{"ApproveRequest", func(w *world, doc id.Doc, guard storage.Guard) error {
			grant := w.grant(eve)
			_, err := w.Store.DecideRequest(w.Context(), doc, w.asked, storage.Verdict{Outcome: storage.Approved, DecidedAt: w.now}, &grant, guard)
			return err
		}},
		{"DeclineRequest", func(w *world, doc id.Doc, guard storage.Guard) error {
			_, err := w.Store.DecideRequest(w.Context(), doc, w.asked, storage.Verdict{Outcome: storage.Declined, DecidedAt: w.now}, nil, guard)
			return err
		}},
	} {
		refuses := func(name string, want error, spoil func(w *world, doc *id.Doc, guard *storage.Guard)) {
			t.Run(write.name+"Refuses"+name, func(t *testing.T) {
				w := w.in(t)
				w.actor = w.signIn(w.user("Fay"))
				doc := w.document(w.actor).ID
				_, err := w.Store.PutGrant(w.Context(), doc, w.grant(bob), w.guard(w.actor, doc))
				w.ok(err)
				w.asked = w.ask(doc, w.signIn(eve)).ID
				guard, asked := w.guard(w.actor, doc), doc
				spoil(w, &asked, &guard)
				before, _ := w.Store.Access(w.Context(), doc)
				w.refused(write.call(w, asked, guard), want)
				after, _ := w.Store.Access(w.Context(), doc)
				same(w, after, before)
			})
		}
		refuses("UnknownDocument", storage.ErrNoDocument, func(_ *world, doc *id.Doc, _ *storage.Guard) { *doc = id.New[id.Doc]() })
		refuses("DeletedDocument", storage.ErrNoDocument, func(w *world, doc *id.Doc, guard *storage.Guard) {
			w.ok(w.Store.DeleteDocument(w.Context(), *doc, w.now, *guard))
			guard.AccessVersion++
		})
		refuses("OldDecision", storage.ErrAccessMoved, func(w *world, doc *id.Doc, guard *storage.Guard) {
			for range 2 {
				_, err := w.Store.PutGrant(w.Context(), *doc, w.grant(w.user("Gil")), w.guard(w.actor, *doc))
				w.ok(err)
			}
		})
		for _, fence := range fences {
			refuses(fence.name, storage.ErrFence, func(w *world, _ *id.Doc, guard *storage.Guard) { fence.end(w, &guard.Fence) })
		}
	}
}
