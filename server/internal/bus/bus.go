// Package bus tells the parts of a node what has happened: a document's access changed, somebody signed out. An event says
// where to look, never what is there; who hears it reads the store. Losing one costs promptness, not correctness, because
// every write is fenced in the database.
//
// Publish and Subscribe may be called concurrently. A subscriber's function is called on the publisher's goroutine, in
// the order of subscription; it must not block and must not publish.
package bus

import (
	"sync"

	"github.com/coscribe/coscribe/storage/id"
)

// Event is something that has happened, after its commit.
type Event interface{ event() }

type (
	// AccessChanged: who may do what in the document is no longer what it was; or the document was deleted. By and Name are who
	// changed it, for those whom it concerns.
	AccessChanged struct {
		Doc  id.Doc
		By   id.User
		Name string
	}

	// SeatDisconnected: the connection is to be closed.
	SeatDisconnected struct {
		Doc  id.Doc
		Seat id.Seat
	}

	// DocumentChanged: the title or another property besides content and access.
	DocumentChanged struct{ Doc id.Doc }

	// CredentialEnded: the login session was signed out, or the token revoked.
	CredentialEnded struct{ Credential id.Credential }

	// UserChanged: the user was suspended, renamed or signed out everywhere.
	UserChanged struct{ User id.User }
)

func (AccessChanged) event()    {}
func (SeatDisconnected) event() {}
func (DocumentChanged) event()  {}
func (CredentialEnded) event()  {}
func (UserChanged) event()      {}

// Bus carries events within one node. The zero value is ready.
type Bus struct {
	mu          sync.RWMutex
	subscribers []func(Event) // guarded by mu
}

// Subscribe calls f with every event published from now on, for as long as the bus lives.
func (b *Bus) Subscribe(f func(Event)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.subscribers = append(b.subscribers, f)
}

// Publish tells every subscriber.
func (b *Bus) Publish(e Event) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	for _, f := range b.subscribers {
		f(e)
	}
}
