package socket

import (
	"testing"

	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage/id"
)

func TestClientJoinsWritesAndLeaves(t *testing.T) {
	s := serve(t, nil)
	c := s.enter(id.New[id.User]())
	if got := s.Counts(); got.Open != 1 || got.Waiting != 0 || got.Users != 1 || got.Documents != 1 {
		t.Errorf("counts: %+v", got)
	}

	c.text(`{"type":"submit","seq":1,"id":"00000000-0000-4000-8000-000000000001","base":0,"delta":{"ops":[{"insert":"a"}]}}`)
	c.expectText(`{"type":"revisions","items":[{"seq":1}]}`)
	c.text(`{"type":"cursor","cursor":{"rev":1,"index":1,"length":0}}`)
	c.text(`{"type":"ping","t":42}`)
	c.expectText(`{"type":"pong","t":42}`)
	if submits, cursors := s.rooms.last().seen(); len(submits) != 1 || len(cursors) != 1 || cursors[0].Index != 1 {
		t.Errorf("the room saw %v and %v", submits, cursors)
	}

	c.write(masked(bitFIN|opPing, []byte("hello")))
	if op, payload, err := c.read(); op != opPong || string(payload) != "hello" || err != nil {
		t.Errorf("got op %d %q %v, want the pong", op, payload, err)
	}

	c.write(masked(bitFIN|opClose, []byte{0x03, 0xe8}))
	c.expectClose(wire.CloseNormal)
	eventually(t, "the seat is left and the place free", func() bool {
		room := s.rooms.last()
		room.mu.Lock()
		defer room.mu.Unlock()
		return room.left == 1 && s.Counts().Open == 0
	})
}
