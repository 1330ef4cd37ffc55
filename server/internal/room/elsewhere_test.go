package room_test

import (
	"database/sql"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coscribe/coscribe/server/internal/bus"
	"github.com/coscribe/coscribe/server/internal/room"
	"github.com/coscribe/coscribe/server/wire"
)

// Another program writes to the same database, and nothing tells of it: who only reads here sees it all the same.
func TestReadersSeeWhatIsWrittenElsewhere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		reader := join(w, w.editor("Reader"))
		elsewhere := *w
		elsewhere.start()
		defer elsewhere.stop()
		there := join(&elsewhere, w.owner)
		there.typeText("one ")
		there.typeText("two ")

		time.Sleep(2 * w.limits.AccessPoll)
		reader.settle(2)
		converged(t, w, []*typist{reader})
	})
}

// A database that is put back to an earlier moment, or a standby without the last commits in its place, does not have what a room
// has shown. The room is dropped: who sits there comes back to what there is, and edits on top of what is lost are not lost with it.
func TestDatabaseLosesItsLastCommits(t *testing.T) {
	for name, writes := range map[string]bool{"nobody writes": false, "somebody writes": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				reader, c := join(w, w.editor("Reader")), join(w, w.owner)
				c.typeText("one ")
				c.typeText("two ")
				reader.settle(2)
				lose(w, 1)
				if writes {
					c.edit(insert("three "))
					c.send()
				}
				time.Sleep(2 * w.limits.AccessPoll)
				synctest.Wait()
				for _, seat := range []*typist{reader, c} {
					if seat.pull(); seat.closed == 0 || !seat.closed.ComeBack() {
						t.Fatalf("closed %d: it shows what is not in the log", seat.closed)
					}
				}
				fresh := join(w, w.editor("Fresh"))
				if fresh.welcome.Rev != 1 {
					t.Fatalf("a join saw revision %d of 1", fresh.welcome.Rev)
				}
				if err := reader.join(); refusedCode(err) != wire.CodeResync {
					t.Fatalf("join since a lost revision = %v", err)
				}
			})
		})
	}
}

// A clock that is set back must not make a contact of long ago look like one to come, until which everything is shown.
func TestDarkWhenTheClockIsSetBack(t *testing.T) {
	limits := room.BenchmarkLimits()
	hub, now := room.New(nil, &bus.Bus{}, slog.New(slog.DiscardHandler), limits), time.Now()
	for since, want := range map[time.Duration]bool{
		0: false, -time.Millisecond: false, limits.FailClosed: false, limits.FailClosed + 1: true, -time.Hour: true,
	} {
		if dark := hub.Dark(now, now.Add(since)); dark != want {
			t.Errorf("%v after the last contact: dark %t, want %t", since, dark, want)
		}
	}
}

// lose puts the document back to revision rev.
func lose(w *world, rev int) {
	w.t.Helper()
	db, err := sql.Open("sqlite", w.file)
	if err != nil {
		w.t.Fatal(err)
	}
	defer db.Close()
	for _, statement := range []string{
		"DELETE FROM revisions WHERE rev > $1",
		"DELETE FROM snapshots WHERE rev > $1",
		"UPDATE documents SET head = $1",
	} {
		if _, err := db.Exec(statement, rev); err != nil {
			w.t.Fatal(err)
		}
	}
}
