package ottest

import (
	"slices"

	"github.com/coscribe/coscribe/ot"
)

// link is one connection. What each side sends arrives in order, or not at
// all from some moment on. A link that was cut at the client's end may still
// bring to the server what was under way.
type link struct {
	server *node
	user   *user
	up     []ot.Submission
	down   []any // ot.Accepted, rejected
	tail   ot.Rev
	cutOff bool
}

type rejected struct {
	seq       int64
	id        [16]byte
	temporary bool
}

func (l *link) answer(message rejected) {
	if !l.cutOff {
		l.down = append(l.down, message)
	}
}

// pull puts what the client lacks of the committed revisions on the way.
func (l *link) pull() {
	head := min(l.server.authority.Committed(), l.tail+1+ot.Rev(l.server.w.random.IntN(tailAtOnce)))
	for ; l.tail < head; l.tail++ {
		acc := l.server.w.store.log[l.tail]
		if l.server.w.bug == gapAfterJoin && l.server.w.chance(40) {
			continue
		}
		l.deliver(acc)
	}
}

func (l *link) deliver(acc ot.Accepted) {
	if !l.cutOff {
		l.down = append(l.down, acc)
	}
}

// cut ends the connection for both sides.
func (l *link) cut() {
	l.cutOff = true
	l.down = nil
	l.server.seats = slices.DeleteFunc(l.server.seats, func(seat *link) bool { return seat == l })
	if l.user.link == l {
		l.user.link = nil
	}
}
