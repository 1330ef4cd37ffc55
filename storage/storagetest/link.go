package storagetest

import (
	"fmt"
	"testing"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

func testLinks(t *testing.T, open func(t *testing.T) Opened) {
	w := newWorld(t, open(t))
	bob := w.signIn(w.user("Bob"))

	t.Run("StoredWithItsGrantAndChanged", func(t *testing.T) {
		w := w.in(t)
		doc := w.document(w.actor).ID
		link, grant := w.newLink(doc, authz.Commenter)
		guard := w.guard(w.actor, doc)
		for range 2 {
			version, err := w.Store.PutLink(w.Context(), link, grant, guard)
			w.ok(err)
			same(w, version, int64(2))
		}
		same(w, w.access(doc).Grants, []storage.Grant{grant})
		w.enter(link, bob)
		changed := link
		changed.Name, changed.Hash, grant.Role = "Others", hash(), authz.Viewer
		guard = w.guard(w.actor, doc)
		for range 2 {
			version, err := w.Store.PutLink(w.Context(), changed, grant, guard)
			w.ok(err)
			same(w, version, int64(3))
		}
		link.Name, link.Uses, link.LastUsedAt = "Others", 1, w.now // and the secret stays
		links, err := w.Store.Links(w.Context(), doc)
		w.ok(err)
		same(w, links, []storage.Link{link})
		links, err = w.Store.LinksByID(w.Context(), []id.Link{link.ID, id.New[id.Link]()})
		w.ok(err)
		same(w, links, []storage.Link{link})
		same(w, w.access(doc).Grants, []storage.Grant{grant})
	})

	t.Run("EnteringMakesAMember", func(t *testing.T) {
		w := w.in(t)
		doc := w.document(w.actor).ID
		link := w.link(doc, authz.Editor)
		found, err := w.Store.LinkBySecret(w.Context(), link.Hash, w.now)
		w.ok(err)
		same(w, found, link)
		same(w, w.role(doc, bob), authz.None)
		link.Uses, link.LastUsedAt = 1, w.now
		for range 2 { // whoever comes again is not counted again
			same(w, w.enter(link, bob), link)
			same(w, w.role(doc, bob), authz.Editor)
		}
		same(w, w.version(doc), int64(2))
		same(w, w.role(doc, w.actor), authz.Owner)
	})

	t.Run("EnteringMakesAGuest", func(t *testing.T) {
		w := w.in(t)
		doc := w.document(w.actor).ID
		link := w.link(doc, authz.Commenter)
		guest := storage.User{ID: id.New[id.User](), Name: "Guest 🦊", CreatedAt: w.now, Guest: true}
		for range 2 {
			_, err := w.Store.EnterLink(w.Context(), link.Hash, guest, w.now, storage.By{})
			w.ok(err)
		}
		got, err := w.Store.User(w.Context(), guest.ID)
		w.ok(err)
		same(w, got, guest)
		actor := w.signIn(guest)
		actor.Guest = true
		same(w, w.role(doc, actor), authz.Commenter)
		w.ok(w.append(batch(actor, w.access(doc).Document, 1))[0])

		elsewhere := w.document(w.actor).ID
		w.give(elsewhere, everyone, authz.Editor) // speaks for those signed in
		same(w, w.role(elsewhere, actor), authz.None)
		same(w, w.role(elsewhere, bob), authz.Editor)
		w.enter(w.link(elsewhere, authz.Viewer), actor)
		same(w, w.role(elsewhere, actor), authz.Viewer)
		w.panics(func() { w.Store.EnterLink(w.Context(), link.Hash, storage.User{ID: bob.User}, w.now, storage.By{}) })
	})

	t.Run("NotEntered", func(t *testing.T) {
		for _, ending := range []struct {
			name string
			end  func(w *world, doc id.Doc, link storage.Link)
		}{
			{"Expired", func(w *world, doc id.Doc, link storage.Link) {
				w.behind("UPDATE grants SET expires_at = $1 WHERE document = $2", int64(w.now), w.Key(doc))
			}},
			{"Revoked", func(w *world, doc id.Doc, link storage.Link) {
				_, err := w.Store.DropGrant(w.Context(), doc, link.To(), w.guard(w.actor, doc))
				w.ok(err)
			}},
			{"Deleted", func(w *world, doc id.Doc, _ storage.Link) {
				w.ok(w.Store.DeleteDocument(w.Context(), doc, w.now, w.guard(w.actor, doc)))
			}},
		} {
			t.Run(ending.name, func(t *testing.T) {
				w := w.in(t)
				doc := w.document(w.actor).ID
				link := w.link(doc, authz.Editor)
				ending.end(w, doc, link)
				guest := storage.User{ID: id.New[id.User](), CreatedAt: w.now, Guest: true}
				_, err := w.Store.EnterLink(w.Context(), link.Hash, guest, w.now, storage.By{})
				w.refused(err, storage.ErrNoLink)
				_, err = w.Store.User(w.Context(), guest.ID)
				w.refused(err, storage.ErrNoUser)
				_, err = w.Store.EnterLink(w.Context(), link.Hash, storage.User{ID: bob.User}, w.now, by(bob))
				w.refused(err, storage.ErrNoLink)
				_, err = w.Store.LinkBySecret(w.Context(), link.Hash, w.now)
				w.refused(err, storage.ErrNoLink)
			})
		}
		w := w.in(t)
		_, err := w.Store.EnterLink(w.Context(), hash(), storage.User{ID: bob.User}, w.now, by(bob))
		w.refused(err, storage.ErrNoLink)
	})

	for _, broken := range fences {
		t.Run("NotEnteredBy"+broken.name, func(t *testing.T) {
			w := w.in(t)
			doc := w.document(w.actor).ID
			link := w.link(doc, authz.Editor)
			actor := w.signIn(w.user("Dan"))
			who := fence(actor)
			broken.end(w, &who)
			_, err := w.Store.EnterLink(w.Context(), link.Hash, storage.User{ID: actor.User}, w.now, storage.By{Fence: &who})
			w.refused(err, storage.ErrFence)
			same(w, w.role(doc, actor), authz.None)
		})
	}

	t.Run("RevokedGoesWithItsMembers", func(t *testing.T) {
		w := w.in(t)
		doc := w.document(w.actor).ID
		link, kept := w.link(doc, authz.Editor), w.link(doc, authz.Viewer)
		w.enter(link, bob)
		w.enter(kept, bob)
		guard := w.guard(w.actor, doc)
		for range 2 {
			version, err := w.Store.DropGrant(w.Context(), doc, link.To(), guard)
			w.ok(err)
			same(w, version, int64(4))
		}
		same(w, w.role(doc, bob), authz.Viewer)
		links, err := w.Store.Links(w.Context(), doc)
		w.ok(err)
		same(w, len(links), 1)
		grant := w.grant(storage.User{})
		grant.To = link.To()
		_, err = w.Store.PutGrant(w.Context(), doc, grant, w.guard(w.actor, doc))
		w.refused(err, storage.ErrNoLink)
		var members int
		w.ok(w.DB.QueryRowContext(w.Context(), "SELECT count(*) FROM members WHERE principal = $1", w.Key(link.ID)).Scan(&members))
		same(w, members, 0)
	})

	t.Run("OfAnotherDocument", func(t *testing.T) {
		w := w.in(t)
		doc := w.document(w.actor).ID
		link, grant := w.newLink(w.document(w.actor).ID, authz.Editor)
		_, err := w.Store.PutLink(w.Context(), link, grant, w.guard(w.actor, link.Doc))
		w.ok(err)
		_, err = w.Store.PutGrant(w.Context(), doc, grant, w.guard(w.actor, doc))
		w.refused(err, storage.ErrNoLink)
		link.Doc = doc
		_, err = w.Store.PutLink(w.Context(), link, grant, w.guard(w.actor, doc))
		w.refused(err, storage.ErrNoLink)
		same(w, w.version(doc), int64(1))
	})

	t.Run("NotWithoutEnd", func(t *testing.T) {
		w := w.in(t)
		doc := w.document(w.actor).ID
		for i := range storage.DefaultBounds().Links {
			link, grant := w.newLink(doc, authz.Viewer)
			link.Name = fmt.Sprint(i)
			_, err := w.Store.PutLink(w.Context(), link, grant, storage.Guard{AccessVersion: int64(i) + 1, Fence: fence(w.actor)})
			w.ok(err)
		}
		link, grant := w.newLink(doc, authz.Viewer)
		_, err := w.Store.PutLink(w.Context(), link, grant, w.guard(w.actor, doc))
		w.refused(err, storage.ErrFull)
	})

	t.Run("GuestsSessionsEnd", func(t *testing.T) {
		w := w.in(t)
		link := w.link(w.document(w.actor).ID, authz.Viewer)
		guest := storage.User{ID: id.New[id.User](), CreatedAt: w.now, Guest: true}
		_, err := w.Store.EnterLink(w.Context(), link.Hash, guest, w.now, storage.By{})
		w.ok(err)
		actor := w.signIn(guest)
		w.ok(w.Store.Live(w.Context(), fence(actor)))
		ended, err := w.Store.EndGuests(w.Context(), w.now)
		w.ok(err)
		if len(ended) == 0 {
			t.Fatal("got no guest whose session ended")
		}
		w.refused(w.Store.Live(w.Context(), fence(actor)), storage.ErrFence)
		w.ok(w.Store.Live(w.Context(), fence(bob)))
	})
}
