package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coscribe/coscribe/client"
	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/server/internal/oracle"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
	"github.com/coscribe/coscribe/storage/postgres"
	"github.com/coscribe/coscribe/storage/sqlite"
)

// times is how often an experiment is made: as the environment says, which `make soak` does.
func times(t *testing.T, variable string, otherwise int) int {
	t.Helper()
	text := os.Getenv(variable)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("%s=%q: not a number from 1 on", variable, text)
	}
	return n
}

// administrator follows the server's set-up link and returns a client with a token.
func administrator(t *testing.T, p *process) *client.Client {
	t.Helper()
	_, secret, _ := strings.Cut(p.setup, "#")
	person := withCookies(t, p.url)
	if _, err := person.SignUp(t.Context(), wire.SignUp{Invitation: secret, Email: "ana@example.com", Name: "Ana Diaz", Password: password}); err != nil {
		t.Fatalf("sign up: %v", err)
	}
	return withToken(t, person, p.url)
}

// withToken makes a token of the person, for a server at url.
func withToken(t *testing.T, person *client.Client, url string) *client.Client {
	t.Helper()
	token, err := person.CreateToken(t.Context(), wire.NewToken{Name: "test", Scopes: []string{"write", "admin", "bulk"}})
	if err != nil {
		t.Fatalf("make a token: %v", err)
	}
	c, err := client.New(url, client.WithToken(token.Secret))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.CloseIdle)
	return c
}

func newDocument(t *testing.T, c *client.Client) id.Doc {
	t.Helper()
	made, err := c.CreateDocument(t.Context(), "Experiment")
	if err != nil {
		t.Fatalf("make a document: %v", err)
	}
	return made.ID
}

// crowd types in one document, and keeps journals of it.
type crowd struct {
	t            *testing.T
	doc          id.Doc
	pause        time.Duration // of each typist
	folder       string        // of the journals
	live         []*client.Document
	acknowledged atomic.Int64
	mu           sync.Mutex
	waits        []time.Duration // from an edit to its acknowledgement; guarded by mu
	stopTyping   context.CancelFunc
	typing       sync.WaitGroup
	stopReading  context.CancelFunc
	reading      sync.WaitGroup
}

// Pauses of a typist between two edits.
const (
	fast   = 400 * time.Millisecond
	steady = time.Second     // where many type
	slow   = 5 * time.Second // where many read
)

// mostAhead is how many edits of one typist wait for their fate; then it looks up.
const mostAhead = 12

// startCrowd opens the document n times, by turns with each of the clients, and types in all of them, with such pauses.
func startCrowd(t *testing.T, doc id.Doc, n int, pause time.Duration, clients ...*client.Client) *crowd {
	t.Helper()
	c := &crowd{t: t, doc: doc, pause: pause, folder: t.ArtifactDir()}
	var typing, reading context.Context
	typing, c.stopTyping = context.WithCancel(t.Context())
	reading, c.stopReading = context.WithCancel(t.Context())
	t.Cleanup(c.leave)
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	for i := range n {
		live, err := clients[i%len(clients)].Open(t.Context(), doc)
		if err != nil {
			t.Fatalf("open the document: %v", err)
		}
		c.live = append(c.live, live)
		journal, err := oracle.NewJournal(c.folder, fmt.Sprintf("typist-%03d", i))
		if err != nil {
			t.Fatal(err)
		}
		begin, _ := live.Committed()
		read := make(chan struct{})
		c.reading.Go(func() {
			defer close(read)
			for revision, err := range live.Revisions(reading, client.From(begin)) {
				if err != nil {
					return
				}
				journal.Received(revision.Rev, revision.ID)
			}
		})
		c.typing.Go(func() {
			c.typeInto(typing, live, journal, rand.New(rand.NewPCG(seed, uint64(i))))
			<-read
			if err := journal.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	return c
}

// typeInto makes edits until ctx ends, and notes what becomes of each.
func (c *crowd) typeInto(ctx context.Context, live *client.Document, journal *oracle.Journal, random *rand.Rand) {
	var waiting sync.WaitGroup
	defer waiting.Wait()
	ahead := make(chan struct{}, mostAhead)
	for ctx.Err() == nil {
		select {
		case ahead <- struct{}{}:
		case <-ctx.Done():
			return
		}
		mark := oracle.NewMark()
		journal.Sent(mark)
		edit, err := live.Edit(func(content *ot.Document) (ot.Delta, error) { return scribble(random, content.Delta(), mark), nil })
		if err != nil {
			c.t.Errorf("edit: %v", err)
			return
		}
		made := time.Now()
		waiting.Go(func() {
			defer func() { <-ahead }()
			rev, err := edit.Wait(context.Background()) // which Close ends
			var refused *client.Rejected
			switch {
			case err == nil:
				journal.Acknowledged(mark, rev)
				c.acknowledged.Add(1)
				c.mu.Lock()
				c.waits = append(c.waits, time.Since(made))
				c.mu.Unlock()
			case errors.As(err, &refused):
				journal.Refused(mark)
			}
		})
		pause(ctx, c.pause/2+rand.N(c.pause))
	}
}

// scribble inserts the mark at a random place and sometimes deletes or formats a character near it, but never within a mark.
func scribble(random *rand.Rand, content ot.Delta, mark oracle.Mark) ot.Delta {
	var places []int // between characters, outside marks, and not behind the last newline
	at, inside := 0, false
	for component := range content.Components() {
		for _, r := range component.Text {
			if r == '‹' {
				places, inside = append(places, at), true
			} else if !inside {
				places = append(places, at)
			}
			inside = inside && r != '›'
			if at++; r > 0xffff {
				at++
			}
		}
	}
	n := random.IntN(len(places))
	b := ot.New().Retain(places[n], nil).Insert([]string{"é", "😀", "漢", "👩‍👩‍👧"}[random.IntN(4)]+string(mark), nil)
	if n+1 < len(places) {
		length := places[n+1] - places[n]
		switch random.IntN(4) {
		case 0:
			if length <= 2 { // one character, not a mark
				b = b.Delete(length)
			}
		case 1:
			b = b.Retain(length, ot.Attrs{"bold": true})
		}
	}
	return b.MustDelta()
}

// typed waits until n more edits have been acknowledged.
func (c *crowd) typed(n int64) {
	c.t.Helper()
	want := c.acknowledged.Load() + n
	eventually(c.t, fmt.Sprintf("%d more edits are acknowledged", n), func() (bool, string) {
		now := c.acknowledged.Load()
		return now >= want, fmt.Sprintf("%d of %d", now, want)
	})
}

// p99 is how long 99 of 100 acknowledgements took at most since it was called last.
func (c *crowd) p99() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	waits := c.waits
	c.waits = nil
	if len(waits) == 0 {
		return 0
	}
	slices.Sort(waits)
	return waits[len(waits)*99/100].Round(time.Millisecond)
}

// settle stops the typing and waits until everything is acknowledged and everybody has the same.
func (c *crowd) settle() {
	c.t.Helper()
	began := time.Now()
	c.flush()
	c.meet()
	c.t.Logf("converged within %v", time.Since(began).Round(time.Millisecond))
}

// flush stops the typing and waits until everything is acknowledged.
func (c *crowd) flush() {
	c.t.Helper()
	c.stopTyping()
	ctx, cancel := context.WithTimeout(c.t.Context(), converged)
	defer cancel()
	for i, live := range c.live {
		if err := live.Flush(ctx); err != nil {
			c.t.Fatalf("typist %d: edits are not acknowledged within %v: %v", i, converged, err)
		}
	}
}

// meet waits until everybody has the same revision, and returns it.
func (c *crowd) meet() (head ot.Rev) {
	c.t.Helper()
	eventually(c.t, "everybody has the same revision", func() (bool, string) {
		least := ot.Rev(1 << 60)
		for _, live := range c.live {
			rev, _ := live.Committed()
			least, head = min(least, rev), max(head, rev)
		}
		return least == head, fmt.Sprintf("from %d to %d", least, head)
	})
	return head
}

// leave ends the reading and the connections. The journals are complete when it returns.
func (c *crowd) leave() {
	c.stopTyping()
	c.stopReading()
	c.reading.Wait()
	for _, live := range c.live {
		live.Close()
	}
	c.typing.Wait()
}

// judge asks the oracle about everything that the crowd noted and the database holds. The server must be down.
func (c *crowd) judge(open opener, more ...map[string]ot.Delta) oracle.Verdict {
	c.t.Helper()
	replicas := map[string]ot.Delta{}
	for i, live := range c.live {
		replicas[fmt.Sprintf("replica %d", i)] = live.Content().Delta()
	}
	c.leave()
	store, err := open(c.t.Context())
	if err != nil {
		c.t.Fatal(err)
	}
	defer store.Close()
	evidence, err := oracle.Gather(c.t.Context(), store, c.doc)
	if err != nil {
		c.t.Fatalf("the document does not open: %v", err)
	}
	for _, contents := range append(more, replicas) {
		for whose, content := range contents {
			evidence.Contents[whose] = content
		}
	}
	if evidence.Histories, err = oracle.ReadJournals(c.folder); err != nil {
		c.t.Fatal(err)
	}
	if err := evidence.JavaScript(c.t.Context(), "../ot/testdata"); err != nil {
		c.t.Error(err)
	}
	verdict, err := evidence.Verdict()
	c.t.Log(verdict)
	if err != nil {
		c.t.Errorf("%v\n%v", verdict, err)
	}
	if verdict.Acknowledged == 0 || verdict.Refused > 0 || verdict.Acknowledged != verdict.Sent {
		c.t.Errorf("%v: want every edit acknowledged", verdict)
	}
	return verdict
}

// opener opens the database of a server.
type opener func(context.Context) (storage.Store, error)

func openPostgres(url string) opener {
	return func(ctx context.Context) (storage.Store, error) { return postgres.Open(ctx, url) }
}

func openSQLite(data string) opener {
	return func(ctx context.Context) (storage.Store, error) {
		return sqlite.Open(ctx, filepath.Join(data, databaseFile))
	}
}
