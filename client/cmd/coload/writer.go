package main

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/coscribe/coscribe/client"
	"github.com/coscribe/coscribe/ot"
)

// writer is one client that writes edits without waiting for each.
type writer struct {
	load  *load
	doc   *client.Document
	times times // from an edit's time to its acknowledgement

	// acknowledged, if set, hears each edit's revision and time.
	acknowledged func(ot.Rev, time.Time)
}

// sent is an edit that is not acknowledged, with the time at which it was due.
type sent struct {
	edit *client.Edit
	at   time.Time
}

// run makes the edits that next makes until that returns io.EOF, so many ahead of their acknowledgements as the flags say,
// and waits for all. An edit that is nil is passed over.
func (w *writer) run(ctx context.Context, next func(context.Context) (sent, error)) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	ahead := make(chan sent, w.load.Ahead)
	collected := make(chan struct{})
	go func() {
		defer close(collected)
		if err := w.collect(ctx, ahead); err != nil {
			cancel(err)
		}
	}()
	err := w.send(ctx, next, ahead)
	close(ahead)
	<-collected
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return err
}

func (w *writer) send(ctx context.Context, next func(context.Context) (sent, error), ahead chan<- sent) error {
	for {
		s, err := next(ctx)
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case s.edit == nil:
			continue
		}
		select {
		case ahead <- s:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// collect waits for acknowledgements, in the order in which they come.
func (w *writer) collect(ctx context.Context, ahead <-chan sent) error {
	patience := time.NewTimer(w.load.Patience)
	defer patience.Stop()
	for s := range ahead {
		patience.Reset(w.load.Patience)
		select {
		case <-s.edit.Done():
		case <-ctx.Done():
			return ctx.Err()
		case <-patience.C:
			return errors.New("an edit was not acknowledged in time")
		}
		rev, err := s.edit.Wait(ctx)
		if err != nil {
			return err
		}
		w.times = append(w.times, time.Since(s.at))
		w.load.progress.add(1)
		if w.acknowledged != nil {
			w.acknowledged(rev, s.at)
		}
	}
	return nil
}

// pace spaces edits evenly; without every it does not.
type pace struct {
	every time.Duration
	next  time.Time // the zero time is now
}

// wait waits for the next edit's time, and returns it. Being late does not move the times after.
func (p *pace) wait(ctx context.Context) (time.Time, error) {
	if p.every == 0 {
		return time.Now(), ctx.Err()
	}
	if p.next.IsZero() {
		p.next = time.Now()
	}
	due := p.next
	p.next = due.Add(p.every)
	select {
	case <-time.After(time.Until(due)):
		return due, nil
	case <-ctx.Done():
		return due, ctx.Err()
	}
}
