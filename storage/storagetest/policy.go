package storagetest

import (
	"testing"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

func (w *world) policy() storage.Policy {
	w.Helper()
	policy, err := w.Store.Policy(w.Context())
	w.ok(err)
	return policy
}

// administrator signs in somebody who administers the instance.
func (w *world) administrator() storage.Actor {
	w.Helper()
	user := w.user("Root")
	w.behind("UPDATE users SET instance_admin = true WHERE id = $1", w.Key(user.ID))
	return w.signIn(user)
}

// guest is somebody who has no account, with a session.
func (w *world) guest() storage.Actor {
	w.Helper()
	return w.signIn(w.create(storage.User{ID: id.New[id.User](), Name: "Guest", Guest: true, CreatedAt: w.now}))
}

func testPolicy(t *testing.T, open func(t *testing.T) Opened) {
	w := newWorld(t, open(t))
	w.actor = w.administrator()

	t.Run("AtFirst", func(t *testing.T) {
		w := w.in(t)
		same(w, w.policy(), storage.Policy{Version: 1, LinkRole: authz.Editor, Anonymous: true})
	})

	t.Run("SetOnceAndAudited", func(t *testing.T) {
		w := w.in(t)
		before := w.policy()
		asked := storage.Policy{Version: before.Version, LinkRole: authz.Commenter, Anonymous: true, ExpiryDays: 30, AdminsCreate: true,
			SignUpDomains: []string{"example.org", "example.com"}}
		rows := len(w.audit(storage.Instance))
		want := asked
		want.Version++
		for range 2 {
			got, _, err := w.Store.SetPolicy(w.Context(), asked, w.now, w.by())
			w.ok(err)
			same(w, got, want)
			same(w, w.policy(), want)
		}
		asked.ExpiryDays = 3
		_, _, err := w.Store.SetPolicy(w.Context(), asked, w.now, w.by())
		w.refused(err, storage.ErrPolicyMoved)
		same(w, w.policy(), want)
		written := w.audit(storage.Instance)[rows:]
		same(w, len(written), 1)
		same(w, written[0].Action, storage.AuditPolicy)
		same(w, written[0].Before, `{"admins_create":false,"anonymous":true,"expiry_days":0,"link_role":"editor","sign_up_domains":[],"version":1}`)
		same(w, written[0].After, `{"admins_create":true,"anonymous":true,"expiry_days":30,"link_role":"commenter","sign_up_domains":["example.org","example.com"],"version":2}`)
		same(w, written[0].Reason, note.Reason)
	})

	t.Run("OnlyByAdministrators", func(t *testing.T) {
		w := w.in(t)
		before := w.policy()
		asked := before
		asked.AdminsCreate = !asked.AdminsCreate
		_, _, err := w.Store.SetPolicy(w.Context(), asked, w.now, by(w.signIn(w.user("Mallory"))))
		w.refused(err, storage.ErrFence)
		suspended := w.administrator()
		w.suspend(suspended.User)
		_, _, err = w.Store.SetPolicy(w.Context(), asked, w.now, by(suspended))
		w.refused(err, storage.ErrFence)
		same(w, w.policy(), before)
		_, _, err = w.Store.SetPolicy(w.Context(), asked, w.now, storage.By{}) // the operator
		w.ok(err)
	})

	t.Run("AnonymousOffEndsGuests", func(t *testing.T) {
		w := w.in(t)
		guests := []storage.Actor{w.guest(), w.guest()}
		rows := len(w.audit(storage.Instance))
		late := storage.Session{ID: id.New[id.Credential](), Hash: hash(), User: w.guest().User, CreatedAt: w.now, ExpiresAt: w.now + hour}
		same(w, len(w.audit(storage.Instance)), rows) // guests are not audited
		asked := w.policy()
		asked.Anonymous = false
		_, ended, err := w.Store.SetPolicy(w.Context(), asked, w.now, w.by())
		w.ok(err)
		same(w, len(ended), 3)
		for _, guest := range guests {
			w.refused(w.Store.Live(w.Context(), fence(guest)), storage.ErrFence)
		}
		w.ok(w.Store.Live(w.Context(), fence(w.actor)))
		w.refused(w.Store.PutSession(w.Context(), late, note), storage.ErrNoGuests)
		_, err = w.Store.CreateUser(w.Context(), storage.User{ID: id.New[id.User](), Guest: true, CreatedAt: w.now}, nil, storage.By{})
		w.refused(err, storage.ErrNoGuests)
		link := storage.Link{ID: id.New[id.Link](), Doc: w.document(w.actor).ID, Hash: hash(), CreatedAt: w.now}
		_, err = w.Store.PutLink(w.Context(), link, storage.Grant{Right: authz.Right{To: link.To(), Role: authz.Viewer}}, w.guard(w.actor, link.Doc))
		w.ok(err)
		_, err = w.Store.EnterLink(w.Context(), link.Hash, storage.User{ID: id.New[id.User](), Guest: true, CreatedAt: w.now}, w.now, storage.By{})
		w.refused(err, storage.ErrNoGuests)
		_, err = w.Store.EnterLink(w.Context(), link.Hash, storage.User{ID: w.actor.User}, w.now, by(w.actor)) // others come in
		w.ok(err)
		w.behind("UPDATE sessions SET ended_at = 0 WHERE id = $1", w.Key(guests[0].Credential.ID)) // the ending was cut short
		w.ok(w.Store.Expire(w.Context(), 1))
		w.refused(w.Store.Live(w.Context(), fence(guests[0])), storage.ErrFence)
		asked.Version++
		asked.Anonymous = true
		_, _, err = w.Store.SetPolicy(w.Context(), asked, w.now, w.by())
		w.ok(err)
		w.guest()
	})

	t.Run("Excess", func(t *testing.T) {
		w := &world{TB: t, Opened: open(t), now: w.now}
		w.actor = w.signIn(w.user("Ada"))
		link, anyone := authz.Principal{Kind: authz.ToLink, ID: id.New[id.Doc]()}, authz.Principal{Kind: authz.ToAnyone}
		const day = 24 * hour
		doc, deleted := w.document(w.actor).ID, w.document(w.actor).ID
		for _, grant := range []struct {
			to      authz.Principal
			role    authz.Role
			expires storage.Micros
		}{
			{link, authz.Editor, w.now + day},
			{authz.Principal{Kind: authz.ToLink, ID: id.New[id.Doc]()}, authz.Admin, w.now - 1}, // dead
			{anyone, authz.Viewer, 0},
			{toUser(w.user("Bob").ID), authz.Admin, 0},
			{toUser(w.guest().User), authz.Viewer, w.now + 3*day},
			{authz.Principal{Kind: authz.ToEveryone}, authz.Admin, 0},
		} {
			for _, doc := range []id.Doc{doc, deleted} {
				w.behind("INSERT INTO grants (document, principal_kind, principal, role, expires_at, granted_by, granted_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
					w.Key(doc), int64(grant.to.Kind), w.Key(grant.to.ID), int64(grant.role), int64(grant.expires), w.Key(w.actor.User), int64(w.now))
			}
		}
		w.ok(w.Store.DeleteDocument(w.Context(), deleted, w.now, w.guard(w.actor, deleted)))
		excess := func(policy storage.Policy) storage.Excess {
			got, err := w.Store.Excess(w.Context(), policy, w.now)
			w.ok(err)
			return got
		}
		same(w, excess(w.policy()), storage.Excess{})
		same(w, excess(storage.Policy{LinkRole: authz.Commenter, Anonymous: true}), storage.Excess{Links: 1})
		same(w, excess(storage.Policy{LinkRole: authz.None, Anonymous: false}), storage.Excess{Links: 2, Public: 1})
		same(w, excess(storage.Policy{LinkRole: authz.Admin, Anonymous: true, ExpiryDays: 2}), storage.Excess{Lasting: 2})
		same(w, excess(storage.Policy{LinkRole: authz.Admin, Anonymous: true, SignUpDomains: []string{"example.org"}}), storage.Excess{})
		same(w, excess(storage.Policy{LinkRole: authz.Admin, Anonymous: true, SignUpDomains: []string{"example.net"}}), storage.Excess{Addresses: 2})
	})
}
