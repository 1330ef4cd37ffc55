package api

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"os"
	"strconv"
	"sync"
	"time"

	"github.com/coscribe/coscribe/server/internal/room"
	"github.com/coscribe/coscribe/server/wire"
)

// StreamLimits are for streams of events. Zeros are the defaults.
type StreamLimits struct {
	Beat  time.Duration // between two signs of life while nothing is written: 25 s
	Write time.Duration // for the reader to take what is written: 5 s
	Age   time.Duration // of a stream, give or take a tenth: 24 h
}

func (l StreamLimits) withDefaults() StreamLimits {
	return StreamLimits{
		Beat: cmp.Or(l.Beat, 25*time.Second), Write: cmp.Or(l.Write, 5*time.Second), Age: cmp.Or(l.Age, 24*time.Hour),
	}
}

// stream is an answer that does not end by itself: events (https://html.spec.whatwg.org/multipage/server-sent-events.html), one
// for each revision.
type stream struct {
	to     http.ResponseWriter
	limits StreamLimits
	log    *slog.Logger
	at     wire.EventID  // the last event
	look   chan struct{} // holds one when there may be more
	deaf   bool          // the reader did not take what was written
}

// wake says "look".
func (s *stream) wake() {
	select {
	case s.look <- struct{}{}:
	default:
	}
}

// run writes until the stream ends, and tells why it did.
func (s *stream) run(ctx context.Context, follower *room.Follower, ending <-chan struct{}) wire.CloseCode {
	beat := time.NewTicker(s.limits.Beat)
	defer beat.Stop()
	age := time.NewTimer(s.limits.Age - s.limits.Age/10 + rand.N(s.limits.Age/5+1))
	defer age.Stop()
	code := s.write(appendRetry(nil))
	for s.wake(); code == 0; {
		select {
		case <-s.look:
			code = s.next(ctx, follower, beat)
		case <-beat.C:
			code = s.write(heartbeat)
		case <-age.C:
			code = wire.CloseDraining
		case <-ending:
			code = wire.CloseDraining
		case <-ctx.Done():
			code = wire.CloseGoingAway
		}
	}
	s.end(code)
	return code
}

// streamPiece is about how many bytes of revisions are written at a time.
const streamPiece = 64 << 10

// next writes some of what the follower lacks, if there is any, and comes again as long as there may be more.
func (s *stream) next(ctx context.Context, follower *room.Follower, beat *time.Ticker) wire.CloseCode {
	work := pieces.Get().(*piece)
	defer pieces.put(work)
	pulled, ends, err := follower.Pull(ctx, work.pulled[:0], work.ends[:0], streamPiece)
	work.pulled, work.ends, work.text = pulled, ends, work.text[:0]
	begin := 0
	for _, end := range ends {
		s.at.Rev++
		work.text = appendRevisionEvent(work.text, s.at, pulled[begin:end])
		begin = end
	}
	if len(ends) > 0 {
		if code := s.write(work.text); code != 0 {
			return code
		}
		beat.Reset(s.limits.Beat)
		s.wake()
	}
	closed, ok := errors.AsType[*room.Closed](err)
	switch {
	case err == nil:
		return 0
	case ok:
		return closed.Code
	case ctx.Err() != nil:
		return wire.CloseGoingAway
	}
	s.log.LogAttrs(ctx, slog.LevelError, "pull", slog.Any("error", err))
	return wire.CloseInternal
}

// write has the reader take some text. What is not taken in time, or cannot be, ends the stream.
func (s *stream) write(text []byte) wire.CloseCode {
	out := http.NewResponseController(s.to)
	_ = out.SetWriteDeadline(time.Now().Add(s.limits.Write))
	_, err := s.to.Write(text)
	if err == nil {
		err = out.Flush()
	}
	s.deaf = err != nil
	switch {
	case err == nil:
		_ = out.SetWriteDeadline(time.Time{}) // over HTTP/2 one that passes would end the stream, whether or not it writes
		return 0
	case errors.Is(err, os.ErrDeadlineExceeded):
		return wire.CloseSlowConsumer
	}
	return wire.CloseGoingAway
}

// end says why the stream ends, to a reader who may hear it. The last of the answer is written after it, in the same time.
func (s *stream) end(code wire.CloseCode) {
	if s.deaf || code == wire.CloseGoingAway {
		return
	}
	_ = s.write(appendEnd(nil, code))
	_ = http.NewResponseController(s.to).SetWriteDeadline(time.Now().Add(s.limits.Write))
}

// The parts of a stream.
const streamRetry = 2 * time.Second // that readers wait before they come back, give or take half, so that not all come at once

var heartbeat = []byte(":\n\n") // a comment

func appendRetry(dst []byte) []byte {
	wait := streamRetry/2 + rand.N(streamRetry+1)
	return append(strconv.AppendInt(append(dst, "retry: "...), wait.Milliseconds(), 10), "\n\n"...)
}

func appendRevisionEvent(dst []byte, at wire.EventID, revision []byte) []byte {
	dst = append(at.AppendTo(append(dst, "id: "...)), "\ndata: "...)
	return append(append(dst, revision...), "\n\n"...)
}

func appendEnd(dst []byte, code wire.CloseCode) []byte {
	dst = append(append(append(dst, "event: "...), wire.EventEnd...), "\ndata: "...)
	return append(wire.Append(dst, wire.End{Code: code.Reason(), ComeBack: code.ComeBack()}), "\n\n"...)
}

// piece is what a stream works in while it has something to write: idle ones, of which there may be many, have none.
type piece struct {
	pulled, text []byte
	ends         []int
}

type piecePool struct{ sync.Pool }

var pieces = piecePool{sync.Pool{New: func() any { return new(piece) }}}

// put keeps a piece for the next who needs one, unless it had to hold something rare.
func (p *piecePool) put(work *piece) {
	if cap(work.text) <= 4*streamPiece {
		p.Put(work)
	}
}
