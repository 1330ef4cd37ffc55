package room_test

import (
	"context"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coscribe/coscribe/server/internal/bus"
	"github.com/coscribe/coscribe/server/internal/room"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// Rooms that unload at once, edits that commit late, and people who come and go: nothing is lost and nothing is seen twice.
func TestUnloadAndLoadRaces(t *testing.T) {
	w, seed := newWorld(t, func(l *room.Limits) { l.RoomIdle = 0 }), seed(t)
	w.store.hookAppend(func(ctx context.Context, batches []storage.Batch, next appendTo) ([]error, error) {
		time.Sleep(time.Duration(rand.IntN(1000)) * time.Microsecond)
		return next(ctx, batches)
	})
	typists := make([]*typist, 6)
	var running sync.WaitGroup
	for i := range typists {
		c := newTypist(w, w.editor("Typist"))
		typists[i] = c
		running.Go(func() {
			rng := rand.New(rand.NewPCG(seed, uint64(i)))
			for range 15 {
				if err := c.run(w.ctx, rng, 2); err != nil {
					t.Error(err)
					return
				}
				c.scribble(rng)
				c.send() // and away
				c.seat.Leave()
				c.closed = wire.CloseNormal
				time.Sleep(time.Duration(rng.IntN(2000)) * time.Microsecond)
			}
		})
	}
	running.Wait()
	if t.Failed() {
		return
	}
	converged(t, w, typists)
	t.Logf("%d revisions, %d loads", len(w.log()), w.store.loads)
}

// A room is unloaded when it has been idle for long enough, after its snapshot is stored, so that opening replays nothing.
func TestIdleRoomStoresItsSnapshot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		c := join(w, w.owner)
		c.typeText("hello")
		c.typeText("again")
		c.seat.Leave()
		time.Sleep(w.limits.RoomIdle / 2)
		d := join(w, w.owner)
		if w.store.loads != 1 {
			t.Fatalf("%d loads", w.store.loads)
		}
		d.seat.Leave()
		time.Sleep(w.limits.RoomIdle + time.Second)
		synctest.Wait()
		loaded, err := w.store.Store.Load(w.ctx, w.doc)
		if err != nil || loaded.Snapshot.Rev != 2 || len(loaded.Tail) != 0 {
			t.Fatalf("snapshot of %d, tail of %d, %v", loaded.Snapshot.Rev, len(loaded.Tail), err)
		}
		e := join(w, w.owner)
		if w.store.loads != 2 {
			t.Fatalf("%d loads", w.store.loads)
		}
		converged(t, w, []*typist{e})
	})
}

func TestSnapshotsWhileOpen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, func(l *room.Limits) { l.SnapshotEvery = 10 })
		c := join(w, w.owner)
		for range 35 {
			c.typeText("x")
			time.Sleep(w.limits.SnapshotPause / 4)
		}
		synctest.Wait()
		loaded, err := w.store.Store.Load(w.ctx, w.doc)
		if err != nil || len(loaded.Tail) > 20 || loaded.Snapshot.Rev < 10 {
			t.Fatalf("snapshot of %d, tail of %d, %v", loaded.Snapshot.Rev, len(loaded.Tail), err)
		}
		converged(t, w, []*typist{c})
	})
}

// However large edits are and however fast they come, what is read to open the document is bounded.
func TestSnapshotsByBytes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const bytes = 20_000
		w := newWorld(t, func(l *room.Limits) { l.SnapshotBytes, l.SnapshotPause = bytes, time.Hour })
		c := join(w, w.owner)
		large := strings.Repeat("x", 1_000)
		for n := range 100 {
			c.typeText(large)
			synctest.Wait()
			loaded, err := w.store.Store.Load(w.ctx, w.doc)
			if err != nil {
				t.Fatal(err)
			}
			tail := 0
			for i := range loaded.Tail {
				tail += len(loaded.Tail[i].Delta)
			}
			if tail > bytes {
				t.Fatalf("after %d edits the document opens with a tail of %d bytes", n+1, tail)
			}
		}
		if loaded, _ := w.store.Store.Load(w.ctx, w.doc); loaded.Snapshot.Rev < 80 {
			t.Errorf("the last snapshot is of revision %d", loaded.Snapshot.Rev)
		}
		c.seat.Leave()
		w.restart()
		again := join(w, w.owner)
		again.typeText(large) // a snapshot was stored at the end: the count begins anew
		converged(t, w, []*typist{again})
	})
}

// A room that panics closes its own seats, nobody else's; after three in a row the document is shut for a while.
func TestPanicEndsOneRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		bystander := *w
		bystander.doc = w.document()
		other := join(&bystander, w.owner)
		for range w.limits.Faults {
			c := join(w, w.owner)
			_, err := w.hub.Join(w.ctx, room.Join{Doc: w.doc, Actor: w.owner, Client: id.New[id.Client](), Wake: func() {
				panic("the door's fault, which is not the room's")
			}})
			if err != nil {
				t.Fatal(err)
			}
			c.typeText("x")
			c.seat.Crash()
			synctest.Wait()
			if c.pull(); c.closed != wire.CloseInternal {
				t.Fatalf("closed with %d", c.closed)
			}
		}
		if err := newTypist(w, w.owner).join(); refusedCode(err) != wire.CodeInternal {
			t.Fatalf("after %d panics: %v", w.limits.Faults, err)
		}
		other.typeText("unhurt")
		time.Sleep(w.limits.FaultPause)
		c := join(w, w.owner)
		c.typeText("well again")
		converged(t, w, []*typist{c})
	})
}

// A panic of the store while it appends leaves the truth to the database.
func TestAppendThatPanics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		c := join(w, w.owner)
		w.store.hookAppend(func(ctx context.Context, batches []storage.Batch, next appendTo) ([]error, error) {
			w.store.hookAppend(nil)
			_, _ = next(ctx, batches)
			panic("a bug")
		})
		c.edit(insert("x"))
		c.send()
		synctest.Wait()
		if c.pull(); c.closed != wire.CloseInternal {
			t.Fatalf("closed with %d", c.closed)
		}
		w.store.confirm(w.doc, 1)
		c.rejoin()
		c.finish()
		converged(t, w, []*typist{c})
	})
}

// Ending, the hub commits what is on its way, tells its authors, stores snapshots, and lets everybody go.
func TestDrain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		a, b := join(w, w.owner), join(w, w.editor("B"))
		release := w.hold()
		a.edit(insert("a"))
		a.send()
		synctest.Wait()
		b.edit(insert("b"))
		b.send()
		synctest.Wait()
		hub := w.hub
		go w.stop()
		synctest.Wait()
		_, err := hub.Join(w.ctx, room.Join{Doc: w.doc, Actor: w.owner, Client: id.New[id.Client](), Wake: func() {}})
		if refusedCode(err) != wire.CodeDraining {
			t.Fatalf("Join() = %v", err)
		}
		release()
		w.stop()
		for _, c := range []*typist{a, b} {
			if c.pull(); !c.replica.Synced() || c.closed != wire.CloseDraining {
				t.Fatalf("synced %v, rejected %v, closed %d", c.replica.Synced(), c.rejected, c.closed)
			}
		}
		loaded, err := w.store.Store.Load(w.ctx, w.doc)
		if err != nil || loaded.Snapshot.Rev != 2 {
			t.Fatalf("snapshot of %d, %v", loaded.Snapshot.Rev, err)
		}
	})
}

// It ends even if the database never answers; the edit is neither acknowledged nor refused, and its author asks again.
func TestDrainWithoutAnAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		c := join(w, w.owner)
		w.store.hookAppend(func(ctx context.Context, batches []storage.Batch, next appendTo) ([]error, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		})
		c.edit(insert("x"))
		c.send()
		synctest.Wait()
		began := time.Now()
		w.stop()
		if took := time.Since(began); took > w.limits.DrainPatience {
			t.Errorf("it took %v", took)
		}
		if c.pull(); len(c.acked) > 0 || c.closed != wire.CloseDraining {
			t.Fatalf("acknowledged %v, closed %d", c.acked, c.closed)
		}
		w.store.hookAppend(nil)
		w.start()
		c.rejoin()
		c.finish()
		converged(t, w, []*typist{c})
	})
}

// A room that has ended with a commit on its way is not opened again before that is settled: the new one would not see it.
func TestReopenWaitsForTheLateCommit(t *testing.T) {
	for _, hold := range []func(*world) func(){(*world).hold, (*world).holdAnswer} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t)
			next, c := w.editor("Next"), join(w, w.owner)
			release := hold(w)
			c.edit(insert("late"))
			c.send()
			synctest.Wait()
			c.seat.Crash()
			synctest.Wait()
			c.pull()
			d, joined := newTypist(w, next), make(chan error, 1)
			go func() { joined <- d.join() }()
			synctest.Wait()
			if len(joined) > 0 {
				t.Fatal("it joined before the commit was settled")
			}
			release()
			if err := <-joined; err != nil {
				t.Fatal(err)
			}
			if d.pull(); d.replica.Rev() != 1 {
				t.Fatalf("it has revision %d", d.replica.Rev())
			}
			c.finish()
			converged(t, w, []*typist{c, d})
		})
	}
}

// A room is not idle while a request without a seat waits in it.
func TestWriteKeepsItsRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, func(l *room.Limits) { l.RoomIdle = 0 })
		release := w.hold()
		result := make(chan error)
		go func() {
			_, err := w.hub.Write(w.ctx, write(w, w.owner, w.doc, 0, "rebase", "x"))
			result <- err
		}()
		time.Sleep(time.Minute)
		release()
		if err := <-result; err != nil {
			t.Fatal(err)
		}
	})
}

// A request that was on its way to the database when its document was deleted hears what became of it, and who asks again after
// the document is back hears the same.
func TestWriteDuringADeletionHearsTheTruth(t *testing.T) {
	for _, lands := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t)
			c := join(w, w.owner)
			release := w.hold()
			if lands {
				release()
				release = w.holdAnswer()
			}
			ops := write(w, w.owner, w.doc, 0, "rebase", "x")
			hears := make(chan outcome, 1)
			go func() {
				written, err := w.hub.Write(w.ctx, ops)
				hears <- outcome{written: written, err: err}
			}()
			synctest.Wait()
			guard := w.guard()
			if err := w.store.DeleteDocument(w.ctx, w.doc, storage.At(time.Now()), guard); err != nil {
				t.Fatal(err)
			}
			w.events.Publish(bus.DocumentChanged{Doc: w.doc})
			synctest.Wait()
			if c.pull(); c.closed != wire.CloseNoDocument {
				t.Fatalf("closed with %d", c.closed)
			}
			if len(hears) > 0 {
				t.Errorf("lands %t: answered before the database has", lands)
			}
			release()
			got := <-hears
			if stands := got.err == nil && len(got.written.Items) == 1 && got.written.Items[0].Rev == 1; stands != lands ||
				!lands && refusedCode(got.err) != wire.CodeNotFound {
				t.Fatalf("lands %t: %+v, %v", lands, got.written, got.err)
			}
			if _, err := w.hub.Write(w.ctx, ops); refusedCode(err) != wire.CodeNotFound {
				t.Fatalf("in the trash: %v", err)
			}
			guard.AccessVersion++
			if _, err := w.store.UndeleteDocument(w.ctx, w.doc, storage.At(time.Now()), guard); err != nil {
				t.Fatal(err)
			}
			again, err := w.hub.Write(w.ctx, ops)
			if err != nil || len(again.Items) != 1 || again.Items[0].Rev != 1 || len(w.log()) != 1 {
				t.Fatalf("lands %t, when it is back: %+v, %v, %d in the log", lands, again, err, len(w.log()))
			}
		})
	}
}
