package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage/id"
)

// idle measures what a session costs that does nothing, each on a document of its own.
func (l *load) idle(ctx context.Context) error {
	if l.ServerPID == 0 || l.Metrics == "" {
		return errors.New("s4 needs --server-pid and --metrics, to read the server's memory")
	}
	var docs []id.Doc
	for range cmp.Or(l.Documents, someDocuments) {
		doc, err := l.document(ctx, prose(l.Chars))
		if err != nil {
			return err
		}
		docs = append(docs, doc)
	}
	time.Sleep(l.Settle) // for rooms without anybody to end
	before, err := l.memory(ctx)
	if err != nil {
		return err
	}
	g := &typists{}
	defer closeTypists([]*typists{g})
	for i, doc := range docs {
		t, welcome, err := l.openThin(ctx, doc, nil)
		if err != nil {
			return err
		}
		if g.all = append(g.all, t); i == 0 {
			l.announce("S4, idle sessions", welcome.Limits, len(docs), 1)
		}
	}
	time.Sleep(5 * time.Second) // for snapshots that wait for another join
	after, err := l.memory(ctx)
	if err != nil {
		return err
	}
	each := func(after, before int) float64 { return float64(after-before) / float64(len(docs)) }
	fmt.Fprintf(l.out, "server memory: %.1f KB of heap and %.1f KB of stacks a session after a collection; resident %d MB before, %d MB after\n",
		each(after.heapKB, before.heapKB), each(after.stacksKB, before.stacksKB), before.residentKB/1024, after.residentKB/1024)
	return nil
}

// opening measures how long a document of many revisions, and a large one, take to open, and to catch up with.
func (l *load) opening(ctx context.Context) error {
	doc, err := l.document(ctx, prose(l.Chars))
	if err != nil {
		return err
	}
	head, err := l.lengthen(ctx, doc)
	if err != nil {
		return err
	}
	large, err := l.document(ctx, prose(1<<20))
	if err != nil {
		return err
	}
	time.Sleep(l.Settle) // for the rooms to end: then an open is a cold one
	for _, what := range []struct {
		name  string
		doc   id.Doc
		since *wire.Since
		times int
	}{
		{fmt.Sprintf("document of %d revisions, cold", head), doc, nil, 1},
		{fmt.Sprintf("document of %d revisions, warm", head), doc, nil, openings},
		{"document of 1 MB, cold", large, nil, 1},
		{"document of 1 MB, warm", large, nil, openings},
		{fmt.Sprintf("catch up over %d revisions", head), doc, &wire.Since{Epoch: 1}, openings},
	} {
		var tickets, took times
		for range what.times {
			ticket, long, err := l.timeOpen(ctx, what.doc, what.since)
			if err != nil {
				return fmt.Errorf("%s: %w", what.name, err)
			}
			tickets, took = append(tickets, ticket), append(took, long)
		}
		slices.Sort(tickets)
		slices.Sort(took)
		fmt.Fprintf(l.out, "%s, ms: %.1f (its ticket before: %.1f)\n", what.name, took.percentile(50), tickets.percentile(50))
	}
	return nil
}

// openings is of how many the median counts.
const openings = 11

// timeOpen asks for a ticket, and opens a document: from the first byte of the connection until all that there is has come.
func (l *load) timeOpen(ctx context.Context, doc id.Doc, since *wire.Since) (ticket, open time.Duration, err error) {
	ctx, cancel := context.WithTimeout(ctx, l.Patience)
	defer cancel()
	asked := time.Now()
	got, err := l.api.Ticket(ctx, doc)
	if err != nil {
		return 0, 0, err
	}
	began := time.Now()
	t, _, err := l.openWith(ctx, got.Ticket, doc, since)
	if err != nil {
		return 0, 0, err
	}
	defer t.close()
	select {
	case <-t.caughtUp:
		return began.Sub(asked), time.Since(began), nil
	case <-t.over:
		return 0, 0, t.failure()
	case <-ctx.Done():
		return 0, 0, ctx.Err()
	}
}

// lengthen gives a document the revisions of s5.
func (l *load) lengthen(ctx context.Context, doc id.Doc) (head ot.Rev, err error) {
	now, err := l.api.Content(ctx, doc)
	if err != nil {
		return 0, err
	}
	for head = now.Rev; int(head) < l.Revisions; {
		write := wire.WriteOps{Epoch: 1, Base: head}
		for range min(lengthenBy, l.Revisions-int(head)) {
			delta, err := typeIn(l.Chars)
			if err != nil {
				return 0, err
			}
			write.Ops = append(write.Ops, delta)
		}
		written, err := l.api.WriteOps(ctx, doc, write)
		if err != nil {
			return 0, err
		}
		head = written.Head
	}
	return head, nil
}

// lengthenBy is how many revisions go in one request.
const lengthenBy = 250
