package socket

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage/id"
)

// TestStrikes: a bad message is answered, and nothing else comes of it; the fifth within the minute is the last.
func TestStrikes(t *testing.T) {
	s := serve(t, nil)
	c := s.enter(id.New[id.User]())
	for _, bad := range []struct{ message, answer string }{
		{`hello`, `{"type":"error","code":"invalid","message":"is not JSON"}`},
		{`{"type":"MARKER"}`, `{"type":"error","code":"unsupported","message":"/type is missing or names no message of coscribe.v1"}`},
		{`{"type":"ping","t":1,"MARKER":2}`, `{"type":"error","code":"invalid","message":"has a member that the schema does not name"}`},
		{`{"type":"rename","ref":"r1","title":""}`, `{"type":"error","ref":"r1","code":"invalid","message":"/title must be one line of 1 to 200 characters"}`},
	} {
		c.text(bad.message)
		if got := c.expectText(`{"type":"error"`); got != bad.answer {
			t.Errorf("%s:\ngot  %s\nwant %s", bad.message, got, bad.answer)
		}
	}
	c.text(`{"type":"ping","t":1}`)
	c.expectText(`{"type":"pong","t":1}`)
	c.text(s.joinMessage(id.New[id.User]())) // a second join is a bad message too
	if texts := c.expectClose(wire.CloseBadMessage); len(texts) != 1 || !strings.HasPrefix(texts[0], `{"type":"error"`) {
		t.Errorf("got %q before the close", texts)
	}
	if submits, cursors := s.rooms.last().seen(); len(submits)+len(cursors) > 0 {
		t.Errorf("the room saw %v and %v", submits, cursors)
	}
}

// TestStrikesAreForgotten when the window has passed.
func TestStrikesAreForgotten(t *testing.T) {
	s := serve(t, func(c *Config) { c.Limits.StrikeWindow = time.Nanosecond })
	c := s.enter(id.New[id.User]())
	for range 50 {
		c.text(`hello`)
		c.expectText(`{"type":"error"`)
	}
}

// TestRefIsNotRepeatedUnlessItIsOne: what is given back to a sender is bounded.
func TestRefIsNotRepeatedUnlessItIsOne(t *testing.T) {
	s := serve(t, nil)
	c := s.enter(id.New[id.User]())
	c.text(fmt.Sprintf(`{"type":"rename","ref":"%s","title":"a"}`, strings.Repeat("r", 65)))
	c.expectText(`{"type":"error","code":"invalid","message":"/ref must be at most 64"}`)
}

// TestBadDeltaIsRejected as an edit, by its seq and with a pointer into it, and costs no strike.
func TestBadDeltaIsRejected(t *testing.T) {
	s := serve(t, nil)
	c := s.enter(id.New[id.User]())
	for seq := 1; seq <= 10; seq++ {
		c.text(fmt.Sprintf(`{"type":"submit","seq":%d,"id":"00000000-0000-4000-8000-000000000001","base":0,"delta":{"ops":[{"retain":1},{"insert":""}]}}`, seq))
		c.expectText(fmt.Sprintf(`{"type":"rejected","seq":%d,"code":"bad_delta","pointer":"/ops/1"`, seq))
	}
}

// TestTextOnly: binary frames and what is no UTF-8 close, however it is cut into fragments; text cut within a character
// is text.
func TestTextOnly(t *testing.T) {
	s := serve(t, nil)
	for _, c := range []struct {
		name   string
		frames []byte
		want   wire.CloseCode
	}{
		{"binary", masked(bitFIN|opBinary, []byte(`{"type":"ping","t":1}`)), wire.CloseUnsupported},
		{"empty binary", masked(bitFIN|opBinary, nil), wire.CloseUnsupported},
		{"binary in fragments", join(masked(opBinary, []byte("a")), masked(bitFIN|opContinuation, nil)), wire.CloseUnsupported},
		{"overlong", masked(bitFIN|opText, []byte("\xc0\xaf")), wire.CloseBadUTF8},
		{"surrogate", masked(bitFIN|opText, []byte("\xed\xa0\x80")), wire.CloseBadUTF8},
		{"half a character", masked(bitFIN|opText, []byte("\xf0\x9f\x98")), wire.CloseBadUTF8},
		{"beyond Unicode", masked(bitFIN|opText, []byte("\xf4\x90\x80\x80")), wire.CloseBadUTF8},
		{"split and never ended", join(masked(opText, []byte("\xf0\x9f")), masked(bitFIN|opContinuation, []byte("a"))), wire.CloseBadUTF8},
	} {
		client := s.enter(id.New[id.User]())
		client.write(c.frames)
		if texts := client.expectClose(c.want); len(texts) > 0 {
			t.Errorf("%s: got %q", c.name, texts)
		}
	}
	c := s.enter(id.New[id.User]())
	message := []byte(`{"type":"submit","seq":1,"id":"00000000-0000-4000-8000-000000000001","base":0,"delta":{"ops":[{"insert":"😀"}]}}`)
	cut := strings.Index(string(message), "😀") + 2
	c.write(join(masked(opText, message[:cut]), masked(bitFIN|opPing, nil), masked(bitFIN|opContinuation, message[cut:])))
	if op, _, err := c.read(); op != opPong || err != nil {
		t.Errorf("got op %d, %v; want a pong between the fragments", op, err)
	}
	c.expectText(`{"type":"revisions"`)
	if submits, _ := s.rooms.last().seen(); len(submits) != 1 || submits[0].Delta.String() != `{"ops":[{"insert":"😀"}]}` {
		t.Errorf("the room saw %v", submits)
	}
}

// TestPipelinedMessagesKeepTheirOrder: 100 submits in one write reach the room one after the other.
func TestPipelinedMessagesKeepTheirOrder(t *testing.T) {
	s := serve(t, func(c *Config) { c.Limits.Frames = 1 }) // beside the burst of 120
	c := s.enter(id.New[id.User]())
	var all []byte
	for seq := 1; seq <= 100; seq++ {
		all = append(all, masked(bitFIN|opText, fmt.Appendf(nil,
			`{"type":"submit","seq":%d,"id":"00000000-0000-4000-8000-000000000001","base":0,"delta":{"ops":[{"insert":"a"}]}}`, seq))...)
	}
	c.write(all)
	warned := false
	for seq := 1; seq <= 100; seq++ {
		got := c.expectText(`{"type":`)
		if strings.HasPrefix(got, `{"type":"notice","code":"slow_down"`) && !warned {
			warned = true
			got = c.expectText(`{"type":`)
		}
		if want := fmt.Sprintf(`{"type":"revisions","items":[{"seq":%d}]}`, seq); got != want {
			t.Fatalf("got %s, want %s", got, want)
		}
	}
	if !warned { // it may come last, since answers and news are written each in their own order
		c.expectText(`{"type":"notice","code":"slow_down"`)
	}
	submits, _ := s.rooms.last().seen()
	for i, submit := range submits {
		if submit.Seq != int64(i+1) {
			t.Fatalf("the room saw seq %d as number %d", submit.Seq, i+1)
		}
	}
}
