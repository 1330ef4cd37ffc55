package room

import (
	"slices"
	"sort"
	"time"

	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage/id"
)

// board is who is there and where their carets are, always in the content of shown.head. Each change of an item gives it a
// new version; a seat that has seen everything up to a version lacks the items after it. So presence is state, not a
// stream: a seat that pulls seldom gets the latest of each, once.
type board struct {
	version uint64
	items   []*presence // ordered by version
	gone    int         // of items, those that are kept only to be told
}

// presence is one seat on the board.
type presence struct {
	wire.Presence // without the caret
	index         int
	length        int
	caret         bool // index and length hold
	changed       bool // the caret, since version
	version       uint64
}

// add puts a seat on the board.
func (b *board) add(s *Seat) *presence {
	b.version++
	p := &presence{version: b.version, Presence: wire.Presence{
		Seat: s.id, User: s.actor.User, Name: s.actor.Name, Color: wire.ColorOf(s.actor.User),
	}}
	b.items = append(b.items, p)
	return p
}

// leave marks a seat as gone, until those who know of it are told.
func (b *board) leave(p *presence) {
	b.version++
	b.gone++
	p.Gone, p.caret, p.changed, p.version = true, false, false, b.version
	i := slices.Index(b.items, p)
	b.items = append(slices.Delete(b.items, i, i+1), p)
}

// move takes every caret over a revision. Its author's own caret goes behind what it wrote.
func (b *board) move(change ot.Delta, author id.Seat) {
	for _, p := range b.items {
		if !p.caret {
			continue
		}
		own := p.Seat == author
		end := change.TransformPosition(p.index+p.length, own)
		p.index = change.TransformPosition(p.index, own)
		p.length = max(end-p.index, 0)
	}
}

// tell gives every item whose caret changed a new version, after all others.
func (b *board) tell() {
	slices.SortStableFunc(b.items, func(x, y *presence) int {
		switch {
		case x.changed == y.changed:
			return 0
		case y.changed:
			return -1
		}
		return 1
	})
	for _, p := range b.items {
		if p.changed {
			b.version++
			p.version, p.changed = b.version, false
		}
	}
}

// after appends a message with up to limit items that a reader who has seen everything up to a version lacks, and returns
// the version that it has seen then.
func (b *board) after(dst []byte, seen uint64, reader id.Seat, head ot.Rev, limit int) ([]byte, uint64) {
	from := sort.Search(len(b.items), func(i int) bool { return b.items[i].version > seen })
	var told []wire.Presence
	firstLook := seen == 0
	for _, p := range b.items[from:] {
		if len(told) == limit {
			break
		}
		if seen = p.version; p.Seat == reader || p.Gone && firstLook {
			continue
		}
		told = append(told, p.at(head))
	}
	if len(told) > 0 {
		dst = wire.AppendOutbound(dst, &wire.Presences{Items: told})
	}
	return dst, seen
}

// peers lists everybody but the reader.
func (b *board) peers(reader id.Seat, head ot.Rev) []wire.Presence {
	list := []wire.Presence{}
	for _, p := range b.items {
		if !p.Gone && p.Seat != reader {
			list = append(list, p.at(head))
		}
	}
	return list
}

// at is the item in the content of a revision, the head.
func (p *presence) at(head ot.Rev) wire.Presence {
	item := p.Presence
	if p.caret {
		item.Cursor = &wire.Cursor{Rev: head, Index: p.index, Length: p.length}
	}
	return item
}

// forget drops departed seats that everybody has been told of, and with more than limit of them the oldest, and returns the
// version that a seat must have seen so as not to miss those.
func (b *board) forget(seen uint64, limit int) (least uint64) {
	excess := b.gone - limit
	b.items = slices.DeleteFunc(b.items, func(p *presence) bool {
		if !p.Gone || p.version > seen && excess <= 0 {
			return false
		}
		if p.version > seen {
			least = p.version
		}
		excess--
		b.gone--
		return true
	})
	return least
}

// showCarets tells everybody what changed on the board.
func (r *room) showCarets(now time.Time) {
	seen := r.leastSeen()
	r.shown.mu.Lock()
	r.shown.board.tell()
	least := r.shown.board.forget(seen, r.hub.limits.Presences)
	r.shown.mu.Unlock()
	for s := range r.seats {
		if has := s.sees.Load(); has > 0 && has < least {
			r.remove(s)
			s.close(wire.CloseSlowConsumer)
		}
	}
	r.toldAt = now
	r.wakeAll()
}

// leastSeen is the version that every seat which was told anything has seen.
func (r *room) leastSeen() uint64 {
	least := ^uint64(0)
	for s := range r.seats {
		if has := s.sees.Load(); has > 0 {
			least = min(least, has)
		}
	}
	return least
}

// changeBoard changes the board, to be told at the next moment allowed.
func (r *room) changeBoard(change func(b *board)) {
	r.shown.mu.Lock()
	change(&r.shown.board)
	r.shown.mu.Unlock()
	if r.alarms.presence.IsZero() {
		r.alarms.presence = r.toldAt.Add(r.hub.limits.PresencePause)
	}
}

// caret says where a seat's caret is, in words of its own.
type caret struct{ seat *Seat }

func (e *caret) drop(*Refusal) {}

func (e *caret) do(r *room) {
	cursor, given := e.seat.takeCaret()
	if _, here := r.seats[e.seat]; !here || !given || !e.seat.mayShowCursor() {
		return
	}
	p := e.seat.presence
	if cursor == nil {
		r.changeBoard(func(*board) { p.caret, p.changed = false, true })
		return
	}
	missed, err := r.authority.Since(cursor.Rev)
	if err != nil {
		return // too old to be worth showing, or not a revision
	}
	index, end := cursor.Index, cursor.Index+cursor.Length
	for _, change := range missed {
		// A client that has something unsent shows no caret, so none of these are its own.
		index, end = change.TransformPosition(index, false), change.TransformPosition(end, false)
	}
	length := r.authority.Content().Len()
	index, end = min(max(index, 0), length), min(max(end, 0), length)
	r.changeBoard(func(*board) {
		p.index, p.length, p.caret, p.changed = index, max(end-index, 0), true, true
	})
}
