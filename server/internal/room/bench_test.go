package room_test

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/server/internal/room"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// The scenarios S1 and S2 within the process: every client types a character, waits for its acknowledgement, types the
// next. It is durable on SQLite; there is no network.
func BenchmarkOneDocument(b *testing.B) {
	for _, clients := range []int{1, 10, 50, 100} {
		b.Run(fmt.Sprintf("clients=%d", clients), func(b *testing.B) { typeTogether(b, 1, clients, 1_000) })
	}
	b.Run("clients=10/1MB", func(b *testing.B) { typeTogether(b, 1, 10, 1_000_000) })
}

func BenchmarkManyDocuments(b *testing.B) {
	b.Run("200x2", func(b *testing.B) { typeTogether(b, 200, 2, 1_000) })
}

func typeTogether(b *testing.B, documents, clients, length int) {
	w := newWorld(b, func(l *room.Limits) { l.InsertUnits = length + 1; l.StoreTimeout = time.Minute })
	var typists []*hammer
	for range documents {
		there := *w
		there.doc = w.document()
		if _, err := w.hub.Write(w.ctx, write(w, w.owner, there.doc, 0, "exact", strings.Repeat("x", length-1))); err != nil {
			b.Fatal(err)
		}
		for range clients {
			typists = append(typists, newHammer(&there, w.owner))
		}
	}
	edits := b.N / len(typists)
	b.ResetTimer()
	var running sync.WaitGroup
	for _, h := range typists {
		running.Go(func() { h.run(edits + 1) })
	}
	running.Wait()
	b.StopTimer()
	var waits []time.Duration
	for _, h := range typists {
		waits = append(waits, h.waits...)
	}
	slices.Sort(waits)
	b.ReportMetric(float64(len(waits))/b.Elapsed().Seconds(), "edits/s")
	b.ReportMetric(float64(waits[len(waits)*99/100].Microseconds())/1000, "p99-ms")
	w.stop()
}

// hammer is a client that does as little as a client can.
type hammer struct {
	w     *world
	seat  *room.Seat
	woken chan struct{}
	rev   ot.Rev
	buf   []byte
	ends  []int
	waits []time.Duration
}

func newHammer(w *world, actor storage.Actor) *hammer {
	h := &hammer{w: w, woken: make(chan struct{}, 1)}
	var err error
	h.seat, err = w.hub.Join(w.ctx, room.Join{Doc: w.doc, Actor: actor, Client: id.New[id.Client](), Wake: func() {
		select {
		case h.woken <- struct{}{}:
		default:
		}
	}})
	if err != nil {
		w.t.Fatal(err)
	}
	h.pull()
	return h
}

// pull tells whether the acknowledgement came: the one revision without a delta.
func (h *hammer) pull() (acknowledged bool) {
	for {
		var err error
		h.buf, h.ends, err = h.seat.Pull(h.w.ctx, h.buf[:0], h.ends[:0], 64<<10)
		if err != nil {
			h.w.t.Fatal(err)
		}
		if len(h.ends) == 0 {
			return acknowledged
		}
		if at := bytes.LastIndex(h.buf, []byte(`"rev":`)); at >= 0 {
			digits := h.buf[at+6:]
			rev, _ := strconv.ParseInt(string(digits[:bytes.IndexAny(digits, ",}")]), 10, 64)
			h.rev = max(h.rev, ot.Rev(rev))
		}
		acknowledged = acknowledged || bytes.Contains(h.buf, []byte(`"kind":"edit"}`))
		if bytes.Contains(h.buf, []byte(`"rejected"`)) {
			h.w.t.Errorf("%s", h.buf)
			return true
		}
	}
}

var oneCharacter = ot.New().Insert("a", nil).MustDelta()

func (h *hammer) run(n int) {
	for seq := range n {
		began := time.Now()
		_ = h.seat.Submit(wire.Submit{Seq: int64(seq + 1), ID: id.New[id.Edit](), Base: h.rev, Delta: oneCharacter})
		for {
			<-h.woken
			if h.pull() {
				break
			}
		}
		h.waits = append(h.waits, time.Since(began))
	}
}
