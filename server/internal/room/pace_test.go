package room_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/coscribe/coscribe/server/internal/room"
)

// What comes after a quiet time is told to everybody at once; what follows soon is told to its author at once and to the others
// together, when their round is due.
func TestRoundsAreSpacedAndNoLoneEditWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const pause = 80 * time.Millisecond
		w := newWorld(t, func(l *room.Limits) { l.RoundSeat, l.RoundPause = time.Hour, pause })
		writer, reader := join(w, w.owner), join(w, w.editor("Reader"))
		for range 3 {
			time.Sleep(time.Minute) // quiet
			began, before := time.Now(), reader.replica.Rev()
			writer.typeText("a")
			reader.wait("a lone edit", func() bool { return reader.replica.Rev() == before+1 })
			synctest.Wait() // the reader may have looked before this round came to waking it
			select {
			case <-reader.woken:
			default:
			}
			if took := time.Since(began); took != 0 {
				t.Errorf("a lone edit took %v", took)
			}
			writer.typeText("b")
			writer.typeText("c")
			if took := time.Since(began); took != 0 {
				t.Errorf("acknowledgements took %v", took)
			}
			<-reader.woken
			reader.pull()
			if took := time.Since(began); took != pause || reader.replica.Rev() != before+3 {
				t.Errorf("after %v the reader has %d revisions more, want 3 after %v", took, reader.replica.Rev()-before, pause)
			}
		}
		converged(t, w, []*typist{writer, reader})
	})
}
