package main

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// booby is a store with a bug that concerns one document.
type booby struct {
	storage.Store
	trapped atomic.Pointer[id.Doc]
}

const bug = "a bug, with the words of somebody's document"

func (b *booby) trap(doc id.Doc) {
	if trapped := b.trapped.Load(); trapped != nil && *trapped == doc {
		panic(bug)
	}
}

func (b *booby) Append(ctx context.Context, batches []storage.Batch) ([]error, error) {
	for i := range batches {
		b.trap(batches[i].Doc)
	}
	return b.Store.Append(ctx, batches)
}

// TestOneDocumentsPanicsAreItsOwn: whoever is in it is closed with 1011, after the third time nobody comes in for a while, and the
// others of the server, whose every commit may be shared with it, notice nothing. What the panic said is nobody's to read.
func TestOneDocumentsPanicsAreItsOwn(t *testing.T) {
	var store *booby
	const shut = 3 * time.Second
	l := startOn(t, func(real storage.Store) storage.Store {
		store = &booby{Store: real}
		return store
	}, "--limit-fault-pause="+shut.String())
	admin := administrator(t, l.process)
	sick, well := newDocument(t, admin), newDocument(t, admin)
	author := signIn(t, l.url, "ana@example.com")
	sit := func(doc id.Doc) *wired {
		t.Helper()
		w, err := sitDown(t, author, doc, id.New[id.Client]())
		if err != nil {
			t.Fatal(err)
		}
		return w
	}
	healthy := sit(well)
	healthy.listen()
	seq := int64(0)
	unhurt := func() {
		t.Helper()
		seq++
		healthy.say(inserts(seq, healthy.welcome.Rev, "a"))
		healthy.until("the answer", func() bool { return healthy.answers[seq] != 0 })
	}
	unhurt()

	store.trapped.Store(&sick)
	for range settings(t).Limit.Faults {
		reader, writer := sit(sick), sit(sick)
		reader.listen()
		writer.listen()
		writer.say(inserts(1, writer.welcome.Rev, "a"))
		writer.until("the end", func() bool { return writer.closed == wire.CloseInternal })
		reader.until("the end", func() bool { return reader.closed == wire.CloseInternal })
		unhurt()
	}
	store.trapped.Store(nil)
	quarantined := time.Now()
	refused := sit(sick)
	go refused.conn.ReadLoop()
	refused.until("the end", func() bool { return refused.closed == wire.CloseInternal && refused.welcome == nil })
	unhurt()
	l.counts(map[string]string{`coscribe_panics_total{where="append"}`: "3", "coscribe_quarantines_total": "1"})

	pause(t.Context(), time.Until(quarantined.Add(shut)))
	again := sit(sick)
	again.listen()
	again.say(inserts(1, again.welcome.Rev, "well again"))
	again.until("the answer", func() bool { return again.answers[1] != 0 })
	unhurt()
	if n := strings.Count(l.log.String(), bug); n == 0 {
		t.Error("the log does not say why")
	}
}
