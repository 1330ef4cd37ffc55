package socket

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/coscribe/coscribe/server/internal/room"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
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

// fakeTickets hands out tickets that work once.
type fakeTickets struct {
	mu   sync.Mutex
	live map[string]fakeTicket
}

type fakeTicket struct {
	doc    id.Doc
	origin string
	actor  storage.Actor
}

var errFakeTicket = errors.New("SECRET-TEXT-OF-AN-ERROR")

func (f *fakeTickets) issue(doc id.Doc, origin string, user id.User) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.live == nil {
		f.live = map[string]fakeTicket{}
	}
	secret := fmt.Sprintf("%043d", len(f.live))
	f.live[secret] = fakeTicket{doc, origin, storage.Actor{User: user}}
	return secret
}

func (f *fakeTickets) redeem(_ context.Context, secret string, doc id.Doc, origin string) (storage.Actor, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	ticket, ok := f.live[secret]
	f.live[secret] = fakeTicket{}
	if !ok || ticket.doc != doc || ticket.origin != origin || doc.IsZero() {
		return storage.Actor{}, errFakeTicket
	}
	return ticket.actor, nil
}

// fakeRooms gives a seat to everyone.
type fakeRooms struct {
	mu      sync.Mutex
	seats   []*fakeSeat
	refusal error
}

func (f *fakeRooms) join(_ context.Context, join room.Join) (seat, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.refusal != nil {
		return nil, f.refusal
	}
	s := &fakeSeat{wake: join.Wake}
	f.seats = append(f.seats, s)
	s.give(`{"type":"welcome"}`)
	return s, nil
}

func (f *fakeRooms) last() *fakeSeat {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.seats[len(f.seats)-1]
}

// fakeSeat answers each submit with a revision, in order.
type fakeSeat struct {
	mu      sync.Mutex
	wake    func()
	news    []string
	closed  wire.CloseCode
	submits []wire.Submit
	cursors []*wire.Cursor
	left    int
	panics  string // the method that panics
}

func (f *fakeSeat) give(messages ...string) {
	f.mu.Lock()
	f.news = append(f.news, messages...)
	f.mu.Unlock()
	f.wake()
}

func (f *fakeSeat) end(code wire.CloseCode) {
	f.mu.Lock()
	f.closed = code
	f.mu.Unlock()
	f.wake()
}

func (f *fakeSeat) panicIn(method string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.panics = method
}

func (f *fakeSeat) mayPanic(method string) {
	if f.panics == method {
		panic("SECRET-TEXT-OF-A-PANIC")
	}
}

func (f *fakeSeat) Submit(m wire.Submit) error {
	f.note(m)
	f.give(fmt.Sprintf(`{"type":"revisions","items":[{"seq":%d}]}`, m.Seq))
	return nil
}

func (f *fakeSeat) note(m wire.Submit) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.submits = append(f.submits, m)
	f.mayPanic("submit")
}

func (f *fakeSeat) Refuse(seq int64, why room.Refusal) {
	f.give(fmt.Sprintf(`{"type":"rejected","seq":%d,"code":%q,"pointer":%q}`, seq, why.Code, why.Pointer))
}

func (f *fakeSeat) ShowCursor(cursor *wire.Cursor) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.cursors = append(f.cursors, cursor)
}

func (f *fakeSeat) Pull(_ context.Context, dst []byte, ends []int, maxBytes int) ([]byte, []int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.mayPanic("pull")
	from := len(dst)
	for len(f.news) > 0 && (len(dst) == from || len(dst)-from+len(f.news[0]) <= maxBytes) {
		dst = append(dst, f.news[0]...)
		ends = append(ends, len(dst))
		f.news = f.news[1:]
	}
	if f.closed != 0 && len(f.news) == 0 {
		return dst, ends, &room.Closed{Code: f.closed}
	}
	return dst, ends, nil
}

func (f *fakeSeat) Leave() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.left++
}

func (f *fakeSeat) seen() (submits []wire.Submit, cursors []*wire.Cursor) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]wire.Submit(nil), f.submits...), append([]*wire.Cursor(nil), f.cursors...)
}

// client is a WebSocket client made of bytes, so that it can send what a library would not.
type client struct {
	t    testing.TB
	conn net.Conn
	in   *bufio.Reader
}

const testKey = "dGhlIHNhbXBsZSBub25jZQ=="

// request is a handshake that is accepted, with some headers replaced; a nil value leaves one out.
func (s *server) request(change map[string][]string) string {
	headers := []struct {
		name   string
		values []string
	}{
		{"Host", []string{s.address}},
		{"Origin", []string{"http://" + s.address}},
		{"Connection", []string{"Upgrade"}},
		{"Upgrade", []string{"websocket"}},
		{"Sec-WebSocket-Version", []string{"13"}},
		{"Sec-WebSocket-Key", []string{testKey}},
		{"Sec-WebSocket-Protocol", []string{wire.Subprotocol}},
		{"Authorization", nil}, {"Cookie", nil}, {"Sec-WebSocket-Extensions", nil}, {"Content-Length", nil}, {"Transfer-Encoding", nil},
	}
	var text strings.Builder
	fmt.Fprintf(&text, "GET /v1/documents/%s/socket HTTP/1.1\r\n", s.doc)
	for _, header := range headers {
		if values, ok := change[header.name]; ok {
			header.values = values
		}
		for _, value := range header.values {
			fmt.Fprintf(&text, "%s: %s\r\n", header.name, value)
		}
	}
	return text.String() + "\r\n"
}

// dial opens a connection, and says request.
func (s *server) dial(request string) *client {
	s.t.Helper()
	conn, err := net.Dial("tcp", s.address)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
	c := &client{t: s.t, conn: conn, in: bufio.NewReader(conn)}
	c.write([]byte(request))
	return c
}

// connect makes a handshake that must be accepted.
func (s *server) connect() *client {
	s.t.Helper()
	c := s.dial(s.request(nil))
	answer := c.answer()
	if answer.StatusCode != http.StatusSwitchingProtocols {
		s.t.Fatalf("handshake: got %s", answer.Status)
	}
	return c
}

// enter connects, joins as user and reads the welcome.
func (s *server) enter(user id.User) *client {
	s.t.Helper()
	c := s.connect()
	c.text(s.joinMessage(user))
	c.expectText(`{"type":"welcome"`)
	return c
}

func (s *server) joinMessage(user id.User) string {
	return joinWith(s.tickets.issue(s.doc, "http://"+s.address, user))
}

func joinWith(ticket string) string {
	return string(wire.AppendInbound(nil, &wire.Join{Ticket: ticket, Client: id.New[id.Client]()}))
}

func (c *client) answer() *http.Response {
	c.t.Helper()
	answer, err := http.ReadResponse(c.in, nil)
	if err != nil {
		c.t.Fatalf("read the answer to the handshake: %v", err)
	}
	return answer
}

func (c *client) write(p []byte) {
	c.t.Helper()
	if _, err := c.conn.Write(p); err != nil {
		c.t.Logf("write: %v", err) // the server may have closed already; what it said is what is asserted
	}
}

// masked makes a frame as a good client does.
func masked(first byte, payload []byte) []byte {
	frame := appendHeader(nil, 0, len(payload))
	frame[0] = first
	frame[1] |= bitMask
	mask := [4]byte{1, 2, 3, 4}
	frame = append(frame, mask[:]...)
	for i, b := range payload {
		frame = append(frame, b^mask[i%4])
	}
	return frame
}

func (c *client) text(message string) {
	c.t.Helper()
	c.write(masked(bitFIN|opText, []byte(message)))
}

// read reads one frame.
func (c *client) read() (op byte, payload []byte, err error) {
	var header [2]byte
	if _, err := io.ReadFull(c.in, header[:]); err != nil {
		return 0, nil, err
	}
	length := uint64(header[1])
	switch header[1] {
	case length16:
		var b [2]byte
		if _, err := io.ReadFull(c.in, b[:]); err != nil {
			return 0, nil, err
		}
		length = uint64(binary.BigEndian.Uint16(b[:]))
	case length64:
		var b [8]byte
		if _, err := io.ReadFull(c.in, b[:]); err != nil {
			return 0, nil, err
		}
		length = binary.BigEndian.Uint64(b[:])
	}
	payload = make([]byte, length)
	_, err = io.ReadFull(c.in, payload)
	return header[0] &^ bitFIN, payload, err
}

// expectText reads a text frame that begins with prefix, and returns it.
func (c *client) expectText(prefix string) string {
	c.t.Helper()
	op, payload, err := c.read()
	if err != nil || op != opText || !strings.HasPrefix(string(payload), prefix) {
		c.t.Fatalf("got op %d, %q, %v; want text %q…", op, payload, err, prefix)
	}
	return string(payload)
}

// expectClose reads up to the close frame, which must have the code and its word, and to the end. It returns the texts
// before it.
func (c *client) expectClose(code wire.CloseCode) (texts []string) {
	c.t.Helper()
	texts, got, reason, err := c.readToClose()
	switch {
	case err != nil:
		c.t.Fatalf("got %v after %q; want a close with %d", err, texts, code)
	case got != code || reason != code.Reason():
		c.t.Fatalf("closed with %d %q after %q; want %d %q", got, reason, texts, code, code.Reason())
	}
	if _, err := c.in.ReadByte(); err != io.EOF { // a reset can cost a client what it has not read
		c.t.Fatalf("after the close frame: got %v, want the end", err)
	}
	return texts
}

func (c *client) readToClose() (texts []string, code wire.CloseCode, reason string, err error) {
	for {
		op, payload, err := c.read()
		if err != nil {
			return texts, 0, "", err
		}
		switch op {
		case opText:
			texts = append(texts, string(payload))
		case opClose:
			if len(payload) < 2 {
				return texts, 0, "", fmt.Errorf("close frame without a code")
			}
			return texts, wire.CloseCode(binary.BigEndian.Uint16(payload)), string(payload[2:]), nil
		}
	}
}

// eventually waits for a condition that other goroutines bring about.
func eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Second); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("never came: %s", what)
		}
	}
}
