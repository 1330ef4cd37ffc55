package storagetest

import (
	"testing"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// leaver is somebody with much to leave behind.
type leaver struct {
	storage.Actor
	token       storage.Token
	owned       []id.Doc
	trash       id.Doc
	granted     id.Doc
	group       id.Group
	grouped     id.Doc // by the group
	linked      id.Doc // by a link
	administers id.Doc // owned, and somebody else is an admin of it
	offered     id.Doc // the ownership, by somebody else
}

func (w *world) leaver() leaver {
	w.Helper()
	l := leaver{Actor: w.signIn(w.user("Leaver")), group: id.New[id.Group]()}
	l.token = w.token(l.User)
	for range 3 {
		l.owned = append(l.owned, w.document(l.Actor).ID)
	}
	l.trash = w.document(l.Actor).ID
	w.ok(w.Store.DeleteDocument(w.Context(), l.trash, w.now, w.guard(l.Actor, l.trash)))
	put := func(doc id.Doc, by storage.Actor, to authz.Principal, role authz.Role) {
		grant := storage.Grant{Right: authz.Right{To: to, Role: role}, GrantedBy: by.User, GrantedAt: w.now}
		_, err := w.Store.PutGrant(w.Context(), doc, grant, w.guard(by, doc))
		w.ok(err)
	}
	l.granted, l.grouped, l.linked, l.administers = w.document(w.actor).ID, w.document(w.actor).ID, w.document(w.actor).ID, w.document(l.Actor).ID
	put(l.granted, w.actor, toUser(l.User), authz.Editor)
	w.ok(w.Store.PutGroup(w.Context(), storage.Group{ID: l.group, Name: l.group.String(), CreatedAt: w.now}, storage.By{}))
	put(l.grouped, w.actor, authz.Principal{Kind: authz.ToGroup, ID: l.group}, authz.Editor)
	_, err := w.Store.AddMember(w.Context(), l.group, l.User, w.now, storage.By{})
	w.ok(err)
	put(l.administers, l.Actor, toUser(w.actor.User), authz.Admin)
	put(l.owned[0], l.Actor, toUser(w.actor.User), authz.Editor)

	link := storage.Link{ID: id.New[id.Link](), Doc: l.linked, Hash: hash(), CreatedBy: w.actor.User, CreatedAt: w.now}
	_, err = w.Store.PutLink(w.Context(), link, storage.Grant{Right: authz.Right{To: link.To(), Role: authz.Viewer}}, w.guard(w.actor, l.linked))
	w.ok(err)
	_, err = w.Store.EnterLink(w.Context(), link.Hash, storage.User{ID: l.User}, w.now, by(l.Actor))
	w.ok(err)
	l.offered = w.document(w.actor).ID
	_, err = w.Store.OfferDocument(w.Context(), l.offered, l.User, w.guard(w.actor, l.offered))
	w.ok(err)
	return l
}

// offboard takes steps until nothing is left, and returns the documents that changed.
func (w *world) offboard(user, heir id.User, limit int, who storage.By) map[id.Doc]bool {
	w.Helper()
	changed := make(map[id.Doc]bool)
	for range 100 {
		step, err := w.Store.Offboard(w.Context(), user, heir, w.now, limit, who)
		w.ok(err)
		if len(step.Docs) > limit+1 {
			w.Fatalf("a step of %d changed %d documents", limit, len(step.Docs))
		}
		for _, doc := range step.Docs {
			changed[doc] = true
		}
		if step.Done {
			return changed
		}
	}
	w.Fatal("never done")
	return nil
}

func testOffboard(t *testing.T, open func(t *testing.T) Opened) {
	w := newWorld(t, open(t))
	w.actor = w.administrator()

	for _, limit := range []int{1, 2, 100} {
		t.Run("ToAnHeir", func(t *testing.T) {
			w := w.in(t)
			l, heir := w.leaver(), w.user("Heir")
			_, err := w.Store.PutGrant(w.Context(), l.owned[1], w.grant(heir), w.guard(l.Actor, l.owned[1]))
			w.ok(err)
			plan, err := w.Store.PlanOffboard(w.Context(), l.User, heir.ID, w.now)
			w.ok(err)
			same(w, plan, storage.OffboardPlan{Sessions: 1, Tokens: 1, Documents: 4, Trash: 1, Grants: 1, Groups: 1, Links: 1})
			versions := make(map[id.Doc]int64)
			touched := append([]id.Doc{l.granted, l.grouped, l.linked, l.administers, l.offered}, l.owned...)
			for _, doc := range touched {
				versions[doc] = w.access(doc).Document.AccessVersion
			}

			changed := w.offboard(l.User, heir.ID, limit, w.by())
			same(w, len(changed), len(touched)+1)
			for _, doc := range touched {
				access := w.access(doc)
				if !changed[doc] || access.Document.AccessVersion <= versions[doc] {
					t.Errorf("document %v: told %t, version %d after %d", doc, changed[doc], access.Document.AccessVersion, versions[doc])
				}
				if role := access.Decide(l.Actor, w.now).Role; role != authz.None {
					t.Errorf("document %v: who left is still %v", doc, role)
				}
				w.verified(doc)
			}
			for _, doc := range l.owned {
				same(w, w.access(doc).Document.Owner, heir.ID)
			}
			same(w, w.access(l.offered).Document.OfferedTo, id.User{})
			same(w, len(w.access(l.owned[1]).Grants), 0) // the heir's own
			same(w, len(w.access(l.owned[0]).Grants), 1)
			trash, err := w.Store.DeletedOf(w.Context(), heir.ID, storage.Page{Limit: 10})
			w.ok(err)
			same(w, len(trash), 1)
			user, err := w.Store.User(w.Context(), l.User)
			w.ok(err)
			same(w, user.SuspendedAt, w.now)
			w.refused(w.Store.Live(w.Context(), fence(l.Actor)), storage.ErrFence)
			w.ok(w.Store.ReinstateUser(w.Context(), l.User, storage.By{}))
			_, err = w.Store.Token(w.Context(), l.token.Hash, w.now)
			w.refused(err, storage.ErrNoCredential) // even then
			plan, err = w.Store.PlanOffboard(w.Context(), l.User, id.User{}, w.now)
			w.ok(err)
			same(w, plan, storage.OffboardPlan{})
			w.verified(storage.Instance)
		})
	}

	t.Run("AgainChangesNothing", func(t *testing.T) {
		w := w.in(t)
		l, heir := w.leaver(), w.user("Heir")
		w.offboard(l.User, heir.ID, 100, w.by())
		rows := len(w.audit(storage.Instance))
		same(w, len(w.offboard(l.User, heir.ID, 100, w.by())), 0)
		same(w, len(w.audit(storage.Instance)), rows)
	})

	t.Run("WithoutAnHeirLeavesOrphans", func(t *testing.T) {
		w := w.in(t)
		l := w.leaver()
		plan, err := w.Store.PlanOffboard(w.Context(), l.User, id.User{}, w.now)
		w.ok(err)
		want := make(map[id.Doc]bool)
		for _, doc := range l.owned {
			want[doc] = true
		}
		got := make(map[id.Doc]bool)
		for _, doc := range plan.Orphans {
			got[doc] = true
		}
		same(w, got, want) // not the one that somebody else is an admin of
		w.offboard(l.User, id.User{}, 100, w.by())
		same(w, w.access(l.owned[0]).Document.Owner, l.User)
	})

	t.Run("GroupsKeepFromOrphaning", func(t *testing.T) {
		w := w.in(t)
		l := w.leaver()
		grant := storage.Grant{Right: authz.Right{To: authz.Principal{Kind: authz.ToGroup, ID: l.group}, Role: authz.Admin}, GrantedAt: w.now}
		_, err := w.Store.PutGrant(w.Context(), l.owned[0], grant, w.guard(l.Actor, l.owned[0]))
		w.ok(err)
		orphans := func() int {
			plan, err := w.Store.PlanOffboard(w.Context(), l.User, id.User{}, w.now)
			w.ok(err)
			return len(plan.Orphans)
		}
		same(w, orphans(), 3) // nobody else is in it
		_, err = w.Store.AddMember(w.Context(), l.group, w.user("Mate").ID, w.now, storage.By{})
		w.ok(err)
		same(w, orphans(), 2)
	})

	t.Run("Refuses", func(t *testing.T) {
		w := w.in(t)
		l, heir, suspended, guest := w.leaver(), w.user("Heir").ID, w.user("Gone").ID, w.guest().User
		w.suspend(suspended)
		for name, c := range map[string]struct {
			user, heir id.User
			who        storage.By
			want       error
		}{
			"NoSuchUser":        {id.New[id.User](), heir, w.by(), storage.ErrNoUser},
			"Guest":             {guest, heir, w.by(), storage.ErrNoUser},
			"NoSuchHeir":        {l.User, id.New[id.User](), w.by(), storage.ErrNoUser},
			"SuspendedHeir":     {l.User, suspended, w.by(), storage.ErrNoUser},
			"GuestAsHeir":       {l.User, guest, w.by(), storage.ErrNoUser},
			"ThemselvesAsHeir":  {l.User, l.User, w.by(), storage.ErrNoUser},
			"Oneself":           {w.actor.User, heir, w.by(), storage.ErrNoUser},
			"ByNoAdministrator": {l.User, heir, by(w.signIn(w.user("Mallory"))), storage.ErrFence},
			"LastAdministrator": {w.actor.User, heir, storage.By{}, storage.ErrLastAdmin},
		} {
			step, err := w.Store.Offboard(w.Context(), c.user, c.heir, w.now, 100, c.who)
			w.refused(err, c.want)
			if len(step.Docs) > 0 || step.Done {
				t.Errorf("%s: got %+v", name, step)
			}
			w.ok(w.Store.Live(w.Context(), fence(l.Actor)))
			w.ok(w.Store.Live(w.Context(), fence(w.actor)))
		}
	})
}
