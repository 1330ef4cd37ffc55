package storagetest

import (
	"testing"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

func testGroups(t *testing.T, open func(t *testing.T) Opened) {
	w := newWorld(t, open(t))
	bob := w.signIn(w.user("Bob"))

	t.Run("StoredRenamedFound", func(t *testing.T) {
		w := w.in(t)
		group := w.group()
		w.ok(w.Store.PutGroup(w.Context(), group, by(w.actor))) // again
		got, err := w.Store.GroupByName(w.Context(), group.Name)
		w.ok(err)
		same(w, got, group)
		was := group.Name
		group.Name = "Renamed " + was
		w.ok(w.Store.PutGroup(w.Context(), group, by(w.actor)))
		got, err = w.Store.Group(w.Context(), group.ID)
		w.ok(err)
		same(w, got, group)
		_, err = w.Store.GroupByName(w.Context(), was)
		w.refused(err, storage.ErrNoGroup)
		_, err = w.Store.Group(w.Context(), id.New[id.Group]())
		w.refused(err, storage.ErrNoGroup)
	})

	t.Run("NamesAreUnique", func(t *testing.T) {
		w := w.in(t)
		first, second := w.group(), w.group()
		second.Name = first.Name
		w.refused(w.Store.PutGroup(w.Context(), second, by(w.actor)), storage.ErrNameTaken)
		third := first
		third.ID = id.New[id.Group]()
		w.refused(w.Store.PutGroup(w.Context(), third, by(w.actor)), storage.ErrNameTaken)
	})

	t.Run("MembersHaveWhatTheGroupHas", func(t *testing.T) {
		w := w.in(t)
		doc, other := w.document(w.actor).ID, w.document(w.actor).ID
		group := w.group()
		w.give(doc, toGroup(group.ID), authz.Editor)
		w.give(other, toUser(bob.User), authz.Viewer)
		same(w, w.role(doc, bob), authz.None)
		for range 2 {
			docs, err := w.Store.AddMember(w.Context(), group.ID, bob.User, w.now, by(w.actor))
			w.ok(err)
			same(w, docs, []id.Doc{doc})
			same(w, w.role(doc, bob), authz.Editor)
			same(w, w.version(doc), int64(3)) // a repeated call bumps nothing
		}
		same(w, w.role(doc, w.signIn(w.user("Eve"))), authz.None)
		for range 2 {
			docs, err := w.Store.DropMember(w.Context(), group.ID, bob.User, by(w.actor))
			w.ok(err)
			same(w, docs, []id.Doc{doc})
			same(w, w.role(doc, bob), authz.None)
			same(w, w.version(doc), int64(4))
		}
		same(w, w.version(other), int64(2))
	})

	t.Run("AccessNamesOnlyWhatCounts", func(t *testing.T) {
		w := w.in(t)
		doc := w.document(w.actor).ID
		eve := w.user("Eve").ID
		granted, other := w.group(bob.User, eve), w.group(bob.User)
		w.give(doc, toGroup(granted.ID), authz.Editor)
		w.give(w.document(w.actor).ID, toGroup(other.ID), authz.Editor)
		access, err := w.Store.Access(w.Context(), doc, bob.User, w.actor.User, bob.User, id.New[id.User]())
		w.ok(err)
		same(w, access.Members, []storage.Membership{{User: bob.User, Of: toGroup(granted.ID)}})
		loaded, err := w.Store.Load(w.Context(), doc, eve)
		w.ok(err)
		same(w, loaded.Access.Members, []storage.Membership{{User: eve, Of: toGroup(granted.ID)}})
		same(w, len(w.access(doc).Members), 0)
	})

	t.Run("AccessOfARoomFull", func(t *testing.T) {
		w := w.in(t)
		doc := w.document(w.actor).ID
		var users []id.User
		for range 300 {
			users = append(users, w.user("Many").ID)
		}
		group := w.group(users...)
		w.give(doc, toGroup(group.ID), authz.Viewer)
		access, err := w.Store.Access(w.Context(), doc, users...)
		w.ok(err)
		same(w, len(access.Members), len(users))
		members, err := w.Store.Members(w.Context(), group.ID, id.User{}, 200)
		w.ok(err)
		more, err := w.Store.Members(w.Context(), group.ID, members[199].User.ID, 200)
		w.ok(err)
		same(w, len(members)+len(more), len(users))
	})

	t.Run("Refuses", func(t *testing.T) {
		w := w.in(t)
		group := w.group()
		_, err := w.Store.AddMember(w.Context(), group.ID, id.New[id.User](), w.now, by(w.actor))
		w.refused(err, storage.ErrNoUser)
		_, err = w.Store.AddMember(w.Context(), group.ID, w.guest().User, w.now, by(w.actor))
		w.refused(err, storage.ErrNoUser)
		_, err = w.Store.AddMember(w.Context(), id.New[id.Group](), bob.User, w.now, by(w.actor))
		w.refused(err, storage.ErrNoGroup)
		_, err = w.Store.DropMember(w.Context(), id.New[id.Group](), bob.User, by(w.actor))
		w.refused(err, storage.ErrNoGroup)
		doc := w.document(w.actor).ID
		grant := w.grant(storage.User{})
		grant.To = toGroup(id.New[id.Group]())
		_, err = w.Store.PutGrant(w.Context(), doc, grant, w.guard(w.actor, doc))
		w.refused(err, storage.ErrNoGroup)
	})

	t.Run("DroppedTakesItsGrantsAlong", func(t *testing.T) {
		w := w.in(t)
		doc, trashed := w.document(w.actor).ID, w.document(w.actor).ID
		group := w.group(bob.User)
		w.give(doc, toGroup(group.ID), authz.Admin)
		w.give(trashed, toGroup(group.ID), authz.Admin)
		w.ok(w.Store.DeleteDocument(w.Context(), trashed, w.now, w.guard(w.actor, trashed)))
		docs, err := w.Store.DropGroup(w.Context(), group.ID, by(w.actor))
		w.ok(err)
		same(w, len(docs), 2)
		same(w, w.role(doc, bob), authz.None)
		same(w, len(w.access(doc).Grants), 0)
		same(w, []int64{w.version(doc), w.version(trashed)}, []int64{3, 4})
		_, err = w.Store.Group(w.Context(), group.ID)
		w.refused(err, storage.ErrNoGroup)
		_, err = w.Store.DropGroup(w.Context(), group.ID, by(w.actor))
		w.ok(err)
	})

	t.Run("Listed", func(t *testing.T) {
		w := &world{TB: t, Opened: open(t), now: w.now}
		w.actor = w.signIn(w.user("Ada"))
		user := w.user("Bob").ID
		var want []storage.Group
		for i, name := range []string{"a", "b", "c", "d"} {
			group := storage.Group{ID: id.New[id.Group](), Name: name, CreatedAt: w.now}
			w.ok(w.Store.PutGroup(w.Context(), group, storage.By{}))
			if i%2 == 0 {
				_, err := w.Store.AddMember(w.Context(), group.ID, user, w.now, storage.By{})
				w.ok(err)
				group.Members = 1
			}
			want = append(want, group)
		}
		first, err := w.Store.Groups(w.Context(), "", 3)
		w.ok(err)
		rest, err := w.Store.Groups(w.Context(), "c", 3)
		w.ok(err)
		same(w, append(first, rest...), want)
		of, err := w.Store.GroupsOf(w.Context(), user)
		w.ok(err)
		same(w, of, []storage.Group{want[0], want[2]})
		byID, err := w.Store.GroupsByID(w.Context(), []id.Group{want[1].ID, id.New[id.Group](), want[1].ID})
		w.ok(err)
		same(w, byID, want[1:2])
	})

	for _, broken := range fences {
		t.Run("Refuses"+broken.name, func(t *testing.T) {
			w := w.in(t)
			doc := w.document(w.actor).ID
			group := w.group(bob.User)
			w.give(doc, toGroup(group.ID), authz.Editor)
			w.actor = w.signIn(w.user("Dan"))
			who := fence(w.actor)
			broken.end(w, &who)
			by := storage.By{Fence: &who}
			renamed := group
			renamed.Name += "!"
			w.refused(w.Store.PutGroup(w.Context(), renamed, by), storage.ErrFence)
			_, err := w.Store.AddMember(w.Context(), group.ID, w.user("Eve").ID, w.now, by)
			w.refused(err, storage.ErrFence)
			_, err = w.Store.DropMember(w.Context(), group.ID, bob.User, by)
			w.refused(err, storage.ErrFence)
			_, err = w.Store.DropGroup(w.Context(), group.ID, by)
			w.refused(err, storage.ErrFence)
			same(w, w.role(doc, bob), authz.Editor)
			same(w, w.version(doc), int64(2))
		})
	}
}
