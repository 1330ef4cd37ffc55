package client

import (
	"context"
	"slices"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage/id"
)

// Document is a live document: a copy that is edited at once and kept in step. It is safe for concurrent use. Close ends it;
// Done tells when it has ended by itself.
type Document struct {
	client *Client
	id     id.Doc
	outbox id.Client

	ready  chan struct{} // closed when it is in step for the first time
	wake   chan struct{} // one slot: there may be something to send
	cancel context.CancelFunc
	done   chan struct{} // closed when run has returned

	mu       sync.Mutex // guards everything below
	replica  *ot.Replica
	epoch    int64
	anew     bool // the next connection begins with a snapshot
	state    wire.DocumentState
	you      wire.You
	role     authz.Role
	commands []string
	limits   wire.Limits
	peers    map[id.Seat]wire.Presence
	recent   []wire.Revision // the latest, with their Deltas, up to replica.Rev()
	caret    caret
	changed  chan struct{} // closed at the next change; nil while nobody waits
	err      error         // why it has ended

	// Of the connection.
	link     *link // nil while there is none
	inStep   bool  // everything up to the welcome's head has been received
	head     ot.Rev
	sent     bool // what is in flight was sent on this connection
	refusals int  // temporary ones in a row
	notYet   time.Time
	pace     *rate.Limiter

	// Of the edits.
	seq       int64
	buffered  []*Edit // in the replica's buffer
	flying    []*Edit // in flight
	cutBehind int     // how many of buffered have a part in flight
}

// recentRevisions is how many revisions a Document keeps for its readers. Who falls further behind reads the log.
const recentRevisions = 512

// Open opens a live document and waits until it has the content as of now. Once open, it reconnects by itself until Close; ctx bounds
// only the opening. An error of the server is a *Problem or an *Ended.
func (c *Client) Open(ctx context.Context, doc id.Doc) (*Document, error) {
	living, cancel := context.WithCancel(context.Background())
	d := &Document{
		client: c,
		id:     doc,
		outbox: id.New[id.Client](),
		ready:  make(chan struct{}),
		wake:   make(chan struct{}, 1),
		cancel: cancel,
		done:   make(chan struct{}),
	}
	go d.run(living)
	select {
	case <-d.ready:
		return d, nil
	case <-d.done:
		return nil, d.Err()
	case <-ctx.Done():
		d.Close()
		return nil, ctx.Err()
	}
}

// Close ends the connection and waits for everything that the Document has started. Edits that are not acknowledged by then
// hear ErrClosed: Flush first to wait for them. Closing again does nothing.
func (d *Document) Close() error {
	d.cancel()
	<-d.done
	return nil
}

// Done is closed when the Document has ended, by Close or because the server said that there is no coming back.
func (d *Document) Done() <-chan struct{} { return d.done }

// Err returns why the Document has ended, nil while it has not: ErrClosed, a *Problem or an *Ended.
func (d *Document) Err() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.err
}

// ID returns the document's id.
func (d *Document) ID() id.Doc { return d.id }

// Content returns the content with all local edits, as a document of the caller's own.
func (d *Document) Content() *ot.Document {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.replica.Shown()
}

// Committed returns the last revision received, and the content as of it, without local edits that are not acknowledged.
func (d *Document) Committed() (ot.Rev, *ot.Document) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.replica.Rev(), d.replica.Committed()
}

// Unsent returns all local edits that are not acknowledged, as one Delta on the committed content. After the Document has
// ended it is what its author may want to copy.
func (d *Document) Unsent() ot.Delta {
	d.mu.Lock()
	defer d.mu.Unlock()
	s, _ := d.replica.InFlight()
	return s.Delta.Compose(d.replica.Unsent())
}

// Standing is what a Document knows of itself besides its content.
type Standing struct {
	Document  wire.DocumentState
	You       wire.You
	Role      authz.Role // one's own, as the server said it last
	Commands  []string   // what one may do, by the names of package authz
	Limits    wire.Limits
	Connected bool // and in step
}

// May tells whether one may do a command: for a page to show, not a permission.
func (s Standing) May(command authz.Command) bool {
	return slices.Contains(s.Commands, command.String())
}

// Standing returns what is known now.
func (d *Document) Standing() Standing {
	d.mu.Lock()
	defer d.mu.Unlock()
	return Standing{
		Document: d.state, You: d.you, Role: d.role, Commands: slices.Clone(d.commands), Limits: d.limits,
		Connected: d.link != nil && d.inStep,
	}
}

// Changed returns a channel that is closed at the next change of anything that the Document's methods return. Get it before
// looking, and wait for it after.
func (d *Document) Changed() <-chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.changing()
}

func (d *Document) changing() <-chan struct{} {
	if d.changed == nil {
		d.changed = make(chan struct{})
		if d.err != nil {
			close(d.changed)
		}
	}
	return d.changed
}

// tell wakes who waits for a change. d.mu is held.
func (d *Document) tell() {
	if d.changed != nil && d.err == nil {
		close(d.changed)
		d.changed = nil
	}
}

// nudge lets the writer look for something to send.
func (d *Document) nudge() {
	select {
	case d.wake <- struct{}{}:
	default:
	}
}
