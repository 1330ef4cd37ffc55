package storagetest

import (
	"testing"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

func testCustody(t *testing.T, open func(t *testing.T) Opened) {
	w := newWorld(t, open(t))
	bob := w.signIn(w.user("Bob"))

	t.Run("LockedAndOpened", func(t *testing.T) {
		for name, set := range map[string]func(id.Doc, bool, storage.Guard) (int64, error){
			"Lock": func(d id.Doc, on bool, g storage.Guard) (int64, error) {
				return w.Store.SetLocked(t.Context(), d, on, g)
			},
			"History": func(d id.Doc, on bool, g storage.Guard) (int64, error) {
				return w.Store.SetHistory(t.Context(), d, on, g)
			},
		} {
			w := w.in(t)
			doc := w.document(w.actor)
			for i, on := range []bool{true, false} {
				guard := w.guard(w.actor, doc.ID)
				for range 2 {
					version, err := set(doc.ID, on, guard)
					w.ok(err)
					same(w, version, int64(2+i))
				}
				if got := w.access(doc.ID).Document; got.Locked != (on && name == "Lock") || got.OpenHistory != (on && name == "History") {
					t.Errorf("%s %t: got %+v", name, on, got)
				}
			}
			version, err := set(doc.ID, false, w.guard(w.actor, doc.ID)) // as it is
			w.ok(err)
			same(w, version, int64(3))
		}
	})

	t.Run("OfferedWithdrawnAccepted", func(t *testing.T) {
		w := w.in(t)
		doc := w.document(w.actor)
		offer := func(to id.User, version int64) {
			t.Helper()
			guard := w.guard(w.actor, doc.ID)
			for range 2 {
				got, err := w.Store.OfferDocument(w.Context(), doc.ID, to, guard)
				w.ok(err)
				same(w, got, version)
			}
			same(w, w.access(doc.ID).Document.OfferedTo, to)
		}
		offer(bob.User, 2)
		offer(id.User{}, 3)
		transfer := storage.Transfer{To: bob.User, Offered: true, Keep: authz.Admin, At: w.now}
		_, err := w.Store.TransferDocument(w.Context(), doc.ID, transfer, w.guard(bob, doc.ID))
		w.refused(err, storage.ErrNoOffer)
		w.give(doc.ID, toUser(bob.User), authz.Viewer) // goes when they are the owner
		offer(bob.User, 5)
		guard := w.guard(bob, doc.ID)
		for range 2 {
			version, err := w.Store.TransferDocument(w.Context(), doc.ID, transfer, guard)
			w.ok(err)
			same(w, version, int64(7))
		}
		access := w.access(doc.ID)
		same(w, access.Document.Owner, bob.User)
		same(w, access.Document.OfferedTo, id.User{})
		same(w, access.Grants, []storage.Grant{{Right: authz.Right{To: toUser(w.actor.User), Role: authz.Admin}, GrantedBy: bob.User, GrantedAt: w.now}})
	})

	t.Run("TransferredWithoutAnOffer", func(t *testing.T) {
		w := w.in(t)
		doc := w.document(w.actor).ID
		_, err := w.Store.OfferDocument(w.Context(), doc, w.user("Other").ID, w.guard(w.actor, doc))
		w.ok(err)
		root := w.administrator()
		_, err = w.Store.TransferDocument(w.Context(), doc, storage.Transfer{To: bob.User, At: w.now}, w.guard(root, doc))
		w.ok(err)
		same(w, w.role(doc, bob), authz.Owner)
		same(w, w.role(doc, w.actor), authz.None)
		same(w, w.access(doc).Document.OfferedTo, id.User{})
	})

	t.Run("NobodyWhoCannotOwn", func(t *testing.T) {
		w := w.in(t)
		doc := w.document(w.actor).ID
		suspended := w.user("Eve").ID
		w.suspend(suspended)
		for _, to := range []id.User{id.New[id.User](), w.guest().User, suspended, w.actor.User} {
			_, err := w.Store.OfferDocument(w.Context(), doc, to, w.guard(w.actor, doc))
			w.refused(err, storage.ErrNoUser)
			_, err = w.Store.TransferDocument(w.Context(), doc, storage.Transfer{To: to, Keep: authz.Admin}, w.guard(w.actor, doc))
			w.refused(err, storage.ErrNoUser)
		}
		same(w, w.access(doc), storage.Access{Document: w.access(doc).Document})
		same(w, w.role(doc, w.actor), authz.Owner)
		same(w, w.version(doc), int64(1))
	})
}

func testTrash(t *testing.T, open func(t *testing.T) Opened) {
	w := newWorld(t, open(t))
	lasts := storage.Micros(storage.TrashLasts.Microseconds())

	t.Run("UndeletedIsAsItWas", func(t *testing.T) {
		w := w.in(t)
		doc := w.document(w.actor).ID
		w.give(doc, everyone, authz.Viewer)
		w.write(w.actor, doc, 2)
		_, err := w.Store.AccessDeleted(w.Context(), doc)
		w.refused(err, storage.ErrNoDocument)
		want := w.access(doc)
		w.ok(w.Store.DeleteDocument(w.Context(), doc, w.now, w.guard(w.actor, doc)))
		deleted, err := w.Store.AccessDeleted(w.Context(), doc, w.actor.User)
		w.ok(err)
		same(w, deleted.Grants, want.Grants)
		guard := storage.Guard{AccessVersion: 3, Fence: fence(w.actor)}
		for range 2 {
			version, err := w.Store.UndeleteDocument(w.Context(), doc, w.now+lasts-1, guard)
			w.ok(err)
			same(w, version, int64(4))
		}
		want.Document.AccessVersion = 4
		same(w, w.access(doc), want)
		w.write(w.actor, doc, 1)
		_, err = w.Store.UndeleteDocument(w.Context(), doc, w.now, w.guard(w.actor, doc))
		w.refused(err, storage.ErrNoDocument)
	})

	t.Run("TransferredWhereItLies", func(t *testing.T) {
		w := w.in(t)
		doc, heir := w.document(w.actor).ID, w.user("Heir").ID
		w.ok(w.Store.DeleteDocument(w.Context(), doc, w.now, w.guard(w.actor, doc)))
		guard := storage.Guard{AccessVersion: 2, Fence: fence(w.actor)}
		_, err := w.Store.TransferDocument(w.Context(), doc, storage.Transfer{To: heir, Offered: true}, guard)
		w.refused(err, storage.ErrNoDocument) // what is offered is accepted outside
		for range 2 {
			version, err := w.Store.TransferDocument(w.Context(), doc, storage.Transfer{To: heir}, guard)
			w.ok(err)
			same(w, version, int64(4))
		}
		deleted, err := w.Store.AccessDeleted(w.Context(), doc)
		w.ok(err)
		same(w, []any{deleted.Document.Owner, deleted.Document.DeletedAt}, []any{heir, w.now})
	})

	t.Run("NotUndeleted", func(t *testing.T) {
		w := w.in(t)
		actor := w.signIn(w.user("Dan"))
		doc := w.document(actor).ID
		w.ok(w.Store.DeleteDocument(w.Context(), doc, w.now, w.guard(actor, doc)))
		guard := storage.Guard{AccessVersion: 2, Fence: fence(actor)}
		_, err := w.Store.UndeleteDocument(w.Context(), doc, w.now+lasts, guard)
		w.refused(err, storage.ErrNoDocument)
		_, err = w.Store.UndeleteDocument(w.Context(), id.New[id.Doc](), w.now, guard)
		w.refused(err, storage.ErrNoDocument)
		old := guard
		old.AccessVersion--
		_, err = w.Store.UndeleteDocument(w.Context(), doc, w.now, old)
		w.refused(err, storage.ErrAccessMoved)
		w.suspend(actor.User)
		_, err = w.Store.UndeleteDocument(w.Context(), doc, w.now, guard)
		w.refused(err, storage.ErrFence)
		_, err = w.Store.AccessDeleted(w.Context(), doc)
		w.ok(err)
	})

	t.Run("Listed", func(t *testing.T) {
		w := w.in(t)
		actor := w.signIn(w.user("Dan"))
		w.document(actor)
		var want []storage.Document
		for i := range 5 {
			doc := w.document(actor)
			doc.DeletedAt, doc.AccessVersion = w.now+storage.Micros(i/2), 2
			w.ok(w.Store.DeleteDocument(w.Context(), doc.ID, doc.DeletedAt, w.guard(actor, doc.ID)))
			want = append(want, doc)
		}
		var got []storage.Document
		for page := (storage.Page{Limit: 2}); ; {
			items, err := w.Store.DeletedOf(w.Context(), actor.User, page)
			w.ok(err)
			if got = append(got, items...); len(items) < 2 {
				break
			}
			page.Before, page.Doc = items[1].DeletedAt, items[1].ID
		}
		same(w, got, byMoment(want, func(d storage.Document) (storage.Micros, id.Doc) { return d.DeletedAt, d.ID }))
	})

	t.Run("PurgedIsGone", func(t *testing.T) {
		w := &world{TB: t, Opened: open(t), now: w.now}
		w.actor = w.signIn(w.user("Ada"))
		doc, later, live := w.document(w.actor).ID, w.document(w.actor).ID, w.document(w.actor).ID
		for _, doc := range []id.Doc{doc, later, live} {
			link := w.link(doc, authz.Viewer)
			w.enter(link, w.signIn(w.user("Bob")))
			w.ask(doc, w.signIn(w.user("Eve")))
		}
		for range 3 {
			w.write(w.actor, doc, 700)
		}
		w.ok(w.Store.DeleteDocument(w.Context(), doc, w.now-1, w.guard(w.actor, doc)))
		w.ok(w.Store.DeleteDocument(w.Context(), later, w.now, w.guard(w.actor, later)))
		for _, want := range [][]id.Doc{{doc}, nil} {
			purged, err := w.Store.Purge(w.Context(), w.now-1, 10, w.by())
			w.ok(err)
			same(w, purged, want)
		}
		rows := w.audit(storage.Instance)
		last := rows[len(rows)-1]
		same(w, []any{last.Action, last.Target, last.Actor, last.Reason}, []any{storage.AuditPurge, "document:" + doc.String(), w.actor.User, note.Reason})
		for table, want := range map[string]int{"documents": 2, "revisions": 0, "snapshots": 2, "grants": 2, "links": 2, "members": 2, "access_requests": 2} {
			if got := w.count(table); got != want {
				t.Errorf("%d rows of %s, want %d", got, table, want)
			}
		}
		_, err := w.Store.UndeleteDocument(w.Context(), doc, w.now, storage.Guard{AccessVersion: 3, Fence: fence(w.actor)})
		w.refused(err, storage.ErrNoDocument)
		_, err = w.Store.UndeleteDocument(w.Context(), later, w.now, storage.Guard{AccessVersion: 3, Fence: fence(w.actor)})
		w.ok(err)
	})

	t.Run("HalfPurgedIsNotUndeleted", func(t *testing.T) {
		w := w.in(t)
		doc := w.document(w.actor).ID
		w.ok(w.Store.DeleteDocument(w.Context(), doc, w.now, w.guard(w.actor, doc)))
		w.behind("UPDATE documents SET deleted_at = 1 WHERE id = $1", w.Key(doc)) // as Purge does first of all
		_, err := w.Store.UndeleteDocument(w.Context(), doc, w.now, storage.Guard{AccessVersion: 2, Fence: fence(w.actor)})
		w.refused(err, storage.ErrNoDocument)
	})
}
