package storagetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

func testUser(t *testing.T, open func(t *testing.T) Opened) {
	w := newWorld(t, open(t))

	t.Run("Found", func(t *testing.T) {
		w := w.in(t)
		want := storage.User{ID: id.New[id.User](), Email: "zoë@example.org", Name: "Zoë 🐙", PasswordHash: "$argon2id$", InstanceAdmin: true,
			CreatedAt: w.now, SuspendedAt: w.now + 1}
		same(w, w.create(want), want)
		got, err := w.Store.User(w.Context(), want.ID)
		w.ok(err)
		same(w, got, want)
		got, err = w.Store.UserByEmail(w.Context(), want.Email)
		w.ok(err)
		same(w, got, want)
	})

	t.Run("NotFound", func(t *testing.T) {
		w := w.in(t)
		w.create(storage.User{ID: id.New[id.User](), Name: "robot", CreatedAt: w.now})
		_, err := w.Store.User(w.Context(), id.New[id.User]())
		w.refused(err, storage.ErrNoUser)
		for _, email := range []string{"nobody@example.org", ""} {
			_, err = w.Store.UserByEmail(w.Context(), email)
			w.refused(err, storage.ErrNoUser)
		}
	})

	t.Run("AddressesAreUnique", func(t *testing.T) {
		w := w.in(t)
		first := w.user("First")
		_, err := w.Store.CreateUser(w.Context(), storage.User{ID: id.New[id.User](), Email: first.Email, CreatedAt: w.now}, nil, storage.By{})
		w.refused(err, storage.ErrEmailTaken)
		for range 2 { // but several have none
			w.create(storage.User{ID: id.New[id.User](), CreatedAt: w.now})
		}
	})

	t.Run("AddressRacedHasOneWinner", func(t *testing.T) {
		w := w.in(t)
		var won atomic.Int64
		together(12, func(int) {
			_, err := w.Store.CreateUser(w.Context(), storage.User{ID: id.New[id.User](), Email: "raced@example.org", CreatedAt: w.now}, nil, storage.By{})
			if err == nil {
				won.Add(1)
			} else if !errors.Is(err, storage.ErrEmailTaken) {
				w.Error(err)
			}
		})
		same(w, won.Load(), 1)
	})

	t.Run("CreatedAgainIsOnce", func(t *testing.T) {
		w := w.in(t)
		user := w.user("Once")
		same(w, w.create(user), user)
		other := storage.User{ID: id.New[id.User](), Email: "at-once@example.org", CreatedAt: w.now}
		together(8, func(int) {
			if _, err := w.Store.CreateUser(w.Context(), other, nil, storage.By{}); err != nil {
				w.Error(err)
			}
		})
	})

	t.Run("UsersOfMany", func(t *testing.T) {
		w := w.in(t)
		var ask []id.User
		want := make(map[id.User]storage.User)
		for i := range 20 {
			user := w.user(fmt.Sprint("User ", i))
			want[user.ID] = user
			ask = append(ask, user.ID, id.New[id.User](), user.ID)
		}
		users, err := w.Store.Users(w.Context(), slices.Repeat(ask, 20))
		w.ok(err)
		got := make(map[id.User]storage.User)
		for _, user := range users {
			got[user.ID] = user
		}
		same(w, got, want)
		same(w, len(users), len(want))
	})

	t.Run("SetPasswordEndsOtherSessions", func(t *testing.T) {
		w := w.in(t)
		user := w.user("Pat")
		kept, other, stranger := w.session(user.ID), w.session(user.ID), w.session(w.user("Sam").ID)
		by := &storage.Fence{User: user.ID, Credential: storage.Credential{Kind: storage.BySession, ID: kept.ID}}
		for range 2 {
			w.ok(w.Store.SetPassword(w.Context(), user.ID, "$new$", storage.By{Fence: by}, w.now))
		}
		got, err := w.Store.User(w.Context(), user.ID)
		w.ok(err)
		same(w, got.PasswordHash, "$new$")
		for _, live := range []storage.Session{kept, stranger} {
			_, err = w.Store.Session(w.Context(), live.Hash, w.now)
			w.ok(err)
		}
		_, err = w.Store.Session(w.Context(), other.Hash, w.now)
		w.refused(err, storage.ErrNoCredential)
		w.refused(w.Store.SetPassword(w.Context(), id.New[id.User](), "x", storage.By{}, w.now), storage.ErrNoUser)
	})
}

func (w *world) invitation() storage.Invitation {
	return storage.Invitation{ID: id.New[id.Invitation](), Hash: hash(), CreatedBy: w.actor.User, CreatedAt: w.now, ExpiresAt: w.now + hour}
}

func testInvitation(t *testing.T, open func(t *testing.T) Opened) {
	w := newWorld(t, open(t))
	newUser := func() storage.User {
		return storage.User{ID: id.New[id.User](), Email: fmt.Sprintf("%x@example.org", id.New[id.User]()), CreatedAt: w.now}
	}

	t.Run("MakesOneAccount", func(t *testing.T) {
		w := w.in(t)
		invitation := w.invitation()
		for range 2 {
			w.ok(w.Store.PutInvitation(w.Context(), invitation, storage.By{}))
		}
		got, err := w.Store.Invitation(w.Context(), invitation.Hash, w.now)
		w.ok(err)
		same(w, got, invitation)
		user := newUser()
		for range 2 { // the second is the same call again
			created, err := w.Store.CreateUser(w.Context(), user, &invitation.Hash, storage.By{})
			w.ok(err)
			same(w, created, user)
		}
		_, err = w.Store.Invitation(w.Context(), invitation.Hash, w.now)
		w.refused(err, storage.ErrNoInvitation)
		_, err = w.Store.CreateUser(w.Context(), newUser(), &invitation.Hash, storage.By{})
		w.refused(err, storage.ErrNoInvitation)
	})

	t.Run("RacedMakesOneAccount", func(t *testing.T) {
		w := w.in(t)
		invitation := w.invitation()
		w.ok(w.Store.PutInvitation(w.Context(), invitation, storage.By{}))
		var won atomic.Int64
		together(12, func(int) {
			if _, err := w.Store.CreateUser(w.Context(), newUser(), &invitation.Hash, storage.By{}); err == nil {
				won.Add(1)
			} else if !errors.Is(err, storage.ErrNoInvitation) {
				w.Error(err)
			}
		})
		same(w, won.Load(), 1)
	})

	t.Run("NotUsedUpByARefusal", func(t *testing.T) {
		w := w.in(t)
		invitation := w.invitation()
		w.ok(w.Store.PutInvitation(w.Context(), invitation, storage.By{}))
		taken := newUser()
		taken.Email = w.user("Tim").Email
		_, err := w.Store.CreateUser(w.Context(), taken, &invitation.Hash, storage.By{})
		w.refused(err, storage.ErrEmailTaken)
		_, err = w.Store.Invitation(w.Context(), invitation.Hash, w.now)
		w.ok(err)
	})

	t.Run("OnlyForItsAddressAndTime", func(t *testing.T) {
		w := w.in(t)
		invitation := w.invitation()
		invitation.Email = "invited@example.org"
		w.ok(w.Store.PutInvitation(w.Context(), invitation, storage.By{}))
		_, err := w.Store.CreateUser(w.Context(), newUser(), &invitation.Hash, storage.By{})
		w.refused(err, storage.ErrNoInvitation)
		late := newUser()
		late.Email, late.CreatedAt = invitation.Email, invitation.ExpiresAt
		_, err = w.Store.CreateUser(w.Context(), late, &invitation.Hash, storage.By{})
		w.refused(err, storage.ErrNoInvitation)
		_, err = w.Store.Invitation(w.Context(), invitation.Hash, invitation.ExpiresAt)
		w.refused(err, storage.ErrNoInvitation)
		late.CreatedAt--
		_, err = w.Store.CreateUser(w.Context(), late, &invitation.Hash, storage.By{})
		w.ok(err)
	})

	t.Run("UnknownMakesNone", func(t *testing.T) {
		w := w.in(t)
		unknown := hash()
		user := newUser()
		_, err := w.Store.CreateUser(w.Context(), user, &unknown, storage.By{})
		w.refused(err, storage.ErrNoInvitation)
		_, err = w.Store.User(w.Context(), user.ID)
		w.refused(err, storage.ErrNoUser)
	})

	t.Run("SetupNeedsAnEmptyInstance", func(t *testing.T) {
		w := w.in(t)
		setup := w.invitation()
		setup.Setup, setup.CreatedBy = true, id.User{}
		w.refused(w.Store.PutInvitation(w.Context(), setup, storage.By{}), storage.ErrNotEmpty)
	})

	t.Run("SetupMakesTheAdministrator", func(t *testing.T) {
		w := &world{TB: t, Opened: open(t), now: w.now}
		former, setup := w.invitation(), w.invitation()
		for _, link := range []*storage.Invitation{&former, &setup, &setup} {
			link.Setup = true
			w.ok(w.Store.PutInvitation(w.Context(), *link, storage.By{}))
		}
		_, err := w.Store.Invitation(w.Context(), former.Hash, w.now)
		w.refused(err, storage.ErrNoInvitation)
		got, err := w.Store.Invitation(w.Context(), setup.Hash, w.now)
		w.ok(err)
		same(w, got, setup)
		var won atomic.Int64
		together(8, func(int) {
			if user, err := w.Store.CreateUser(w.Context(), newUser(), &setup.Hash, storage.By{}); err == nil && user.InstanceAdmin {
				won.Add(1)
			} else if !errors.Is(err, storage.ErrNoInvitation) {
				w.Error(err)
			}
		})
		same(w, won.Load(), 1)
	})

	t.Run("SetupIsDeadOnceThereIsAUser", func(t *testing.T) {
		w := &world{TB: t, Opened: open(t), now: w.now}
		setup := w.invitation()
		setup.Setup = true
		w.ok(w.Store.PutInvitation(w.Context(), setup, storage.By{}))
		w.create(newUser())
		_, err := w.Store.CreateUser(w.Context(), newUser(), &setup.Hash, storage.By{})
		w.refused(err, storage.ErrNoInvitation)
	})

	t.Run("SetupWaitsForAnotherUser", func(t *testing.T) {
		w := &world{TB: t, Opened: open(t), now: w.now}
		setup := w.invitation()
		setup.Setup = true
		w.ok(w.Store.PutInvitation(w.Context(), setup, storage.By{}))
		err := w.during("INSERT INTO users (id, email, name, password_hash, instance_admin, created_at, suspended_at)"+
			" VALUES ($1, '', '', '', false, 1, 0)", w.Key(id.New[id.User]()), func() error {
			_, err := w.Store.CreateUser(context.Background(), newUser(), &setup.Hash, storage.By{})
			return err
		})
		w.refused(err, storage.ErrNoInvitation)
	})
}
