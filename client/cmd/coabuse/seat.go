package main

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/coscribe/coscribe/client"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage/id"
)

// opening is a request for a WebSocket, line by line.
type opening struct {
	first string
	lines []string
}

// opening is one in order, as a program with that token sends it.
func (s *stage) opening(doc id.Doc, token string) opening {
	return opening{"GET " + of(doc, "/socket") + " HTTP/1.1", []string{"Host: " + s.base.Host, "Connection: Upgrade", "Upgrade: websocket",
		"Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Protocol: " + wire.Subprotocol,
		"Authorization: Bearer " + token}}
}

// with adds lines.
func (o opening) with(lines ...string) opening {
	return opening{o.first, append(append([]string{}, o.lines...), lines...)}
}

// without leaves a header out.
func (o opening) without(name string) opening {
	var rest []string
	for _, line := range o.lines {
		if !strings.HasPrefix(line, name+":") {
			rest = append(rest, line)
		}
	}
	return opening{o.first, rest}
}

func (o opening) bytes() []byte {
	return []byte(o.first + "\r\n" + strings.Join(o.lines, "\r\n") + "\r\n\r\n")
}

// knock opens a connection once, from an address, and tells what the server answered.
func (s *stage) knock(ctx context.Context, from netip.Addr, o opening) (*line, answer) {
	l, err := s.line(ctx, from)
	if err != nil {
		return nil, answer{err: err}
	}
	l.put(o.bytes())
	a := l.hear(patience)
	if a.status != 101 {
		l.Close()
		return nil, a
	}
	return l, a
}

// open opens a connection in good faith: when the server asks to wait it waits.
func (s *stage) open(ctx context.Context, o opening) (*line, error) {
	for deadline := time.Now().Add(patience); ; sleep(ctx, 200*time.Millisecond) {
		l, a := s.knock(ctx, s.addresses.fresh(), o)
		if l != nil {
			return l, nil
		}
		if a.status != 429 && a.status != 503 || time.Now().After(deadline) || ctx.Err() != nil {
			return nil, fmt.Errorf("the server answered a handshake with %v", a)
		}
	}
}

// ticket gets a ticket in good faith.
func ticket(ctx context.Context, as *client.Client, doc id.Doc) (string, error) {
	for deadline := time.Now().Add(2 * patience); ; sleep(ctx, 200*time.Millisecond) {
		made, err := as.Ticket(ctx, doc)
		if err == nil || time.Now().After(deadline) || ctx.Err() != nil {
			return made.Ticket, err
		}
	}
}

// joining is the first message.
func joining(ticket string) string {
	return string(wire.AppendInbound(nil, &wire.Join{Ticket: ticket, Client: id.New[id.Client]()}))
}

// seat is a connection that has joined a document.
type seat struct {
	*line
	welcome *wire.Welcome
	seq     int64
}

// sit joins a document in good faith.
func (s *stage) sit(ctx context.Context, as *client.Client, token string, doc id.Doc) (*seat, error) {
	secret, err := ticket(ctx, as, doc)
	if err != nil {
		return nil, err
	}
	l, err := s.open(ctx, s.opening(doc, token))
	if err != nil {
		return nil, err
	}
	return l.join(secret)
}

// join joins by a ticket.
func (l *line) join(ticket string) (*seat, error) {
	l.put(text(joining(ticket)))
	op, payload, err := l.next(time.Now().Add(patience))
	if err == nil && op == opClose {
		err = fmt.Errorf("%s", closing(payload))
	}
	if err != nil {
		l.Close()
		return nil, fmt.Errorf("join: %w", err)
	}
	m, err := wire.DecodeOutbound(payload)
	welcome, ok := m.(*wire.Welcome)
	if !ok {
		l.Close()
		return nil, fmt.Errorf("join: the answer is %.100s: %v", payload, err)
	}
	return &seat{line: l, welcome: welcome}, nil
}

func (s *stage) editorSits(ctx context.Context, doc id.Doc) (*seat, error) {
	return s.sit(ctx, s.editor, s.EditorToken, doc)
}

func (s *stage) viewerSits(ctx context.Context, doc id.Doc) (*seat, error) {
	return s.sit(ctx, s.viewer, s.ViewerToken, doc)
}

// reply is what the server says next, others' doings aside: "error invalid", "rejected too_large", "acknowledged 7", "pong",
// "closed 4500", "cut", "silence".
func (s *seat) reply() string {
	deadline := time.Now().Add(patience)
	for {
		op, payload, err := s.next(deadline)
		switch {
		case isTimeout(err):
			return "silence"
		case err != nil:
			return "cut"
		case op == opClose:
			return closing(payload)
		case op == opPong:
			return "pong"
		case op != opText:
			continue
		}
		if what := s.meaning(payload); what != "" {
			return what
		}
	}
}

// meaning is what a message means to this seat, empty if it is about others.
func (s *seat) meaning(payload []byte) string {
	m, err := wire.DecodeOutbound(payload)
	if err != nil {
		return fmt.Sprintf("unreadable %.80s", payload)
	}
	switch m := m.(type) {
	case *wire.Error:
		return "error " + string(m.Code)
	case *wire.Rejected:
		return "rejected " + string(m.Code)
	case *wire.Done:
		return "done"
	case *wire.Pong:
		return "pong"
	case *wire.Revisions:
		for _, item := range m.Items {
			if item.Delta == nil {
				return fmt.Sprintf("acknowledged %d", item.Rev)
			}
		}
	}
	return ""
}
