package room

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/server/internal/bus"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// Run keeps the hub until ctx ends, then refuses new joins, commits what is on its way, stores snapshots, closes every
// seat with draining, and waits for every goroutine that the hub started.
func (h *Hub) Run(ctx context.Context) error {
	h.contact.Store(time.Now().UnixNano())
	look := time.NewTicker(h.limits.AccessPoll)
	defer look.Stop()
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-look.C:
			h.look(ctx)
		}
	}
	h.drain(look.C)
	return nil
}

// drain ends all rooms: gently, and those that cannot finish in time at once.
func (h *Hub) drain(look <-chan time.Time) {
	h.mu.Lock()
	h.draining = true
	h.mu.Unlock()
	patience := time.NewTimer(h.limits.DrainPatience)
	defer patience.Stop()
	rooms := h.open()
	for _, r := range rooms {
		r.post(drain{})
	}
	for len(rooms) > 0 {
		select {
		case <-rooms[0].gone:
			rooms = rooms[1:]
		case <-look:
			h.look(h.ctx)
		case <-patience.C:
			h.stop() // ends the store calls that hold them up
			for _, r := range rooms {
				r.post(giveUp{})
			}
		}
	}
	h.stop()
	h.running.Wait()
}

// hear is told what happened elsewhere on this node. It must not block.
func (h *Hub) hear(e bus.Event) {
	switch e := e.(type) {
	case bus.AccessChanged:
		h.nudge(e.Doc, author{e.By, e.Name})
	case bus.DocumentChanged:
		h.nudge(e.Doc, author{})
	case bus.SeatDisconnected:
		h.disconnect(e.Doc, e.Seat)
	case bus.CredentialEnded:
		for _, s := range h.people.seatsBy(e.Credential) {
			s.dismiss(wire.CloseSignedOut)
		}
	case bus.UserChanged:
		for _, s := range h.people.seatsOf(e.User) {
			s.recheck()
		}
	}
}

// nudge has the document's room, if it is open, read the access list again, which somebody has changed.
func (h *Hub) nudge(doc id.Doc, by author) {
	h.mu.Lock()
	r := h.rooms[doc]
	h.mu.Unlock()
	if r != nil {
		r.changer.note(by)
		r.nudge()
	}
}

// look asks the database whether what rooms know of rights and of the log is still so: the backstop for an event that was lost, and
// for a database that has lost something itself. While it fails nobody can say who may see what, and after FailClosed nothing is shown.
func (h *Hub) look(ctx context.Context) {
	defer h.recovered("look")      // then it has not succeeded: nothing is shown after FailClosed
	asked := time.Now().UnixNano() // of what changed since, the answers may know nothing
	rooms := h.open()
	for len(rooms) > 0 {
		n := min(len(rooms), h.limits.PollDocuments)
		if err := h.lookAt(ctx, rooms[:n]); err != nil {
			h.log.Warn("cannot read the versions of documents", "err", err)
			return
		}
		rooms = rooms[n:]
	}
	if err := h.scan(ctx); err != nil {
		h.log.Warn("cannot read the credentials of those who are here", "err", err)
		return
	}
	if last := h.contact.Swap(asked); h.darkSince(last, time.Now()) { // by now: it may have become so while this took its time
		for _, r := range h.open() {
			r.post(wake{})
		}
	}
}

func (h *Hub) lookAt(ctx context.Context, rooms []*room) error {
	ctx, cancel := context.WithTimeout(ctx, h.limits.FailClosed)
	defer cancel()
	docs, shown := make([]id.Doc, len(rooms)), make([]ot.Rev, len(rooms))
	for i, r := range rooms {
		docs[i], shown[i] = r.doc, -1
		if r.version.Load() != 0 { // one that is still opening reads everything anyway
			shown[i] = r.shown.seen()
		}
	}
	versions, err := h.store.Versions(ctx, docs)
	if err != nil {
		return err
	}
	for i, r := range rooms {
		now, there := versions[r.doc]
		if shown[i] < 0 {
			continue
		}
		if now.Access != r.version.Load() {
			r.nudge()
		}
		if there && now.Head != shown[i] {
			r.post(&sighting{now.Head, shown[i]})
		}
	}
	return nil
}

// sighting is the head that the database named after the room had shown all up to another.
type sighting struct{ head, shown ot.Rev }

func (*sighting) drop(*Refusal) {}

func (e *sighting) do(r *room) {
	if e.head < e.shown { // it was put back to an earlier moment, or a standby has taken over that lacks the last commits
		r.doubt("look", fmt.Errorf("the log ends at revision %d, after %d was shown", e.head, e.shown))
		return
	}
	r.follow(e.head)
}

// scan checks the credentials behind open seats: of those that expired, or that another process ended, nobody else tells.
func (h *Hub) scan(ctx context.Context) error {
	fences := h.people.fences()
	for len(fences) > 0 {
		n := min(len(fences), h.limits.PollCredentials)
		var ended *storage.FenceError
		switch err := h.live(ctx, fences[:n]); {
		case errors.As(err, &ended):
			h.signOut(ended.Ended)
		case err != nil:
			return err
		}
		fences = fences[n:]
	}
	return nil
}

// signOut closes the seats of those who are not signed in any more.
func (h *Hub) signOut(ended []storage.Fence) {
	for _, f := range ended {
		for _, s := range h.people.seatsOf(f.User) {
			if fence(s.actor) == f {
				s.dismiss(wire.CloseSignedOut)
			}
		}
	}
}

// live asks whether people are still signed in.
func (h *Hub) live(ctx context.Context, fences []storage.Fence) error {
	ctx, cancel := context.WithTimeout(ctx, h.limits.FailClosed)
	defer cancel()
	return h.store.Live(ctx, fences...)
}
