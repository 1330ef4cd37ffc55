package storagetest

import (
	"testing"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// toAddress is the role of editor for whoever will have the address.
func (w *world) toAddress(address string) storage.Grant {
	grant := w.grant(storage.User{})
	grant.To, grant.Address = storage.ToAddress(address), address
	return grant
}

// newcomer is somebody without an account, and an invitation for their address that is stored.
func (w *world) newcomer() (storage.User, storage.Invitation) {
	w.Helper()
	user := storage.User{ID: id.New[id.User](), Name: "New", CreatedAt: w.now}
	user.Email = user.ID.String() + "@example.org"
	invitation := w.invitation()
	invitation.Email = user.Email
	w.ok(w.Store.PutInvitation(w.Context(), invitation, storage.By{}))
	return user, invitation
}

func testAddresses(t *testing.T, open func(t *testing.T) Opened) {
	w := newWorld(t, open(t))

	t.Run("SpeaksForNobodyUntilProven", func(t *testing.T) {
		w := w.in(t)
		doc, other := w.document(w.actor).ID, w.document(w.actor).ID
		user, invitation := w.newcomer()
		grant := w.toAddress(user.Email)
		for _, doc := range []id.Doc{doc, other} {
			_, err := w.Store.PutGrant(w.Context(), doc, grant, w.guard(w.actor, doc))
			w.ok(err)
		}
		w.give(other, toUser(w.user("Else").ID), authz.Viewer)
		for range 2 {
			_, err := w.Store.CreateUser(w.Context(), user, &invitation.Hash, storage.By{})
			w.ok(err)
			grant := w.grant(user)
			same(w, w.access(doc).Grants, []storage.Grant{grant})
			same(w, w.role(other, storage.Actor{User: user.ID}), authz.Editor)
			same(w, []int64{w.version(doc), w.version(other)}, []int64{3, 4})
		}
		for _, doc := range []id.Doc{doc, other} { // each document's chain tells who has come, once
			rows := w.audit(doc)
			last := rows[len(rows)-1]
			same(w, []any{last.Actor, last.Action, last.Target}, []any{user.ID, storage.AuditGrant, "user:" + user.ID.String()})
			same(w, last.Before, `{"to":"address:`+id.Of[struct{}](grant.To.ID).String()+`"}`)
			same(w, last.After, `{"role":"editor"}`)
			same(w, w.verified(doc).N, int64(len(rows)))
		}
	})

	t.Run("NotTheirsWithoutProof", func(t *testing.T) {
		w := w.in(t)
		doc := w.document(w.actor).ID
		user, _ := w.newcomer()
		grant := w.toAddress(user.Email)
		_, err := w.Store.PutGrant(w.Context(), doc, grant, w.guard(w.actor, doc))
		w.ok(err)
		open := w.invitation() // for any address
		w.ok(w.Store.PutInvitation(w.Context(), open, storage.By{}))
		_, err = w.Store.CreateUser(w.Context(), user, &open.Hash, storage.By{})
		w.ok(err)
		same(w, w.access(doc).Grants, []storage.Grant{grant})
		same(w, w.version(doc), int64(2))
		other, invitation := w.newcomer() // for another
		_, err = w.Store.CreateUser(w.Context(), other, &invitation.Hash, storage.By{})
		w.ok(err)
		same(w, w.access(doc).Grants, []storage.Grant{grant})
	})

	t.Run("NotToAnAddressThatSomebodyHas", func(t *testing.T) {
		w := w.in(t)
		doc := w.document(w.actor).ID
		_, err := w.Store.PutGrant(w.Context(), doc, w.toAddress(w.user("Bob").Email), w.guard(w.actor, doc))
		w.refused(err, storage.ErrEmailTaken)
		same(w, w.version(doc), int64(1))
		wrong := w.toAddress("one@example.org")
		wrong.Address = "another@example.org"
		w.panics(func() { w.Store.PutGrant(w.Context(), doc, wrong, w.guard(w.actor, doc)) })
	})

	// Whichever comes first, the grant ends up with the user or is refused.
	t.Run("GrantMeetsSignUp", func(t *testing.T) {
		for range 10 {
			w := w.in(t)
			doc := w.document(w.actor).ID
			user, invitation := w.newcomer()
			guard := w.guard(w.actor, doc)
			var granted error
			together(2, func(i int) {
				if i == 0 {
					_, granted = w.Store.PutGrant(w.Context(), doc, w.toAddress(user.Email), guard)
				} else if _, err := w.Store.CreateUser(w.Context(), user, &invitation.Hash, storage.By{}); err != nil {
					w.Error(err)
				}
			})
			if granted == nil {
				same(w, w.access(doc).Grants, []storage.Grant{w.grant(user)})
				same(w, w.version(doc), int64(3))
			} else {
				w.refused(granted, storage.ErrEmailTaken)
				same(w, len(w.access(doc).Grants), 0)
			}
		}
	})
}
