package room

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coscribe/coscribe/server/internal/bus"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// slowStore takes a while for each Append.
type slowStore struct {
	storage.Store
	takes time.Duration

	mu      sync.Mutex
	appends []int // batches in each, in the order in which they began
	now     int
	most    int // at once
}

func (s *slowStore) Append(_ context.Context, batches []storage.Batch) ([]error, error) {
	s.mu.Lock()
	s.appends = append(s.appends, len(batches))
	s.now++
	s.most = max(s.most, s.now)
	s.mu.Unlock()
	time.Sleep(s.takes)
	s.mu.Lock()
	s.now--
	s.mu.Unlock()
	return make([]error, len(batches)), nil
}

// What comes while an Append is under way goes into the next one together, unless that Append is slow: then others go on beside it.
func TestOneAppendAtATimeUnlessItIsSlow(t *testing.T) {
	limits := DefaultLimits()
	limits.Committers = 3
	for _, c := range []struct {
		name  string
		takes time.Duration
		most  int
		want  []int
	}{
		{"Quick", limits.CommitSlow / 2, 1, []int{1, 4}},
		{"Slow", 10 * limits.CommitSlow, 2, []int{1, 4}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				store := &slowStore{takes: c.takes}
				h := New(store, &bus.Bus{}, slog.New(slog.DiscardHandler), limits)
				var done sync.WaitGroup
				began := time.Now()
				for range 5 {
					done.Add(1)
					h.committer.commit(&job{batch: storage.Batch{Doc: id.New[id.Doc]()}, done: func(error) { done.Done() }})
					synctest.Wait()
				}
				done.Wait()
				h.running.Wait()
				if store.most != c.most || !slices.Equal(store.appends, c.want) {
					t.Errorf("got Appends of %v, %d at once, want %v, %d at once", store.appends, store.most, c.want, c.most)
				}
				if took := time.Since(began); c.name == "Slow" && took > c.takes+limits.CommitSlow {
					t.Errorf("the last waited %v", took)
				}
				if h.committer.working != 0 || h.committer.prompt != 0 {
					t.Errorf("%d at work, %d prompt, when all is done", h.committer.working, h.committer.prompt)
				}
			})
		})
	}
}
