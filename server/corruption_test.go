package main

import (
	"context"
	"database/sql"
	"errors"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/coscribe/coscribe/client"
	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage/id"
	"github.com/coscribe/coscribe/storage/pgtest"
)

// TestFlippedBitsAreNoticed changes what is stored behind the server's back, one bit at a time. A document whose log is not as it was
// written is refused, and never shown otherwise, least of all empty; a broken snapshot is done without.
func TestFlippedBitsAreNoticed(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		data := t.TempDir()
		p := startProcess(t, "--data", data)
		flipBits(t, p, flipper{t, "sqlite", "file:" + filepath.Join(data, databaseFile) + "?_pragma=busy_timeout(10000)",
			func(doc id.Doc) any { return doc[:] }})
	})
	t.Run("postgres", func(t *testing.T) {
		url := pgtest.URL(t)
		p := startProcess(t, "--database-url", url)
		flipBits(t, p, flipper{t, "pgx", url, func(doc id.Doc) any { return doc.String() }})
	})
}

const flips = 3

func flipBits(t *testing.T, p *process, f flipper) {
	c := administrator(t, p)
	ana := signIn(t, p.url, "ana@example.com")
	doc, other := newDocument(t, c), newDocument(t, c)
	for _, doc := range []id.Doc{doc, other} {
		write(t, c, doc, 20)
	}
	want, err := c.Content(t.Context(), doc)
	if err != nil {
		t.Fatal(err)
	}
	p.kill() // so that everything but the first snapshot is in the log alone
	p.start(greeting)

	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	for range flips {
		rev := ot.Rev(1 + random.IntN(20))
		mend := f.flip("SELECT delta FROM revisions WHERE document = $1 AND rev = $2",
			"UPDATE revisions SET delta = $3 WHERE document = $1 AND rev = $2", doc, rev, random)
		f.refused(ana, doc, rev)
		mend()
	}
	write(t, c, other, 1) // which is nobody's fault
	same(t, c, doc, want)

	// Now there is a snapshot of the head, and it is done without.
	live, err := c.Open(t.Context(), doc)
	if err != nil {
		t.Fatal(err)
	}
	live.Close()
	said := p.stderr
	p.stop()
	if !strings.Contains(said.String(), doc.String()) || !strings.Contains(said.String(), "checksum") {
		t.Error("the server's log does not say that a document is broken")
	}
	f.flip("SELECT content FROM snapshots WHERE document = $1 AND rev = $2",
		"UPDATE snapshots SET content = $3 WHERE document = $1 AND rev = $2", doc, 20, random)
	p.start(greeting)
	same(t, c, doc, want)
	write(t, c, doc, 1)
	p.stop() // stores one of revision 21
	f.flip("SELECT delta FROM revisions WHERE document = $1 AND rev = $2",
		"UPDATE revisions SET delta = $3 WHERE document = $1 AND rev = $2", doc, 3, random) // is not needed any more to open it
	p.start(greeting)
	if live, err = c.Open(t.Context(), doc); err != nil {
		t.Fatalf("the snapshot was not made anew: %v", err)
	}
	live.Close()
}

// write makes n edits, a revision each.
func write(t *testing.T, c *client.Client, doc id.Doc, n int) {
	t.Helper()
	ops := wire.WriteOps{Epoch: 1}
	for range n {
		ops.Ops = append(ops.Ops, ot.New().Insert("é😀", ot.Attrs{"bold": true}).MustDelta())
	}
	if _, err := c.WriteOps(t.Context(), doc, ops); err != nil {
		t.Fatal(err)
	}
}

// refused holds that no door opens the document, and that each says the same of why.
func (f flipper) refused(person *client.Client, doc id.Doc, rev ot.Rev) {
	f.t.Helper()
	w, err := sitDown(f.t, person, doc, id.New[id.Client]())
	if err != nil {
		f.t.Fatal(err)
	}
	go w.conn.ReadLoop()
	w.until("the end of a seat whose document is broken", func() bool { return w.closed == wire.CloseInternal })
	if w.welcome != nil {
		f.t.Errorf("a bit of revision %d flipped: welcomed to %v", rev, w.welcome.Snapshot)
	}
	ctx, cancel := context.WithTimeout(f.t.Context(), 2*time.Second) // a client tries again
	defer cancel()
	var problem *client.Problem
	content, err := person.Content(ctx, doc)
	if !content.Content.IsEmpty() || err == nil || errors.As(err, &problem) && problem.Code != wire.CodeInternal {
		f.t.Errorf("a bit of revision %d flipped: content %v, %v", rev, content.Content, err)
	}
	written, err := person.WriteOps(ctx, doc, wire.WriteOps{Epoch: 1, Base: 20, Ops: []ot.Delta{ot.New().Insert("x", nil).MustDelta()}})
	if err == nil || errors.As(err, &problem) && problem.Code != wire.CodeInternal {
		f.t.Errorf("a bit of revision %d flipped: written %v, %v", rev, written.Items, err)
	}
}

func same(t *testing.T, c *client.Client, doc id.Doc, want wire.Content) {
	t.Helper()
	got, err := c.Content(t.Context(), doc)
	if err != nil || got.Rev != want.Rev || !got.Content.Equal(want.Content) {
		t.Fatalf("content at revision %d: %v, %v; want %v", got.Rev, got.Content, err, want.Content)
	}
}

// flipper changes bits in a database.
type flipper struct {
	t              *testing.T
	driver, source string
	key            func(id.Doc) any
}

// flip flips a bit of one value, and returns how to flip it back.
func (f flipper) flip(read, write string, doc id.Doc, rev ot.Rev, random *rand.Rand) (mend func()) {
	f.t.Helper()
	db, err := sql.Open(f.driver, f.source)
	if err != nil {
		f.t.Fatal(err)
	}
	defer db.Close()
	var value []byte
	if err := db.QueryRowContext(f.t.Context(), read, f.key(doc), int64(rev)).Scan(&value); err != nil {
		f.t.Fatal(err)
	}
	bit := random.IntN(8 * len(value))
	set := func(value []byte) {
		db, err := sql.Open(f.driver, f.source)
		if err != nil {
			f.t.Fatal(err)
		}
		defer db.Close()
		if _, err := db.ExecContext(f.t.Context(), write, f.key(doc), int64(rev), value); err != nil {
			f.t.Fatal(err)
		}
	}
	value[bit/8] ^= 1 << (bit % 8)
	set(value)
	return func() {
		value[bit/8] ^= 1 << (bit % 8)
		set(value)
	}
}
