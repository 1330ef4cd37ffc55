package room

import "time"

// Crash has the seat's room panic, as a fault in it would.
func (s *Seat) Crash() { s.room.post(bomb{}) }

type bomb struct{}

func (bomb) do(*room)      { panic("a bug") }
func (bomb) drop(*Refusal) {}

// Dark tells whether nothing is shown at a moment, of which contact was the last when rights could be asked.
func (h *Hub) Dark(contact, now time.Time) bool { return h.darkSince(contact.UnixNano(), now) }

// Busy keeps the seat's room in one turn until done is called.
func (s *Seat) Busy() (done func()) {
	e := make(busy)
	s.room.post(e)
	return func() { close(e) }
}

type busy chan struct{}

func (e busy) do(*room)      { <-e }
func (e busy) drop(*Refusal) {}
