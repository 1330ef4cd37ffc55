package socket

import (
	"bytes"
	"os"
	"runtime"
	"testing"
	"unicode/utf8"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/server/internal/schema"
	"github.com/coscribe/coscribe/server/wire"
)

// TestMutatedMessagesChangeNothing: each byte of each golden message, changed, dropped and doubled, on a live socket. What
// is refused gets an error without a word of its own, and the document, its log and the neighbour go on as they were.
func TestMutatedMessagesChangeNothing(t *testing.T) {
	golden, err := os.ReadFile("../../wire/testdata/inbound.ndjson")
	if err != nil {
		t.Fatal(err)
	}
	h := newHouse(t, func(c *Config) {
		c.Limits.Strikes = 1 << 30
		c.Limits.Frames, c.Limits.FrameBurst, c.Limits.Traffic, c.Limits.TrafficBurst = 1<<30, 1<<30, 1<<40, 1<<40
	})
	neighbour, _ := h.join(h.member("Neighbour", authz.Editor))
	neighbour.text(insert(1, 0, "before"))
	expect[wire.Revisions](neighbour)
	content, rev := h.content()
	access, _ := h.store.Access(t.Context(), h.doc)
	attacker, _ := h.join(h.owner) // whose right to do things is not what saves the document
	goroutines := runtime.NumGoroutine()

	tried, waiting := 0, 0
	settle := func() {
		for ; waiting > 0; waiting-- {
			_, payload, err := attacker.read()
			for err == nil && (bytes.HasPrefix(payload, []byte(`{"type":"presence"`)) || bytes.HasPrefix(payload, []byte(`{"type":"revisions"`))) {
				_, payload, err = attacker.read() // the neighbour's
			}
			if err != nil || !bytes.HasPrefix(payload, []byte(`{"type":"error",`)) {
				t.Fatalf("got %q, %v", payload, err)
			}
			tried++
		}
	}
	try := func(message []byte) {
		m, err := wire.DecodeInbound(message)
		if err == nil {
			err = schema.Check(m)
		}
		if fault, ok := err.(*wire.Fault); !ok || fault.Seq > 0 || !utf8.Valid(message) {
			return // it is a message, or an edit that the room answers, or closes at once
		}
		attacker.text(string(message))
		if waiting++; waiting == 100 {
			settle()
		}
	}
	for line := range bytes.Lines(golden) {
		line = bytes.TrimSpace(line)
		for i := range line {
			for _, c := range []byte("\x00\"}9") {
				try(bytes.Join([][]byte{line[:i], {c}, line[i+1:]}, nil))
			}
			try(bytes.Join([][]byte{line[:i], {line[i]}, line[i:]}, nil))
			try(append(bytes.Clone(line[:i]), line[i+1:]...))
			try(line[:i])
		}
	}
	settle()
	t.Logf("%d mutated messages", tried)

	if got, now := h.content(); got != content || now != rev {
		t.Errorf("the document was %s at %d and is %s at %d", content, rev, got, now)
	}
	if after, _ := h.store.Access(t.Context(), h.doc); after.Document.AccessVersion != access.Document.AccessVersion || after.Document.Title != access.Document.Title {
		t.Errorf("the document was %+v and is %+v", access.Document, after.Document)
	}
	if now := runtime.NumGoroutine(); now > goroutines+3 {
		t.Errorf("%d goroutines, before there were %d", now, goroutines)
	}
	neighbour.text(insert(2, 1, "after"))
	expect[wire.Revisions](neighbour)
}
