package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"github.com/coscribe/coscribe/client"
	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/storage/id"
)

// closedLoop lets every client of every document type a character, wait for its acknowledgement, and type the next.
func (l *load) closedLoop(ctx context.Context, documents, clients int) error {
	if !l.Copies {
		return l.thinLoop(ctx, documents, clients)
	}
	groups, err := l.openGroups(ctx, documents, clients)
	if err != nil {
		return err
	}
	defer groups.close()
	l.announce(strings.ToUpper(l.Scenario)+", closed loop", groups[0].docs[0].Standing().Limits, documents, clients)

	began := time.Now()
	err = groups.each(func(d *client.Document, measured *times) error { return l.type1By1(ctx, d, began, measured) })
	took := time.Since(began)
	if err != nil {
		return err
	}
	l.report(took, groups.times())
	return l.convergeAll(ctx, groups)
}

func (l *load) type1By1(ctx context.Context, d *client.Document, began time.Time, measured *times) error {
	for time.Since(began) < l.Duration {
		at := time.Now()
		edit, err := d.Edit(typeSomewhere)
		if err != nil {
			return err
		}
		if _, err := edit.Wait(ctx); err != nil {
			return err
		}
		*measured = append(*measured, time.Since(at))
	}
	return nil
}

// typeSomewhere types a letter at a random place.
func typeSomewhere(content *ot.Document) (ot.Delta, error) {
	return typeIn(content.Len())
}

// typeIn types a letter at a random place of so many.
func typeIn(length int) (ot.Delta, error) {
	return ot.New().Retain(rand.IntN(max(length, 1)), nil).Insert(string('a'+rune(rand.IntN(26))), nil).Delta()
}

// group is the clients of one document.
type group struct {
	id    id.Doc
	docs  []*client.Document
	times []times // of each client
}

type groups []*group

func (l *load) openGroups(ctx context.Context, documents, clients int) (groups, error) {
	if l.Document != "" && documents > 1 {
		return nil, errors.New("--document goes with one document: not with s2")
	}
	var all groups
	for range documents {
		doc, err := l.document(ctx, prose(l.Chars))
		if err != nil {
			all.close()
			return nil, err
		}
		docs, err := l.open(ctx, doc, clients)
		if err != nil {
			all.close()
			return nil, err
		}
		all = append(all, &group{id: doc, docs: docs, times: make([]times, clients)})
	}
	return all, nil
}

// prose returns text of n characters.
func prose(n int) string {
	const line = "The quick brown fox jumps over the lazy dog, and nobody minds.\n"
	return strings.Repeat(line, n/len(line)+1)[:n]
}

func (all groups) close() {
	var closing sync.WaitGroup
	for _, g := range all {
		for _, d := range g.docs {
			closing.Go(func() { d.Close() })
		}
	}
	closing.Wait()
}

// each runs every client at the same time, and returns the first error.
func (all groups) each(run func(*client.Document, *times) error) error {
	var running sync.WaitGroup
	failed := make(chan error, 1)
	for _, g := range all {
		for i, d := range g.docs {
			running.Go(func() {
				if err := run(d, &g.times[i]); err != nil {
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

func (all groups) times() (together times) {
	for _, g := range all {
		for _, t := range g.times {
			together = append(together, t...)
		}
	}
	return together
}

func (l *load) convergeAll(ctx context.Context, all groups) error {
	copies := 0
	for _, g := range all {
		if _, err := l.converge(ctx, g.id, g.docs); err != nil {
			return err
		}
		copies += len(g.docs)
	}
	fmt.Fprintf(l.out, "the server and %s hold the same\n", count(copies, "client"))
	return nil
}
