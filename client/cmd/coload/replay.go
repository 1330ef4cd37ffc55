package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/coscribe/coscribe/client"
	"github.com/coscribe/coscribe/ot"
)

// replay writes a trace into a document. One client gives the recorded text at the end; of several, each writes its part of
// the trace at the same time, at the recorded places as far as its text reaches, and all must end equal.
func (l *load) replay(ctx context.Context) error {
	t, err := readTrace(l.Trace)
	if err != nil {
		return err
	}
	whole := l.Edits == 0 || l.Edits >= len(t.edits)
	if !whole {
		t.edits = t.edits[:l.Edits]
	}
	doc, err := l.document(ctx, t.start)
	if err != nil {
		return err
	}
	docs, err := l.open(ctx, doc, l.Clients)
	if err != nil {
		return err
	}
	defer closeAll(docs)
	if textOf(docs[0].Content().Delta()) != t.start+"\n" {
		return errors.New("the document does not hold what the trace begins with: name a new one, or none")
	}
	l.announce("replay of "+count(len(t.edits), "edit"), docs[0].Standing().Limits, 1, l.Clients)
	took, acknowledged, err := l.write(ctx, t.edits, docs)
	if err != nil {
		return err
	}
	l.report(took, acknowledged)
	text, err := l.converge(ctx, doc, docs)
	if err != nil {
		return err
	}
	if whole && len(docs) == 1 && text != t.end+"\n" {
		return fmt.Errorf("the text at the end is not the recorded one: %d bytes, want %d", len(text), len(t.end)+1)
	}
	verdict := "is the same everywhere"
	if whole && len(docs) == 1 {
		verdict = "is the recorded one"
	}
	fmt.Fprintf(l.out, "the text at the end %s: %d bytes\n", verdict, len(text))
	return nil
}

// write deals the edits to the clients and waits for all of them.
func (l *load) write(ctx context.Context, edits []patch, docs []*client.Document) (took time.Duration, together times, err error) {
	began := time.Now()
	l.progress.start(len(edits))
	writers := make([]*writer, len(docs))
	failed := make(chan error, len(docs))
	var running sync.WaitGroup
	for i, d := range docs {
		part := edits[i*len(edits)/len(docs) : (i+1)*len(edits)/len(docs)]
		writers[i] = &writer{load: l, doc: d}
		running.Go(func() {
			if err := writers[i].run(ctx, l.recorded(d, part, len(docs))); err != nil {
				failed <- fmt.Errorf("client %d: %w", i+1, err)
			}
		})
	}
	running.Wait()
	took = time.Since(began)
	l.progress.stop()
	for _, w := range writers {
		together = append(together, w.times...)
	}
	close(failed)
	return took, together, <-failed
}

// recorded makes the recorded edits of one of some clients, at the rate that the flags say.
func (l *load) recorded(d *client.Document, part []patch, clients int) func(context.Context) (sent, error) {
	pace := pace{}
	if l.Rate > 0 {
		pace.every = time.Duration(float64(time.Second) * float64(clients) / l.Rate)
	}
	return func(ctx context.Context) (sent, error) {
		if len(part) == 0 {
			return sent{}, io.EOF
		}
		p := part[0]
		part = part[1:]
		at, err := pace.wait(ctx)
		if err != nil {
			return sent{}, err
		}
		if clients > 1 {
			edit, err := d.Edit(p.within)
			return sent{edit, at}, err
		}
		delta, err := p.delta(0, 0)
		if err != nil {
			return sent{}, err
		}
		edit, err := d.Apply(delta)
		return sent{edit, at}, err
	}
}

// delta is the patch, with its place and what it deletes moved.
func (p patch) delta(at, deleted int) (ot.Delta, error) {
	return ot.New().Retain(p.at+at, nil).Insert(p.inserted, nil).Delete(p.deleted + deleted).Delta()
}

// within is the patch on another text than the recorded one: as far as that reaches, and not within a surrogate pair.
func (p patch) within(content *ot.Document) (ot.Delta, error) {
	length := content.Len() - 1
	p.at = min(p.at, length)
	p.deleted = min(p.deleted, length-p.at)
	for _, move := range [...][2]int{{0, 0}, {-1, 0}, {0, 1}, {-1, 1}, {-1, 2}} {
		if p.at+move[0] < 0 || p.deleted == 0 && move[1] > 0 {
			continue
		}
		delta, err := p.delta(move[0], move[1])
		if err != nil {
			return ot.Delta{}, err
		}
		if content.Apply(delta) == nil {
			return delta, nil
		}
	}
	return ot.Delta{}, errors.New("a recorded edit fits nowhere")
}
