package room_test

import (
	"slices"
	"testing"
	"testing/synctest"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/server/internal/room"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage/id"
)

func revs(written wire.Written) (revs []ot.Rev) {
	for _, item := range written.Items {
		revs = append(revs, item.Rev)
	}
	return revs
}

// Edits of one request are committed together, seen at once by everybody, and answered the same on every retry.
func TestWriteIsIdempotent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		c := join(w, w.owner)
		c.typeText("seat ")
		ops := write(w, w.editor("Program"), w.doc, 0, "rebase", "c", "b", "a")
		first, err := w.hub.Write(w.ctx, ops)
		if err != nil || !slices.Equal(revs(first), []ot.Rev{2, 3, 4}) {
			t.Fatalf("Write() = %v, %v", first, err)
		}
		c.settle(4)
		c.typeText("more ")
		for _, restart := range []bool{false, true} {
			if restart {
				w.restart()
			}
			again, err := w.hub.Write(w.ctx, ops)
			if err != nil || !slices.Equal(revs(again), revs(first)) {
				t.Fatalf("again: %v, %v", again, err)
			}
			for i := range again.Items {
				if !again.Items[i].Delta.Equal(*first.Items[i].Delta) || again.Items[i].At != first.Items[i].At {
					t.Errorf("item %d: %v, then %v", i, first.Items[i], again.Items[i])
				}
			}
		}
		converged(t, w, []*typist{c})
	})
}

func TestWriteAllOrNone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		c := join(w, w.owner)
		ops := write(w, w.owner, w.doc, 0, "rebase", "a", "b", "c")
		ops.Ops[2] = ot.New().Retain(100, nil).Insert("x", nil).MustDelta()
		_, err := w.hub.Write(w.ctx, ops)
		if refused, _ := err.(*room.Refusal); refused == nil || refused.Code != wire.CodeDoesNotFit || refused.Pointer != "/ops/2/ops/0" {
			t.Fatalf("Write() = %+v", err)
		}
		synctest.Wait()
		if c.pull(); len(w.log()) != 0 || c.replica.Rev() != 0 {
			t.Fatalf("%d revisions", len(w.log()))
		}
	})
}

// Other edits under used numbers, and a request of which only a part is in the log, are refused as a whole.
func TestWriteReusesNumbers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		first := write(w, w.owner, w.doc, 0, "rebase", "a", "b")
		first.Seq = 5
		if _, err := w.hub.Write(w.ctx, first); err != nil {
			t.Fatal(err)
		}
		for name, change := range map[string]func(*room.Write){
			"other ids":         func(w *room.Write) { w.IDs = []id.Edit{id.New[id.Edit](), id.New[id.Edit]()} },
			"a part and more":   func(w *room.Write) { w.Seq++; w.IDs = []id.Edit{first.IDs[1], id.New[id.Edit]()} },
			"the last, another": func(w *room.Write) { w.Seq, w.IDs[0], w.IDs[1] = 4, id.New[id.Edit](), first.IDs[0] },
		} {
			again := first
			again.IDs = slices.Clone(first.IDs)
			change(&again)
			if _, err := w.hub.Write(w.ctx, again); refusedCode(err) != wire.CodeSeqReuse {
				t.Errorf("%s: %v", name, err)
			}
		}
		stale := first
		stale.Seq, stale.IDs = 1, []id.Edit{id.New[id.Edit](), id.New[id.Edit]()}
		if _, err := w.hub.Write(w.ctx, stale); refusedCode(err) != wire.CodeStaleSeq {
			t.Errorf("below the highest: %v", err)
		}
		if len(w.log()) != 2 {
			t.Errorf("%d revisions", len(w.log()))
		}
	})
}

// Exact: only onto the base. An edit on its way that fails is no conflict.
func TestWriteExact(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		c := join(w, w.owner)
		c.typeText("x")
		_, err := w.hub.Write(w.ctx, write(w, w.owner, w.doc, 0, "exact", "a"))
		if refused, _ := err.(*room.Refusal); refused == nil || refused.Code != wire.CodeConflict || refused.Head != 1 {
			t.Fatalf("behind: %v", err)
		}
		if _, err := w.hub.Write(w.ctx, write(w, w.owner, w.doc, 1, "exact", "a", "b")); err != nil {
			t.Fatal(err)
		}
		c.settle(3)

		editor := join(w, w.editor("Editor"))
		for _, fails := range []bool{true, false} {
			release := w.hold()
			editor.edit(insert("y"))
			editor.send()
			synctest.Wait()
			result := make(chan error)
			base := ot.Rev(len(w.log()))
			go func() {
				_, err := w.hub.Write(w.ctx, write(w, w.owner, w.doc, base, "exact", "c"))
				result <- err
			}()
			synctest.Wait()
			if fails {
				w.grant(editor.actor, authz.Viewer, 0)
			}
			release()
			if err := <-result; fails && err != nil || !fails && refusedCode(err) != wire.CodeConflict {
				t.Fatalf("what was ahead fails %v: %v", fails, err)
			}
			if fails {
				w.grant(editor.actor, authz.Editor, 0)
				synctest.Wait()
				editor.pull()
				editor.rejections()
			}
		}
	})
}

// A rebase reaches back over the log, further than any room remembers, and gives what one by one would give.
func TestWriteRebasesOverTheLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, func(l *room.Limits) { l.Window, l.PageRevisions, l.RebaseReach = 5, 7, 50 })
		c := join(w, w.owner)
		c.typeText("base")
		for range 30 {
			c.typeText("x")
		}
		ops := write(w, w.owner, w.doc, 1, "rebase", "one", "two")
		ops.Ops[0] = ot.New().Retain(4, nil).Insert("!", nil).MustDelta()
		ops.Ops[1] = ot.New().Retain(4, nil).Delete(1).MustDelta() // takes the first one's back
		written, err := w.hub.Write(w.ctx, ops)
		if err != nil {
			t.Fatal(err)
		}
		if want := ot.New().Retain(34, nil).Insert("!", nil).MustDelta(); !written.Items[0].Delta.Equal(want) {
			t.Fatalf("wrote %v, want %v", written.Items[0].Delta, want)
		}
		// What others deleted becomes an edit that changes nothing, and takes a revision still.
		gone := write(w, w.owner, w.doc, 1, "rebase", "")
		gone.Ops[0] = ot.New().Delete(1).MustDelta()
		c.settle(33)
		c.edit(ot.New().Retain(30, nil).Delete(1).MustDelta())
		c.send()
		c.wait("it", c.replica.Synced)
		for range 8 {
			c.typeText("y")
		}
		written, err = w.hub.Write(w.ctx, gone)
		if err != nil || !written.Items[0].Delta.IsEmpty() {
			t.Fatalf("wrote %v, %v", written, err)
		}
		for range 20 {
			c.settle(ot.Rev(len(w.log())))
			c.typeText("z")
		}
		if _, err := w.hub.Write(w.ctx, write(w, w.owner, w.doc, 1, "rebase", "q")); refusedCode(err) != wire.CodeGone {
			t.Fatalf("too far back: %v", err)
		}
		converged(t, w, []*typist{c})
	})
}

// A long rebase is made beside the room, which goes on serving everybody else meanwhile.
func TestLongRebaseLeavesTheRoomFree(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, func(l *room.Limits) { l.RoomWork = 29 })
		c := join(w, w.owner)
		for range 11 {
			c.typeText("x")
		}
		reads, gate, done := false, make(chan struct{}), make(chan error)
		w.store.hookRead(func() error { reads = true; <-gate; return nil })
		go func() {
			_, err := w.hub.Write(w.ctx, write(w, w.owner, w.doc, 1, "rebase", "one", "two", "three"))
			done <- err
		}()
		synctest.Wait()
		if !reads {
			t.Fatal("the room itself took 3 edits over 10 revisions")
		}
		c.typeText("meanwhile")
		close(gate)
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		c.settle(15)
		converged(t, w, []*typist{c})
	})
}

// What a write may cost is bounded as a whole: more edits may be rebased over fewer revisions.
func TestRebaseIsBoundedInWork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, func(l *room.Limits) { l.Window, l.RebaseReach, l.RebaseWork = 5, 50, 60 })
		c := join(w, w.owner)
		for range 20 {
			c.typeText("x")
		}
		for n, want := range map[int]wire.Code{3: "", 4: wire.CodeGone} {
			reads := 0
			w.store.hookRead(func() error { reads++; return nil })
			texts := slices.Repeat([]string{"y"}, n)
			_, err := w.hub.Write(w.ctx, write(w, w.owner, w.doc, 0, "rebase", texts...))
			if refusedCode(err) != want {
				t.Errorf("%d edits over 20 revisions: %v, want %q", n, err, want)
			}
			if want != "" && reads != 0 {
				t.Errorf("%d edits over 20 revisions: the log is read for what is refused", n)
			}
		}
		c.settle(ot.Rev(len(w.log())))
	})
}

func TestWriteIsAuthorised(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		for role := authz.None; role <= authz.Admin; role++ {
			actor := w.person(role.String())
			want := wire.CodeNotFound
			if role != authz.None {
				w.grant(actor, role, 0)
				if want = wire.CodeForbidden; role >= authz.Editor {
					want = ""
				}
			}
			before := len(w.log())
			_, err := w.hub.Write(w.ctx, write(w, actor, w.doc, 0, "rebase", "x"))
			if refusedCode(err) != want || len(w.log())-before > 0 != (want == "") {
				t.Errorf("%v: %v, %d new revisions", role, err, len(w.log())-before)
			}
		}
		for name, change := range map[string]func(*room.Write){
			"epoch":       func(w *room.Write) { w.Epoch = 2 },
			"ids missing": func(w *room.Write) { w.IDs = nil },
			"no ops":      func(w *room.Write) { w.IDs, w.Ops = nil, nil },
			"future base": func(w *room.Write) { w.Base = 100 },
		} {
			before := len(w.log())
			ops := write(w, w.owner, w.doc, 0, "rebase", "x")
			change(&ops)
			if _, err := w.hub.Write(w.ctx, ops); err == nil || len(w.log()) != before {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}
