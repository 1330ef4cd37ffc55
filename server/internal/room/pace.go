package room

import "time"

// pace spaces the rounds in which all seats of a room are woken. A round costs what its seats cost, so the more of them
// there are, the more revisions share one: the time between rounds is what Limits.RoundSeat says for each seat, and
// Limits.RoundPause at most. What comes after a quiet time is told at once, and so is what a seat wrote itself.
type pace struct{ last time.Time }

// leastPause is the shortest that pays: with fewer than 80 seats, telling authors first costs more frames than rounds save.
const leastPause = 4 * time.Millisecond

// announce wakes everybody for revisions that can be pulled now: their authors at once, the others when their round is due.
func (r *room) announce(landed []*pending) {
	pause := min(time.Duration(len(r.seats))*r.hub.limits.RoundSeat, r.hub.limits.RoundPause)
	now := time.Now()
	if pause < leastPause || now.Sub(r.alarms.pace.last) >= pause {
		r.round(now)
		return
	}
	for _, p := range landed {
		if p.seat != nil {
			p.seat.rouse()
		}
	}
	if r.alarms.round.IsZero() {
		r.alarms.round = r.alarms.pace.last.Add(pause)
	}
}

// round wakes everybody.
func (r *room) round(now time.Time) {
	r.alarms.round, r.alarms.pace.last = time.Time{}, now
	r.wakeAll()
}
