package socket

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/server/internal/account"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// TestTicketsOpenOneThingOnce: whatever else they are tried on, the answer is the same, and they are used up by it.
func TestTicketsOpenOneThingOnce(t *testing.T) {
	h := newHouse(t, nil)
	ctx := context.Background()
	other, err := h.Documents.Create(ctx, h.owner, "Other")
	if err != nil {
		t.Fatal(err)
	}
	own := "http://" + h.address
	issue := func(doc id.Doc, origin string) string {
		secret, _, err := h.accounts.IssueTicket(ctx, h.owner, doc, origin)
		if err != nil {
			t.Fatal(err)
		}
		return secret
	}
	expired := base64.RawURLEncoding.EncodeToString(make([]byte, 32))
	now := storage.At(time.Now())
	if err := h.store.PutTicket(ctx, storage.Ticket{
		Hash: sha256.Sum256([]byte(expired)), Doc: h.doc, User: h.owner.User, Credential: h.owner.Credential, Origin: own, ExpiresAt: now - 1,
	}, now-10, 1000); err != nil {
		t.Fatal(err)
	}
	used := issue(h.doc, own)
	first := h.connect()
	first.text(joinWith(used))
	expect[wire.Welcome](first)

	for name, ticket := range map[string]string{
		"used":               used,
		"expired":            expired,
		"for another doc":    issue(other.ID, own),
		"for another origin": issue(h.doc, "https://attacker.example"),
		"for a program":      issue(h.doc, ""),
		"unknown":            base64.RawURLEncoding.EncodeToString([]byte("01234567890123456789012345678901")),
	} {
		for try := range 2 {
			c := h.connect()
			c.text(joinWith(ticket))
			if texts := c.expectClose(wire.CloseTicket); len(texts) > 0 {
				t.Errorf("%s, try %d: got %q", name, try, texts)
			}
		}
	}

	// A ticket that was tried on the wrong document does not open the right one afterwards.
	stolen := issue(h.doc, own)
	mine := h.doc
	h.doc = other.ID
	c := h.connect()
	c.text(joinWith(stolen))
	c.expectClose(wire.CloseTicket)
	h.doc = mine
	c = h.connect()
	c.text(joinWith(stolen))
	c.expectClose(wire.CloseTicket)
}

// TestProgramsComeWithoutOrigin, with a bearer token in the handshake and a ticket that was given to none.
func TestProgramsComeWithoutOrigin(t *testing.T) {
	h := newHouse(t, nil)
	program := map[string][]string{"Origin": nil, "Authorization": {"Bearer cst_anything"}}
	secret, _, err := h.accounts.IssueTicket(context.Background(), h.owner, h.doc, "")
	if err != nil {
		t.Fatal(err)
	}
	c := h.dial(h.request(program))
	c.answer()
	c.text(joinWith(secret))
	expect[wire.Welcome](c)

	c = h.dial(h.request(program))
	c.answer()
	c.text(joinWith(h.ticket(h.owner))) // a page's
	c.expectClose(wire.CloseTicket)
}

// TestRacedTicketHasOneWinner, of a thousand.
func TestRacedTicketHasOneWinner(t *testing.T) {
	const racers = 1000
	h := newHouse(t, func(c *Config) { c.Limits.WaitingPerNode, c.Limits.JoinWait = 2*racers, time.Minute })
	join := masked(bitFIN|opText, []byte(joinWith(h.ticket(h.owner))))
	clients := make([]*client, racers)
	for i := range clients {
		clients[i] = h.connect()
	}
	var winners, losers atomic.Int64
	var race sync.WaitGroup
	start := make(chan struct{})
	for _, c := range clients {
		race.Go(func() {
			<-start
			c.write(join)
			switch op, payload, err := c.read(); {
			case err != nil:
				t.Errorf("read: %v", err)
			case op == opText:
				winners.Add(1)
			case op == opClose && wire.CloseCode(uint16(payload[0])<<8|uint16(payload[1])) == wire.CloseTicket:
				losers.Add(1)
			default:
				t.Errorf("got op %d %q", op, payload)
			}
		})
	}
	close(start)
	race.Wait()
	if winners.Load() != 1 || losers.Load() != racers-1 {
		t.Errorf("%d winners and %d losers of %d", winners.Load(), losers.Load(), racers)
	}
}

// TestErrorsOfTicketsAreWhatWeAnswerFor: the account service's own refusal, wrapped or not, is nothing but 4005.
func TestErrorsOfTicketsAreWhatWeAnswerFor(t *testing.T) {
	for _, err := range []error{account.ErrBadTicket, storage.ErrUnavailable, context.DeadlineExceeded} {
		h := newHouse(t, func(c *Config) {
			c.Redeem = func(context.Context, string, id.Doc, string) (storage.Actor, error) { return storage.Actor{}, err }
		})
		c := h.connect()
		c.text(joinWith(h.ticket(h.member("Bob", authz.Editor))))
		c.expectClose(wire.CloseTicket)
	}
}
