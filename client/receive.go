package client

import (
	"fmt"
	"time"

	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/server/wire"
)

// mostPatience bounds the wait after temporary refusals.
const mostPatience = 5 * time.Second

// receive takes a message of the server. It is called by a link's reader.
func (d *Document) receive(l *link, message wire.Outbound) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.link != l {
		return // it is being closed
	}
	welcome, isWelcome := message.(*wire.Welcome)
	if isWelcome == l.welcomed {
		l.fail(fmt.Errorf("client: the server sent %T before or after its place", message))
		return
	}
	switch m := message.(type) {
	case *wire.Welcome:
		d.welcome(l, welcome)
	case *wire.Revisions:
		d.revisions(l, m.Items)
	case *wire.Rejected:
		d.rejected(l, m)
	case *wire.Presences:
		d.presences(m.Items)
	case *wire.Access:
		d.role, d.commands = m.Role, m.Commands
	case *wire.DocumentChanged:
		d.state = m.Document
	case *wire.Notice:
		if m.Code == wire.CodeSlowDown {
			d.wait(time.Duration(m.RetryAfterMs) * time.Millisecond)
		}
	}
	d.tell()
	d.nudge()
}

func (d *Document) welcome(l *link, m *wire.Welcome) {
	switch {
	case !d.you.User.IsZero() && m.You.User != d.you.User: // the Client has signed in as somebody else: this is not for them to write
		l.fail(&Ended{Code: wire.CloseSignedOut})
		return
	case m.Snapshot != nil:
		content, err := ot.NewDocument(*m.Snapshot)
		if err != nil {
			l.fail(fmt.Errorf("client: the snapshot of revision %d: %w", m.Rev, err))
			return
		}
		d.load(m, content)
	case d.replica == nil || d.epoch != m.Document.Epoch || m.Rev != d.replica.Rev():
		d.lost(l, true)
		return
	}
	d.epoch, d.anew, d.state, d.you = m.Document.Epoch, false, m.Document, m.You
	d.role, d.commands = m.Role, m.Commands
	if d.pace == nil || d.limits != m.Limits {
		d.limits, d.pace = m.Limits, newPace(m.Limits)
	}
	d.seq = max(d.seq, m.You.Seq)
	d.peers = nil
	d.presences(m.Peers)
	d.head = m.Head
	l.welcomed = true
	_ = l.conn.SetReadDeadline(time.Time{})
	d.catchUp()
}

// catchUp looks whether everything that there was on joining is here. Only then is anything sent, and only then is an opened
// document handed out.
func (d *Document) catchUp() {
	if d.inStep || d.replica.Rev() < d.head {
		return
	}
	d.inStep = true
	select {
	case <-d.ready:
	default:
		close(d.ready)
	}
}

// load begins with a snapshot. What the server does not have cannot be kept, for nobody knows how it applies here.
func (d *Document) load(m *wire.Welcome, content *ot.Document) {
	d.recent = nil
	d.caret = caret{}
	if d.replica == nil {
		d.replica = ot.NewReplica(m.Rev, content)
		return
	}
	s, flying := d.replica.InFlight()
	unsent := d.replica.Unsent()
	withdrawn := d.replica.Reset(m.Rev, content)
	if flying && s.Seq <= m.You.Seq && d.epoch == m.Document.Epoch { // the snapshot has it, or what follows up to the head
		fate(d.flying, m.Head, nil)
		d.partly(m.Head)
		d.flying, withdrawn = nil, unsent
	}
	d.forget(&Rejected{Code: wire.CodeResync, Message: "the document was loaded anew", Delta: withdrawn})
}

func (d *Document) revisions(l *link, items []wire.Revision) {
	for _, item := range items {
		if item.Rev <= d.replica.Rev() {
			continue // the answer to what was sent twice
		}
		if err := d.revision(item); err != nil {
			d.lost(l, true)
			return
		}
	}
	d.catchUp()
	d.settle()
}

func (d *Document) revision(item wire.Revision) error {
	s, flying := d.replica.InFlight()
	switch {
	case flying && item.Author == d.you.User && item.Client == d.outbox && item.Seq == s.Seq:
		change, err := d.replica.Acknowledge(item.Rev)
		if err != nil {
			return err
		}
		item.Delta = &change
		fate(d.flying, item.Rev, nil)
		d.partly(item.Rev)
		d.flying, d.refusals, d.sent = nil, 0, false
	case item.Delta == nil:
		return fmt.Errorf("client: revision %d came without a Delta: %w", item.Rev, ot.ErrNotWaiting)
	default:
		show, err := d.replica.Receive(item.Rev, *item.Delta)
		if err != nil {
			return err
		}
		d.caret.through(show, false)
	}
	d.moveCarets(item)
	if len(d.recent) == 2*recentRevisions {
		d.recent = append(make([]wire.Revision, 0, 2*recentRevisions), d.recent[recentRevisions:]...)
	}
	d.recent = append(d.recent, item)
	return nil
}

// rejected takes the answer to what is in flight.
func (d *Document) rejected(l *link, m *wire.Rejected) {
	s, flying := d.replica.InFlight()
	switch {
	case !flying || m.Seq != s.Seq: // about what was sent twice
	case m.Code == wire.CodeResync:
		d.lost(l, false) // come back, receive what is missing, and send again
	case m.Temporary:
		d.sent = false
		d.refusals++
		d.wait(pause(d.refusals, mostPatience))
	default:
		d.refusals, d.sent = 0, false
		if err := d.reject(m.Code, m.Message, m.Pointer); err != nil {
			d.lost(l, true)
		}
	}
}

// wait lets nothing be submitted for so long.
func (d *Document) wait(long time.Duration) {
	if until := time.Now().Add(min(long, mostPatience)); until.After(d.notYet) {
		d.notYet = until
	}
}
