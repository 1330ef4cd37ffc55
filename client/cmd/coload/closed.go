package main

import (
	"context"
	"fmt"
	"strings"
	"sync"
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

// thinLoop is closedLoop with thin clients.
func (l *load) thinLoop(ctx context.Context, documents, clients int) error {
	var groups []*typists
	defer func() { closeTypists(groups) }()
	var limits wire.Limits
	for range documents {
		doc, err := l.document(ctx, prose(l.Chars))
		if err != nil {
			return err
		}
		content, err := l.api.Content(ctx, doc)
		if err != nil {
			return err
		}
		g := &typists{id: doc, head: content.Rev, units: content.Content.Len()}
		groups = append(groups, g)
		for range clients {
			t, welcome, err := l.openThin(ctx, doc, nil)
			if err != nil {
				return fmt.Errorf("open client %d: %w", len(g.all)+1, err)
			}
			g.all, limits = append(g.all, t), welcome.Limits
			if err := t.reach(ctx, g.head); err != nil {
				return err
			}
		}
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
	var measured times
	for _, g := range groups {
		for _, t := range g.all {
			measured = append(measured, t.times...)
		}
	}
	l.report(took, measured)
	if err := meter.report(l.out, len(measured)); err != nil {
		return err
	}
	return l.account(ctx, groups)
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
		typed := 0
		for i, t := range g.all {
			if err := t.reach(ctx, content.Rev); err != nil {
				return fmt.Errorf("document %v, client %d: %w", g.id, i+1, err)
			}
			typed += len(t.times)
		}
		if rows, units := int(content.Rev-g.head), content.Content.Len()-g.units; rows != typed || units != typed {
			return fmt.Errorf("document %v: %d edits acknowledged, %d in the log, %d letters in the text", g.id, typed, rows, units)
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
	_ = eachTypist(groups, func(t *thin) error { t.close(); return nil })
}
