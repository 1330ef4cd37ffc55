package room_test

import (
	"context"
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

// An expiry that passes ends what it gave, at its moment, and a lower grant remains.
func TestExpiryEndsRights(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		actor := w.person("Guest")
		w.grant(actor, authz.Editor, storage.At(time.Now().Add(time.Minute)))
		c := join(w, actor)
		c.typeText("in time")
		time.Sleep(time.Minute - time.Second)
		c.typeText("still in time")
		time.Sleep(time.Second)
		synctest.Wait()
		if c.pull(); c.closed != wire.CloseAccessRevoked {
			t.Fatalf("closed with %d", c.closed)
		}
		w.grant(actor, authz.Editor, storage.At(time.Now().Add(time.Minute)))
		to := authz.Principal{Kind: authz.ToEveryone}
		if _, err := w.store.PutGrant(w.ctx, w.doc, storage.Grant{Right: authz.Right{To: to, Role: authz.Viewer}}, w.guard()); err != nil {
			t.Fatal(err)
		}
		w.events.Publish(bus.AccessChanged{Doc: w.doc})
		if err := c.join(); err != nil {
			t.Fatal(err)
		}
		c.pull()
		time.Sleep(time.Minute)
		synctest.Wait()
		c.pull()
		if c.closed != 0 || len(c.access) != 1 || c.access[0].Role != authz.Viewer || c.access[0].Reason != "expired" {
			t.Fatalf("closed %d, told %v", c.closed, c.access)
		}
	})
}

// The database's clock decides. If it is ahead of ours, an edit that it finds expired is refused, and others go on.
func TestExpiryByTheDatabasesClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		actor := w.person("Guest")
		end := storage.At(time.Now().Add(time.Minute))
		w.grant(actor, authz.Editor, end)
		guest, owner := join(w, actor), join(w, w.owner)
		w.store.hookAppend(func(ctx context.Context, batches []storage.Batch, next appendTo) ([]error, error) {
			for _, fence := range batches[0].Fences {
				if fence.ValidUntil != 0 {
					return refuseAll(batches, &storage.FenceError{Ended: []storage.Fence{fence}})
				}
			}
			return next(ctx, batches)
		})
		guest.edit(ot.New().Insert("late", nil).MustDelta())
		owner.edit(ot.New().Insert("mine", nil).MustDelta())
		guest.send()
		owner.send()
		owner.wait("its own", owner.replica.Synced)
		synctest.Wait()
		if guest.pull(); guest.closed != wire.CloseAccessRevoked || len(w.log()) != 1 {
			t.Fatalf("closed with %d, %d revisions", guest.closed, len(w.log()))
		}
	})
}

// Whoever is signed out loses every seat and every edit on its way, told by an event, by the poll, or by the database when
// they edit; a bystander does not notice.
func TestSignedOut(t *testing.T) {
	for _, by := range []string{"credential event", "user event", "edit", "poll"} {
		t.Run(by, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				c, other := join(w, w.editor("Leaving")), join(w, w.editor("Staying"))
				credential := c.actor.Credential.ID
				if err := w.store.RevokeToken(w.ctx, c.actor.User, credential, storage.At(time.Now()), storage.By{}); err != nil {
					t.Fatal(err)
				}
				switch by {
				case "credential event":
					w.events.Publish(bus.CredentialEnded{Credential: credential})
				case "user event":
					w.events.Publish(bus.UserChanged{User: c.actor.User})
				case "edit":
					c.edit(ot.New().Insert("x", nil).MustDelta())
					c.send()
				case "poll":
					time.Sleep(2 * w.limits.AccessPoll)
				}
				synctest.Wait()
				if c.pull(); c.closed != wire.CloseSignedOut {
					t.Fatalf("closed with %d", c.closed)
				}
				other.typeText("still here")
				if len(w.log()) != 1 {
					t.Fatalf("%d revisions", len(w.log()))
				}
				if err := c.join(); refusedCode(err) != wire.CodeNotSignedIn {
					t.Fatalf("Join() = %v", err)
				}
			})
		})
	}
}

// However many are here, all whose sign-in has ended are out by the next look, though no event tells of it.
func TestALookFindsAllWhoAreSignedOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, func(l *room.Limits) { l.PollCredentials = 2 })
		var leaving []*typist
		for range 7 {
			leaving = append(leaving, join(w, w.editor("Leaving")))
		}
		staying := join(w, w.editor("Staying"))
		for _, c := range leaving {
			if err := w.store.RevokeToken(w.ctx, c.actor.User, c.actor.Credential.ID, storage.At(time.Now()), storage.By{}); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(w.limits.AccessPoll)
		synctest.Wait()
		for i, c := range leaving {
			if c.pull(); c.closed != wire.CloseSignedOut {
				t.Errorf("number %d is closed with %d", i, c.closed)
			}
		}
		staying.typeText("still here")
	})
}

func TestDeletedDocumentClosesItsSeats(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		c := join(w, w.owner)
		if err := w.store.DeleteDocument(w.ctx, w.doc, storage.At(time.Now()), w.guard()); err != nil {
			t.Fatal(err)
		}
		w.events.Publish(bus.AccessChanged{Doc: w.doc})
		synctest.Wait()
		if c.pull(); c.closed != wire.CloseNoDocument {
			t.Fatalf("closed with %d", c.closed)
		}
		if err := c.join(); refusedCode(err) != wire.CodeNotFound {
			t.Fatalf("Join() = %v", err)
		}
	})
}

func TestRenameIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		c := join(w, w.owner)
		if err := w.store.Rename(w.ctx, w.doc, "New", storage.At(time.Now()), w.guard()); err != nil {
			t.Fatal(err)
		}
		w.events.Publish(bus.DocumentChanged{Doc: w.doc})
		synctest.Wait()
		c.pull()
		if c.title != "New" {
			t.Fatalf("the title is %q", c.title)
		}
	})
}

// Whoever is signed out while the document still opens gets no more than an end, however the news comes; it harms nobody else.
func TestSignedOutWhileJoining(t *testing.T) {
	for _, by := range []string{"credential event", "user event", "poll"} {
		t.Run(by, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				c, gate, joined := newTypist(w, w.editor("Leaving")), make(chan struct{}), make(chan error)
				w.store.hookLoad(func(id.Doc) error { <-gate; return nil })
				go func() { joined <- c.join() }()
				synctest.Wait()
				credential := c.actor.Credential.ID
				if err := w.store.RevokeToken(w.ctx, c.actor.User, credential, storage.At(time.Now()), storage.By{}); err != nil {
					t.Fatal(err)
				}
				switch by {
				case "credential event":
					w.events.Publish(bus.CredentialEnded{Credential: credential})
				case "user event":
					w.events.Publish(bus.UserChanged{User: c.actor.User})
				case "poll":
					time.Sleep(2 * w.limits.AccessPoll)
				}
				close(gate)
				if err := <-joined; refusedCode(err) == wire.CodeNotSignedIn {
					return
				} else if err != nil {
					t.Fatalf("Join() = %v", err)
				}
				synctest.Wait()
				if c.pull(); c.closed != wire.CloseSignedOut || c.welcome != nil {
					t.Fatalf("closed with %d, welcome %v", c.closed, c.welcome)
				}
			})
		})
	}
}
