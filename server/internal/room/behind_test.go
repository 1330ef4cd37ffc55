package room_test

import (
	"testing"
	"testing/synctest"
)

// An edit that was committed on another node, and is sent once more to a room that has not heard of that, is answered: also when
// nobody writes there, and when it is not the last of its client.
func TestResubmissionToARoomThatIsBehind(t *testing.T) {
	for name, again := range map[string]int{"the last": 1, "an earlier one": 0} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				bystander := join(w, w.editor("Bystander")) // whose room is open before
				c := newTypist(w, w.owner)
				elsewhere := *w
				elsewhere.start()
				defer elsewhere.stop()
				there := newTypist(&elsewhere, w.owner)
				there.client = c.client
				there.rejoin()
				there.typeText("one ")
				there.typeText("two ")

				c.rejoin() // the room is at revision 0
				edits := w.log()
				c.submitAs(edits[again].Seq, edits[again].Edit, 0, insert("another content"))
				c.wait("the answer", func() bool { return c.acked[edits[again].Seq] == edits[again].Rev })
				bystander.wait("what was written elsewhere", func() bool { return bystander.replica.Rev() == 2 })
				converged(t, w, []*typist{bystander})
			})
		})
	}
}

// A room that has not heard of an edit takes it for new when it comes again, and may give it the very number that it has. The
// database knows better: the room shows what stands there, and not what came again.
func TestResubmissionThatALaggingRoomTakesForNew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		bystander, c := join(w, w.editor("Bystander")), join(w, w.owner)
		elsewhere := *w
		elsewhere.start()
		defer elsewhere.stop()
		there := newTypist(&elsewhere, w.owner)
		there.client = c.client
		there.rejoin()
		there.typeText("one ")

		c.submitAs(1, w.log()[0].Edit, 0, insert("another content"))
		c.wait("the answer", func() bool { return c.acked[1] == 1 })
		bystander.typeText("two ")
		converged(t, w, []*typist{bystander})
	})
}
