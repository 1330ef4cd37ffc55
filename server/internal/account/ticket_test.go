package account

import (
	"errors"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// Of a thousand who come by the same ticket, one comes in.
func TestTicketAdmitsOne(t *testing.T) {
	store := openStore(t)
	s := newService(t, store, Config{})
	ada := person(t, store, "ada")
	actor, _, err := visit(t, s, loggedIn(t, s, ada.ID), nil)
	if err != nil {
		t.Fatal(err)
	}
	doc := newDocument(t, store, actor)
	ticket, _, err := s.IssueTicket(t.Context(), actor, doc, "https://x")
	if err != nil {
		t.Fatal(err)
	}
	var in atomic.Int32
	var all sync.WaitGroup
	for range 1000 {
		all.Go(func() {
			got, err := s.RedeemTicket(t.Context(), ticket, doc, "https://x")
			switch {
			case err == nil && got == actor:
				in.Add(1)
			case !errors.Is(err, ErrBadTicket):
				t.Errorf("%v, %v", got, err)
			}
		})
	}
	all.Wait()
	if in.Load() != 1 {
		t.Errorf("%d came in, want 1", in.Load())
	}
}

// Every ticket that does not open is the same refusal, and none opens a second time where it belongs.
func TestTicketsThatDoNotOpen(t *testing.T) {
	store := openStore(t)
	s := newService(t, store, Config{Tickets: 100})
	ada := person(t, store, "ada")
	cookie := loggedIn(t, s, ada.ID)
	actor, _, err := visit(t, s, cookie, nil)
	if err != nil {
		t.Fatal(err)
	}
	doc, other := newDocument(t, store, actor), newDocument(t, store, actor)
	_, token, err := s.NewToken(t.Context(), actor, "bot", authz.AllScopes, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	program := actor
	program.Credential = storage.Credential{Kind: storage.ByToken, ID: token.ID}
	issue := func(by storage.Actor) string {
		secret, _, err := s.IssueTicket(t.Context(), by, doc, "https://x")
		if err != nil {
			t.Fatal(err)
		}
		return secret
	}
	refused := func(name, secret string, doc id.Doc, origin string) {
		t.Helper()
		if got, err := s.RedeemTicket(t.Context(), secret, doc, origin); !errors.Is(err, ErrBadTicket) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	for _, secret := range []string{"", "x", newSecret()} {
		refused("unknown", secret, doc, "https://x")
	}
	secret := issue(actor)
	refused("another document", secret, other, "https://x")
	refused("used up by that", secret, doc, "https://x")
	secret = issue(actor)
	refused("another origin", secret, doc, "https://y")
	secret = issue(actor)
	refused("no origin", secret, doc, "")

	orphan, mine := issue(program), issue(actor)
	if err := s.RevokeToken(t.Context(), actor, token.ID); err != nil {
		t.Fatal(err)
	}
	refused("of a revoked token", orphan, doc, "https://x")
	visit(t, s, cookie, func(w http.ResponseWriter, r *http.Request) {
		if err := s.SignOut(w, r, Visit{From: here}); err != nil {
			t.Fatal(err)
		}
	})
	refused("after signing out", mine, doc, "https://x")
}

func TestTicketsExpireAndAreFew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := openStore(t)
		s := newService(t, store, Config{})
		ada := person(t, store, "ada")
		token := storage.Token{ID: id.New[id.Credential](), User: ada.ID, Name: "bot"} // lives by the database's clock as well
		if err := store.PutToken(t.Context(), token, storage.By{}); err != nil {
			t.Fatal(err)
		}
		actor := storage.Actor{User: ada.ID, Credential: storage.Credential{Kind: storage.ByToken, ID: token.ID}}
		doc := newDocument(t, store, actor)
		var secret string
		var err error
		for range 5 {
			if secret, _, err = s.IssueTicket(t.Context(), actor, doc, ""); err != nil {
				t.Fatal(err)
			}
		}
		if _, _, err := s.IssueTicket(t.Context(), actor, doc, ""); !errors.Is(err, storage.ErrTooMany) {
			t.Errorf("the sixth: %v, want ErrTooMany", err)
		}
		time.Sleep(30*time.Second + time.Microsecond)
		if _, err := s.RedeemTicket(t.Context(), secret, doc, ""); !errors.Is(err, ErrBadTicket) {
			t.Errorf("after half a minute: %v", err)
		}
		if _, _, err := s.IssueTicket(t.Context(), actor, doc, ""); err != nil {
			t.Errorf("when the others have expired: %v", err)
		}
		store.Close()
	})
}

// What a request asked for that was on its way when its session ended does not outlast the session.
func TestNothingLastingIsMadeAfterTheEnd(t *testing.T) {
	store := openStore(t)
	s := newService(t, store, Config{OpenRegistration: true})
	ada, err := s.SignUp(t.Context(), NewUser{Email: "ada@example.com", Name: "Ada", Password: "correct horse"}, Visit{From: here})
	if err != nil {
		t.Fatal(err)
	}
	cookie := loggedIn(t, s, ada.ID)
	late, _, err := visit(t, s, cookie, nil)
	if err != nil {
		t.Fatal(err)
	}
	late.InstanceAdmin = true
	if _, _, err := s.NewToken(t.Context(), late, "in time", authz.AllScopes, time.Time{}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := visit(t, s, cookie, func(w http.ResponseWriter, r *http.Request) { _ = s.SignOut(w, r, Visit{From: here}) }); !errors.Is(err, ErrNotSignedIn) {
		t.Fatal(err)
	}
	if _, _, err := s.NewToken(t.Context(), late, "late", authz.AllScopes, time.Time{}); !errors.Is(err, storage.ErrFence) {
		t.Errorf("a token: %v", err)
	}
	if _, _, err := s.Invite(t.Context(), late, ""); !errors.Is(err, storage.ErrFence) {
		t.Errorf("an invitation: %v", err)
	}
	if _, err := s.ChangePassword(t.Context(), late, "correct horse", "another horse"); !errors.Is(err, storage.ErrFence) {
		t.Errorf("a password: %v", err)
	}
	if tokens, err := s.Tokens(t.Context(), late); err != nil || len(tokens) != 1 {
		t.Errorf("%d tokens, %v", len(tokens), err)
	}
	if _, err := s.SignIn(t.Context(), "ada@example.com", "correct horse", Visit{From: here}); err != nil {
		t.Errorf("the password has changed: %v", err)
	}
}
