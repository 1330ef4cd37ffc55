package storagetest

import (
	"errors"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coscribe/coscribe/storage"
)

func testTries(t *testing.T, open func(t *testing.T) Opened) {
	w := newWorld(t, open(t))
	newLimit := func(burst int, every time.Duration) storage.Limit {
		return storage.Limit{Key: rand.Int64(), Burst: burst, Every: every}
	}
	tooSoon := func(w *world, err error, want time.Duration) {
		w.Helper()
		var early *storage.TooSoon
		if !errors.As(err, &early) || early.Wait != want {
			w.Errorf("got %v, want to wait %v", err, want)
		}
	}

	t.Run("BurstThenOneByOne", func(t *testing.T) {
		w := w.in(t)
		limit := newLimit(3, 10*time.Second)
		for range 3 {
			w.ok(w.Store.Try(w.Context(), w.now, limit))
		}
		tooSoon(w, w.Store.Try(w.Context(), w.now, limit), 10*time.Second)
		tooSoon(w, w.Store.Try(w.Context(), w.now+4*second, limit), 6*time.Second)
		tooSoon(w, w.Store.Try(w.Context(), w.now+4*second, limit), 6*time.Second) // a refused one does not count
		w.ok(w.Store.Try(w.Context(), w.now+10*second, limit))
		tooSoon(w, w.Store.Try(w.Context(), w.now+10*second, limit), 10*time.Second)
		for range 3 { // all is forgotten
			w.ok(w.Store.Try(w.Context(), w.now+hour, limit))
		}
		tooSoon(w, w.Store.Try(w.Context(), w.now+hour, limit), 10*time.Second)
	})

	t.Run("AllOrNone", func(t *testing.T) {
		w := w.in(t)
		one, many := newLimit(1, time.Minute), newLimit(9, time.Second)
		w.ok(w.Store.Try(w.Context(), w.now, one, many))
		for range 20 {
			tooSoon(w, w.Store.Try(w.Context(), w.now, many, one), time.Minute)
		}
		for range 8 {
			w.ok(w.Store.Try(w.Context(), w.now, many))
		}
		tooSoon(w, w.Store.Try(w.Context(), w.now, one, many), time.Minute) // the longer of the two
	})

	t.Run("TakenBack", func(t *testing.T) {
		w := w.in(t)
		limit, other := newLimit(2, time.Minute), newLimit(2, time.Minute)
		w.ok(w.Store.TakeBack(w.Context(), w.now, limit)) // of none
		for range 5 {
			w.ok(w.Store.Try(w.Context(), w.now, limit, other))
			w.ok(w.Store.TakeBack(w.Context(), w.now, limit, other))
		}
		w.ok(w.Store.Try(w.Context(), w.now, limit))
		w.ok(w.Store.Try(w.Context(), w.now, limit))
		tooSoon(w, w.Store.Try(w.Context(), w.now, limit), time.Minute)
		w.ok(w.Store.TakeBack(w.Context(), w.now+hour, limit)) // what is forgotten cannot be taken back
		w.ok(w.Store.Try(w.Context(), w.now+hour, limit))
		w.ok(w.Store.Try(w.Context(), w.now+hour, limit))
		tooSoon(w, w.Store.Try(w.Context(), w.now+hour, limit), time.Minute)
	})

	t.Run("ClockSetBack", func(t *testing.T) {
		w := w.in(t)
		limit := newLimit(2, time.Minute)
		for range 2 {
			w.ok(w.Store.Try(w.Context(), w.now+hour, limit))
		}
		w.ok(w.Store.Try(w.Context(), w.now, limit)) // nobody waits for the hour to come again
		w.ok(w.Store.Try(w.Context(), w.now, limit))
		tooSoon(w, w.Store.Try(w.Context(), w.now, limit), time.Minute)
		tooSoon(w, w.Store.Try(w.Context(), w.now-60*second, limit), 2*time.Minute) // nodes' clocks differ by little, which gains nothing
	})

	t.Run("RacedKeepsTheLimit", func(t *testing.T) {
		w := w.in(t)
		a, b := newLimit(5, time.Hour), newLimit(100, time.Hour)
		var passed atomic.Int64
		together(40, func(i int) {
			limits := []storage.Limit{a, b}
			if i%2 == 0 {
				limits = []storage.Limit{b, a}
			}
			err := w.Store.Try(w.Context(), w.now, limits...)
			var early *storage.TooSoon
			switch {
			case err == nil:
				passed.Add(1)
			case !errors.As(err, &early):
				w.Error(err)
			}
		})
		same(w, passed.Load(), 5)
	})

	t.Run("Expire", func(t *testing.T) {
		w := w.in(t)
		before := w.count("tries")
		w.ok(w.Store.Try(w.Context(), w.now, newLimit(5, time.Second), newLimit(5, time.Second), newLimit(5, time.Hour)))
		same(w, w.count("tries"), before+3)
		w.ok(w.Store.Expire(w.Context(), w.now+hour-1))
		if left := w.count("tries"); left > before+1 {
			w.Errorf("%d rows are left, before there were %d and one is new", left, before)
		}
		w.ok(w.Store.Expire(w.Context(), w.now+24*hour))
		same(w, w.count("tries"), 0)
	})
}
