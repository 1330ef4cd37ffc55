package client

import (
	"cmp"
	"slices"
	"time"

	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage/id"
)

// caretTime is the least time between two carets sent.
const caretTime = 100 * time.Millisecond

// caret is one's own, in what is shown.
type caret struct {
	at   ot.Caret
	set  bool
	news bool // the server does not know
	sent time.Time
}

func (c *caret) through(d ot.Delta, own bool) { c.at = c.at.Through(d, own) }

// ShowCaret shows the others where one's caret or selection is, in the content with local edits. It is sent when every local
// edit is acknowledged, and not more often than the eye needs; edits move it by themselves.
func (d *Document) ShowCaret(at ot.Caret) { d.setCaret(at, true) }

// HideCaret takes the caret away.
func (d *Document) HideCaret() { d.setCaret(ot.Caret{}, false) }

func (d *Document) setCaret(at ot.Caret, set bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.caret.at, d.caret.set, d.caret.news = at, set, true
	d.nudge()
}

func (d *Document) nextCaret(now time.Time) (wire.Inbound, time.Duration) {
	if !d.caret.news || !d.replica.Synced() {
		return nil, 0
	}
	if wait := caretTime - now.Sub(d.caret.sent); wait > 0 {
		return nil, wait
	}
	d.caret.news, d.caret.sent = false, now
	if !d.caret.set {
		return &wire.ShowCursor{}, 0
	}
	return &wire.ShowCursor{Cursor: &wire.Cursor{Rev: d.replica.Rev(), Index: d.caret.at.Index, Length: d.caret.at.Length}}, 0
}

// Peer is somebody who has the document open.
type Peer struct {
	wire.Presence           // Cursor is in the committed content
	Caret         *ot.Caret // in the content with local edits; nil without one
}

// Peers returns who else is here, as the server told it last; nobody while disconnected. Their order is by seat.
func (d *Document) Peers() []Peer {
	d.mu.Lock()
	defer d.mu.Unlock()
	peers := make([]Peer, 0, len(d.peers))
	for _, presence := range d.peers {
		peer := Peer{Presence: presence}
		if c := presence.Cursor; c != nil {
			shown := d.replica.ShownCaret(ot.Caret{Index: c.Index, Length: c.Length})
			peer.Caret = &shown
		}
		peers = append(peers, peer)
	}
	slices.SortFunc(peers, func(a, b Peer) int { return cmp.Compare(a.Seat.String(), b.Seat.String()) })
	return peers
}

// presences takes who came, moved or left. d.mu is held.
func (d *Document) presences(items []wire.Presence) {
	if d.peers == nil {
		d.peers = map[id.Seat]wire.Presence{}
	}
	for _, item := range items {
		switch {
		case item.Gone:
			delete(d.peers, item.Seat)
			continue
		case item.Seat == d.you.Seat:
			continue
		}
		if item.Cursor != nil {
			cursor := *item.Cursor
			item.Cursor = &cursor
		}
		for _, revision := range d.recent {
			moveCaret(item, revision)
		}
		d.peers[item.Seat] = item
	}
}

// moveCarets moves the others' carets over a revision.
func (d *Document) moveCarets(revision wire.Revision) {
	for _, peer := range d.peers {
		moveCaret(peer, revision)
	}
}

// moveCaret moves a caret that stands in the content before the revision.
func moveCaret(peer wire.Presence, revision wire.Revision) {
	if c := peer.Cursor; c != nil && c.Rev == revision.Rev-1 {
		at := ot.Caret{Index: c.Index, Length: c.Length}.Through(*revision.Delta, peer.Seat == revision.Seat)
		*c = wire.Cursor{Rev: revision.Rev, Index: at.Index, Length: at.Length}
	}
}
