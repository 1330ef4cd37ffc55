package room

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/coscribe/coscribe/storage"
)

// usage notes that credentials are in use: a login session ends after some idle hours, and who writes over a socket is not idle.
// Each is noted at most once in UsedEvery, one after the other, beside the rooms: no edit waits for it. It works in a goroutine
// that lives while there is something to note.
type usage struct {
	hub *Hub

	mu      sync.Mutex
	note    func(context.Context, storage.Credential) error // nil for nobody who wants to know; guarded by mu
	noted   map[storage.Credential]time.Time                // those of the last UsedEvery; guarded by mu
	swept   time.Time                                       // when noted was last rid of the others; guarded by mu
	queue   []storage.Credential                            // guarded by mu
	working bool                                            // guarded by mu
}

// NoteUse has note called for each credential by which an edit was committed, at most once in Limits.UsedEvery, from a goroutine
// of the hub's. What note returns is logged.
func (h *Hub) NoteUse(note func(ctx context.Context, by storage.Credential) error) {
	h.usage.mu.Lock()
	defer h.usage.mu.Unlock()
	h.usage.note = note
}

// used is told that something was committed by a credential.
func (u *usage) used(by storage.Credential, now time.Time) {
	limits := &u.hub.limits
	u.mu.Lock()
	defer u.mu.Unlock()
	if last, known := u.noted[by]; u.note == nil || known && now.Sub(last) < limits.UsedEvery || len(u.queue) >= limits.UsedQueue {
		return
	}
	if now.Sub(u.swept) >= limits.UsedEvery {
		u.swept = now
		for other, last := range u.noted {
			if now.Sub(last) >= limits.UsedEvery {
				delete(u.noted, other)
			}
		}
	}
	u.noted[by] = now
	u.queue = append(u.queue, by)
	if !u.working {
		u.working = true
		u.hub.spawn(u.work)
	}
}

func (u *usage) work() {
	for {
		u.mu.Lock()
		if len(u.queue) == 0 {
			u.working, u.queue = false, nil
			u.mu.Unlock()
			return
		}
		by, note := u.queue[0], u.note
		u.queue = u.queue[1:]
		u.mu.Unlock()
		if err := u.tell(note, by); err != nil && !errors.Is(err, storage.ErrNoCredential) {
			u.hub.log.Warn("cannot note that a credential is in use", "credential", by.ID, "err", err)
		}
	}
}

func (u *usage) tell(note func(context.Context, storage.Credential) error, by storage.Credential) (err error) {
	defer func() {
		if v := recover(); v != nil {
			u.hub.panicked("usage", v)
			err = fmt.Errorf("noting panicked: %v", v)
		}
	}()
	ctx, cancel := u.hub.call()
	defer cancel()
	return note(ctx, by)
}
