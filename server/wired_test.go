package main

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/lxzan/gws"

	"github.com/coscribe/coscribe/client"
	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/server/internal/oracle"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage/id"
)

// wired is a seat that is nothing but messages: it can send what no client of good faith sends, and forgives nothing. It holds
// that revisions come one after another.
type wired struct {
	gws.BuiltinEventHandler
	t      *testing.T
	client id.Client
	conn   *gws.Conn

	mu       sync.Mutex
	changed  chan struct{} // closed at each message; guarded by mu, as all below
	welcome  *wire.Welcome
	rev      ot.Rev
	content  *ot.Document        // nil once an own edit came without its Delta
	answers  map[int64]ot.Rev    // of own edits, by seq
	refusals map[int64]wire.Code // likewise
	here     map[id.Seat]bool    // the others; nil for who does not care
	closed   wire.CloseCode      // or 1 if there was no close frame
	journal  *oracle.Journal     // may be nil
}

// sitDown joins a document, as somebody who signed in in a browser. It does not read before listen is called.
func sitDown(t *testing.T, c *client.Client, doc id.Doc, as id.Client) (*wired, error) {
	ticket, err := c.Ticket(t.Context(), doc)
	for tries := 0; err != nil && tries < 100; tries++ { // too many wait to be used, for one
		pause(t.Context(), 50*time.Millisecond)
		ticket, err = c.Ticket(t.Context(), doc)
	}
	if err != nil {
		return nil, fmt.Errorf("ticket: %w", err)
	}
	w, err := knock(t, c.URL(), doc, as)
	if err != nil {
		return nil, err
	}
	w.say(&wire.Join{Ticket: ticket.Ticket, Client: as})
	return w, nil
}

// knock makes a connection that has not joined.
func knock(t *testing.T, url string, doc id.Doc, as id.Client) (w *wired, err error) {
	w = &wired{
		t: t, client: as, changed: make(chan struct{}), answers: map[int64]ot.Rev{}, refusals: map[int64]wire.Code{},
	}
	w.conn, _, err = gws.NewClient(w, &gws.ClientOption{
		Addr:               strings.Replace(url, "http", "ws", 1) + "/v1/documents/" + doc.String() + "/socket",
		RequestHeader:      map[string][]string{"Sec-Websocket-Protocol": {wire.Subprotocol}, "Origin": {url}},
		HandshakeTimeout:   converged,
		ReadMaxPayloadSize: 64 << 20,
		NewDialer: func() (gws.Dialer, error) {
			return &net.Dialer{Control: func(_, _ string, raw syscall.RawConn) error {
				return raw.Control(func(fd uintptr) { // so that who does not read is noticed soon
					_ = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, 16<<10)
				})
			}}, nil
		},
	})
	if err != nil {
		return nil, fmt.Errorf("handshake: %w", err)
	}
	t.Cleanup(func() { w.conn.NetConn().Close() })
	return w, nil
}

// listen reads until the connection ends. It returns when the welcome has come.
func (w *wired) listen() {
	w.t.Helper()
	go w.conn.ReadLoop()
	w.until("the welcome", func() bool { return w.welcome != nil })
}

func (w *wired) say(message wire.Inbound) {
	_ = w.conn.WriteMessage(gws.OpcodeText, wire.AppendInbound(nil, message)) // what was not heard is not answered
}

// until waits for the condition, which is asked with mu held, after each message. It fails the test if that does not come.
func (w *wired) until(what string, condition func() bool) (ok bool) {
	w.t.Helper()
	deadline := time.After(converged)
	for {
		w.mu.Lock()
		ok, changed := condition(), w.changed
		state := fmt.Sprintf("at revision %d, answers %v, refusals %v, closed %d", w.rev, w.answers, w.refusals, w.closed)
		w.mu.Unlock()
		if ok {
			return true
		}
		select {
		case <-changed:
		case <-deadline:
			w.t.Errorf("not within %v: %s; %s", converged, what, state)
			return false
		}
	}
}

func (w *wired) OnMessage(_ *gws.Conn, frame *gws.Message) {
	defer frame.Close()
	if w.here == nil && bytes.HasPrefix(frame.Bytes(), []byte(`{"type":"presence"`)) {
		return
	}
	message, err := wire.DecodeOutbound(frame.Bytes())
	if err != nil {
		w.t.Errorf("a message that cannot be read: %v", err)
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	switch m := message.(type) {
	case *wire.Welcome:
		w.welcome, w.rev = m, m.Rev
		for _, p := range m.Peers {
			if w.here != nil {
				w.here[p.Seat] = true
			}
		}
		if w.content, err = ot.NewDocument(*m.Snapshot); err != nil {
			w.t.Error(err)
		}
	case *wire.Revisions:
		for i := range m.Items {
			w.take(&m.Items[i])
		}
	case *wire.Rejected:
		w.refusals[m.Seq] = m.Code
	case *wire.Presences:
		for _, p := range m.Items {
			if w.here[p.Seat] = true; p.Gone {
				delete(w.here, p.Seat)
			}
		}
	}
	close(w.changed)
	w.changed = make(chan struct{})
}

// take takes the next revision, or hears once more of an own edit.
func (w *wired) take(r *wire.Revision) {
	if r.Client == w.client {
		if known := w.answers[r.Seq]; known != 0 && known != r.Rev {
			w.t.Errorf("seq %d is revision %d, and was %d", r.Seq, r.Rev, known)
		}
		w.answers[r.Seq] = r.Rev
		if r.Rev <= w.rev {
			return
		}
	}
	if r.Rev != w.rev+1 {
		w.t.Errorf("revision %d came after %d", r.Rev, w.rev)
	}
	w.rev = r.Rev
	if w.journal != nil {
		w.journal.Received(r.Rev, r.ID)
	}
	if r.Delta == nil {
		w.content = nil
	} else if w.content != nil {
		if err := w.content.Apply(*r.Delta); err != nil {
			w.t.Errorf("revision %d: %v", r.Rev, err)
		}
	}
}

func (w *wired) OnClose(_ *gws.Conn, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closed = 1
	var frame *gws.CloseError
	if errors.As(err, &frame) {
		w.closed = wire.CloseCode(frame.Code)
	}
	close(w.changed)
	w.changed = make(chan struct{})
}

// leave ends the connection without a word.
func (w *wired) leave() { w.conn.NetConn().Close() }
