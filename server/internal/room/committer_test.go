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

// A job takes more in until its Append begins, and no more than one Append may hold.
func TestJobTakesMoreUntilItsAppendBegins(t *testing.T) {
	limits := DefaultLimits()
	limits.CommitRows = 3
	synctest.Test(t, func(t *testing.T) {
		h := New(&slowStore{takes: limits.CommitSlow / 2}, &bus.Bus{}, slog.New(slog.DiscardHandler), limits)
		doc := id.New[id.Doc]()
		fence := storage.Fence{User: id.New[id.User]()}
		rows := func(n int) storage.Batch {
			return storage.Batch{Doc: doc, Epoch: 1, Revisions: make([]storage.Revision, n), Fences: []storage.Fence{fence}}
		}
		first := &job{batch: storage.Batch{Doc: id.New[id.Doc]()}, done: func(error) {}}
		j := &job{batch: rows(1), done: func(error) {}}
		h.committer.commit(first)
		synctest.Wait()
		h.committer.commit(j)
		for _, c := range []struct {
			why  string
			more storage.Batch
			want bool
		}{
			{"it waits", rows(1), true},
			{"it would be too large", rows(2), false},
			{"another epoch", storage.Batch{Doc: doc, Epoch: 2, Revisions: make([]storage.Revision, 1)}, false},
			{"it waits still", rows(1), true},
		} {
			if got := h.committer.add(j, c.more, 10); got != c.want {
				t.Errorf("%s: got %t", c.why, got)
			}
		}
		if len(j.batch.Revisions) != 3 || len(j.batch.Fences) != 1 || j.bytes != 20 {
			t.Errorf("got %d revisions, %d fences, %d bytes", len(j.batch.Revisions), len(j.batch.Fences), j.bytes)
		}
		h.running.Wait()
		if !first.taken.Load() || h.committer.add(j, storage.Batch{Epoch: 1}, 0) {
			t.Error("something was added after the Append began")
		}
	})
}
