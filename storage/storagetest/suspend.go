package storagetest

import (
	"errors"
	"testing"

	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

func testSuspension(t *testing.T, open func(t *testing.T) Opened) {
	w := newWorld(t, open(t))
	w.actor = w.administrator()
	w.administrator()

	t.Run("SuspendedAndReinstated", func(t *testing.T) {
		w := w.in(t)
		user := w.user("Bob")
		actor, token := w.signIn(user), w.token(user.ID)
		withToken := storage.Fence{User: user.ID, Credential: storage.Credential{Kind: storage.ByToken, ID: token.ID}}
		user.SuspendedAt = w.now
		for i := range 3 {
			w.ok(w.Store.SuspendUser(w.Context(), user.ID, w.now+storage.Micros(i/2), by(w.actor)))
			got, err := w.Store.User(w.Context(), user.ID)
			w.ok(err)
			same(w, got, user)
			w.refused(w.Store.Live(w.Context(), fence(actor)), storage.ErrFence)
			w.refused(w.Store.Live(w.Context(), withToken), storage.ErrFence)
		}
		for range 2 {
			w.ok(w.Store.ReinstateUser(w.Context(), user.ID, by(w.actor)))
			w.refused(w.Store.Live(w.Context(), fence(actor)), storage.ErrFence) // signed out for good
			w.ok(w.Store.Live(w.Context(), withToken))
		}
		unknown := id.New[id.User]()
		w.refused(w.Store.SuspendUser(w.Context(), unknown, w.now, by(w.actor)), storage.ErrNoUser)
		w.refused(w.Store.ReinstateUser(w.Context(), unknown, by(w.actor)), storage.ErrNoUser)
	})

	for _, broken := range fences {
		t.Run("Refuses"+broken.name, func(t *testing.T) {
			w := w.in(t)
			user, gone := w.user("Bob"), w.user("Gone")
			session := w.session(user.ID)
			w.suspend(gone.ID)
			who := fence(w.signIn(w.user("Dan")))
			broken.end(w, &who)
			by := storage.By{Fence: &who}
			w.refused(w.Store.SuspendUser(w.Context(), user.ID, w.now, by), storage.ErrFence)
			w.refused(w.Store.ReinstateUser(w.Context(), gone.ID, by), storage.ErrFence)
			w.refused(w.Store.EndSessionByID(w.Context(), user.ID, session.ID, w.now, by), storage.ErrFence)
			got, err := w.Store.Users(w.Context(), []id.User{user.ID, gone.ID})
			w.ok(err)
			for _, got := range got {
				same(w, got.SuspendedAt != 0, got.ID == gone.ID)
			}
			_, err = w.Store.Session(w.Context(), session.Hash, w.now)
			w.ok(err)
		})
	}

	// Two who suspend one another leave one of them.
	t.Run("NeverTheLastAdministrator", func(t *testing.T) {
		for range 5 {
			w := &world{TB: t, Opened: open(t), now: w.now}
			pair := []storage.Actor{w.administrator(), w.administrator()}
			errs := make([]error, 2)
			together(2, func(i int) { errs[i] = w.Store.SuspendUser(w.Context(), pair[1-i].User, w.now, by(pair[i])) })
			won := 0
			for _, err := range errs {
				if err == nil {
					won++
				} else if !errors.Is(err, storage.ErrFence) {
					t.Errorf("got %v, want %v", err, storage.ErrFence)
				}
			}
			same(w, won, 1)
			left := pair[0]
			if errs[1] == nil {
				left = pair[1]
			}
			w.refused(w.Store.SuspendUser(w.Context(), left.User, w.now, by(left)), storage.ErrLastAdmin)
			w.refused(w.Store.SuspendUser(w.Context(), left.User, w.now, storage.By{}), storage.ErrLastAdmin)
			w.ok(w.Store.Live(w.Context(), fence(left)))
		}
	})

	t.Run("NeverTheLastAdministratorByTheOperator", func(t *testing.T) {
		w := &world{TB: t, Opened: open(t), now: w.now}
		for range 5 {
			pair := []storage.Actor{w.administrator(), w.administrator()}
			errs := make([]error, 2)
			together(2, func(i int) { errs[i] = w.Store.SuspendUser(w.Context(), pair[i].User, w.now, storage.By{}) })
			if left := errors.Join(errs...); !errors.Is(left, storage.ErrLastAdmin) || errs[0] != nil && errs[1] != nil {
				t.Fatalf("got %v, %v, want one of them %v", errs[0], errs[1], storage.ErrLastAdmin)
			}
			w.behind("UPDATE users SET instance_admin = false WHERE instance_admin")
		}
	})

	t.Run("SessionsListedAndEnded", func(t *testing.T) {
		w := w.in(t)
		user := w.user("Bob")
		first := w.session(user.ID)
		second := storage.Session{ID: id.New[id.Credential](), Hash: hash(), User: user.ID, Data: []byte("d"), CreatedAt: w.now + 1, ExpiresAt: w.now + hour}
		w.ok(w.Store.PutSession(w.Context(), second, storage.Note{}))
		foreign := w.session(w.user("Eve").ID)
		list := func(now storage.Micros) []storage.Session {
			list, err := w.Store.Sessions(w.Context(), user.ID, now)
			w.ok(err)
			return list
		}
		same(w, list(w.now), []storage.Session{second, first})
		same(w, len(list(w.now+hour)), 0)
		for range 2 {
			w.ok(w.Store.EndSessionByID(w.Context(), user.ID, first.ID, w.now, by(w.actor)))
			same(w, list(w.now), []storage.Session{second})
		}
		w.refused(w.Store.EndSessionByID(w.Context(), user.ID, first.ID, w.now+1, by(w.actor)), storage.ErrNoCredential)
		w.refused(w.Store.EndSessionByID(w.Context(), user.ID, foreign.ID, w.now, by(w.actor)), storage.ErrNoCredential)
		w.refused(w.Store.EndSessionByID(w.Context(), user.ID, id.New[id.Credential](), w.now, by(w.actor)), storage.ErrNoCredential)

		// Who ends the session that they use makes the call again.
		own := storage.Fence{User: user.ID, Credential: storage.Credential{Kind: storage.BySession, ID: second.ID}}
		for range 2 {
			w.ok(w.Store.EndSessionByID(w.Context(), user.ID, second.ID, w.now, storage.By{Fence: &own}))
		}
		same(w, len(list(w.now)), 0)
	})
}
