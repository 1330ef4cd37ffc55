package room

// Crash has the seat's room panic, as a fault in it would.
func (s *Seat) Crash() { s.room.post(bomb{}) }

type bomb struct{}

func (bomb) do(*room)      { panic("a bug") }
func (bomb) drop(*Refusal) {}

// Tail is how many bytes of revisions the seat's room keeps in memory.
func (s *Seat) Tail() (bytes int) {
	s.room.shown.mu.RLock()
	defer s.room.shown.mu.RUnlock()
	for _, e := range s.room.shown.tail {
		bytes += len(e.text)
	}
	return bytes
}
