package socket

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coscribe/coscribe/server/internal/room"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage/id"
)

// TestFramesAreWhatWasPulled, of every length that changes the header.
func TestFramesAreWhatWasPulled(t *testing.T) {
	var messages []string
	for _, n := range []int{0, 1, 125, 126, 127, 0xffff, 0x10000, 0x10001} {
		messages = append(messages, strings.Repeat("é"[:1], n))
	}
	work := []byte("before")
	var ends []int
	want := []byte("before")
	for _, m := range messages {
		work = append(work, m...)
		ends = append(ends, len(work))
		want = appendFrame(want, opText, []byte(m))
	}
	if got := frameTexts(work, len("before"), ends); string(got) != string(want) {
		t.Errorf("got %d bytes, want %d, or other ones", len(got), len(want))
	}
	if got := frameTexts([]byte("before"), len("before"), nil); string(got) != "before" {
		t.Errorf("no messages: got %q", got)
	}
}

// recorder is a connection's other end that notes each write.
type recorder struct {
	net.Conn
	mu     sync.Mutex
	writes []int
}

func (r *recorder) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.writes = append(r.writes, len(p))
	return len(p), nil
}

func (r *recorder) SetWriteDeadline(time.Time) error { return nil }
func (r *recorder) SetReadDeadline(time.Time) error  { return nil }

// TestManyMessagesAreOneWrite, and when nothing is left there is no flusher.
func TestManyMessagesAreOneWrite(t *testing.T) {
	h := New(Config{Limits: DefaultLimits(), Log: slog.New(slog.DiscardHandler)})
	c := newConnection(h, h.Log, id.New[id.Doc](), "")
	raw := &recorder{}
	c.inlet.raw = raw
	fake := &fakeSeat{wake: func() {}}
	for i := range 100 {
		fake.give(fmt.Sprintf(`{"type":"pong","t":%d}`, i))
	}
	var taken seat = fake
	c.seat.Store(&taken)
	for range 10 {
		c.wake()
	}
	eventually(t, "the flusher has ended", func() bool {
		c.outbox.mu.Lock()
		defer c.outbox.mu.Unlock()
		return !c.outbox.flushing
	})
	if len(raw.writes) != 1 {
		t.Errorf("%d writes: %v", len(raw.writes), raw.writes)
	}
}

// TestSlowReaderIsClosed and nobody waits for it.
func TestSlowReaderIsClosed(t *testing.T) {
	s := serve(t, func(c *Config) { c.Limits.WriteWait = 300 * time.Millisecond })
	slow, healthy := s.enter(id.New[id.User]()), (*client)(nil)
	slowSeat := s.rooms.last()
	healthy = s.enter(id.New[id.User]())
	healthySeat := s.rooms.last()

	flood := strings.Repeat("x", 60_000)
	for range 1000 { // more than the kernel keeps for it
		slowSeat.give(flood)
	}
	begin := time.Now()
	for i := 0; s.Counts().Open == 2; i++ {
		message := fmt.Sprintf(`{"type":"pong","t":%d}`, i)
		healthySeat.give(message)
		healthy.expectText(message)
		if time.Since(begin) > patience {
			t.Fatal("the slow reader was not closed")
		}
	}
	slowSeat.mu.Lock()
	defer slowSeat.mu.Unlock()
	if slowSeat.left != 1 {
		t.Error("the slow reader's seat was not left")
	}
	_ = slow
}

// stuck is another end that takes nothing until it is told to.
type stuck struct {
	recorder
	release chan struct{}
}

func (s *stuck) Write(p []byte) (int, error) {
	<-s.release
	return s.recorder.Write(p)
}

// TestAnswersAreBounded: a client that asks without listening is closed, and no more is kept for it than the limit.
func TestAnswersAreBounded(t *testing.T) {
	h := New(Config{Limits: DefaultLimits(), Log: slog.New(slog.DiscardHandler)})
	c := newConnection(h, h.Log, id.New[id.Doc](), "")
	raw := &stuck{release: make(chan struct{})}
	c.inlet.raw = raw
	most := 0
	for range 10_000 {
		c.queue(opPong, make([]byte, 125))
		c.outbox.mu.Lock()
		most = max(most, len(c.outbox.frames))
		c.outbox.mu.Unlock()
	}
	if got := c.outbox.code(); got != wire.CloseSlowConsumer || most > h.Limits.OutboxBytes {
		t.Errorf("closed with %d, %d bytes were kept", got, most)
	}
	close(raw.release)
	<-c.outbox.written
}

// TestRoomCloses: what came is sent, then the code.
func TestRoomCloses(t *testing.T) {
	s := serve(t, nil)
	for _, code := range []wire.CloseCode{wire.CloseAccessRevoked, wire.CloseNoDocument, wire.CloseSuperseded, wire.CloseSlowConsumer, wire.CloseSignedOut, wire.CloseSeqReuse} {
		c := s.enter(id.New[id.User]())
		s.rooms.last().mu.Lock()
		s.rooms.last().news = []string{`{"type":"access"}`}
		s.rooms.last().mu.Unlock()
		s.rooms.last().end(code)
		if texts := c.expectClose(code); len(texts) != 1 || texts[0] != `{"type":"access"}` {
			t.Errorf("got %q before %d", texts, code)
		}
	}
}

// TestPanicsEndTheirConnectionOnly, with 1011, and say nothing.
func TestPanicsEndTheirConnectionOnly(t *testing.T) {
	s := serve(t, nil)
	neighbour := s.enter(id.New[id.User]())
	for _, method := range []string{"submit", "pull"} {
		c := s.enter(id.New[id.User]())
		s.rooms.last().panicIn(method)
		c.text(`{"type":"submit","seq":1,"id":"00000000-0000-4000-8000-000000000001","base":0,"delta":{"ops":[{"insert":"a"}]}}`)
		c.expectClose(wire.CloseInternal)
	}
	join := s.join
	s.join = func(context.Context, room.Join) (seat, error) { panic("SECRET-TEXT-OF-A-PANIC") }
	c := s.connect()
	c.text(s.joinMessage(id.New[id.User]()))
	c.expectClose(wire.CloseInternal)
	s.join = join
	r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(s.request(nil))))
	if err != nil {
		t.Fatal(err)
	}
	r.SetPathValue("id", s.doc.String())
	s.ServeHTTP(broken{httptest.NewRecorder()}, r)
	if n := s.Meter.Panics.Count("handshake"); n != 1 {
		t.Errorf("%d panics are counted", n)
	}

	neighbour.text(`{"type":"ping","t":1}`)
	neighbour.expectText(`{"type":"pong","t":1}`)
	eventually(t, "only the neighbour is left", func() bool { return s.Counts().Open == 1 })
}

// broken is a ResponseWriter that panics when its connection is taken over.
type broken struct{ http.ResponseWriter }

func (broken) Hijack() (net.Conn, *bufio.ReadWriter, error) { panic("SECRET-TEXT-OF-A-PANIC") }

// TestCloseDrains: everyone is told, and told to come back; nobody new is let in; nothing is left.
func TestCloseDrains(t *testing.T) {
	before := runtime.NumGoroutine()
	s := serve(t, nil)
	seated, waiting := s.enter(id.New[id.User]()), s.connect()
	closed := make(chan error)
	go func() { closed <- s.Close(context.Background()) }()
	if texts := seated.expectClose(wire.CloseDraining); len(texts) != 1 || texts[0] != `{"type":"notice","code":"draining","retryAfterMs":1000}` {
		t.Errorf("got %q before the close", texts)
	}
	waiting.expectClose(wire.CloseDraining)
	if err := <-closed; err != nil {
		t.Error(err)
	}
	s.refused("after close", s.request(nil), 503, wire.CodeDraining)
	eventually(t, "the goroutines are gone", func() bool { return runtime.NumGoroutine() <= before+3 })
}

// TestCloseIsNotForEver: a client that does not read cannot hold it up beyond its context.
func TestCloseIsNotForEver(t *testing.T) {
	s := serve(t, func(c *Config) { c.Limits.WriteWait = time.Hour })
	s.enter(id.New[id.User]())
	for range 1000 {
		s.rooms.last().give(strings.Repeat("x", 60_000))
	}
	ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
	defer cancel()
	if err := s.Close(ctx); err != context.DeadlineExceeded {
		t.Errorf("got %v", err)
	}
	if got := s.Counts().Open; got != 0 {
		t.Errorf("%d connections are open", got)
	}
}
