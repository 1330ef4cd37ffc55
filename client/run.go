package client

import (
	"context"
	"errors"
	"time"

	"github.com/coscribe/coscribe/server/wire"
)

// Times of a connection.
const (
	mostBackoff = 5 * time.Second  // between two connections
	steadyTime  = 10 * time.Second // a connection of this age ends a row of failures
	joinTime    = 15 * time.Second // from the ticket to the join
	welcomeTime = 60 * time.Second // from there to the welcome, which may hold a large snapshot
	writeTime   = 10 * time.Second // for one message
	pingTime    = 20 * time.Second // between two pings; silence of that length ends the connection
	closeTime   = time.Second      // for the server to see a close frame
)

// run keeps the Document connected. It owns the links, one at a time: each has a reader, which run waits for.
func (d *Document) run(ctx context.Context) {
	defer close(d.done)
	defer d.cancel()
	for failures := 0; ; {
		began := time.Now()
		err := d.connect(ctx)
		if ctx.Err() != nil {
			err = ErrClosed
		}
		if d.isFinal(err) {
			d.end(err)
			return
		}
		if time.Since(began) > steadyTime {
			failures = 0
		}
		failures++
		if sleep(ctx, pause(failures, mostBackoff)) != nil {
			d.end(ErrClosed)
			return
		}
	}
}

// connect makes a connection, serves it, and returns why it ended.
func (d *Document) connect(ctx context.Context) error {
	l, err := d.dial(ctx)
	if err != nil {
		return err
	}
	d.mu.Lock()
	d.link, d.inStep, d.sent = l, false, false
	d.mu.Unlock()
	go l.read()
	l.end(d.serve(ctx, l))
	d.mu.Lock()
	defer d.mu.Unlock()
	d.link, d.inStep = nil, false
	d.peers = nil
	if !l.welcomed && isResync(l.err) {
		d.anew = true // the server has nothing that follows on what we have
	}
	d.tell()
	return l.err
}

func isResync(err error) bool {
	var ended *Ended
	return errors.As(err, &ended) && ended.Code == wire.CloseResync
}

// isFinal tells whether there is no coming back after err. Before it is open, only the server's own word that it is
// worth another try is believed: whoever opens a document at a wrong address hears so. After it, only the server's own word that it
// is not: what has no code was said by somebody in between, such as the sign-in page of a network.
func (d *Document) isFinal(err error) bool {
	if errors.Is(err, ErrClosed) {
		return true
	}
	var ended *Ended
	if errors.As(err, &ended) {
		return !ended.Code.ComeBack()
	}
	var problem *Problem
	if errors.As(err, &problem) && (problem.Code != "" || problem.Temporary()) {
		return !problem.Temporary()
	}
	select {
	case <-d.ready:
		return false
	default:
		return true
	}
}

// end tells everybody that the Document has ended.
func (d *Document) end(why error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.forget(why)
	d.tell()
	d.err = why
}

// lost ends the connection because the Document has lost its place. The next one begins with a snapshot if anew is set.
// d.mu is held.
func (d *Document) lost(l *link, anew bool) {
	d.anew = d.anew || anew
	l.fail(&Ended{Code: wire.CloseResync})
}
