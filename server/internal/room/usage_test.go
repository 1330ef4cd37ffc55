package room_test

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/server/internal/room"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
)

// Edits keep their author's credential in use, noted once a minute; who only reads, or is refused, does not. No edit waits.
func TestEditsAreUse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		noted := map[storage.Credential]int{}
		w.hub.NoteUse(func(_ context.Context, by storage.Credential) error { noted[by]++; return nil })
		viewer := w.person("Viewer")
		w.grant(viewer, authz.Viewer, 0)
		c, reader := join(w, w.owner), join(w, viewer)
		for range 60 { // ten minutes
			c.typeText("x")
			time.Sleep(10 * time.Second)
		}
		reader.raw = true
		reader.submitAs(1, [16]byte{1}, reader.replica.Rev(), insert("y"))
		synctest.Wait()
		if reader.pull(); reader.lastRejected() != wire.CodeForbidden {
			t.Fatalf("the viewer's edit: %v", reader.rejected)
		}
		if noted[w.owner.Credential] != 10 || noted[viewer.Credential] != 0 {
			t.Errorf("ten minutes of typing were noted %d times, reading %d times", noted[w.owner.Credential], noted[viewer.Credential])
		}
		other := w.editor("Program")
		if _, err := w.hub.Write(w.ctx, write(w, other, w.doc, 0, "rebase", "z")); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if noted[other.Credential] != 1 {
			t.Errorf("a write over HTTP was noted %d times", noted[other.Credential])
		}
	})
}

// A database that does not take the notes holds up nobody, and they do not pile up.
func TestUseIsNotedBesideTheRooms(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, func(l *room.Limits) { l.UsedQueue = 2 })
		var calls atomic.Int32
		gate := make(chan struct{})
		w.hub.NoteUse(func(context.Context, storage.Credential) error { calls.Add(1); <-gate; return storage.ErrUnavailable })
		for range 6 {
			c := join(w, w.editor("Typist"))
			c.typeText("x") // and hears of it
			synctest.Wait()
		}
		if got := calls.Load(); got != 1 {
			t.Errorf("%d notes at once", got)
		}
		close(gate)
		synctest.Wait()
		if got := calls.Load(); got != 3 {
			t.Errorf("%d notes, want the first and a queue of two", got)
		}
	})
}
