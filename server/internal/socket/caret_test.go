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
	c.carets(s.Limits.CursorBurst)
	c.text(`{"type":"ping","t":1}`)
	c.expectText(`{"type":"pong","t":1}`)
	c.carets(2)
	c.expectText(`{"type":"notice","code":"slow_down"`)
	c.text(`{"type":"ping","t":2}`)
	c.expectText(`{"type":"pong","t":2}`)
	if _, shown := seat.seen(); len(shown) != s.Limits.CursorBurst {
		t.Errorf("%d carets were shown, want %d", len(shown), s.Limits.CursorBurst)
	}

	time.Sleep(time.Second + 100*time.Millisecond) // for one to come back
	c.carets(1)
	c.text(`{"type":"ping","t":3}`)
	c.expectText(`{"type":"pong","t":3}`)
	if _, shown := seat.seen(); len(shown) != s.Limits.CursorBurst+1 {
		t.Errorf("%d carets were shown, want one more than %d", len(shown), s.Limits.CursorBurst)
	}

	c.carets(s.Limits.CursorRefusals + 1) // one may be shown
	if texts := c.expectClose(wire.CloseRateLimited); len(texts) != 1 || !strings.HasPrefix(texts[0], `{"type":"notice"`) {
		t.Errorf("got %q before the close, want one notice", texts)
	}
	bystander.carets(s.Limits.CursorBurst)
	bystander.text(`{"type":"ping","t":4}`)
	bystander.expectText(`{"type":"pong","t":4}`)
}
