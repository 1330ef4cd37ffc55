package storagetest

import (
	"errors"
	"fmt"
	"testing"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

func testDocument(t *testing.T, open func(t *testing.T) Opened) {
	w := newWorld(t, open(t))

	t.Run("BeginsBlank", func(t *testing.T) {
		w := w.in(t)
		doc := w.newDocument(w.actor)
		doc.OpenHistory, doc.Locked = true, true
		w.ok(w.Store.CreateDocument(w.Context(), doc, by(w.actor)))
		same(w, w.access(doc.ID), storage.Access{Document: doc})
		first, err := w.Store.Snapshot(w.Context(), doc.ID, 0)
		w.ok(err)
		same(w, first, storage.Snapshot{Content: []byte(blank)})
	})

	t.Run("CreatedAgainIsOnce", func(t *testing.T) {
		w := w.in(t)
		doc := w.document(w.actor)
		w.write(w.actor, doc.ID, 2)
		w.ok(w.Store.CreateDocument(w.Context(), doc, by(w.actor)))
		same(w, w.access(doc.ID).Document.Head, ot.Rev(2))
	})

	t.Run("CreatedAtOnceIsOnce", func(t *testing.T) {
		w := w.in(t)
		doc := w.newDocument(w.actor)
		together(8, func(int) {
			if err := w.Store.CreateDocument(w.Context(), doc, by(w.actor)); err != nil {
				w.Error(err)
			}
		})
		same(w, w.access(doc.ID).Document, doc)
	})

	t.Run("NotCreatedUnderAnothersId", func(t *testing.T) {
		w := w.in(t)
		doc := w.document(w.actor)
		other := w.signIn(w.user("Bob"))
		doc.Owner = other.User
		if err := w.Store.CreateDocument(w.Context(), doc, by(other)); err == nil {
			t.Fatal("got success for an id in use")
		}
		same(w, w.access(doc.ID).Document.Owner, w.actor.User)
	})

	t.Run("NotCreatedBehindAFence", func(t *testing.T) {
		w := w.in(t)
		doc := w.newDocument(w.actor)
		ended := fence(w.actor)
		ended.ValidUntil = w.now
		w.refused(w.Store.CreateDocument(w.Context(), doc, storage.By{Fence: &ended}), storage.ErrFence)
		_, err := w.Store.Access(w.Context(), doc.ID)
		w.refused(err, storage.ErrNoDocument)
	})

	t.Run("Renamed", func(t *testing.T) {
		w := w.in(t)
		doc := w.document(w.actor)
		guard := w.guard(w.actor, doc.ID)
		now := doc.UpdatedAt + 5
		doc.Title, doc.UpdatedAt = "Übersicht", now
		for range 2 { // the second is the same call again
			w.ok(w.Store.Rename(w.Context(), doc.ID, "Übersicht", now, guard))
			same(w, w.access(doc.ID).Document, doc)
		}
		w.ok(w.Store.Rename(w.Context(), doc.ID, "Plan", doc.UpdatedAt-3, guard))
		same(w, w.access(doc.ID).Document.UpdatedAt, doc.UpdatedAt)
	})

	t.Run("DeletedIsGone", func(t *testing.T) {
		w := w.in(t)
		doc := w.document(w.actor)
		guard := w.guard(w.actor, doc.ID)
		for range 2 {
			w.ok(w.Store.DeleteDocument(w.Context(), doc.ID, w.now, guard))
			_, err := w.Store.Access(w.Context(), doc.ID)
			w.refused(err, storage.ErrNoDocument)
		}
		w.refused(w.Store.DeleteDocument(w.Context(), doc.ID, w.now+1, guard), storage.ErrNoDocument)
		w.refused(w.Store.Rename(w.Context(), doc.ID, doc.Title, w.now, guard), storage.ErrNoDocument)
		versions, err := w.Store.Versions(w.Context(), []id.Doc{doc.ID})
		w.ok(err)
		same(w, len(versions), 0)
	})

	t.Run("AccessOfNoDocument", func(t *testing.T) {
		w := w.in(t)
		_, err := w.Store.Access(w.Context(), id.New[id.Doc]())
		w.refused(err, storage.ErrNoDocument)
	})

	t.Run("VersionsOfMany", func(t *testing.T) {
		w := w.in(t)
		var ask []id.Doc
		want := make(map[id.Doc]storage.Version)
		for i := range 300 {
			if i%3 == 0 {
				ask = append(ask, id.New[id.Doc]())
				continue
			}
			doc := w.document(w.actor).ID
			ask = append(ask, doc)
			want[doc] = storage.Version{Access: 1}
		}
		got, err := w.Store.Versions(w.Context(), ask)
		w.ok(err)
		same(w, got, want)
		got, err = w.Store.Versions(w.Context(), nil)
		w.ok(err)
		same(w, len(got), 0)
	})
}

func testDocumentsOf(t *testing.T, open func(t *testing.T) Opened) {
	w := newWorld(t, open(t))
	reader := w.user("Rea")
	readerActs := w.signIn(reader)
	want := []storage.Listed{}
	for i := range 23 {
		doc := w.newDocument(w.actor)
		if i%2 == 0 {
			doc.Owner = reader.ID
		}
		doc.UpdatedAt = w.now + storage.Micros(i/4) // several at one moment
		owner := w.actor
		if doc.Owner == reader.ID {
			owner = readerActs
		}
		w.ok(w.Store.CreateDocument(w.Context(), doc, by(owner)))
		role := authz.Owner
		grant := w.grant(reader)
		switch {
		case i%2 == 0:
			if i%4 == 0 { // an owner's own grant says nothing
				grant.Role = authz.Viewer
			} else {
				grant.To.Kind = authz.ToEveryone
				grant.To.ID = [16]byte{}
			}
		case i == 5:
			grant.ExpiresAt = int64(w.now) // dead
		case i == 7:
			grant.To = toUser(w.user("Else").ID)
		case i == 9:
			link, _ := w.newLink(doc.ID, authz.Viewer)
			link.ID = id.Link(reader.ID) // the same id, but not of a user
			grant.To = link.To()
			_, err := w.Store.PutLink(w.Context(), link, grant, w.guard(owner, doc.ID))
			w.ok(err)
		case i == 11:
			grant.Role, grant.ExpiresAt, role = authz.Viewer, int64(w.now+hour), authz.Viewer
		default:
			role = authz.Editor
		}
		version, err := w.Store.PutGrant(w.Context(), doc.ID, grant, w.guard(owner, doc.ID))
		w.ok(err)
		doc.AccessVersion = version
		if i == 13 {
			w.ok(w.Store.DeleteDocument(w.Context(), doc.ID, w.now, w.guard(w.actor, doc.ID)))
		}
		if i != 5 && i != 7 && i != 9 && i != 13 {
			want = append(want, storage.Listed{Document: doc, Role: role})
		}
	}
	sortListed(want)

	for _, limit := range []int{1, 3, 4, 5, 100} {
		t.Run(fmt.Sprintf("PagesOf%d", limit), func(t *testing.T) {
			w := w.in(t)
			got := []storage.Listed{}
			for page := (storage.Page{Limit: limit}); ; {
				items, err := w.Store.DocumentsOf(w.Context(), reader.ID, w.now, page)
				w.ok(err)
				got = append(got, items...)
				if len(items) < limit {
					break
				}
				last := items[len(items)-1].Document
				page.Before, page.Doc = last.UpdatedAt, last.ID
			}
			same(w, got, want)
		})
	}
	t.Run("OfNobody", func(t *testing.T) {
		w := w.in(t)
		items, err := w.Store.DocumentsOf(w.Context(), id.New[id.User](), w.now, storage.Page{Limit: 9})
		w.ok(err)
		same(w, len(items), 0)
	})
}

func testGrant(t *testing.T, open func(t *testing.T) Opened) {
	w := newWorld(t, open(t))
	bob := w.user("Bob")

	t.Run("PutReplacesAndBumps", func(t *testing.T) {
		w := w.in(t)
		doc := w.document(w.actor)
		grant := w.grant(bob)
		for i, role := range []authz.Role{authz.Viewer, authz.Commenter, authz.Admin} {
			grant.Role, grant.ExpiresAt = role, int64(i)*int64(w.now+hour)
			version, err := w.Store.PutGrant(w.Context(), doc.ID, grant, w.guard(w.actor, doc.ID))
			w.ok(err)
			same(w, version, int64(2+i))
			access := w.access(doc.ID)
			same(w, access.Grants, []storage.Grant{grant})
			same(w, access.Document.AccessVersion, version)
		}
	})

	t.Run("EveryKindOfPrincipal", func(t *testing.T) {
		w := w.in(t)
		doc := w.document(w.actor)
		want := []storage.Grant{}
		for kind := authz.ToUser; kind <= authz.ToAddress; kind++ {
			grant := w.grant(bob)
			grant.To.Kind = kind
			switch kind {
			case authz.ToGroup:
				grant.To.ID = w.group().ID
			case authz.ToLink:
				link, grant := w.newLink(doc.ID, authz.Viewer)
				_, err := w.Store.PutLink(w.Context(), link, grant, w.guard(w.actor, doc.ID))
				w.ok(err)
				want = append(want, grant)
				continue
			case authz.ToEveryone, authz.ToAnyone:
				grant.To.ID = [16]byte{}
			case authz.ToAddress:
				grant.Address = "new@example.org"
				grant.To = storage.ToAddress(grant.Address)
			}
			_, err := w.Store.PutGrant(w.Context(), doc.ID, grant, w.guard(w.actor, doc.ID))
			w.ok(err)
			want = append(want, grant)
		}
		same(w, w.access(doc.ID).Grants, want)
		for left := len(want) - 1; left >= 0; left-- {
			_, err := w.Store.DropGrant(w.Context(), doc.ID, want[left].To, w.guard(w.actor, doc.ID))
			w.ok(err)
			same(w, len(w.access(doc.ID).Grants), left)
		}
	})

	t.Run("DropTakesAwayAndBumps", func(t *testing.T) {
		w := w.in(t)
		doc := w.document(w.actor)
		_, err := w.Store.PutGrant(w.Context(), doc.ID, w.grant(bob), w.guard(w.actor, doc.ID))
		w.ok(err)
		version, err := w.Store.DropGrant(w.Context(), doc.ID, toUser(bob.ID), w.guard(w.actor, doc.ID))
		w.ok(err)
		same(w, version, int64(3))
		same(w, len(w.access(doc.ID).Grants), 0)
		same(w, w.access(doc.ID).Document.AccessVersion, int64(3))
	})

	t.Run("DropOfNone", func(t *testing.T) {
		w := w.in(t)
		doc := w.document(w.actor)
		_, err := w.Store.DropGrant(w.Context(), doc.ID, toUser(bob.ID), w.guard(w.actor, doc.ID))
		w.refused(err, storage.ErrNoGrant)
		same(w, w.access(doc.ID).Document.AccessVersion, int64(1))
	})

	t.Run("ToNoUser", func(t *testing.T) {
		w := w.in(t)
		doc := w.document(w.actor)
		_, err := w.Store.PutGrant(w.Context(), doc.ID, w.grant(storage.User{ID: id.New[id.User]()}), w.guard(w.actor, doc.ID))
		w.refused(err, storage.ErrNoUser)
		same(w, w.access(doc.ID).Document.AccessVersion, int64(1))
	})

	t.Run("RepeatedIsOnce", func(t *testing.T) {
		w := w.in(t)
		doc := w.document(w.actor)
		guard := w.guard(w.actor, doc.ID)
		for range 2 {
			version, err := w.Store.PutGrant(w.Context(), doc.ID, w.grant(bob), guard)
			w.ok(err)
			same(w, version, int64(2))
		}
		guard = w.guard(w.actor, doc.ID)
		for range 2 {
			version, err := w.Store.DropGrant(w.Context(), doc.ID, toUser(bob.ID), guard)
			w.ok(err)
			same(w, version, int64(3))
		}
		same(w, w.access(doc.ID).Document.AccessVersion, int64(3))
	})

	t.Run("OneOfTwoDecisionsStands", func(t *testing.T) {
		w := w.in(t)
		doc := w.document(w.actor)
		guard := w.guard(w.actor, doc.ID)
		errs := make([]error, 8)
		together(len(errs), func(i int) {
			grant := w.grant(bob)
			grant.GrantedAt += storage.Micros(i)
			_, errs[i] = w.Store.PutGrant(w.Context(), doc.ID, grant, guard)
		})
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
			} else if !errors.Is(err, storage.ErrAccessMoved) {
				t.Errorf("got %v, want %v", err, storage.ErrAccessMoved)
			}
		}
		same(w, won, 1)
	})
}
