package main

import (
	"context"
	"fmt"
	"net/netip"
	"time"
)

var crowdAttacks = []attack{
	{rows: "5", name: "connections without a ticket, one too many", run: oneTooManyWaiting},
	{rows: "5", name: "handshakes faster than allowed", run: fastHandshakes},
	{rows: "5", name: "seats of one user, one too many", run: oneTooManySeats},
	{rows: "5", name: "connections that come and go", run: churn},
}

// What the server takes by default.
const (
	waitingPerAddress = 10
	handshakeBurst    = 20
	seatsPerUser      = 20
)

// oneTooManyWaiting fills an address's places, and frees one.
func oneTooManyWaiting(ctx context.Context, s *stage, t *tally) {
	if !s.addresses.many {
		t.skip("this machine has one address towards the server")
		return
	}
	from := s.addresses.fresh()
	in := s.opening(s.target, s.EditorToken)
	var open []*line
	defer func() { hangUp(open) }()
	for i := range waitingPerAddress + 1 {
		l, a := s.knock(ctx, from, in.with(fmt.Sprintf("X-Forwarded-For: 198.51.100.%d", i), fmt.Sprintf("X-Real-IP: 198.51.100.%d", i)))
		if l != nil {
			open = append(open, l)
			t.expect("a handshake", a.String(), "101")
			continue
		}
		t.expect("one too many", a.String(), "429 rate_limited")
		t.hold(a.header.Get("Retry-After") != "", "Retry-After", "one too many is not told when to come back")
	}
	t.hold(len(open) == waitingPerAddress, "full", "%d connections wait at one address, and %d may", len(open), waitingPerAddress)
	if len(open) == 0 {
		return
	}
	open[0].Close()
	free := s.freeAgain(ctx, from, in)
	t.hold(free > 0 && free <= s.stretch(settleTime), "free again", "a place was free again after %v", free)
}

// freeAgain is how long it takes until an address has a place.
func (s *stage) freeAgain(ctx context.Context, from netip.Addr, in opening) time.Duration {
	began := time.Now()
	for time.Since(began) < patience && ctx.Err() == nil {
		if l, _ := s.knock(ctx, from, in); l != nil {
			l.Close()
			return time.Since(began)
		}
		sleep(ctx, 150*time.Millisecond) // ten handshakes a second
	}
	return -1
}

func fastHandshakes(ctx context.Context, s *stage, t *tally) {
	if !s.addresses.many {
		t.skip("this machine has one address towards the server")
		return
	}
	from, began, taken := s.addresses.fresh(), time.Now(), 0
	const tries = 200
	for range tries {
		l, a := s.knock(ctx, from, s.opening(s.target, s.EditorToken))
		if t.expect("a handshake", a.String(), "101", "429 rate_limited"); l != nil {
			taken++
			l.Close()
		}
	}
	most := handshakeBurst + int(10*time.Since(began).Seconds()) + 1
	t.hold(taken <= most, "paced", "%d handshakes were taken in %v, and %d may be", taken, time.Since(began), most)
}

// oneTooManySeats fills a user's places, and frees one.
func oneTooManySeats(ctx context.Context, s *stage, t *tally) {
	var seats []*line
	defer func() { hangUp(seats) }()
	for range seatsPerUser {
		seat, err := s.editorSits(ctx, s.target)
		if err != nil {
			break // somebody else of this user is there beside us
		}
		seats = append(seats, seat.line)
	}
	t.hold(len(seats) > seatsPerUser/2, fmt.Sprintf("%d seats", len(seats)), "only %d seats", len(seats))
	_, err := s.editorSits(ctx, s.target)
	t.hold(err != nil && err.Error() == "join: closed 4030", "closed 4030", "one too many: %v", err)
	if len(seats) == 0 {
		return
	}
	seats[0].Close()
	for began := time.Now(); ; sleep(ctx, 50*time.Millisecond) {
		seat, err := s.editorSits(ctx, s.target)
		if err == nil {
			seat.Close()
			t.expect("a place that was left", "free again", "free again")
			return
		}
		if time.Since(began) > s.stretch(settleTime) {
			t.must(err, "a place that was left is not free")
			return
		}
	}
}

// churn opens and closes, and then there must be places as before.
func churn(ctx context.Context, s *stage, t *tally) {
	in := s.opening(s.target, s.EditorToken)
	for i := range 5 * s.Crowd {
		l, err := s.open(ctx, in)
		if !t.must(err, "open") {
			return
		}
		if i%2 == 0 {
			l.put(text("{"), frame(fin|opClose, ""))
		}
		l.Close()
		t.expect("come and gone", "101", "101")
	}
}

func hangUp(lines []*line) {
	for _, l := range lines {
		l.Close()
	}
}
