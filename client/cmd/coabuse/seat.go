package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/coscribe/coscribe/client"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage/id"
)

// ticket gets a ticket in good faith: when there are too many it waits until one has expired.
func ticket(ctx context.Context, as *client.Client, doc id.Doc) (string, error) {
	for deadline := time.Now().Add(2 * patience); ; sleep(ctx, 200*time.Millisecond) {
		made, err := as.Ticket(ctx, doc)
		problem, refused := errors.AsType[*client.Problem](err)
		if err == nil || !refused || !problem.Temporary() || time.Now().After(deadline) || ctx.Err() != nil {
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

// sit joins a document in good faith: it waits until a penalty has passed.
func (s *stage) sit(ctx context.Context, as *client.Client, token string, doc id.Doc) (*seat, error) {
	for deadline := time.Now().Add(2 * patience); ; sleep(ctx, 200*time.Millisecond) {
		secret, err := ticket(ctx, as, doc)
		if err != nil {
			return nil, err
		}
		l, err := s.open(ctx, s.opening(doc, token))
		if err != nil {
			return nil, err
		}
		taken, err := l.join(secret)
		if err == nil || err.Error() != paying || time.Now().After(deadline) || ctx.Err() != nil {
			return taken, err
		}
	}
}

// paying is how a join ends of a user who was closed for abuse just now, by an attack before.
const paying = "join: closed 4029"

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
