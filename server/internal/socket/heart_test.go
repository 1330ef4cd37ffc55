package socket

import (
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage/id"
)

// beating is a seated connection whose other end is a recorder.
func beating() (*connection, *recorder) {
	h := New(Config{Limits: DefaultLimits(), Log: slog.New(slog.DiscardHandler)})
	c := newConnection(h, h.Log, id.New[id.Doc](), "")
	raw := &recorder{}
	c.inlet.raw = raw
	c.beat()
	return c, raw
}

// count waits until everything has settled, and returns how often was written.
func (r *recorder) count() int {
	synctest.Wait()
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.writes)
}

// TestSilentClientIsClosed ten seconds after a ping that it did not answer.
func TestSilentClientIsClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, raw := beating()
		time.Sleep(25*time.Second - time.Nanosecond)
		if got := raw.count(); got != 0 {
			t.Errorf("%d writes before the first ping is due", got)
		}
		time.Sleep(time.Nanosecond)
		if got := raw.count(); got != 1 {
			t.Errorf("%d writes when the first ping is due", got)
		}
		time.Sleep(10*time.Second - time.Nanosecond)
		synctest.Wait()
		if got := c.outbox.code(); got != 0 {
			t.Errorf("closed with %d before its time was over", got)
		}
		time.Sleep(time.Nanosecond)
		<-c.outbox.written
		if got := c.outbox.code(); got != wire.CloseNoPong {
			t.Errorf("closed with %d, want %d", got, wire.CloseNoPong)
		}
		c.heart.stop()
	})
}

// TestAnsweringClientStays, asked every 25 seconds, and is sent away after a day, give or take a tenth.
func TestAnsweringClientStays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		c, raw := beating()
		pings := 0
		for c.outbox.code() == 0 {
			time.Sleep(25*time.Second - 9*time.Second)
			time.Sleep(9 * time.Second) // it takes its time to answer
			if got := raw.count(); got > pings {
				pings = got
				c.heart.heard()
			}
			if time.Since(begin) > 30*time.Hour {
				t.Fatal("still there after 30 hours")
			}
		}
		<-c.outbox.written
		age := time.Since(begin)
		if got := c.outbox.code(); got != wire.CloseDraining || age < 24*time.Hour*9/10 || age > 24*time.Hour*11/10+time.Minute {
			t.Errorf("closed with %d after %v", got, age)
		}
		if want := int(age / (25 * time.Second)); pings < want-1 || pings > want+1 {
			t.Errorf("%d pings in %v", pings, age)
		}
		c.heart.stop()
	})
}

// TestStoppedHeartIsStill: nothing is asked of a client that has gone.
func TestStoppedHeartIsStill(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, raw := beating()
		c.heart.stop()
		c.tick() // one that had begun already
		time.Sleep(time.Hour)
		if got := raw.count(); got != 0 {
			t.Errorf("%d writes", got)
		}
	})
}

// TestPongsOnTheWire: the client's frames reach the heart.
func TestPongsOnTheWire(t *testing.T) {
	s := serve(t, func(c *Config) { c.Limits.PingEvery, c.Limits.PongWait = time.Millisecond, time.Minute })
	c := s.enter(id.New[id.User]())
	if op, _, err := c.read(); op != opPing || err != nil {
		t.Fatalf("got op %d, %v; want a ping", op, err)
	}
	c.write(masked(bitFIN|opPong, nil))
	c.text(`{"type":"ping","t":7}`)
	c.expectText(`{"type":"pong","t":7}`)
	for _, live := range s.connections() {
		live.heart.mu.Lock()
		if live.heart.asked {
			t.Error("the pong was not heard")
		}
		live.heart.mu.Unlock()
	}
}
