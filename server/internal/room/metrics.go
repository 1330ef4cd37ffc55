package room

import (
	"fmt"
	"runtime/debug"
	"time"

	"github.com/coscribe/coscribe/server/internal/meter"
	"github.com/coscribe/coscribe/server/wire"
)

// Measure has the hub counted by m. It is called before Run.
func (h *Hub) Measure(m *meter.Meter) { h.meter = m }

// committed counts a decided commit.
func (h *Hub) committed(jobs []*job, outcomes []error, began time.Time) {
	edits := 0
	for i := range jobs {
		if outcomes[i] == nil {
			edits += len(jobs[i].batch.Revisions)
		}
	}
	h.meter.Committed(edits, len(jobs), began)
}

// noteRefusal counts a refused edit of a seat or of a request, where s is nil.
func (h *Hub) noteRefusal(s *Seat, code wire.Code) {
	h.meter.EditsRefused.Inc(string(code))
	switch code {
	case wire.CodeSlowDown:
		h.meter.RatesHit.Inc("edits")
		if s != nil {
			s.watch.Note(meter.RateLimited, "edits")
		}
	case wire.CodeForbidden:
		h.meter.Forbidden.Inc("edit")
		if s != nil {
			s.watch.Note(meter.ForbiddenCommand, "edit")
		}
	}
}

// panicked notes a panic that was recovered.
func (h *Hub) panicked(where string, cause any) {
	h.meter.Panics.Inc(where)
	h.log.Error("panic", "where", where, "cause", fmt.Sprint(cause), "stack", string(debug.Stack()))
}

// recovered is deferred by goroutines of the hub whose end concerns nobody else.
func (h *Hub) recovered(where string) {
	if v := recover(); v != nil {
		h.panicked(where, v)
	}
}
