package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/lxzan/gws"

	"github.com/coscribe/coscribe/client"
	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage/id"
)

// thin is a client that keeps no copy of its document, only its place in the log: it costs a machine little beside the server that
// is measured on it. It sees that revisions come in order and without a gap, and that each of its edits comes back once.
type thin struct {
	gws.BuiltinEventHandler
	conn     *gws.Conn
	own      []byte // what stands in revisions of its own
	welcomed chan *wire.Welcome
	caughtUp chan struct{} // closed when it has all that there was on joining
	over     chan struct{} // closed when the connection has ended

	mu     sync.Mutex // guards what follows
	rev    ot.Rev     // the last that came
	head   ot.Rev     // the last that there was on joining
	caught bool
	typing typing
	err    error
}

// openThin opens a document: from a snapshot, or with since from a revision that the client has.
func (l *load) openThin(ctx context.Context, doc id.Doc, since *wire.Since) (*thin, *wire.Welcome, error) {
	ticket, err := l.api.Ticket(ctx, doc)
	if err != nil {
		return nil, nil, err
	}
	return l.openWith(ctx, ticket.Ticket, doc, since)
}

// openWith opens a document with a ticket. The welcome comes without its snapshot, which is not decoded.
func (l *load) openWith(ctx context.Context, ticket string, doc id.Doc, since *wire.Since) (*thin, *wire.Welcome, error) {
	base, err := url.Parse(l.URL)
	if err != nil {
		return nil, nil, err
	}
	address := base.JoinPath("v1", "documents", doc.String(), "socket")
	address.Scheme = map[string]string{"http": "ws", "https": "wss"}[base.Scheme]
	me := id.New[id.Client]()
	t := &thin{
		own: []byte(`,"client":"` + me.String() + `"`), welcomed: make(chan *wire.Welcome, 1), over: make(chan struct{}),
		caughtUp: make(chan struct{}), typing: typing{finished: make(chan struct{})},
	}
	header := http.Header{"Sec-Websocket-Protocol": {wire.Subprotocol}, "Authorization": {"Bearer " + l.Token}}
	t.conn, _, err = gws.NewClient(t, &gws.ClientOption{
		Addr: address.String(), RequestHeader: header, ReadMaxPayloadSize: 64 << 20, HandshakeTimeout: l.Patience,
		ReadBufferSize: l.readBuffer(),
	})
	if err != nil {
		return nil, nil, err
	}
	go func() {
		defer close(t.over)
		t.conn.ReadLoop()
	}()
	if err := t.write(wire.AppendInbound(nil, &wire.Join{Ticket: ticket, Client: me, Since: since})); err != nil {
		t.close()
		return nil, nil, err
	}
	select {
	case welcome := <-t.welcomed:
		return t, welcome, nil
	case <-t.over:
		return nil, nil, t.failure()
	case <-ctx.Done():
		t.close()
		return nil, nil, ctx.Err()
	}
}

// readBuffer takes what a server writes at once, but for idle clients, of which there are many.
func (l *load) readBuffer() int {
	if l.Scenario == "s4" {
		return 512
	}
	return 32 << 10
}

func (t *thin) write(message []byte) error { return t.conn.WriteMessage(gws.OpcodeText, message) }

// close ends the connection and waits for the reader.
func (t *thin) close() {
	_ = t.conn.WriteClose(uint16(wire.CloseNormal), nil)
	_ = t.conn.NetConn().Close()
	<-t.over
}

func (t *thin) failure() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.err
}

// OnClose is for gws.
func (t *thin) OnClose(_ *gws.Conn, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	var closed *gws.CloseError
	if errors.As(err, &closed) {
		err = &client.Ended{Code: wire.CloseCode(closed.Code)}
	}
	if t.err == nil {
		t.err = err
	}
}

// OnMessage is for gws.
func (t *thin) OnMessage(_ *gws.Conn, message *gws.Message) {
	defer message.Close()
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := t.receive(message.Bytes()); err != nil && t.err == nil {
		t.err = err
		_ = t.conn.NetConn().Close()
	}
}

func (t *thin) receive(message []byte) error {
	if bytes.HasPrefix(message, revisionsBegin) {
		return t.revisions(message)
	}
	if bare, _, found := bytes.Cut(message, snapshotBegin); found { // the last member of a welcome
		message = append(slices.Clip(bare), '}')
	}
	decoded, err := wire.DecodeOutbound(message)
	if err != nil {
		return err
	}
	switch m := decoded.(type) {
	case *wire.Welcome:
		t.rev, t.head = m.Rev, m.Head
		t.catchUp()
		t.welcomed <- m
	case *wire.Rejected:
		return fmt.Errorf("an edit was refused: %s", m.Code)
	case *wire.Error:
		return fmt.Errorf("the server says %s", m.Code)
	}
	return nil
}

// revisions walks over them without decoding: that none is missing, and which is its own. A client has one edit in flight, so one
// of them at most.
func (t *thin) revisions(message []byte) error {
	now := time.Now()
	for rest := message[len(revisionsBegin):]; len(rest) > 0; {
		rev, after := revAt(rest)
		if rev != t.rev+1 || len(after) < clientAt {
			return fmt.Errorf("revision %d came after %d", rev, t.rev)
		}
		t.rev, rest = rev, after[clientAt:]
		ending := deltaEnds
		if bytes.HasPrefix(rest, t.own) {
			if err := t.acknowledged(rest[len(t.own):], now); err != nil {
				return err
			}
			ending = ownEnds
		}
		_, rest, _ = bytes.Cut(rest, ending)
	}
	if t.typing.watched {
		t.typing.seen = append(t.typing.seen, sighting{t.rev, now})
	}
	t.catchUp()
	return t.send()
}

// The texts that a thin client looks for instead of decoding.
var (
	revisionsBegin = []byte(`{"type":"revisions","items":[`)
	revisionBegin  = []byte(`{"rev":`)
	snapshotBegin  = []byte(`,"snapshot":`)
	deltaEnds      = []byte(`]}},`) // and the revision with it, and another follows
	ownEnds        = []byte(`"},`)
)

// clientAt is how far behind its number the client of a revision stands that was made by a seat.
const clientAt = len(`,"id":"` + anID + `","author":"` + anID + `","seat":"` + anID + `"`)

const anID = "01234567-89ab-4def-8123-456789abcdef"

// revAt reads the number of the revision that begins text, 0 if none does, and returns what follows it.
func revAt(text []byte) (rev ot.Rev, after []byte) {
	after, found := bytes.CutPrefix(text, revisionBegin)
	for found && len(after) > 0 && after[0] >= '0' && after[0] <= '9' {
		rev, after = 10*rev+ot.Rev(after[0]-'0'), after[1:]
	}
	return rev, after
}

// catchUp tells when everything that there was on joining has come.
func (t *thin) catchUp() {
	if t.rev >= t.head && !t.caught {
		close(t.caughtUp)
		t.caught = true
	}
}
