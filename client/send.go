package client

import (
	"context"
	"time"

	"golang.org/x/time/rate"

	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage/id"
)

// envelope is more than what a submit takes in bytes besides its Delta.
const envelope = 256

// serve writes until the connection ends, or what it writes for does.
func (d *Document) serve(ctx context.Context, l *link) error {
	pings := time.NewTicker(pingTime)
	defer pings.Stop()
	later := time.NewTimer(0)
	defer later.Stop()
	for {
		select {
		case <-ctx.Done():
			return ErrClosed
		case <-l.ended:
			return nil // the link says why
		case <-pings.C:
			if !l.heard.Swap(false) {
				return &Ended{Code: wire.CloseNoPong}
			}
			_ = l.conn.SetWriteDeadline(time.Now().Add(writeTime))
			if err := l.conn.WritePing(nil); err != nil {
				return err
			}
			continue
		case <-d.wake:
		case <-later.C:
		}
		for {
			message, wait := d.next(time.Now())
			if message == nil {
				if wait > 0 {
					later.Reset(wait)
				}
				break
			}
			if err := l.write(message); err != nil {
				return err
			}
		}
	}
}

// join is the first message. It names what the Document has, unless that is to be loaded anew.
func (d *Document) join(ticket string) *wire.Join {
	d.mu.Lock()
	defer d.mu.Unlock()
	join := &wire.Join{Ticket: ticket, Client: d.outbox}
	if d.replica != nil && !d.anew {
		join.Since = &wire.Since{Epoch: d.epoch, Rev: d.replica.Rev()}
	}
	return join
}

// next returns the next message to send, or how long to wait until there may be one; 0 is until woken.
func (d *Document) next(now time.Time) (wire.Inbound, time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.link == nil || !d.inStep {
		return nil, 0
	}
	if submit, wait := d.nextSubmit(now); submit != nil || wait > 0 {
		return orNothing(submit), wait
	}
	return d.nextCaret(now)
}

// orNothing keeps a nil *wire.Submit from becoming a message.
func orNothing(submit *wire.Submit) wire.Inbound {
	if submit == nil {
		return nil
	}
	return submit
}

func (d *Document) nextSubmit(now time.Time) (*wire.Submit, time.Duration) {
	s, flying := d.replica.InFlight()
	if flying && d.sent || !flying && d.replica.Unsent().IsEmpty() {
		return nil, 0
	}
	if wait := d.notYet.Sub(now); wait > 0 {
		return nil, wait
	}
	if !flying && !d.mayEdit() {
		d.withdraw(wire.CodeForbidden, "the right to edit is gone")
		d.tell()
		return nil, 0
	}
	if booking := d.pace.ReserveN(now, 1); booking.DelayFrom(now) > 0 {
		wait := booking.DelayFrom(now)
		booking.CancelAt(now)
		return nil, wait
	}
	if !flying {
		d.seq++
		s, _ = d.replica.Send(d.seq, id.New[id.Edit](), d.cutLimits())
		d.cutBehind = 0
		if d.replica.Unsent().IsEmpty() {
			d.flying, d.buffered = d.buffered, nil
		} else {
			d.cutBehind = len(d.buffered)
		}
	}
	d.sent = true
	return &wire.Submit{Seq: s.Seq, ID: s.ID, Base: s.Base, Delta: s.Delta}, 0
}

func (d *Document) cutLimits() ot.Limits {
	limits := ot.Limits{Components: d.limits.Components, InsertUnits: d.limits.InsertUnits}
	if d.limits.FrameBytes > 0 {
		limits.Bytes = max(d.limits.FrameBytes-envelope, 1)
	}
	return limits
}

// newPace keeps a Document to the server's rate of edits, with a second's worth at once.
func newPace(limits wire.Limits) *rate.Limiter {
	if limits.EditsPerSecond <= 0 {
		return rate.NewLimiter(rate.Inf, 1)
	}
	return rate.NewLimiter(rate.Limit(limits.EditsPerSecond), limits.EditsPerSecond)
}
