package socket

import (
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage/id"
)

// TestOneTooMany: each limit refuses the connection after the last it allows, and allows it when another has gone.
func TestOneTooMany(t *testing.T) {
	const n = 3
	user, doc := id.New[id.User](), id.New[id.User]
	for _, c := range []struct {
		name   string
		limit  func(*Limits)
		user   func() id.User
		joins  bool
		status int            // of the refused handshake
		closed wire.CloseCode // of the refused join
	}{
		{"address", func(l *Limits) { l.PerAddress = n }, doc, true, 429, 0},
		{"address, waiting", func(l *Limits) { l.WaitingPerAddress = n }, doc, false, 429, 0},
		{"node", func(l *Limits) { l.PerNode = n }, doc, true, 503, 0},
		{"node, waiting", func(l *Limits) { l.WaitingPerNode = n }, doc, false, 503, 0},
		{"user", func(l *Limits) { l.PerUser = n }, func() id.User { return user }, true, 0, wire.CloseTooMany},
		{"document", func(l *Limits) { l.PerDocument = n }, doc, true, 0, wire.CloseTooMany},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := serve(t, func(config *Config) { c.limit(&config.Limits) })
			one := func() *client {
				if c.joins {
					return s.enter(c.user())
				}
				return s.connect()
			}
			var last *client
			for range n {
				last = one()
			}
			if c.status != 0 {
				answer := s.dial(s.request(nil)).answer()
				if answer.StatusCode != c.status || answer.Header.Get("Retry-After") == "" {
					t.Errorf("one too many: got %s %v, want %d with Retry-After", answer.Status, answer.Header, c.status)
				}
			} else {
				extra := s.connect()
				extra.text(s.joinMessage(c.user()))
				extra.expectClose(c.closed)
				eventually(t, "the refused one has left", func() bool { return s.Counts().Open == n })
			}
			last.conn.Close()
			eventually(t, "a place is free", func() bool { return s.Counts().Open == n-1 })
			one()
		})
	}
}

// TestHandshakeRate: faster than the burst is refused, whether or not the connections are still there.
func TestHandshakeRate(t *testing.T) {
	s := serve(t, func(c *Config) { c.Limits.Handshakes, c.Limits.HandshakeBurst = 1, 5 })
	refused := 0
	for range 40 {
		c := s.dial(s.request(nil))
		if c.answer().StatusCode == 429 {
			refused++
		}
		c.conn.Close()
	}
	if refused == 0 || refused > 35 {
		t.Errorf("%d of 40 handshakes at once were refused", refused)
	}
}

// TestCountsReturnToZero after connections that ended in every way.
func TestCountsReturnToZero(t *testing.T) {
	s := serve(t, func(c *Config) { c.Limits.PerUser, c.Limits.PerDocument = 5, 100 })
	user := id.New[id.User]()
	var churn sync.WaitGroup
	for worker := range 20 {
		churn.Go(func() {
			for i := range 25 {
				c := s.dial(s.request(nil))
				switch (worker + i) % 5 {
				case 0:
					c.conn.Close() // before the answer
				case 1:
					c.read()
					c.conn.Close()
				case 2:
					c.answer()
					c.text(s.joinMessage(user)) // often one too many
					c.read()
				case 3:
					c.answer()
					c.text(s.joinMessage(id.New[id.User]()))
					c.read()
					c.write([]byte{0xff, 0xff})
					c.readToClose()
				case 4:
					c.answer()
					c.text(s.joinMessage(id.New[id.User]()))
					c.read()
					c.conn.Close()
				}
				c.conn.Close()
			}
		})
	}
	churn.Wait()
	eventually(t, "all counts are zero", func() bool {
		got := s.Counts()
		got.Addresses = 0
		return got == Counts{}
	})
	s.rooms.mu.Lock()
	defer s.rooms.mu.Unlock()
	for _, seat := range s.rooms.seats {
		seat.mu.Lock()
		if seat.left == 0 {
			t.Error("a seat was not left")
		}
		seat.mu.Unlock()
	}
}

// TestAddressesAreForgotten: what an address did is not kept longer than its bucket takes to fill.
func TestAddressesAreForgotten(t *testing.T) {
	a := newAdmission(DefaultLimits())
	now := time.Now()
	for i := range 100 {
		p, _ := a.enter(netip.AddrFrom4([4]byte{10, 0, 0, byte(i)}), now)
		if i > 0 {
			a.leave(p)
		}
	}
	later := now.Add(10 * time.Second)
	p, _ := a.enter(netip.AddrFrom4([4]byte{10, 0, 1, 0}), later)
	if got := len(a.addresses); got != 2 {
		t.Errorf("%d addresses are remembered, want the one that is open and the new one", got)
	}
	a.leave(p)
}
