package main

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/coscribe/coscribe/client"
	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/server/internal/oracle"
	"github.com/coscribe/coscribe/storage/id"
)

// TestJoinStormMissesNothing lets 500 people come to a document in which 20 type: each gets a snapshot and every revision after
// it, once and in order, and has the document in the end.
func TestJoinStormMissesNothing(t *testing.T) {
	t.Parallel()
	const guests, doors = 500, 16
	data := t.TempDir()
	p := startProcess(t, "--data", data, "--limits-profile", "load")
	c := administrator(t, p)
	crowd := startCrowd(t, newDocument(t, c), 20, slow, c)
	crowd.typed(10)

	began := time.Now()
	var joining sync.WaitGroup
	arrived := make([]*wired, guests)
	for door := range doors {
		at := signIn(t, p.url, "ana@example.com") // each of its own: tickets that wait are few for each session
		joining.Go(func() {
			for i := door; i < guests && !t.Failed(); i += doors {
				arrived[i] = guest(crowd, at, i)
			}
		})
	}
	joining.Wait()
	if t.Failed() {
		return
	}
	t.Logf("%d joined within %v", guests, time.Since(began).Round(time.Millisecond))

	crowd.typed(10)
	crowd.flush()
	head := crowd.meet()
	replicas := map[string]ot.Delta{}
	for i, w := range arrived {
		w.until(fmt.Sprintf("guest %d has revision %d", i, head), func() bool { return w.rev == head })
		w.mu.Lock()
		replicas[fmt.Sprintf("guest %d", i)] = w.content.Delta()
		w.mu.Unlock()
		w.leave()
		if err := w.journal.Close(); err != nil {
			t.Error(err)
		}
	}
	p.stop()
	crowd.judge(openSQLite(data), replicas)
}

// guest joins and keeps a journal of what comes.
func guest(c *crowd, at *client.Client, n int) *wired {
	w, err := sitDown(c.t, at, c.doc, id.New[id.Client]())
	if err != nil {
		c.t.Errorf("guest %d: %v", n, err)
		return nil
	}
	if w.journal, err = oracle.NewJournal(c.folder, fmt.Sprintf("guest-%03d", n)); err != nil {
		c.t.Error(err)
		return nil
	}
	w.listen()
	return w
}
