package socket

import (
	"net/netip"
	"testing"
	"time"

	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage/id"
)

// TestPenaltiesGrowAndAreForgotten: twice as long each time up to the most, and short again for who has kept quiet for that long.
func TestPenaltiesGrowAndAreForgotten(t *testing.T) {
	limits := DefaultLimits()
	a, addr, now := newAdmission(limits), netip.MustParseAddr("192.0.2.1"), time.Unix(1_000_000, 0)
	for _, want := range []time.Duration{1, 2, 4, 8, 16, 30, 30} {
		place, denied := a.enter(addr, now)
		if denied != admitted {
			t.Fatalf("before a penalty of %v s: %v", want, denied)
		}
		a.offend(place, now)
		a.leave(place)
		end := now.Add(want * time.Second)
		if !a.shut(addr, end.Add(-1)) || a.shut(netip.MustParseAddr("192.0.2.2"), now) {
			t.Errorf("not shut out alone for %v s", want)
		}
		if _, denied := a.enter(addr, end.Add(-1)); denied != tooFast {
			t.Errorf("came in within the %v s: %v", want, denied)
		}
		if now = end; a.shut(addr, now) {
			t.Errorf("shut out for more than %v s", want)
		}
	}
	now = now.Add(limits.PenaltyMost)
	place, _ := a.enter(addr, now)
	a.offend(place, now)
	a.leave(place)
	if now = now.Add(limits.Penalty); a.shut(addr, now) {
		t.Error("an old offence still counts")
	}
	other, _ := a.enter(netip.MustParseAddr("192.0.2.3"), now.Add(2*limits.PenaltyMost))
	if a.leave(other); len(a.addresses) != 1 || len(a.offenders) != 0 {
		t.Errorf("%d addresses and %d offenders are remembered, want 1 and none", len(a.addresses), len(a.offenders))
	}
}

// TestWhoSitsDoesNotPayForNeighbours: where somebody sits in a document, others come in from the address though one of them was
// closed for abuse; that user does not.
func TestWhoSitsDoesNotPayForNeighbours(t *testing.T) {
	s := serve(t, func(c *Config) { c.Limits.Penalty, c.Limits.PenaltyMost = time.Hour, time.Hour })
	good, bad := id.New[id.User](), id.New[id.User]()
	neighbour, offender := s.enter(good), s.enter(bad)
	offender.write([]byte{bitFIN | bitsRSV | opText, bitMask, 0, 0, 0, 0})
	offender.expectClose(wire.CloseProtocol)
	eventually(t, "the offender has left", func() bool { return s.Counts().Open == 1 })
	s.enter(id.New[id.User]())
	again := s.connect()
	again.text(s.joinMessage(bad))
	again.expectClose(wire.CloseRateLimited)
	neighbour.text(`{"type":"ping","t":1}`)
	neighbour.expectText(`{"type":"pong","t":1}`)
}

// TestWhoWasClosedForAbuseStaysOut for a while, before and after the ticket, and not who merely has a bad ticket.
func TestWhoWasClosedForAbuseStaysOut(t *testing.T) {
	for name, abuse := range map[string]func(*server){
		"junk before the ticket": func(s *server) {
			c := s.connect()
			c.write(masked(bitFIN|opPing, nil))
			c.expectClose(wire.CloseTicket)
		},
		"bad messages": func(s *server) {
			c := s.enter(id.New[id.User]())
			for range s.Limits.Strikes {
				c.text("{")
			}
			c.expectClose(wire.CloseBadMessage)
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, func(c *Config) { c.Limits.Penalty, c.Limits.PenaltyMost = time.Hour, time.Hour })
			c := s.connect()
			c.text(joinWith("x"))
			c.expectClose(wire.CloseTicket)
			if s.Shut(netip.MustParseAddr("127.0.0.1")) {
				t.Error("shut out for a bad ticket")
			}
			abuse(s)
			eventually(t, "they have left", func() bool { return s.Counts().Open == 0 })
			if !s.Shut(netip.MustParseAddr("127.0.0.1")) {
				t.Error("not shut out")
			}
			if answer := s.dial(s.request(nil)).answer(); answer.StatusCode != 429 || answer.Header.Get("Retry-After") == "" {
				t.Errorf("got %s %v, want 429 with Retry-After", answer.Status, answer.Header)
			}
		})
	}
}
