package room_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/server/internal/bus"
	"github.com/coscribe/coscribe/server/internal/room"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// give makes a grant to any principal.
func (w *world) give(to authz.Principal, role authz.Role) {
	w.t.Helper()
	grant := storage.Grant{Right: authz.Right{To: to, Role: role}, GrantedBy: w.owner.User, GrantedAt: storage.At(time.Now())}
	if _, err := w.store.PutGrant(w.ctx, w.doc, grant, w.guard()); err != nil {
		w.t.Fatal(err)
	}
	w.events.Publish(bus.AccessChanged{Doc: w.doc, By: w.owner.User, Name: w.owner.Name})
}

// group makes one with those members.
func (w *world) group(members ...storage.Actor) id.Group {
	w.t.Helper()
	group := storage.Group{ID: id.New[id.Group](), Name: id.New[id.Group]().String(), CreatedAt: storage.At(time.Now())}
	if err := w.store.PutGroup(w.ctx, group, storage.By{}); err != nil {
		w.t.Fatal(err)
	}
	for _, member := range members {
		w.member(group.ID, member, true)
	}
	return group.ID
}

// member puts somebody into a group, or takes them out of it, and tells whom it concerns.
func (w *world) member(group id.Group, who storage.Actor, in bool) {
	w.t.Helper()
	var docs []id.Doc
	var err error
	if in {
		docs, err = w.store.AddMember(w.ctx, group, who.User, storage.At(time.Now()), storage.By{})
	} else {
		docs, err = w.store.DropMember(w.ctx, group, who.User, storage.By{})
	}
	if err != nil {
		w.t.Fatal(err)
	}
	for _, doc := range docs {
		w.events.Publish(bus.AccessChanged{Doc: doc, By: w.owner.User, Name: w.owner.Name})
	}
}

func toGroup(group id.Group) authz.Principal { return authz.Principal{Kind: authz.ToGroup, ID: group} }

// link makes a link with a role, and returns its secret's hash.
func (w *world) link(role authz.Role) (id.Link, storage.Hash) {
	w.t.Helper()
	link := storage.Link{ID: id.New[id.Link](), Doc: w.doc, Name: "review", CreatedBy: w.owner.User, CreatedAt: storage.At(time.Now())}
	copy(link.Hash[:], link.ID[:])
	grant := storage.Grant{Right: authz.Right{To: link.To(), Role: role}, GrantedBy: w.owner.User, GrantedAt: link.CreatedAt}
	if _, err := w.store.PutLink(w.ctx, link, grant, w.guard()); err != nil {
		w.t.Fatal(err)
	}
	w.events.Publish(bus.AccessChanged{Doc: w.doc, By: w.owner.User, Name: w.owner.Name})
	return link.ID, link.Hash
}

func (w *world) enter(hash storage.Hash, who storage.Actor) {
	w.t.Helper()
	fence := fenceOf(who)
	_, err := w.store.EnterLink(w.ctx, hash, storage.User{ID: who.User, Guest: who.Guest}, storage.At(time.Now()), storage.By{Fence: &fence})
	if err != nil {
		w.t.Fatal(err)
	}
}

// Whoever a group or a link speaks for sits and writes by it, whether the room was open before or not, over a socket and over
// HTTP; and nobody else does.
func TestGroupsAndLinksSpeakForPeople(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		ada, bob, kim, stranger := w.person("Ada"), w.person("Bob"), w.person("Kim"), w.person("Stranger")
		w.give(toGroup(w.group(ada, bob)), authz.Editor)
		_, secret := w.link(authz.Editor)
		w.enter(secret, kim)
		first := join(w, ada) // opens the room
		for _, who := range []storage.Actor{bob, kim} {
			c := join(w, who)
			c.typeText(who.Name)
			if c.welcome.Role != authz.Editor {
				t.Errorf("%s is %v", who.Name, c.welcome.Role)
			}
		}
		if err := newTypist(w, stranger).join(); refusedCode(err) != wire.CodeNotFound {
			t.Errorf("a stranger joins: %v", err)
		}
		for i, who := range []storage.Actor{w.person("Dan"), stranger} {
			if i == 0 {
				w.enter(secret, who) // of which the room hears nothing
			}
			_, err := w.hub.Write(w.ctx, room.Write{Doc: w.doc, Actor: who, WriteOps: wire.WriteOps{
				Epoch: 1, Mode: "rebase", Client: id.New[id.Client](), Seq: 1,
				IDs: []id.Edit{id.New[id.Edit]()}, Ops: []ot.Delta{ot.New().Insert("over HTTP ", nil).MustDelta()},
			}})
			if i == 0 && err != nil || i == 1 && refusedCode(err) != wire.CodeNotFound {
				t.Errorf("%s writes: %v", who.Name, err)
			}
		}
		synctest.Wait()
		first.pull()
		if want := 3; int(first.replica.Rev()) != want || len(w.log()) != want {
			t.Errorf("revision %d of %d, want %d", first.replica.Rev(), len(w.log()), want)
		}
	})
}

// A change of a group or of what link somebody came by reaches an open seat without a new connection, up and down, and says by
// whom; the last right taken away ends it.
func TestMembershipsChangeOpenSeats(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		kim := w.person("Kim")
		w.grant(kim, authz.Viewer, 0)
		group := w.group()
		w.give(toGroup(group), authz.Editor)
		link, secret := w.link(authz.Admin)
		c := join(w, kim)
		told := func(role authz.Role, reason string) {
			t.Helper()
			synctest.Wait()
			c.pull()
			if len(c.access) == 0 {
				t.Fatalf("told nothing, want %v", role)
			}
			last := c.access[len(c.access)-1]
			if last.Role != role || last.Reason != reason || last.By == nil || last.By.User != w.owner.User || last.By.Name != w.owner.Name {
				t.Fatalf("told %+v by %+v, want %v, %s", last, last.By, role, reason)
			}
		}
		w.member(group, kim, true)
		told(authz.Editor, "granted")
		c.typeText("as editor ")
		w.enter(secret, kim)
		w.events.Publish(bus.AccessChanged{Doc: w.doc, By: w.owner.User, Name: w.owner.Name})
		told(authz.Admin, "granted")
		if _, err := w.store.DropGrant(w.ctx, w.doc, authz.Principal{Kind: authz.ToLink, ID: link}, w.guard()); err != nil {
			t.Fatal(err)
		}
		w.events.Publish(bus.AccessChanged{Doc: w.doc, By: w.owner.User, Name: w.owner.Name})
		told(authz.Editor, "revoked")
		w.member(group, kim, false)
		told(authz.Viewer, "revoked")
		w.member(group, kim, true)
		told(authz.Editor, "granted")

		w.events = &bus.Bus{} // nobody hears
		w.grant(kim, authz.None, 0)
		w.member(group, kim, false)
		before := len(w.log())
		c.edit(ot.New().Insert("late", nil).MustDelta())
		c.send()
		synctest.Wait()
		c.pull()
		if c.closed != wire.CloseAccessRevoked || len(w.log()) != before {
			t.Fatalf("closed with %d, %d revisions after the revocation", c.closed, len(w.log())-before)
		}
	})
}

// Nobody's edit asks the database about rights, however many grants, groups and links there are.
func TestEditsTakeNoQueryForRights(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		kim := w.person("Kim")
		w.give(toGroup(w.group(kim)), authz.Editor)
		w.link(authz.Viewer)
		c := join(w, kim)
		synctest.Wait()
		w.store.mu.Lock()
		before := w.store.accesses
		w.store.mu.Unlock()
		for range 20 {
			c.typeText("x")
		}
		w.store.mu.Lock()
		defer w.store.mu.Unlock()
		if got := w.store.accesses - before; got != 0 {
			t.Errorf("%d queries for 20 edits", got)
		}
	})
}
