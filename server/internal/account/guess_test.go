package account

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

const right = "correct horse"

// nodes are two services on one database, with an account in it.
func nodes(t *testing.T, config Config) (ada storage.User, one, two *Service) {
	t.Helper()
	store := openStore(t)
	config.OpenRegistration = true
	one, two = newService(t, store, config), newService(t, store, config)
	ada, err := one.SignUp(t.Context(), NewUser{Email: "ada@example.com", Name: "Ada", Password: right}, Visit{From: here})
	if err != nil {
		t.Fatal(err)
	}
	return ada, one, two
}

// deviceCookieOf is what a browser has after it has signed in.
func deviceCookieOf(t *testing.T, s *Service, user storage.User) string {
	t.Helper()
	w := httptest.NewRecorder()
	s.Remember(w, user)
	cookies := w.Result().Cookies()
	if len(cookies) != 1 || len(cookies[0].Value) != deviceLen || !cookies[0].HttpOnly || !cookies[0].Secure ||
		cookies[0].Name != "__Host-device" || cookies[0].SameSite != http.SameSiteStrictMode || cookies[0].Path != "/" {
		t.Fatalf("cookies %+v", cookies)
	}
	return cookies[0].Value
}

func from(n int) Visit { return Visit{From: netip.AddrFrom4([4]byte{192, 0, 2, byte(n)})} }

// try signs in and says how that went.
func try(t *testing.T, s *Service, email, password string, visit Visit) string {
	t.Helper()
	_, err := s.SignIn(context.Background(), email, password, visit)
	var tooMany *TooManyTries
	switch {
	case err == nil:
		return "in"
	case errors.Is(err, ErrBadLogin):
		return "wrong"
	case errors.As(err, &tooMany) && tooMany.RetryAfter > 0 && tooMany.RetryAfter <= time.Hour:
		return "wait"
	}
	return err.Error()
}

// Guesses from one place are counted together on all nodes, and only there.
func TestGuessesAreCountedAcrossNodes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ada, one, two := nodes(t, Config{TriesPerMinute: 2})
		defer one.store.Close()
		for i, want := range []string{"wrong", "wrong", "wait", "wait"} {
			if got := try(t, []*Service{one, two}[i%2], ada.Email, "wrong", from(1)); got != want {
				t.Errorf("guess %d: %s, want %s", i+1, got, want)
			}
		}
		if got := try(t, two, " ADA@example.com", right, from(1)); got != "wait" {
			t.Errorf("the right one in between: %s", got)
		}
		if got := try(t, two, ada.Email, right, from(2)); got != "in" {
			t.Errorf("from elsewhere: %s", got)
		}
		time.Sleep(30 * time.Second)
		for i, want := range []string{"in", "in", "wrong", "wait"} { // right ones are taken back
			password := right
			if i > 1 {
				password = "wrong"
			}
			if got := try(t, one, ada.Email, password, from(1)); got != want {
				t.Errorf("half a minute later %d: %s, want %s", i+1, got, want)
			}
		}
	})
}

// Guesses from many places slow the account down for devices that nobody knows, and for no other: its owner comes in.
func TestStrangersDoNotLockAnAccount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ada, one, two := nodes(t, Config{TriesPerMinute: 2, TriesPerAccount: 3})
		defer one.store.Close()
		bob, err := one.SignUp(t.Context(), NewUser{Email: "bob@example.com", Name: "Bob", Password: right}, Visit{From: here})
		if err != nil {
			t.Fatal(err)
		}
		known := from(1) // the same place as an attacker's
		known.Device = deviceCookieOf(t, one, ada)
		for i, want := range []string{"wrong", "wrong", "wrong", "wait"} {
			if got := try(t, two, ada.Email, "wrong", from(1+i)); got != want {
				t.Errorf("guess from place %d: %s, want %s", i, got, want)
			}
		}
		if got := try(t, two, ada.Email, right, known); got != "in" {
			t.Errorf("the known device: %s", got)
		}
		forged := known
		forged.Device = "A" + forged.Device[1:]
		if forged.Device == known.Device {
			forged.Device = "B" + forged.Device[1:]
		}
		foreign := known
		foreign.Device = deviceCookieOf(t, one, bob)
		for name, visit := range map[string]Visit{"forged": forged, "foreign": foreign, "none": from(9)} {
			if got := try(t, one, ada.Email, right, visit); got != "wait" {
				t.Errorf("a device with a %s cookie: %s", name, got)
			}
		}
		if got := try(t, one, bob.Email, right, from(1)); got != "in" {
			t.Errorf("another account: %s", got)
		}
		time.Sleep(20 * time.Minute)
		if got := try(t, one, ada.Email, right, from(9)); got != "in" {
			t.Errorf("an unknown device, when the attack is over: %s", got)
		}
	})
}

// A known device guesses no more than others do, and a new password ends what is known.
func TestKnownDevices(t *testing.T) {
	ada, s, _ := nodes(t, Config{TriesPerMinute: 2})
	defer s.store.Close()
	stolen := from(1)
	stolen.Device = deviceCookieOf(t, s, ada)
	for i, want := range []string{"wrong", "wrong", "wait"} {
		stolen.From = from(i).From // wherever it goes
		if got := try(t, s, ada.Email, "wrong", stolen); got != want {
			t.Errorf("guess %d: %s, want %s", i+1, got, want)
		}
	}
	actor, _, err := visit(t, s, loggedIn(t, s, ada.ID), nil)
	if err != nil {
		t.Fatal(err)
	}
	changed, err := s.ChangePassword(t.Context(), actor, right, "battery staple")
	if err != nil {
		t.Fatal(err)
	}
	if s.knows(changed, stolen.Device) || !s.knows(changed, deviceCookieOf(t, s, changed)) {
		t.Error("the cookie made under the old password is still known, or that under the new one is not")
	}
	for _, nobody := range []storage.User{{}, {ID: id.New[id.User]()}} {
		if s.knows(nobody, stolen.Device) {
			t.Errorf("%v without a password knows a device", nobody.ID)
		}
	}
	w := httptest.NewRecorder()
	if s.Remember(w, storage.User{ID: ada.ID}); len(w.Result().Cookies()) > 0 {
		t.Error("a cookie for a user without a password")
	}
}

// One password tried on many accounts is counted by place, and an address that has no account is counted like one that has.
func TestSprayingIsCountedByPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, s, _ := nodes(t, Config{TriesPerMinute: 2, TriesPerPlace: 4})
		defer s.store.Close()
		for i, want := range []string{"wrong", "wrong", "wrong", "wrong", "wait"} {
			if got := try(t, s, fmt.Sprintf("nobody%d@example.com", i), "wrong", from(1)); got != want {
				t.Errorf("account %d: %s, want %s", i, got, want)
			}
		}
		if got := try(t, s, "ada@example.com", right, from(1)); got != "wait" {
			t.Errorf("from that place: %s", got)
		}
		if got := try(t, s, "ada@example.com", right, from(2)); got != "in" {
			t.Errorf("from another: %s", got)
		}
		for i, want := range []string{"wrong", "wrong", "wait"} {
			if got := try(t, s, "nobody9@example.com", "wrong", from(3)); got != want {
				t.Errorf("guess %d at nobody's: %s, want %s", i+1, got, want)
			}
		}
	})
}

// Whoever guesses their way to a change of the password is slowed down too, and hinders no sign-in by it.
func TestGuessesAtTheCurrentPassword(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ada, one, two := nodes(t, Config{TriesPerMinute: 2})
		defer one.store.Close()
		actor, _, err := visit(t, one, loggedIn(t, one, ada.ID), nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := range 3 {
			_, err := []*Service{one, two}[i%2].ChangePassword(t.Context(), actor, "wrong", "battery staple")
			var tooMany *TooManyTries
			if i < 2 && !errors.Is(err, ErrBadLogin) || i == 2 && !errors.As(err, &tooMany) {
				t.Errorf("guess %d: %v", i+1, err)
			}
		}
		if got := try(t, one, ada.Email, right, from(1)); got != "in" {
			t.Errorf("signing in: %s", got)
		}
	})
}

// However many names there are, they make no more counters than there are buckets.
func TestCountersAreBounded(t *testing.T) {
	seen := map[int64]bool{}
	for i := range 3 * buckets {
		key := limit(byAccount, fmt.Sprint(i), 5, time.Minute).Key
		if key>>32 != byAccount || key&(1<<32-1) >= buckets {
			t.Fatalf("key %x", key)
		}
		seen[key] = true
	}
	if len(seen) > buckets {
		t.Errorf("%d counters", len(seen))
	}
}

func TestDeviceOf(t *testing.T) {
	for agent, want := range map[string]string{
		"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0":                                                                 "Firefox on Linux",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0":              "Edge on Windows",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15":                  "Safari on macOS",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/140.0 Mobile/15E148 Safari/604.1": "Chrome on iPhone",
		"Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36":       "Samsung Internet on Android",
		"Go-http-client/2.0":        "a program",
		"":                          "a program",
		"<script>Firefox/</script>": "Firefox",
	} {
		if got := deviceOf(agent); got != want {
			t.Errorf("%s: %q, want %q", agent, got, want)
		}
	}
}
