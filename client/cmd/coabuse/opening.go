package main

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"time"

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
