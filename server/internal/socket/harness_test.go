package socket

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/coscribe/coscribe/storage/id"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// server is a Handler behind net/http on a real port, with fakeRooms and fakeTickets behind it.
type server struct {
	*Handler
	t       testing.TB
	address string
	rooms   *fakeRooms
	tickets *fakeTickets
	doc     id.Doc
}

// serve starts a server for the test. Its Close is asserted to leave nothing.
func serve(t *testing.T, change func(*Config)) *server {
	t.Helper()
	s := &server{t: t, rooms: &fakeRooms{}, tickets: &fakeTickets{}, doc: id.New[id.Doc]()}
	config := Config{
		Redeem: s.tickets.redeem,
		Limits: DefaultLimits(),
		Log:    slog.New(slog.DiscardHandler),
	}
	config.Limits.Linger = 100 * time.Millisecond
	config.Limits.Handshakes, config.Limits.HandshakeBurst = 1<<20, 1<<20 // all clients of a test have one address
	config.Limits.PerAddress, config.Limits.WaitingPerAddress = 1<<20, 1<<20
	config.Limits.PingEvery, config.Limits.JoinWait = time.Hour, patience // clients made of bytes answer no ping, and machines may be slow
	if change != nil {
		change(&config)
	}
	s.Handler = New(config)
	if config.Hub == nil {
		s.join = s.rooms.join
	}
	s.listen()
	return s
}

func (s *server) listen() {
	web, address := listen(s.t, s)
	s.address = address
	s.t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := s.Close(ctx); err != nil {
			s.t.Errorf("close: %v", err)
		}
		if got := s.Counts(); got.Open != 0 || got.Waiting != 0 || got.Users != 0 || got.Documents != 0 {
			s.t.Errorf("after close there are still %+v", got)
		}
		web.Close()
	})
}

func listen(t testing.TB, s *server) (web *http.Server, address string) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/v1/documents/{id}/socket", s.Handler)
	web = &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, 0)}
	go web.Serve(listener)
	return web, listener.Addr().String()
}

// patience bounds what a test waits for; nothing is measured against it.
const patience = 5 * time.Minute

// eventually waits for a condition that other goroutines bring about.
func eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("never came: %s", what)
		}
	}
}
