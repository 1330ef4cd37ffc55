package main

import (
	"strings"
	"testing"

	"github.com/coscribe/coscribe/client"
	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage/id"
)

// TestBlackHolesHoldNobodyUp seats people who never read beside people who type. The server lets each of them go when it is too far
// behind, and the others go on and miss nothing.
func TestBlackHolesHoldNobodyUp(t *testing.T) {
	t.Parallel()
	const typists, holes = 10, 8
	data := t.TempDir()
	p := startProcess(t, "--data", data, "--limits-profile", "load")
	c := administrator(t, p)
	doc := newDocument(t, c)
	crowd := startCrowd(t, doc, typists, fast, c)
	crowd.typed(20)
	before := crowd.p99()

	ana := signIn(t, p.url, "ana@example.com")
	observer, err := sitDown(t, ana, doc, id.New[id.Client]())
	if err != nil {
		t.Fatal(err)
	}
	observer.here = map[id.Seat]bool{}
	observer.listen()
	for range holes {
		hole, err := sitDown(t, ana, doc, id.New[id.Client]())
		if err != nil {
			t.Fatal(err)
		}
		defer hole.leave()
	}
	if !observer.until("the black holes have come", func() bool { return len(observer.here) == typists+holes }) {
		return
	}

	// What a black hole is sent fills the kernel's buffers first, and then counts.
	fill(t, c, doc, func() bool {
		observer.mu.Lock()
		defer observer.mu.Unlock()
		return len(observer.here) == typists
	})
	during := crowd.p99()
	crowd.typed(20)
	t.Logf("p99 of acknowledgements: %v before, %v beside black holes and large pastes", before, during)
	observer.leave()
	crowd.settle()
	p.stop()
	crowd.judge(openSQLite(data))
}

// fill writes and deletes a large text again and again, until it is enough.
func fill(t *testing.T, c *client.Client, doc id.Doc, enough func() bool) {
	t.Helper()
	const most = 32 << 20 // bytes; several times what kernels hold for a connection
	large := ot.New().Insert(strings.Repeat("x", 30_000), nil).MustDelta()
	for written := 0; !enough(); {
		if written > most {
			t.Fatalf("after %d MB the black holes are still there", written>>20)
		}
		write := wire.WriteOps{Epoch: 1, Ops: []ot.Delta{}}
		content, err := c.Content(t.Context(), doc)
		if err != nil {
			t.Fatal(err)
		}
		write.Base = content.Rev
		for range 8 {
			write.Ops = append(write.Ops, large, ot.New().Delete(30_000).MustDelta())
		}
		if _, err := c.WriteOps(t.Context(), doc, write); err != nil {
			t.Fatal(err)
		}
		written += 8 * 30_000
	}
}
