package room_test

import (
	"errors"
	"strings"
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

func refusedCode(err error) wire.Code {
	var refused *room.Refusal
	if errors.As(err, &refused) {
		return refused.Code
	}
	return ""
}

// lastRejected is the code of the last refusal that the typist pulled.
func (c *typist) lastRejected() wire.Code {
	if len(c.rejected) == 0 {
		return ""
	}
	return c.rejected[len(c.rejected)-1].Code
}

// Every role may do what authz says, is refused the rest, and what is refused is neither shown to anybody nor logged.
func TestRolesDecideWhatSeatsMayDo(t *testing.T) {
	for role := authz.None; role <= authz.Owner; role++ {
		for _, locked := range []bool{false, true} {
			if locked && role == authz.None {
				continue
			}
			name := role.String()
			if locked {
				name += " locked"
			}
			t.Run(name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) { rolesDecide(t, role, locked) })
			})
		}
	}
}

func rolesDecide(t *testing.T, role authz.Role, locked bool) {
	w := newWorld(t)
	actor := w.owner
	if role != authz.Owner {
		if actor = w.person("Somebody"); role != authz.None {
			w.grant(actor, role, 0)
		}
	}
	w.store.mu.Lock()
	w.store.locked = locked
	w.store.mu.Unlock()
	may := authz.Standing{Role: role, SignedIn: true, Locked: locked}

	c := newTypist(w, actor)
	err := c.join()
	if !may.May(authz.Open) {
		if refusedCode(err) != wire.CodeNotFound {
			t.Fatalf("Join() = %v, want not_found", err)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	bystander := join(w, w.owner)
	c.pull()
	if c.welcome.Role != role {
		t.Fatalf("welcomed as %v, want %v", c.welcome.Role, role)
	}

	c.edit(ot.New().Insert("x", nil).MustDelta())
	c.send()
	synctest.Wait()
	c.pull()
	bystander.pull()
	logged, shown := len(w.log()), int(bystander.replica.Rev())
	if may.May(authz.Edit) {
		if logged != 1 || shown != 1 || !c.replica.Synced() {
			t.Fatalf("an edit that is allowed: %d logged, %d shown, rejected %v", logged, shown, c.rejected)
		}
	} else if logged != 0 || shown != 0 || c.lastRejected() != wire.CodeForbidden || c.rejected[0].Temporary {
		t.Fatalf("an edit that is not allowed: %d logged, %d shown, rejected %v", logged, shown, c.rejected)
	}

	c.seat.ShowCursor(&wire.Cursor{Rev: c.replica.Rev()})
	time.Sleep(w.limits.PresencePause)
	synctest.Wait()
	bystander.pull()
	if got := bystander.peers[c.seat.ID()].Cursor != nil; got != may.May(authz.ShowCursor) {
		t.Fatalf("caret shown: %v", got)
	}
}

// A right that was taken away is not used by any commit after the call that took it has returned, though the room learns
// of it late or never.
func TestRevocationStopsEditsAndSeat(t *testing.T) {
	for _, told := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t)
			editor, other := join(w, w.editor("Editor")), join(w, w.owner)
			editor.typeText("before ")
			if !told {
				w.events = &bus.Bus{} // nobody listens
			}
			w.grant(editor.actor, authz.None, 0)
			before := len(w.log())
			editor.edit(ot.New().Insert("after", nil).MustDelta())
			editor.send()
			other.typeText("mine ")
			synctest.Wait()
			seen := editor.replica.Rev()
			editor.pull()
			if editor.closed != wire.CloseAccessRevoked {
				t.Fatalf("told %v: the seat is closed with %d", told, editor.closed)
			}
			if editor.replica.Rev() != seen {
				t.Fatalf("told %v: content flowed after the revocation", told)
			}
			for _, r := range w.log()[before:] {
				if r.Author == editor.actor.User {
					t.Fatalf("told %v: revision %d was committed after the revocation", told, r.Rev)
				}
			}
			if err := editor.join(); refusedCode(err) != wire.CodeNotFound {
				t.Fatalf("Join() = %v, want not_found", err)
			}
		})
	}
}

// Without events and without edits, the poll closes the seat.
func TestPollFindsRevocation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		viewer := w.person("Viewer")
		w.grant(viewer, authz.Viewer, 0)
		c := join(w, viewer)
		w.events = &bus.Bus{}
		w.grant(viewer, authz.None, 0)
		time.Sleep(w.limits.AccessPoll + time.Second)
		synctest.Wait()
		if c.pull(); c.closed != wire.CloseAccessRevoked {
			t.Fatalf("closed with %d", c.closed)
		}
	})
}

// Edits that wait behind a slow commit are authorised anew when rights change under them, whether the change comes before
// that commit or after it.
func TestDowngradeRefusesWaitingEdits(t *testing.T) {
	t.Run("before", func(t *testing.T) { downgradeRefusesWaitingEdits(t, (*world).hold) })
	t.Run("after", func(t *testing.T) { downgradeRefusesWaitingEdits(t, (*world).holdAnswer) })
}

func downgradeRefusesWaitingEdits(t *testing.T, hold func(*world) func()) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		a, b, owner := join(w, w.editor("A")), join(w, w.editor("B")), join(w, w.owner)
		gate := hold(w)
		owner.edit(ot.New().Insert("1", nil).MustDelta())
		owner.send()
		synctest.Wait() // in flight
		for _, c := range []*typist{a, b} {
			c.edit(ot.New().Insert("2", nil).MustDelta())
			c.send()
		}
		synctest.Wait() // staged behind it
		w.grant(a.actor, authz.Viewer, 0)
		synctest.Wait()
		gate()
		synctest.Wait()
		for _, c := range []*typist{a, b, owner} {
			c.pull()
		}
		if a.lastRejected() != wire.CodeForbidden || a.closed != 0 {
			t.Errorf("the downgraded editor: rejected %v, closed %d", a.rejected, a.closed)
		}
		if len(a.access) != 1 || a.access[0].Role != authz.Viewer || a.access[0].Reason != "revoked" {
			t.Errorf("the downgraded editor was told %v", a.access)
		}
		if !b.replica.Synced() || !owner.replica.Synced() {
			t.Errorf("others wait: %v %v", b.rejected, owner.rejected)
		}
		if log := w.log(); len(log) != 2 {
			t.Errorf("%d revisions, want 2", len(log))
		}
	})
}

func TestUpgradeNeedsNoReconnect(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		viewer := w.person("Viewer")
		w.grant(viewer, authz.Viewer, 0)
		c := join(w, viewer)
		w.grant(viewer, authz.Editor, 0)
		synctest.Wait()
		c.pull()
		if len(c.access) != 1 || c.access[0].Role != authz.Editor || c.access[0].Reason != "granted" {
			t.Fatalf("told %v", c.access)
		}
		c.typeText("hello")
	})
}

// Whoever may not see a document hears what is said of one that does not exist, after as many queries.
func TestForeignDocumentLooksLikeNone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		stranger := w.person("Stranger")
		ask := func(doc id.Doc) (string, int) {
			w.store.mu.Lock()
			w.store.accesses = 0
			w.store.mu.Unlock()
			_, err := w.hub.Join(w.ctx, room.Join{Doc: doc, Actor: stranger, Client: id.New[id.Client](), Wake: func() {}})
			_, werr := w.hub.Write(w.ctx, write(w, stranger, doc, 0, "rebase", "x"))
			w.store.mu.Lock()
			defer w.store.mu.Unlock()
			return err.Error() + werr.Error(), w.store.accesses
		}
		none, queries := ask(id.New[id.Doc]())
		shut, queriesShut := ask(w.doc)
		join(w, w.owner)
		opened, queriesOpened := ask(w.doc)
		if none != shut || none != opened || queries != queriesShut || queries != queriesOpened {
			t.Fatalf("none %q (%d queries), closed %q (%d), open %q (%d)", none, queries, shut, queriesShut, opened, queriesOpened)
		}
	})
}

// The snapshot that waits for the next join is older than what was deleted since: only who may read history gets it.
func TestWaitingSnapshotShowsNoHistory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		author, viewer, editor := join(w, w.owner), w.person("Viewer"), w.editor("Editor")
		w.grant(viewer, authz.Viewer, 0)
		author.typeText("a secret")
		join(w, editor) // leaves a snapshot with the secret behind
		author.edit(ot.New().Delete(len("a secret")).MustDelta())
		author.send()
		author.wait("an acknowledgement", author.replica.Synced)
		for _, c := range []struct {
			actor storage.Actor
			sees  bool
		}{{editor, true}, {viewer, false}} {
			seat, err := w.hub.Join(w.ctx, room.Join{Doc: w.doc, Actor: c.actor, Client: id.New[id.Client](), Wake: func() {}})
			if err != nil {
				t.Fatal(err)
			}
			defer seat.Leave()
			var said []byte
			for ends := []int{0}; len(ends) > 0; {
				var more []byte
				if more, ends, err = seat.Pull(w.ctx, nil, nil, 1<<20); err != nil {
					t.Fatal(err)
				}
				said = append(said, more...)
			}
			if sees := strings.Contains(string(said), "secret"); sees != c.sees {
				t.Errorf("%s is told what was deleted: %t, want %t: %s", c.actor.Name, sees, c.sees, said)
			}
		}
	})
}

// What was written and taken away before is history: who may not read that comes back to the content as it is.
func TestComingBackReadsNoHistory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, role := range []authz.Role{authz.Viewer, authz.Commenter, authz.Editor} {
			w := newWorld(t)
			author := join(w, w.owner)
			author.typeText("a secret")
			author.edit(ot.New().Delete(len("a secret")).MustDelta())
			author.send()
			author.wait("an acknowledgement", author.replica.Synced)
			reader := w.person("Reader")
			w.grant(reader, role, 0)
			c := newTypist(w, reader)
			welcome := func(rev ot.Rev) string {
				ask := room.Join{Doc: w.doc, Actor: reader, Client: c.client, Since: &wire.Since{Epoch: 1, Rev: rev}, Wake: func() {}}
				if rev > 2 {
					ask.Since = nil
				}
				seat, err := w.hub.Join(w.ctx, ask)
				if err != nil {
					t.Fatal(err)
				}
				defer seat.Leave()
				said, _, err := seat.Pull(w.ctx, nil, nil, 1<<20)
				if err != nil {
					t.Fatal(err)
				}
				return string(said)
			}
			if got, may := strings.Contains(welcome(0), "secret"), role >= authz.Editor; got != may {
				t.Fatalf("a %v reads history: %t", role, got)
			}
			if strings.Contains(welcome(99), "secret") && role < authz.Editor {
				t.Fatalf("a %v reads history in a welcome", role)
			}
			if said := welcome(2); strings.Contains(said, "snapshot") {
				t.Fatalf("a %v who has everything is sent it again: %s", role, said)
			}
		}
	})
}

// Who loses the right to read history in the midst of a catch-up gets no more of it: they come back to the content as it is.
func TestLostHistoryEndsACatchUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		author := join(w, w.owner)
		author.typeText("a secret")
		editor := w.editor("Editor")
		join(w, w.editor("Other")) // leaves a snapshot with the secret behind
		author.edit(ot.New().Delete(len("a secret")).MustDelta())
		author.send()
		author.wait("an acknowledgement", author.replica.Synced)
		present := join(w, editor)
		var seats []*room.Seat
		for _, since := range []*wire.Since{nil, {Epoch: 1, Rev: 0}} {
			seat, err := w.hub.Join(w.ctx, room.Join{Doc: w.doc, Actor: editor, Client: id.New[id.Client](), Since: since, Wake: func() {}})
			if err != nil {
				t.Fatal(err)
			}
			seats = append(seats, seat)
		}
		w.grant(editor, authz.Viewer, 0)
		synctest.Wait()
		for i, seat := range seats {
			said, _, err := seat.Pull(w.ctx, nil, nil, 1<<20)
			var closed *room.Closed
			if !errors.As(err, &closed) || closed.Code != wire.CloseResync || strings.Contains(string(said), "secret") {
				t.Errorf("seat %d is told %v, %s", i, err, said)
			}
		}
		if present.pull(); present.closed != 0 {
			t.Errorf("who had everything is closed: %v", present.closed)
		}
	})
}

// An edit that waits for the change of a right finds it before the room hears whose it is. The person hears that as well.
func TestWhoChangedARightIsToldWhenItIsKnown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		c := join(w, w.editor("Kim"))
		heard := w.events
		w.events = &bus.Bus{}
		w.grant(c.actor, authz.Viewer, 0)
		w.events = heard
		c.edit(insert("late"))
		c.send()
		synctest.Wait()
		c.pull()
		if len(c.access) != 1 || c.access[0].Role != authz.Viewer || c.access[0].By != nil {
			t.Fatalf("told %+v", c.access)
		}
		w.events.Publish(bus.AccessChanged{Doc: w.doc, By: w.owner.User, Name: w.owner.Name})
		synctest.Wait()
		c.pull()
		if len(c.access) != 2 || c.access[1].Role != authz.Viewer || c.access[1].Reason != "revoked" || c.access[1].By == nil || c.access[1].By.User != w.owner.User {
			t.Fatalf("told %+v", c.access)
		}
		w.events.Publish(bus.AccessChanged{Doc: w.doc, By: w.owner.User, Name: w.owner.Name})
		synctest.Wait()
		if c.pull(); len(c.access) != 2 {
			t.Fatalf("told again: %+v", c.access[2:])
		}
	})
}
