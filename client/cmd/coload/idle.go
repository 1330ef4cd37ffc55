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
	if l.ServerPID == 0 {
		return errors.New("s4 needs --server-pid, to read the server's memory")
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
	before, err := residentKB(l.ServerPID)
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
	after, err := residentKB(l.ServerPID)
	if err != nil {
		return err
	}
	fmt.Fprintf(l.out, "server memory %d KB before, %d KB after: %.1f KB a session\n", before, after, float64(after-before)/float64(len(docs)))
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
	}{
		{fmt.Sprintf("document of %d revisions, cold", head), doc, nil},
		{fmt.Sprintf("document of %d revisions, warm", head), doc, nil},
		{"document of 1 MB, cold", large, nil},
		{"document of 1 MB, warm", large, nil},
		{fmt.Sprintf("catch up over %d revisions", head), doc, &wire.Since{Epoch: 1}},
	} {
		var took times
		for range openings {
			long, err := l.timeOpen(ctx, what.doc, what.since)
			if err != nil {
				return fmt.Errorf("%s: %w", what.name, err)
			}
			if took = append(took, long); len(what.name) > 4 && what.name[len(what.name)-4:] == "cold" {
				break
			}
		}
		slices.Sort(took)
		fmt.Fprintf(l.out, "%s, ms: %.1f\n", what.name, took.percentile(50))
	}
	return nil
}

// openings is of how many the median counts.
const openings = 5

// timeOpen opens a document and waits for all that there is.
func (l *load) timeOpen(ctx context.Context, doc id.Doc, since *wire.Since) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, l.Patience)
	defer cancel()
	began := time.Now()
	t, _, err := l.openThin(ctx, doc, since)
	if err != nil {
		return 0, err
	}
	defer t.close()
	select {
	case <-t.caughtUp:
		return time.Since(began), nil
	case <-t.over:
		return 0, t.failure()
	case <-ctx.Done():
		return 0, ctx.Err()
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
