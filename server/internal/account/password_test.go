package account

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"
)

// An unknown address costs a hash as a known one does, one hash at a time, and those beyond the queue are sent away.
func TestPasswordsTakeTurns(t *testing.T) {
	store := openStore(t)
	s := newService(t, store, Config{Hashers: 1, TriesPerMinute: 1000})
	done, err := s.turn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	person(t, store, "known")
	for _, email := range []string{"known@example.com", "unknown@example.com"} {
		waiting, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		if _, err := s.SignIn(waiting, email, "x", here); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s does not wait for its turn: %v", email, err)
		}
		cancel()
	}
	waiting, cancel := context.WithCancel(t.Context())
	var all sync.WaitGroup
	for range hashQueue {
		all.Go(func() {
			if done, err := s.turn(waiting); err == nil {
				done()
			}
		})
	}
	for s.queue.TryAcquire(1) { // until all of them wait
		s.queue.Release(1)
		time.Sleep(time.Millisecond)
	}
	if _, err := s.SignIn(t.Context(), "known@example.com", "x", here); !errors.Is(err, ErrBusy) {
		t.Errorf("beyond the queue: %v, want ErrBusy", err)
	}
	cancel()
	all.Wait()
	done()
	if _, err := s.SignIn(t.Context(), "known@example.com", "x", here); !errors.Is(err, ErrBadLogin) {
		t.Errorf("when it is empty: %v", err)
	}
}

// Where there is no hash to compare with, one is compared with all the same.
func TestNobodysPasswordIsCompared(t *testing.T) {
	s := newService(t, openStore(t), Config{})
	if ok, err := s.matches(t.Context(), "x", ""); ok || err != nil {
		t.Errorf("%v, %v", ok, err)
	}
	s.nobody = "not a hash"
	if _, err := s.matches(t.Context(), "x", ""); err == nil {
		t.Error("an empty hash is refused without the work of comparing")
	}
}
