package account

import (
	"context"
	"errors"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/coscribe/coscribe/storage"
)

// An unknown address costs a hash as a known one does, one hash at a time, and those beyond the queue are sent away.
func TestPasswordsTakeTurns(t *testing.T) {
	store := openStore(t)
	s := newService(t, store, Config{Hashers: 1, TriesPerMinute: 1000})
	done, err := s.turn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	person(t, store, "known")
	for _, email := range []string{"known@example.com", "unknown@example.com"} {
		waiting, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond) // enough to come to where it waits
		if _, err := s.SignIn(waiting, email, "x", Visit{From: here}); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s does not wait for its turn: %v", email, err)
		}
		cancel()
	}
	waiting, cancel := context.WithCancel(t.Context())
	var all sync.WaitGroup
	for range hashQueue {
		all.Go(func() {
			if done, err := s.turn(waiting); err == nil {
				done()
			}
		})
	}
	for s.queue.TryAcquire(1) { // until all of them wait
		s.queue.Release(1)
		time.Sleep(time.Millisecond)
	}
	if _, err := s.SignIn(t.Context(), "known@example.com", "x", Visit{From: here}); !errors.Is(err, ErrBusy) {
		t.Errorf("beyond the queue: %v, want ErrBusy", err)
	}
	cancel()
	all.Wait()
	done()
	if _, err := s.SignIn(t.Context(), "known@example.com", "x", Visit{From: here}); !errors.Is(err, ErrBadLogin) {
		t.Errorf("when it is empty: %v", err)
	}
}

// A password that nobody had time to look at is not a wrong one.
func TestBusyIsNotAWrongTry(t *testing.T) {
	store := openStore(t)
	s := newService(t, store, Config{Hashers: 1, TriesPerMinute: 1, LoginsPerMinute: 2, SignUpsPerMinute: 1, OpenRegistration: true})
	ada, err := s.SignUp(t.Context(), NewUser{Email: "ada@example.com", Name: "Ada", Password: "correct horse"}, Visit{From: here})
	if err != nil {
		t.Fatal(err)
	}
	elsewhere := netip.MustParseAddr("192.0.2.1")
	actor := storage.Actor{User: ada.ID, Credential: storage.Credential{Kind: storage.BySession}}
	s.queue.Acquire(t.Context(), 1+hashQueue) // all of it
	for range 3 {
		if _, err := s.SignIn(t.Context(), "ada@example.com", "correct horse", Visit{From: here}); !errors.Is(err, ErrBusy) {
			t.Errorf("SignIn while it is busy: %v", err)
		}
		if _, err := s.ChangePassword(t.Context(), actor, "correct horse", "another horse"); !errors.Is(err, ErrBusy) {
			t.Errorf("ChangePassword while it is busy: %v", err)
		}
		if _, err := s.SignUp(t.Context(), NewUser{Email: "bob@example.com", Name: "Bob", Password: "correct horse"}, Visit{From: elsewhere}); !errors.Is(err, ErrBusy) {
			t.Errorf("SignUp while it is busy: %v", err)
		}
	}
	s.queue.Release(1 + hashQueue)
	if _, err := s.SignUp(t.Context(), NewUser{Email: "bob@example.com", Name: "Bob", Password: "correct horse"}, Visit{From: elsewhere}); err != nil {
		t.Errorf("SignUp afterwards: %v", err)
	}
	if _, err := s.SignIn(t.Context(), "ada@example.com", "correct horse", Visit{From: here}); err != nil {
		t.Errorf("SignIn afterwards: %v", err)
	}
	var tooMany *TooManyTries
	if _, err := s.SignIn(t.Context(), "ada@example.com", "wrong", Visit{From: here}); !errors.Is(err, ErrBadLogin) {
		t.Errorf("a wrong one: %v", err)
	}
	if _, err := s.SignIn(t.Context(), "ada@example.com", "correct horse", Visit{From: here}); !errors.As(err, &tooMany) {
		t.Errorf("after a wrong one: %v", err)
	}
}

// What costs a hash is bounded for those as well who know the password, or have an invitation.
func TestRightOnesAreBounded(t *testing.T) {
	store := openStore(t)
	s := newService(t, store, Config{LoginsPerMinute: 2, SignUpsPerMinute: 3})
	admin, _, err := visit(t, s, loggedIn(t, s, person(t, store, "root").ID), nil)
	if err != nil {
		t.Fatal(err)
	}
	admin.InstanceAdmin = true
	var tooMany *TooManyTries
	for n := range 4 {
		secret, _, err := s.Invite(t.Context(), admin, "")
		if err != nil {
			t.Fatal(err)
		}
		name := string(rune('a' + n))
		_, err = s.SignUp(t.Context(), NewUser{Invitation: secret, Email: name + "@example.com", Name: name, Password: "correct horse"}, Visit{From: here})
		if n < 3 && err != nil || n == 3 && !errors.As(err, &tooMany) {
			t.Errorf("sign-up %d by invitation: %v", n+1, err)
		}
	}
	for n, email := range []string{"a@example.com", "b@example.com", "c@example.com"} {
		_, err := s.SignIn(t.Context(), email, "correct horse", Visit{From: here})
		if n < 2 && err != nil || n == 2 && !errors.As(err, &tooMany) {
			t.Errorf("sign-in %d from one place: %v", n+1, err)
		}
	}
	elsewhere := netip.MustParseAddr("192.0.2.1")
	if _, err := s.SignIn(t.Context(), "c@example.com", "correct horse", Visit{From: elsewhere}); err != nil {
		t.Errorf("sign-in from elsewhere: %v", err)
	}
}

// Where there is no hash to compare with, one is compared with all the same.
func TestNobodysPasswordIsCompared(t *testing.T) {
	s := newService(t, openStore(t), Config{})
	if ok, err := s.matches(t.Context(), "x", ""); ok || err != nil {
		t.Errorf("%v, %v", ok, err)
	}
	s.nobody = "not a hash"
	if _, err := s.matches(t.Context(), "x", ""); err == nil {
		t.Error("an empty hash is refused without the work of comparing")
	}
}
