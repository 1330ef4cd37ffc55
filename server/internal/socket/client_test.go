package socket

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage/id"
)

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
	_ = conn.SetDeadline(time.Now().Add(patience))
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
