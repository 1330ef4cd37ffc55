package socket

import (
	"strings"
	"testing"
	"time"

	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage/id"
)

const caretMessage = `{"type":"cursor","cursor":{"rev":0,"index":0,"length":0}}`

// carets sends n at once.
func (c *client) carets(n int) {
	c.t.Helper()
	var all []byte
	for range n {
		all = append(all, masked(bitFIN|opText, []byte(caretMessage))...)
	}
	c.write(all)
}

// TestCaretsHaveARate: one more than the burst is not shown and told of once, all others after it as well; who goes on is closed, and
// who sits beside them notices nothing.
func TestCaretsHaveARate(t *testing.T) {
	s := serve(t, func(c *Config) { c.Limits.Cursors = 1 })
	bystander := s.enter(id.New[id.User]())
	c := s.enter(id.New[id.User]())
	seat := s.rooms.last()
	shown := func() int {
		_, carets := seat.seen()
		return len(carets)
	}
	begin := time.Now()
	c.carets(s.Limits.CursorBurst)
	c.text(`{"type":"ping","t":1}`)
	c.expectText(`{"type":"pong","t":1}`)
	const pong = `{"type":"pong","t":2}`
	for told := pong; told == pong; { // on a slow machine some have come back already
		c.carets(2)
		c.text(`{"type":"ping","t":2}`)
		if told = c.expectText(""); told != pong && !strings.HasPrefix(told, `{"type":"notice","code":"slow_down"`) {
			t.Fatalf("told %s, want a notice", told)
		}
	}
	c.expectText(pong)
	before, most := shown(), s.Limits.CursorBurst+int(time.Since(begin)/time.Second)
	if before < s.Limits.CursorBurst || before > most {
		t.Errorf("%d carets were shown, want %d to %d", before, s.Limits.CursorBurst, most)
	}

	time.Sleep(time.Second + 100*time.Millisecond) // for one to come back
	c.carets(1)
	c.text(`{"type":"ping","t":3}`)
	c.expectText(`{"type":"pong","t":3}`)
	if got := shown(); got != before+1 {
		t.Errorf("%d carets were shown, want one more than %d", got, before)
	}

	c.carets(s.Limits.CursorRefusals + 1) // one may be shown
	if texts := c.expectClose(wire.CloseRateLimited); len(texts) != 1 || !strings.HasPrefix(texts[0], `{"type":"notice"`) {
		t.Errorf("got %q before the close, want one notice", texts)
	}
	bystander.carets(s.Limits.CursorBurst)
	bystander.text(`{"type":"ping","t":4}`)
	bystander.expectText(`{"type":"pong","t":4}`)
}
