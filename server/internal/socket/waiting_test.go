package socket

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/coscribe/coscribe/server/internal/room"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// TestNothingButAJoinComesFirst: whatever else is sent, the answer is the same and no room is asked.
func TestNothingButAJoinComesFirst(t *testing.T) {
	s := serve(t, func(c *Config) { c.Limits.Penalty = 0 })
	s.join = func(context.Context, room.Join) (seat, error) {
		t.Error("a room was asked")
		return nil, errFakeTicket
	}
	good := s.joinMessage(id.New[id.User]())
	for name, frames := range map[string][]byte{
		"submit":         masked(bitFIN|opText, []byte(`{"type":"submit","seq":1,"id":"00000000-0000-4000-8000-000000000001","base":0,"delta":{"ops":[{"insert":"a"}]}}`)),
		"ping message":   masked(bitFIN|opText, []byte(`{"type":"ping","t":1}`)),
		"not JSON":       masked(bitFIN|opText, []byte(`hello`)),
		"empty":          masked(bitFIN|opText, nil),
		"binary":         masked(bitFIN|opBinary, []byte(good)),
		"fragments":      masked(opText, []byte(good)),
		"ping frame":     masked(bitFIN|opPing, nil),
		"two messages":   append(masked(bitFIN|opText, []byte(`{"type":"join"}`)), masked(bitFIN|opText, []byte(good))...),
		"4 KiB and one":  masked(bitFIN|opText, []byte(good+strings.Repeat(" ", 4097-len(good)))),
		"unknown ticket": masked(bitFIN|opText, []byte(joinWith(strings.Repeat("x", 43)))),
		"short ticket":   masked(bitFIN|opText, []byte(joinWith("x"))),
		"no client":      masked(bitFIN|opText, []byte(strings.Replace(good, `"client"`, `"klient"`, 1))),
		"unknown member": masked(bitFIN|opText, []byte(strings.Replace(good, `{`, `{"more":1,`, 1))),
		"since epoch 0":  masked(bitFIN|opText, []byte(strings.TrimSuffix(good, "}")+`,"since":{"epoch":0,"rev":0}}`)),
		"foreign doc":    masked(bitFIN|opText, []byte(joinWith(s.tickets.issue(id.New[id.Doc](), "http://"+s.address, id.New[id.User]())))),
		"foreign origin": masked(bitFIN|opText, []byte(joinWith(s.tickets.issue(s.doc, "http://other.example", id.New[id.User]())))),
		"program's":      masked(bitFIN|opText, []byte(joinWith(s.tickets.issue(s.doc, "", id.New[id.User]())))),
	} {
		c := s.connect()
		c.write(frames)
		if texts := c.expectClose(wire.CloseTicket); len(texts) > 0 {
			t.Errorf("%s: got %q before the close", name, texts)
		}
	}
}

// TestJoinOf4KiBPasses: the limit is not one less.
func TestJoinOf4KiBPasses(t *testing.T) {
	s := serve(t, nil)
	c := s.connect()
	join := s.joinMessage(id.New[id.User]())
	c.text(join + strings.Repeat(" ", 4096-len(join)))
	c.expectText(`{"type":"welcome"`)
}

// TestWaitingEndsAtTheDeadline, however little the client says to stretch it.
func TestWaitingEndsAtTheDeadline(t *testing.T) {
	const wait = 300 * time.Millisecond
	s := serve(t, func(c *Config) { c.Limits.JoinWait = wait })
	begin := time.Now()
	silent, slow, stuck := s.connect(), s.connect(), s.connect()
	stuck.write([]byte{bitFIN | opText}) // and never the rest of the header
	go func() {
		for _, b := range masked(bitFIN|opText, []byte(s.joinMessage(id.New[id.User]()))) {
			if _, err := slow.conn.Write([]byte{b}); err != nil {
				return
			}
			time.Sleep(wait / 10)
		}
	}()
	for name, c := range map[string]*client{"silent": silent, "a byte at a time": slow, "half a header": stuck} {
		c.expectClose(wire.CloseTicket)
		if took := time.Since(begin); took < wait {
			t.Errorf("%s: closed after %v, too early", name, took)
		}
	}
	eventually(t, "the places are free", func() bool { return s.Counts().Open == 0 })
}

// TestSlowTicketEndsAtTheDeadline: also what the server waits for is bounded.
func TestSlowTicketEndsAtTheDeadline(t *testing.T) {
	s := serve(t, func(c *Config) {
		c.Limits.JoinWait = 100 * time.Millisecond
		c.Redeem = func(ctx context.Context, _ string, _ id.Doc, _ string) (storage.Actor, error) {
			<-ctx.Done()
			return storage.Actor{}, ctx.Err()
		}
	})
	c := s.connect()
	c.text(s.joinMessage(id.New[id.User]()))
	c.expectClose(wire.CloseTicket)
}

// TestTicketWorksOnce, at the door as well.
func TestTicketWorksOnce(t *testing.T) {
	s := serve(t, nil)
	join := s.joinMessage(id.New[id.User]())
	first, second := s.connect(), s.connect()
	first.text(join)
	first.expectText(`{"type":"welcome"`)
	second.text(join)
	second.expectClose(wire.CloseTicket)
}

// TestRefusedSeats: what the room says no for has its close code, and never a text of its own.
func TestRefusedSeats(t *testing.T) {
	s := serve(t, nil)
	for code, want := range map[wire.Code]wire.CloseCode{
		wire.CodeNotFound: wire.CloseNoDocument, wire.CodeForbidden: wire.CloseAccessRevoked, wire.CodeNotSignedIn: wire.CloseSignedOut,
		wire.CodeResync: wire.CloseResync, wire.CodeDraining: wire.CloseDraining, wire.CodeOverloaded: wire.CloseTooMany,
		wire.CodeUnavailable: wire.CloseInternal, wire.CodeInternal: wire.CloseInternal, "new": wire.CloseInternal,
	} {
		s.rooms.refusal = &room.Refusal{Code: code, Message: "SECRET-TEXT-OF-AN-ERROR"}
		c := s.connect()
		c.text(s.joinMessage(id.New[id.User]()))
		c.expectClose(want)
	}
	s.rooms.refusal = errFakeTicket
	c := s.connect()
	c.text(s.joinMessage(id.New[id.User]()))
	c.expectClose(wire.CloseInternal)
	eventually(t, "the places are free", func() bool { return s.Counts().Open == 0 })
}
