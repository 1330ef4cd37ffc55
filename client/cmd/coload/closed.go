package main

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage/id"
)

// typists are the thin clients of one document.
type typists struct {
	id    id.Doc
	head  ot.Rev // before they type
	units int    // of the text, then
	all   []*thin
}

// openTypists opens documents of so many clients each.
func (l *load) openTypists(ctx context.Context, documents, clients int) (groups []*typists, limits wire.Limits, err error) {
	groups = make([]*typists, documents)
	for i := range groups {
		groups[i] = &typists{all: make([]*thin, clients)}
	}
	err = atOnce(documents, func(i int) error { return l.prepare(ctx, groups[i]) })
	if err != nil {
		return groups, limits, err
	}
	var first sync.Once
	err = atOnce(documents*clients, func(i int) error {
		g := groups[i/clients]
		t, welcome, err := l.openThin(ctx, g.id, nil)
		if err != nil {
			return fmt.Errorf("open client %d: %w", i+1, err)
		}
		g.all[i%clients] = t
		first.Do(func() { limits = welcome.Limits })
		return t.reach(ctx, g.head)
	})
	return groups, limits, err
}

// prepare makes a document for typists.
func (l *load) prepare(ctx context.Context, g *typists) (err error) {
	if g.id, err = l.document(ctx, prose(l.Chars)); err != nil {
		return err
	}
	content, err := l.api.Content(ctx, g.id)
	if err != nil {
		return err
	}
	g.head, g.units = content.Rev, content.Content.Len()
	return nil
}

// preparing is how many clients are opened at once: each holds a ticket, and a server gives only so many of them to one token.
const preparing = 4

// atOnce calls do for each number below n, some at a time, and returns the first error.
func atOnce(n int, do func(int) error) error {
	var next atomic.Int64
	var running sync.WaitGroup
	failed := make(chan error, preparing)
	for range min(n, preparing) {
		running.Go(func() {
			for i := next.Add(1) - 1; i < int64(n); i = next.Add(1) - 1 {
				if err := do(int(i)); err != nil {
					failed <- err
					return
				}
			}
		})
	}
	running.Wait()
	close(failed)
	return <-failed
}

// thinLoop is closedLoop with thin clients.
func (l *load) thinLoop(ctx context.Context, documents, clients int) error {
	groups, limits, err := l.openTypists(ctx, documents, clients)
	defer func() { closeTypists(groups) }()
	if err != nil {
		return err
	}
	l.announce(strings.ToUpper(l.Scenario)+", closed loop", limits, documents, clients)

	meter, err := l.startMeter()
	if err != nil {
		return err
	}
	began := time.Now()
	err = eachTypist(groups, func(t *thin) error { return t.typeUntil(ctx, began.Add(l.Duration), l.Chars) })
	took := time.Since(began)
	if err != nil {
		return err
	}
	measured := measuredBy(groups)
	l.report(took, measured)
	if err := meter.report(l.out, len(measured)); err != nil {
		return err
	}
	return l.account(ctx, groups)
}

func measuredBy(groups []*typists) (measured times) {
	for _, g := range groups {
		for _, t := range g.all {
			measured = append(measured, t.typing.times...)
		}
	}
	return measured
}

// account sees that every edit is there once: the log and the text have grown by as many as were acknowledged, and everybody has
// received all.
func (l *load) account(ctx context.Context, groups []*typists) error {
	ctx, cancel := context.WithTimeout(ctx, l.Patience)
	defer cancel()
	for _, g := range groups {
		content, err := l.api.Content(ctx, g.id)
		if err != nil {
			return err
		}
		edits, typed := 0, 0
		for i, t := range g.all {
			if err := t.reach(ctx, content.Rev); err != nil {
				return fmt.Errorf("document %v, client %d: %w", g.id, i+1, err)
			}
			edits += len(t.typing.made)
			typed += len(t.typing.times)
		}
		if rows, units := int(content.Rev-g.head), content.Content.Len()-g.units; rows != edits || units != typed {
			return fmt.Errorf("document %v: %d edits of %d letters acknowledged, %d in the log, %d letters in the text",
				g.id, edits, typed, rows, units)
		}
	}
	fmt.Fprintln(l.out, "every acknowledged edit is in the log and in the text once, and everybody has received all")
	return nil
}

// reach waits until a revision has come.
func (t *thin) reach(ctx context.Context, rev ot.Rev) error {
	for {
		t.mu.Lock()
		have, err := t.rev, t.err
		t.mu.Unlock()
		if have >= rev || err != nil {
			return err
		}
		select {
		case <-time.After(time.Millisecond):
		case <-ctx.Done():
			return fmt.Errorf("it has %d of %d revisions: %w", have, rev, ctx.Err())
		}
	}
}

// eachTypist runs every client at the same time, and returns the first error.
func eachTypist(groups []*typists, run func(*thin) error) error {
	var running sync.WaitGroup
	failed := make(chan error, 1)
	for _, g := range groups {
		for i, t := range g.all {
			running.Go(func() {
				if err := run(t); err != nil {
					select {
					case failed <- fmt.Errorf("document %v, client %d: %w", g.id, i+1, err):
					default:
					}
				}
			})
		}
	}
	running.Wait()
	close(failed)
	return <-failed
}

func closeTypists(groups []*typists) {
	_ = eachTypist(groups, func(t *thin) error {
		if t != nil { // else it was not opened
			t.close()
		}
		return nil
	})
}
