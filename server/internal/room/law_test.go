package room_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/server/internal/room"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// seed is printed with every test that uses it, and replays it when COSCRIBE_SEED is set.
func seed(t testing.TB) uint64 {
	t.Helper()
	s := rand.Uint64()
	if text := os.Getenv("COSCRIBE_SEED"); text != "" {
		var err error
		if s, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("COSCRIBE_SEED=%d", s)
	return s
}

// crowd lets n typists make edits at once, and then checks everything that must hold.
func crowd(t *testing.T, w *world, seed uint64, n, edits int) []*typist {
	t.Helper()
	typists := make([]*typist, n)
	for i := range typists {
		typists[i] = join(w, w.editor("Typist"))
	}
	var running sync.WaitGroup
	for i, c := range typists {
		running.Go(func() {
			rng := rand.New(rand.NewPCG(seed, uint64(i)))
			if err := c.run(w.ctx, rng, edits); err != nil {
				t.Errorf("typist %d: %v", i, err)
			}
		})
	}
	running.Wait()
	if t.Failed() {
		t.FailNow()
	}
	return typists
}

// converged checks that log, stored content and every replica hold the same document, and that what was acknowledged
// stands in the log, once, under the revision that was said.
func converged(t *testing.T, w *world, typists []*typist) {
	t.Helper()
	for _, c := range typists {
		c.finish()
	}
	content, log := w.replay(), w.log()
	if stored := w.stored(); !stored.Equal(content) {
		t.Fatalf("stored %v, replayed %v", stored, content)
	}
	head := ot.Rev(len(log))
	for i, c := range typists {
		c.settle(head)
		if got := c.replica.Committed().Delta(); !got.Equal(content) {
			t.Fatalf("typist %d has %v, the log makes %v", i, got, content)
		}
		for seq, rev := range c.acked {
			r := log[rev-1]
			if r.Author != c.actor.User || r.Client != c.client || r.Seq != seq {
				t.Fatalf("typist %d: seq %d was acknowledged as revision %d, which is %v", i, seq, rev, r)
			}
		}
	}
	if w.store.overlap {
		t.Error("two Appends of one document at once")
	}
}

func TestRoomConverges(t *testing.T) {
	w, seed := newWorld(t), seed(t)
	typists := crowd(t, w, seed, 12, 60)
	converged(t, w, typists)
	t.Logf("%d revisions in %d appends", len(w.log()), w.store.appends)
}

// chaos makes every way in which an Append can fail, and some of its own.
func chaos(seed uint64) appendFunc {
	var mu sync.Mutex
	rng := rand.New(rand.NewPCG(seed, 99))
	asked := map[id.Doc]bool{} // the last outcome was unknown: nothing but the truth will do
	return func(ctx context.Context, batches []storage.Batch, next appendTo) ([]error, error) {
		mu.Lock()
		dice := rng.IntN(12)
		for _, b := range batches {
			if asked[b.Doc] && dice > 3 {
				dice = 100
			}
			asked[b.Doc] = dice < 2 || asked[b.Doc] && dice == 2
		}
		mu.Unlock()
		switch dice {
		case 0: // it landed, and the answer is lost
			_, _ = next(ctx, batches)
			return nil, storage.ErrUnknown
		case 1: // it did not land
			return nil, storage.ErrUnknown
		case 2:
			return nil, storage.ErrUnavailable
		case 3: // slow
			time.Sleep(3 * time.Millisecond)
		case 4:
			return refuseAll(batches, storage.ErrHeadMoved)
		case 5:
			return refuseAll(batches, storage.ErrAccessMoved)
		case 6:
			return refuseAll(batches, storage.ErrDuplicate)
		case 7:
			var ended []storage.Fence
			for _, b := range batches {
				ended = append(ended, b.Fences...)
			}
			return refuseAll(batches, &storage.FenceError{Ended: ended})
		}
		return next(ctx, batches)
	}
}

func refuseAll(batches []storage.Batch, err error) ([]error, error) {
	outcomes := make([]error, len(batches))
	for i := range outcomes {
		outcomes[i] = err
	}
	return outcomes, nil
}

func TestRoomConvergesOverFaults(t *testing.T) {
	w, seed := newWorld(t), seed(t)
	w.store.hookAppend(chaos(seed))
	typists := crowd(t, w, seed, 8, 40)
	w.store.hookAppend(nil)
	converged(t, w, typists)
	t.Logf("%d revisions in %d appends", len(w.log()), w.store.appends)
}

func TestRoomConvergesOverRestarts(t *testing.T) {
	w, seed := newWorld(t, func(l *room.Limits) { l.DrainPatience = 50 * time.Millisecond }), seed(t)
	w.store.hookAppend(chaos(seed))
	typists := make([]*typist, 6)
	for i := range typists {
		typists[i] = join(w, w.editor("Typist"))
	}
	for round := range 4 {
		if round > 0 {
			w.restart()
		}
		var running sync.WaitGroup
		for i, c := range typists {
			running.Go(func() {
				ctx, cancel := context.WithTimeout(w.ctx, 150*time.Millisecond)
				defer cancel()
				rng := rand.New(rand.NewPCG(seed, uint64(100*round+i)))
				if err := c.run(ctx, rng, 1000); err != nil && !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("typist %d: %v", i, err)
				}
			})
		}
		if round == 2 {
			w.stop() // in the middle of it; they come back to the next
		}
		running.Wait()
	}
	w.store.hookAppend(nil)
	converged(t, w, typists)
	t.Logf("%d revisions in %d appends", len(w.log()), w.store.appends)
}
