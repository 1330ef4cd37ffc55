package storagetest

import (
	"bytes"
	"slices"
	"testing"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

func testOverviews(t *testing.T, open func(t *testing.T) Opened) {
	t.Run("ReachIsEveryWay", func(t *testing.T) {
		w := newWorld(t, open(t))
		bob, guest := w.signIn(w.user("Bob")), w.guest()
		guest.Guest = true
		group := w.group(bob.User)
		owned := w.document(bob)
		var docs []storage.Document
		for range 8 {
			docs = append(docs, w.document(w.actor))
		}
		give := func(i int, to authz.Principal, role authz.Role) storage.Grant { return w.give(docs[i].ID, to, role) }
		want := map[id.Doc][]storage.Grant{owned.ID: nil}
		want[docs[0].ID] = []storage.Grant{give(0, toUser(bob.User), authz.Viewer), give(0, toGroup(group.ID), authz.Editor)}
		give(0, toUser(w.user("Else").ID), authz.Admin)
		link := w.link(docs[1].ID, authz.Viewer)
		w.link(docs[1].ID, authz.Editor) // which nobody came by
		w.enter(link, bob)
		w.enter(link, guest)
		want[docs[1].ID] = w.access(docs[1].ID).Grants
		want[docs[1].ID] = slices.DeleteFunc(want[docs[1].ID], func(g storage.Grant) bool { return g.To != link.To() })
		want[docs[2].ID] = []storage.Grant{give(2, everyone, authz.Viewer)}
		want[docs[3].ID] = []storage.Grant{give(3, authz.Principal{Kind: authz.ToAnyone}, authz.Viewer)}
		give(4, toUser(bob.User), authz.Viewer)
		w.behind("UPDATE grants SET expires_at = $1 WHERE document = $2", int64(w.now), w.Key(docs[4].ID))
		give(5, toUser(bob.User), authz.Viewer)
		w.ok(w.Store.DeleteDocument(w.Context(), docs[5].ID, w.now, w.guard(w.actor, docs[5].ID)))
		give(6, toGroup(w.group(w.actor.User).ID), authz.Viewer)

		same(w, w.reach(bob, 3), want)
		same(w, w.reach(guest, 1), map[id.Doc][]storage.Grant{docs[1].ID: want[docs[1].ID], docs[3].ID: want[docs[3].ID]})
		for _, actor := range []storage.Actor{bob, guest} { // what is reached is what a decision gives
			reached := w.reach(actor, 100)
			for _, doc := range append(docs, owned) {
				access, err := w.Store.Access(w.Context(), doc.ID, actor.User)
				role := authz.None
				if err == nil {
					role = access.Decide(actor, w.now).Role
				}
				if _, is := reached[doc.ID]; is != (role > authz.None) {
					t.Errorf("document %v is reached: %t, with the role %v", doc.ID, is, role)
				}
			}
		}
	})

	t.Run("UsersFiltered", func(t *testing.T) {
		w := &world{TB: t, Opened: open(t), now: 1_000_000}
		var all []storage.User
		for i, name := range []string{"Zoë 100%", "Ann_Lee", "ANNA", "Guest", "Gone", "Root"} {
			user := storage.User{ID: id.New[id.User](), Name: name, Email: "u" + string(rune('a'+i)) + "@example.org", CreatedAt: w.now + storage.Micros(i/2)}
			switch name {
			case "Guest":
				user.Guest, user.Email = true, ""
			case "Gone":
				user.SuspendedAt = w.now
			case "Root":
				user.InstanceAdmin = true
			}
			all = append(all, w.create(user))
		}
		yes, no := true, false
		for _, of := range []struct {
			filter storage.UserFilter
			want   []int
		}{
			{storage.UserFilter{}, []int{0, 1, 2, 3, 4, 5}},
			{storage.UserFilter{Text: "ann"}, []int{1, 2}},
			{storage.UserFilter{Text: "ann_"}, []int{1}},
			{storage.UserFilter{Text: "0%"}, []int{0}},
			{storage.UserFilter{Text: "uF@"}, []int{5}},
			{storage.UserFilter{Text: "!"}, nil},
			{storage.UserFilter{Guests: &no}, []int{0, 1, 2, 4, 5}},
			{storage.UserFilter{Guests: &yes}, []int{3}},
			{storage.UserFilter{Suspended: &yes}, []int{4}},
			{storage.UserFilter{Suspended: &no, Admins: &yes}, []int{5}},
		} {
			var want, got []storage.User
			for _, i := range of.want {
				want = append(want, all[i])
			}
			for page := (storage.UserPage{Limit: 2}); ; {
				items, err := w.Store.ListUsers(w.Context(), of.filter, page)
				w.ok(err)
				if got = append(got, items...); len(items) < 2 {
					break
				}
				page.Before, page.User = items[1].CreatedAt, items[1].ID
			}
			slices.SortFunc(want, func(a, b storage.User) int {
				if a.CreatedAt != b.CreatedAt {
					return int(b.CreatedAt - a.CreatedAt)
				}
				return bytes.Compare(a.ID[:], b.ID[:])
			})
			same(w, got, want)
		}
	})

	t.Run("DocumentsFiltered", func(t *testing.T) {
		w := newWorld(t, open(t))
		bob := w.signIn(w.user("Bob"))
		all := []storage.Overview{{Document: w.doc}}
		for i := range 6 {
			owner := w.actor
			if i == 5 {
				owner = bob
			}
			doc := w.newDocument(owner)
			doc.CreatedAt += storage.Micros(i / 2)
			w.ok(w.Store.CreateDocument(w.Context(), doc, by(owner)))
			all = append(all, storage.Overview{Document: doc})
		}
		w.link(all[1].Document.ID, authz.Viewer)
		w.give(all[2].Document.ID, authz.Principal{Kind: authz.ToAnyone}, authz.Viewer)
		w.give(all[2].Document.ID, toUser(bob.User), authz.Viewer)
		w.give(all[3].Document.ID, toUser(bob.User), authz.Viewer)
		w.give(all[4].Document.ID, authz.Principal{Kind: authz.ToAnyone}, authz.Viewer)
		w.behind("UPDATE grants SET expires_at = $1 WHERE document = $2", int64(w.now+hour), w.Key(all[3].Document.ID))
		w.behind("UPDATE grants SET expires_at = $1 WHERE document = $2", int64(w.now), w.Key(all[4].Document.ID)) // dead
		for i, known := range []storage.Overview{{}, {Grants: 1, Public: true}, {Grants: 2, Public: true}, {Grants: 1, EndsNext: w.now + hour}, {}, {}, {}} {
			all[i].Document.AccessVersion = w.version(all[i].Document.ID)
			all[i].Document.Title = ""
			all[i].Grants, all[i].Public, all[i].EndsNext = known.Grants, known.Public, known.EndsNext
		}
		deleted := w.document(w.actor).ID
		w.ok(w.Store.DeleteDocument(w.Context(), deleted, w.now, w.guard(w.actor, deleted)))
		for _, of := range []struct {
			filter storage.DocumentFilter
			want   []int
		}{
			{storage.DocumentFilter{}, []int{0, 1, 2, 3, 4, 5, 6}},
			{storage.DocumentFilter{Public: true}, []int{1, 2}},
			{storage.DocumentFilter{Owner: bob.User}, []int{6}},
			{storage.DocumentFilter{Owner: bob.User, Public: true}, nil},
			{storage.DocumentFilter{ExpiringBefore: w.now + hour + 1}, []int{3}},
			{storage.DocumentFilter{ExpiringBefore: w.now + hour}, nil},
		} {
			var want, got []storage.Overview
			for _, i := range of.want {
				want = append(want, all[i])
			}
			for page := (storage.Page{Limit: 2}); ; {
				items, err := w.Store.ListDocuments(w.Context(), of.filter, w.now, page)
				w.ok(err)
				if got = append(got, items...); len(items) < 2 {
					break
				}
				page.Before, page.Doc = items[1].Document.CreatedAt, items[1].Document.ID
			}
			same(w, got, byMoment(want, func(o storage.Overview) (storage.Micros, id.Doc) { return o.Document.CreatedAt, o.Document.ID }))
		}
	})
}

// reach is all that the actor reaches, read in pages of that size, which come in order and without a title.
func (w *world) reach(actor storage.Actor, limit int) map[id.Doc][]storage.Grant {
	w.Helper()
	reached := make(map[id.Doc][]storage.Grant)
	for after := (id.Doc{}); ; {
		items, err := w.Store.Reach(w.Context(), actor.User, w.now, after, limit)
		w.ok(err)
		for _, item := range items {
			if bytes.Compare(item.Document.ID[:], after[:]) <= 0 || item.Document.Title != "" {
				w.Errorf("got %v, %q after %v", item.Document.ID, item.Document.Title, after)
			}
			after = item.Document.ID
			reached[after] = item.Grants
		}
		if len(items) < limit {
			return reached
		}
	}
}
