package account

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/server/internal/bus"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
	"github.com/coscribe/coscribe/storage/sqlite"
)

var here = netip.MustParseAddr("127.0.0.1")

func openStore(t *testing.T) storage.Store {
	t.Helper()
	store, err := sqlite.Open(context.Background(), filepath.Join(t.TempDir(), "coscribe.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return store
}

func newService(t *testing.T, store storage.Store, config Config) *Service {
	t.Helper()
	s, err := New(store, &bus.Bus{}, config)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// person makes a user without a password.
func person(t *testing.T, store storage.Store, name string) storage.User {
	t.Helper()
	user, err := store.CreateUser(context.Background(), storage.User{
		ID: id.New[id.User](), Email: name + "@example.com", Name: name, CreatedAt: storage.At(time.Now()),
	}, nil, storage.By{})
	if err != nil {
		t.Fatal(err)
	}
	return user
}

// visit sends a request with a cookie's token through LoadAndSave and returns who came, and the cookie that was set.
func visit(t *testing.T, s *Service, token string, do func(http.ResponseWriter, *http.Request)) (actor storage.Actor, set string, err error) {
	t.Helper()
	r := httptest.NewRequest("GET", "/", nil)
	if token != "" {
		r.AddCookie(&http.Cookie{Name: s.sessions.Cookie.Name, Value: token})
	}
	w := httptest.NewRecorder()
	s.LoadAndSave(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if do != nil {
			do(w, r)
		}
		actor, err = s.Actor(r)
	}), func(_ http.ResponseWriter, _ *http.Request, refused error) { err = refused }).ServeHTTP(w, r)
	for _, cookie := range w.Result().Cookies() {
		set = cookie.Value
	}
	return actor, set, err
}

// loggedIn begins a session and returns its token.
func loggedIn(t *testing.T, s *Service, user id.User) string {
	t.Helper()
	_, token, err := visit(t, s, "", func(w http.ResponseWriter, r *http.Request) {
		if err := s.Begin(w, r, storage.User{ID: user}, Visit{From: here}); err != nil {
			t.Fatal(err)
		}
	})
	if err != nil || len(token) != secretLen {
		t.Fatalf("begin: %v, token %q", err, token)
	}
	return token
}

// intercepted lets a test come between the service and the database.
type intercepted struct {
	storage.Store
	putSession func(storage.Session) error
	puts       atomic.Int32
}

func (s *intercepted) PutSession(ctx context.Context, session storage.Session, note storage.Note) error {
	s.puts.Add(1)
	if s.putSession != nil {
		if err := s.putSession(session); err != nil {
			return err
		}
	}
	return s.Store.PutSession(ctx, session, note)
}

// A session ends after two idle hours, and after twelve in any case; in use it is written once a minute at most.
func TestSessionsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &intercepted{Store: openStore(t)}
		s := newService(t, store, Config{})
		ada := person(t, store, "ada")

		token := loggedIn(t, s, ada.ID)
		for range 3 {
			time.Sleep(119 * time.Minute)
			if actor, _, err := visit(t, s, token, nil); err != nil || actor.User != ada.ID {
				t.Fatalf("within two hours: %v, %v", actor, err)
			}
		}
		time.Sleep(121 * time.Minute)
		if _, _, err := visit(t, s, token, nil); !errors.Is(err, ErrNotSignedIn) {
			t.Fatalf("after two idle hours: %v", err)
		}

		token = loggedIn(t, s, ada.ID)
		for range 11 {
			time.Sleep(time.Hour)
			if _, _, err := visit(t, s, token, nil); err != nil {
				t.Fatalf("in use: %v", err)
			}
		}
		time.Sleep(time.Hour)
		if _, _, err := visit(t, s, token, nil); !errors.Is(err, ErrNotSignedIn) {
			t.Fatalf("after twelve hours in use: %v", err)
		}

		token = loggedIn(t, s, ada.ID)
		store.puts.Store(0)
		for range 600 {
			time.Sleep(time.Second)
			if _, _, err := visit(t, s, token, nil); err != nil {
				t.Fatal(err)
			}
		}
		if got := store.puts.Load(); got != 10 {
			t.Errorf("ten minutes of use wrote the session %d times, want 10", got)
		}
		store.Close()
	})
}

// A guest is the same guest, and so the author of the same edits, for thirty days, whether they come or not; their browser keeps the
// cookie when it is closed.
func TestGuestsLast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := openStore(t)
		s := newService(t, store, Config{})
		guest := storage.User{ID: id.New[id.User](), Name: "Guest", Guest: true, CreatedAt: storage.At(time.Now())}
		if _, err := store.CreateUser(t.Context(), guest, nil, storage.By{}); err != nil {
			t.Fatal(err)
		}
		var cookie string
		_, token, err := visit(t, s, "", func(w http.ResponseWriter, r *http.Request) {
			if err := s.Begin(w, r, guest, Visit{From: here}); err != nil {
				t.Fatal(err)
			}
			cookie = w.Header().Get("Set-Cookie")
		})
		if err != nil || !strings.Contains(cookie, "Max-Age=2592001;") {
			t.Fatalf("begun with %q, %v", cookie, err)
		}
		comes := func() error {
			actor, _, err := visit(t, s, token, nil)
			if err == nil && (actor.User != guest.ID || !actor.Guest) {
				t.Errorf("comes again as %+v", actor)
			}
			return err
		}
		for _, later := range []time.Duration{time.Minute, 24 * time.Hour, 28 * 24 * time.Hour} {
			if time.Sleep(later); comes() != nil {
				t.Fatalf("gone after %v more", later)
			}
		}
		time.Sleep(24 * time.Hour)
		if err := comes(); !errors.Is(err, ErrNotSignedIn) {
			t.Errorf("after thirty days: %v", err)
		}
		store.Close()
	})
}

// Who only works over a socket stays signed in, as long as its lifetime allows; who has signed out stays so.
func TestUseProlongsASession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := openStore(t)
		s := newService(t, store, Config{})
		ada := person(t, store, "ada")
		token := loggedIn(t, s, ada.ID)
		actor, _, err := visit(t, s, token, nil)
		if err != nil {
			t.Fatal(err)
		}
		live := func() bool {
			_, err := store.Session(t.Context(), hashSecret(token), storage.At(time.Now()))
			return err == nil
		}
		for range 11 {
			time.Sleep(time.Hour)
			if err := s.Used(t.Context(), actor.Credential); err != nil || !live() {
				t.Fatalf("in use: %v", err)
			}
		}
		time.Sleep(time.Hour - time.Second)
		if err := s.Used(t.Context(), actor.Credential); err != nil || !live() {
			t.Fatalf("just before twelve hours: %v", err)
		}
		time.Sleep(time.Second)
		if err := s.Used(t.Context(), actor.Credential); !errors.Is(err, storage.ErrNoCredential) || live() {
			t.Fatalf("after twelve hours in use: %v", err)
		}

		token = loggedIn(t, s, ada.ID)
		if actor, _, err = visit(t, s, token, nil); err != nil {
			t.Fatal(err)
		}
		if _, _, err := visit(t, s, token, func(w http.ResponseWriter, r *http.Request) { _ = s.SignOut(w, r, Visit{From: here}) }); !errors.Is(err, ErrNotSignedIn) {
			t.Fatal(err)
		}
		if err := s.Used(t.Context(), actor.Credential); !errors.Is(err, storage.ErrNoCredential) || live() {
			t.Fatalf("after signing out: %v", err)
		}

		store.Close()
	})
}

// A request that was on its way when its session ended does not revive it, wherever in between the end came.
func TestLateRequestDoesNotReviveASession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &intercepted{Store: openStore(t)}
		s := newService(t, store, Config{})
		ada := person(t, store, "ada")
		token := loggedIn(t, s, ada.ID)
		time.Sleep(5 * time.Minute)
		store.putSession = func(session storage.Session) error { // the other tab signs out just now
			_, err := store.EndSession(context.Background(), session.Hash, storage.At(time.Now()), storage.Note{})
			return err
		}
		if actor, _, err := visit(t, s, token, nil); !errors.Is(err, ErrNotSignedIn) {
			t.Fatalf("the late request comes as %v, %v", actor, err)
		}
		store.putSession = nil
		if _, _, err := visit(t, s, token, nil); !errors.Is(err, ErrNotSignedIn) {
			t.Fatalf("after it: %v", err)
		}

		// The same for scs's own calls.
		token = loggedIn(t, s, ada.ID)
		adapter := &sessionStore{accounts: store, bus: &bus.Bus{}}
		data, found, err := adapter.FindCtx(t.Context(), token)
		if err != nil || !found {
			t.Fatal(found, err)
		}
		if err := adapter.DeleteCtx(t.Context(), token); err != nil {
			t.Fatal(err)
		}
		if err := adapter.CommitCtx(t.Context(), token, data, time.Now().Add(time.Hour)); !errors.Is(err, storage.ErrNoCredential) {
			t.Errorf("a late write: %v, want ErrNoCredential", err)
		}
		if _, found, err := adapter.FindCtx(t.Context(), token); found || err != nil {
			t.Errorf("after a late write: found %v, %v", found, err)
		}
		store.Close()
	})
}

// A database that cannot be written does not refuse a read.
func TestUnwritableDatabaseStillReads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &intercepted{Store: openStore(t)}
		s := newService(t, store, Config{})
		token := loggedIn(t, s, person(t, store, "ada").ID)
		time.Sleep(5 * time.Minute)
		store.putSession = func(storage.Session) error { return storage.ErrUnavailable }
		if _, _, err := visit(t, s, token, nil); err != nil {
			t.Errorf("a request while the disk is full: %v", err)
		}
		_, set, err := visit(t, s, "", func(w http.ResponseWriter, r *http.Request) {
			if err := s.Begin(w, r, storage.User{ID: id.New[id.User]()}, Visit{}); !errors.Is(err, storage.ErrUnavailable) {
				t.Errorf("Begin: %v", err)
			}
		})
		if set != "" {
			t.Errorf("a cookie for a session that was not stored: %v", err)
		}
		store.Close()
	})
}

func TestAdapterHonoursContexts(t *testing.T) {
	store := openStore(t)
	s := newService(t, store, Config{})
	token := loggedIn(t, s, person(t, store, "ada").ID)
	adapter := &sessionStore{accounts: store, bus: &bus.Bus{}}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := adapter.FindCtx(gone, token); !errors.Is(err, context.Canceled) {
		t.Errorf("FindCtx: %v", err)
	}
	if err := adapter.CommitCtx(gone, token, []byte("{}"), time.Now()); !errors.Is(err, context.Canceled) {
		t.Errorf("CommitCtx: %v", err)
	}
	if err := adapter.DeleteCtx(gone, token); !errors.Is(err, context.Canceled) {
		t.Errorf("DeleteCtx: %v", err)
	}
	if _, found, err := adapter.FindCtx(t.Context(), token); !found || err != nil {
		t.Errorf("afterwards: %v, %v", found, err)
	}
}

// Nothing that opens a door stands in the database.
func TestNoSecretIsStored(t *testing.T) {
	folder := t.TempDir()
	store, err := sqlite.Open(t.Context(), filepath.Join(folder, "coscribe.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	s := newService(t, store, Config{OpenRegistration: true})
	setup, _, err := s.SetupURL(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	user, err := s.SignUp(t.Context(), NewUser{Email: "ada@example.com", Name: "Ada", Password: "correct horse"}, Visit{From: here})
	if err != nil {
		t.Fatal(err)
	}
	cookie := loggedIn(t, s, user.ID)
	actor, _, err := visit(t, s, cookie, nil)
	if err != nil {
		t.Fatal(err)
	}
	actor.InstanceAdmin = true
	token, _, err := s.NewToken(t.Context(), actor, "bot", authz.AllScopes, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	invitation, _, err := s.Invite(t.Context(), actor, "")
	if err != nil {
		t.Fatal(err)
	}
	ticket, _, err := s.IssueTicket(t.Context(), actor, newDocument(t, store, actor), "")
	if err != nil {
		t.Fatal(err)
	}
	var stored []byte
	files, _ := filepath.Glob(filepath.Join(folder, "*"))
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		stored = append(stored, data...)
	}
	if !bytes.Contains(stored, []byte("ada@example.com")) {
		t.Fatal("the test does not read the database")
	}
	if !strings.HasPrefix(user.PasswordHash, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("password hash %s", user.PasswordHash)
	}
	for name, secret := range map[string]string{"set-up link": setup, "cookie": cookie, "token": strings.TrimPrefix(token, tokenPrefix),
		"invitation": invitation, "ticket": ticket, "password": "correct horse"} {
		if bytes.Contains(stored, []byte(secret)) {
			t.Errorf("the %s stands in the database", name)
		}
	}
}

func newDocument(t *testing.T, store storage.Store, actor storage.Actor) id.Doc {
	t.Helper()
	doc := storage.Document{ID: id.New[id.Doc](), Title: "x", Owner: actor.User, Epoch: 1, AccessVersion: 1,
		CreatedAt: storage.At(time.Now()), UpdatedAt: storage.At(time.Now())}
	if err := store.CreateDocument(context.Background(), doc, storage.By{Fence: &storage.Fence{User: actor.User, Credential: actor.Credential}}); err != nil {
		t.Fatal(err)
	}
	return doc.ID
}
