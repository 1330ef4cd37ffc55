package storagetest

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// testAccessRace: changes of who may do what that meet leave the access list as one of them after the other would, and each
// version says one thing only.
func testAccessRace(t *testing.T, open func(t *testing.T) Opened) {
	w := newWorld(t, open(t))

	// A room keeps what it read at a version until the version moves: so nobody's role may change without it.
	t.Run("ARoleHasOneValueAtAVersion", func(t *testing.T) {
		for range 8 {
			w := w.in(t)
			doc := w.document(w.actor).ID
			member := w.signIn(w.user("Bob"))
			group := w.group(member.User)
			var done atomic.Bool
			var looking sync.WaitGroup
			for range 2 {
				looking.Go(func() {
					seen := make(map[int64]authz.Role)
					for !done.Load() {
						access, err := w.Store.Access(context.Background(), doc, member.User)
						if err != nil {
							w.Error(err)
							return
						}
						version, role := access.Document.AccessVersion, access.Decide(member, w.now).Role
						if was, is := seen[version]; is && was != role {
							w.Errorf("at version %d they are %v, and were %v", version, role, was)
						}
						seen[version] = role
					}
				})
			}
			grant := w.grant(storage.User{})
			grant.To = toGroup(group.ID)
			guard := w.guard(w.actor, doc)
			together(2, func(i int) {
				var err error
				if i == 0 {
					_, err = w.Store.PutGrant(context.Background(), doc, grant, guard)
				} else {
					_, err = w.Store.DropMember(context.Background(), group.ID, member.User, by(w.actor))
				}
				if err = except(err, storage.ErrAccessMoved); err != nil {
					w.Error(err)
				}
			})
			done.Store(true)
			looking.Wait()
			same(w, w.role(doc, member), authz.None)
		}
	})

	// What holds a group's row holds off all who would change its members, or grant something to it.
	for _, use := range []struct {
		name string
		call func(w *world, doc id.Doc, group storage.Group) error
	}{
		{"Grant", func(w *world, doc id.Doc, group storage.Group) error {
			grant := w.grant(storage.User{})
			grant.To = toGroup(group.ID)
			_, err := w.Store.PutGrant(context.Background(), doc, grant, storage.Guard{AccessVersion: 1, Fence: fence(w.actor)})
			return err
		}},
		{"Approval", func(w *world, doc id.Doc, group storage.Group) error {
			grant := w.grant(storage.User{})
			grant.To = toGroup(group.ID)
			verdict := storage.Verdict{Outcome: storage.Approved, DecidedAt: w.now}
			_, err := w.Store.DecideRequest(context.Background(), doc, w.asked, verdict, &grant, storage.Guard{AccessVersion: 1, Fence: fence(w.actor)})
			return err
		}},
		{"AddMember", func(w *world, _ id.Doc, group storage.Group) error {
			_, err := w.Store.AddMember(context.Background(), group.ID, w.actor.User, w.now, by(w.actor))
			return err
		}},
		{"DropMember", func(w *world, _ id.Doc, group storage.Group) error {
			_, err := w.Store.DropMember(context.Background(), group.ID, w.actor.User, by(w.actor))
			return err
		}},
		{"DropGroup", func(w *world, _ id.Doc, group storage.Group) error {
			_, err := w.Store.DropGroup(context.Background(), group.ID, by(w.actor))
			return err
		}},
	} {
		t.Run(use.name+"WaitsForTheGroup", func(t *testing.T) {
			w := w.in(t)
			doc := w.document(w.actor).ID
			w.asked = w.ask(doc, w.signIn(w.user("Eve"))).ID
			group := w.group()
			w.ok(w.during("UPDATE groups SET name = name WHERE id = $1", w.Key(group.ID), func() error { return use.call(w, doc, group) }))
		})
	}

	t.Run("NobodyStaysBehindARevokedLink", func(t *testing.T) {
		for range 6 {
			w := w.in(t)
			doc := w.document(w.actor).ID
			link := w.link(doc, authz.Editor)
			guard := w.guard(w.actor, doc)
			var entered [8]error
			together(len(entered)+1, func(i int) {
				if i == len(entered) {
					if _, err := w.Store.DropGrant(context.Background(), doc, link.To(), guard); err != nil {
						w.Error(err)
					}
					return
				}
				guest := storage.User{ID: id.New[id.User](), CreatedAt: w.now, Guest: true}
				_, entered[i] = w.Store.EnterLink(context.Background(), link.Hash, guest, w.now, storage.By{})
			})
			for _, err := range entered {
				w.ok(except(err, storage.ErrNoLink))
			}
			var members int
			w.ok(w.DB.QueryRowContext(w.Context(), "SELECT count(*) FROM members WHERE principal = $1", w.Key(link.ID)).Scan(&members))
			same(w, members, 0)
		}
	})

	t.Run("UsesAreCountedOneByOne", func(t *testing.T) {
		w := w.in(t)
		doc := w.document(w.actor).ID
		link := w.link(doc, authz.Editor)
		together(12, func(int) {
			guest := storage.User{ID: id.New[id.User](), CreatedAt: w.now, Guest: true}
			if _, err := w.Store.EnterLink(context.Background(), link.Hash, guest, w.now, storage.By{}); err != nil {
				w.Error(err)
			}
		})
		links, err := w.Store.Links(w.Context(), doc)
		w.ok(err)
		same(w, links[0].Uses, int64(12))
	})

	t.Run("AnOfferIsAcceptedOrWithdrawn", func(t *testing.T) {
		for range 6 {
			w := w.in(t)
			bob := w.signIn(w.user("Bob"))
			doc := w.document(w.actor).ID
			version, err := w.Store.OfferDocument(w.Context(), doc, bob.User, w.guard(w.actor, doc))
			w.ok(err)
			var errs [2]error
			together(2, func(i int) {
				if i == 0 {
					transfer := storage.Transfer{To: bob.User, Offered: true, Keep: authz.Admin, At: w.now}
					_, errs[i] = w.Store.TransferDocument(context.Background(), doc, transfer, storage.Guard{AccessVersion: version, Fence: fence(bob)})
				} else {
					_, errs[i] = w.Store.OfferDocument(context.Background(), doc, id.User{}, storage.Guard{AccessVersion: version, Fence: fence(w.actor)})
				}
			})
			owner := w.access(doc).Document.Owner
			switch {
			case errs[0] == nil && errors.Is(errs[1], storage.ErrAccessMoved):
				same(w, owner, bob.User)
			case errs[1] == nil && errors.Is(errs[0], storage.ErrAccessMoved):
				same(w, owner, w.actor.User)
			default:
				t.Fatalf("accepted: %v; withdrawn: %v", errs[0], errs[1])
			}
			same(w, w.access(doc).Document.OfferedTo, id.User{})
		}
	})

	t.Run("RequestsAreCountedOneByOne", func(t *testing.T) {
		w := w.in(t)
		doc := w.document(w.actor).ID
		for range storage.DefaultBounds().Requests - 4 {
			w.ask(doc, w.signIn(w.user("Crowd")))
		}
		var crowd []storage.Actor
		for range 12 {
			crowd = append(crowd, w.signIn(w.user("Late")))
		}
		together(len(crowd), func(i int) {
			if err := w.Store.PutRequest(context.Background(), w.request(doc, crowd[i]), by(crowd[i])); err != nil {
				w.Error(err)
			}
		})
		same(w, len(w.requests(doc)), storage.DefaultBounds().Requests)
	})
}
