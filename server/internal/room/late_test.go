package room_test

import (
	"testing"
	"testing/synctest"
	"time"
)

// The last person leaves while their edit commits slowly: the room stays until the database has decided, so that whoever comes
// meanwhile sits in the room that hears of it.
func TestSlowCommitOutlivesItsSeats(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		late := w.editor("Late")
		c := join(w, w.owner)
		c.typeText("first ")
		release := w.hold()
		c.edit(insert("slow "))
		c.send()
		synctest.Wait()
		c.seat.Leave()
		time.Sleep(3 * w.limits.RoomIdle)
		synctest.Wait()
		d := join(w, late)
		if d.replica.Rev() != 1 || d.replica.Shown().Len() != len("first \n") {
			t.Fatalf("welcomed to revision %d, %v", d.replica.Rev(), d.replica.Shown().Delta())
		}
		release()
		d.wait("the late edit, though nobody writes any more", func() bool { return d.replica.Rev() == 2 })
		if w.store.loads != 1 {
			t.Errorf("%d loads", w.store.loads)
		}
		c.rejoin()
		converged(t, w, []*typist{c, d})
	})
}
