package main

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/storage/id"
)

// typing is what a thin client writes, guarded by its mu: one edit is in flight at a time, and the keys that are struck meanwhile
// are the next one, as an editor does it.
type typing struct {
	length   int         // of the text when typing began; it only grows
	until    time.Time   // in a closed loop, when typing ends
	struck   []time.Time // the keys that are not sent
	flying   []time.Time // those that are sent and not acknowledged
	seq      int64
	times    times // of acknowledgements, for each key
	made     []sighting
	ending   bool // no more keys will be struck but by an acknowledgement
	ended    bool
	finished chan struct{} // closed when typing has ended

	watched bool
	seen    []sighting
}

// sighting is the last of some revisions and a time: of what a client made, when its first key was struck; of what it sees, when
// they came.
type sighting struct {
	rev ot.Rev
	at  time.Time
}

// acknowledged takes what follows the client in the revision of what is in flight, the last that came.
func (t *thin) acknowledged(rest []byte, now time.Time) error {
	y := &t.typing
	if seq := strconv.AppendInt([]byte(`,"seq":`), y.seq, 10); len(y.flying) == 0 || !bytes.HasPrefix(rest, append(seq, ',')) {
		return errors.New("an edit came back that is not the one in flight")
	}
	y.made = append(y.made, sighting{t.rev, y.flying[0]})
	for _, at := range y.flying {
		y.times = append(y.times, now.Sub(at))
	}
	y.flying = y.flying[:0]
	if now.Before(y.until) {
		y.struck = append(y.struck, now)
	}
	return nil
}

// strike types a key.
func (t *thin) strike(at time.Time) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.typing.struck = append(t.typing.struck, at)
	return t.send()
}

// stop types no more keys.
func (t *thin) stop() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.typing.ending = true
	return t.send()
}

// send writes the keys that were struck as letters at a random place, unless something is in flight. mu is held.
func (t *thin) send() error {
	y := &t.typing
	switch {
	case len(y.flying) > 0:
		return nil
	case len(y.struck) == 0:
		if y.ending && !y.ended {
			y.ended = true
			close(y.finished)
		}
		return nil
	}
	y.flying, y.struck = y.struck, y.flying
	y.seq++
	delta, err := ot.New().Retain(rand.IntN(max(y.length, 1)), nil).Insert(letters(len(y.flying)), nil).Delta()
	if err != nil {
		return err
	}
	message := make([]byte, 0, 192)
	message = strconv.AppendInt(append(message, `{"type":"submit","seq":`...), y.seq, 10)
	message, _ = id.New[id.Edit]().AppendText(append(message, `,"id":"`...))
	message = strconv.AppendInt(append(message, `","base":`...), int64(t.rev), 10)
	message = delta.AppendJSON(append(message, `,"delta":`...))
	return t.write(append(message, '}'))
}

// letters returns some.
func letters(n int) string { return strings.Repeat(string('a'+rune(rand.IntN(26))), n) }

// typeUntil types letters into a text of that length, each after the acknowledgement of the one before.
func (t *thin) typeUntil(ctx context.Context, until time.Time, length int) error {
	t.mu.Lock()
	t.typing.until, t.typing.length, t.typing.ending = until, length, true
	t.typing.struck = append(t.typing.struck, time.Now())
	err := t.send()
	t.mu.Unlock()
	if err != nil {
		return err
	}
	return t.finish(ctx)
}

// typeAt types letters into a text of that length at the times of a schedule, late or not.
func (t *thin) typeAt(ctx context.Context, schedule pace, until time.Time, length int) error {
	t.mu.Lock()
	t.typing.length = length
	t.mu.Unlock()
	for {
		at, err := schedule.wait(ctx)
		if err != nil {
			return err
		}
		if at.After(until) {
			break
		}
		if err := t.strike(at); err != nil {
			return err
		}
	}
	if err := t.stop(); err != nil {
		return err
	}
	return t.finish(ctx)
}

// finish waits until all is acknowledged.
func (t *thin) finish(ctx context.Context) error {
	select {
	case <-t.typing.finished:
		return nil
	case <-t.over:
		return t.failure()
	case <-ctx.Done():
		return ctx.Err()
	}
}
