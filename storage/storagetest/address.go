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
			grant.Address = user.Email
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

	t.Run("WhoOnlySaysSoProvesIt", func(t *testing.T) {
		w := w.in(t)
		user, invitation := w.newcomer()
		_, err := w.Store.CreateUser(w.Context(), user, nil, storage.By{}) // registration is open
		w.ok(err)
		actor, bob := w.signIn(user), w.signIn(w.user("Bob"))
		docs := map[string]id.Doc{}
		for _, name := range []string{"new", "more", "less", "expired"} {
			docs[name] = w.document(w.actor).ID
		}
		docs["own"] = w.document(actor).ID
		for name, doc := range docs {
			guard := w.guard(w.actor, doc)
			if name == "own" {
				guard = w.guard(actor, doc)
			}
			_, err := w.Store.PutGrant(w.Context(), doc, w.toAddress(user.Email), guard)
			w.ok(err)
			same(w, w.role(doc, storage.Actor{User: user.ID}) == authz.Editor, false)
		}
		w.give(docs["more"], toUser(user.ID), authz.Viewer)
		w.give(docs["less"], toUser(user.ID), authz.Admin)
		dead := w.grant(user)
		dead.Role, dead.ExpiresAt = authz.Admin, int64(w.now-1)
		_, err = w.Store.PutGrant(w.Context(), docs["expired"], dead, w.guard(w.actor, docs["expired"]))
		w.ok(err)

		open := w.invitation()
		w.ok(w.Store.PutInvitation(w.Context(), open, storage.By{}))
		for _, refused := range []struct {
			user       id.User
			invitation storage.Hash
			at         storage.Micros
			by         storage.By
			want       error
		}{
			{user.ID, open.Hash, w.now, by(actor), storage.ErrNoInvitation},                      // for any address
			{user.ID, hash(), w.now, by(actor), storage.ErrNoInvitation},                         // unknown
			{user.ID, invitation.Hash, invitation.ExpiresAt, by(actor), storage.ErrNoInvitation}, // late
			{w.create(storage.User{ID: id.New[id.User](), Email: user.ID.String() + "@b.example", CreatedAt: w.now}).ID, invitation.Hash, w.now, by(bob), storage.ErrNoInvitation},
			{id.New[id.User](), invitation.Hash, w.now, by(bob), storage.ErrNoUser},
			{user.ID, invitation.Hash, w.now, by(storage.Actor{User: user.ID, Credential: bob.Credential}), storage.ErrFence},
		} {
			_, _, err := w.Store.ProveAddress(w.Context(), refused.user, refused.invitation, refused.at, refused.by)
			w.refused(err, refused.want)
		}
		same(w, w.role(docs["new"], actor), authz.None)

		proven, bumped, err := w.Store.ProveAddress(w.Context(), user.ID, invitation.Hash, w.now, by(actor))
		w.ok(err)
		user.Proven = true
		same(w, proven, user)
		same(w, len(bumped), len(docs))
		for name, want := range map[string]authz.Role{"new": authz.Editor, "more": authz.Editor, "less": authz.Admin, "expired": authz.Editor, "own": authz.Owner} {
			same(w, []any{name, w.role(docs[name], actor)}, []any{name, want})
			for _, grant := range w.access(docs[name]).Grants {
				same(w, grant.To.Kind, authz.ToUser)
			}
			w.verified(docs[name])
		}
		_, err = w.Store.PutGrant(w.Context(), docs["new"], w.toAddress(user.Email), w.guard(w.actor, docs["new"]))
		w.refused(err, storage.ErrEmailTaken)
		again, bumped, err := w.Store.ProveAddress(w.Context(), user.ID, invitation.Hash, w.now, by(actor))
		w.ok(err)
		same(w, again, user)
		same(w, len(bumped), 0)
	})

	t.Run("WhoOnlySaidSoAndIsOutGivesItUp", func(t *testing.T) {
		w := w.in(t)
		user, invitation := w.newcomer()
		squatter := storage.User{ID: id.New[id.User](), Email: user.Email, CreatedAt: w.now}
		w.create(squatter)
		_, err := w.Store.CreateUser(w.Context(), user, &invitation.Hash, storage.By{})
		w.refused(err, storage.ErrEmailTaken)
		w.ok(w.Store.SuspendUser(w.Context(), squatter.ID, w.now, storage.By{}))
		_, err = w.Store.CreateUser(w.Context(), user, &invitation.Hash, storage.By{})
		w.ok(err)
		found, err := w.Store.UserByEmail(w.Context(), user.Email)
		w.ok(err)
		same(w, []any{found.ID, found.Proven}, []any{user.ID, true})
	})

	// Whichever comes first, the grant ends up with the user or is refused.
	t.Run("GrantMeetsProof", func(t *testing.T) {
		for range 5 {
			w := w.in(t)
			doc := w.document(w.actor).ID
			user, invitation := w.newcomer()
			w.create(user)
			actor, guard := w.signIn(user), w.guard(w.actor, doc)
			var granted error
			together(2, func(i int) {
				if i == 0 {
					_, granted = w.Store.PutGrant(w.Context(), doc, w.toAddress(user.Email), guard)
				} else if _, _, err := w.Store.ProveAddress(w.Context(), user.ID, invitation.Hash, w.now, by(actor)); err != nil {
					w.Error(err)
				}
			})
			want := authz.Editor
			if granted != nil {
				w.refused(granted, storage.ErrEmailTaken)
				want = authz.None
			}
			same(w, w.role(doc, actor), want)
		}
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
				grant := w.grant(user)
				grant.Address = user.Email
				same(w, w.access(doc).Grants, []storage.Grant{grant})
				same(w, w.version(doc), int64(3))
			} else {
				w.refused(granted, storage.ErrEmailTaken)
				same(w, len(w.access(doc).Grants), 0)
			}
		}
	})
}
