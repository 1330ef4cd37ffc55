package api

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/coscribe/coscribe/server/internal/account"
	"github.com/coscribe/coscribe/server/internal/bus"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

const password = "correct horse"

// member makes an account with a password, by open registration, in a browser that stays signed in.
func (h *house) member(name string) *client {
	h.t.Helper()
	c := h.browser()
	session := into[wire.Session](c.do("POST", "/v1/users", wire.SignUp{
		Email: name + "@example.com", Name: name, Password: password,
	}).want(201))
	c.user = storage.User{ID: session.User.ID, Email: session.User.Email, Name: session.User.Name}
	return c
}

func openHouse(c *account.Config) { c.OpenRegistration = true }

func signIn(c *client, email, password string) reply {
	c.house.t.Helper()
	return c.do("POST", "/v1/session", map[string]any{"email": email, "password": password})
}

// cookie returns the session cookie that a browser holds.
func (c *client) cookie() *http.Cookie {
	c.house.t.Helper()
	at, err := url.Parse(c.house.server.URL)
	if err != nil {
		c.house.t.Fatal(err)
	}
	for _, cookie := range c.http.Jar.Cookies(at) {
		if strings.HasSuffix(cookie.Name, "session") {
			return cookie
		}
	}
	return nil
}

// as is a browser with somebody else's cookie.
func (h *house) as(cookie *http.Cookie) *client {
	c := h.browser()
	at, _ := url.Parse(h.server.URL)
	c.http.Jar.SetCookies(at, []*http.Cookie{{Name: cookie.Name, Value: cookie.Value, Secure: true, Path: "/"}})
	return c
}

func TestSignInAndOut(t *testing.T) {
	h := newHouse(t, openHouse)
	ada := h.member("ada")
	if who := into[wire.Session](h.browser().do("GET", "/v1/session", nil).want(200)); who.User != nil || !who.OpenRegistration {
		t.Fatalf("nobody is %+v", who)
	}
	if who := into[wire.Session](ada.do("GET", "/v1/session", nil).want(200)); who.User == nil || who.User.ID != ada.user.ID {
		t.Fatalf("ada is %+v", who)
	}
	again := h.browser()
	reply := signIn(again, " ADA@example.com ", password).want(200)
	set := reply.header.Get("Set-Cookie")
	for _, attribute := range []string{"__Host-session=", "; Path=/", "; HttpOnly", "; Secure", "; SameSite=Lax"} {
		if !strings.Contains(set, attribute) {
			t.Errorf("the cookie %q lacks %q", set, attribute)
		}
	}
	if strings.Contains(set, "Domain") {
		t.Errorf("the cookie %q goes to other hosts", set)
	}
	old := again.cookie()
	again.do("DELETE", "/v1/session", nil).want(204)
	if again.cookie() != nil {
		t.Error("the cookie is still there")
	}
	again.do("DELETE", "/v1/session", nil).want(204)
	h.as(old).do("GET", "/v1/users/me", nil).refused(401, wire.CodeNotSignedIn)
	ada.do("GET", "/v1/users/me", nil).want(200) // the other browser's session lives
}

func TestPlainCookieOnLoopback(t *testing.T) {
	h := newHouse(t, openHouse, func(c *account.Config) { c.Plain = true })
	c := h.browser()
	reply := c.do("POST", "/v1/users", wire.SignUp{Email: "a@example.com", Name: "A", Password: password}).want(201)
	set := reply.header.Get("Set-Cookie")
	if !strings.HasPrefix(set, "session=") || strings.Contains(set, "Secure") || !strings.Contains(set, "HttpOnly") {
		t.Errorf("the cookie is %q", set)
	}
	c.do("GET", "/v1/users/me", nil).want(200)
}

// A token that somebody knew before the login is worth nothing after it, whether it was a session's or made up.
func TestSessionFixation(t *testing.T) {
	h := newHouse(t, openHouse)
	mallory, victim := h.member("mallory"), h.member("victim")
	planted := mallory.cookie()
	browser := h.as(planted)
	signIn(browser, victim.user.Email, password).want(200)
	if browser.cookie().Value == planted.Value {
		t.Fatal("the token is the same after the login")
	}
	h.as(planted).do("GET", "/v1/users/me", nil).refused(401, wire.CodeNotSignedIn)

	madeUp := h.as(&http.Cookie{Name: planted.Name, Value: strings.Repeat("A", 43)})
	signIn(madeUp, victim.user.Email, password).want(200)
	if madeUp.cookie().Value == strings.Repeat("A", 43) {
		t.Fatal("the server took over a token that it did not make")
	}
}

// Signing out tells those who hold the session's sockets.
func TestSignOutIsTold(t *testing.T) {
	h := newHouse(t, openHouse)
	ada := h.member("ada")
	var ended []bus.Event
	h.events.Subscribe(func(e bus.Event) { ended = append(ended, e) })
	ada.do("DELETE", "/v1/session", nil).want(204)
	if len(ended) != 1 {
		t.Fatalf("told %v, want one CredentialEnded", ended)
	}
	if _, ok := ended[0].(bus.CredentialEnded); !ok {
		t.Fatalf("told %T", ended[0])
	}
}

// An unknown address, a wrong password, a suspended user and one without a password are the same answer.
func TestBadLoginsAreAlike(t *testing.T) {
	h := newHouse(t, openHouse)
	h.member("ada")
	record, err := h.store.UserByEmail(t.Context(), "ada@example.com")
	if err != nil {
		t.Fatal(err)
	}
	h.user("away", func(u *storage.User) { u.PasswordHash, u.SuspendedAt = record.PasswordHash, storage.At(time.Now()) })
	h.user("program")
	var want []byte
	for _, email := range []string{"ada@example.com", "nobody@example.com", "away@example.com", "program@example.com"} {
		secret := password
		if email == "ada@example.com" {
			secret = "wrong"
		}
		reply := signIn(h.browser(), email, secret)
		reply.refused(401, wire.CodeBadLogin)
		if len(reply.header.Values("Set-Cookie")) > 0 {
			t.Errorf("%s gets a cookie", email)
		}
		got := bytes.ReplaceAll(reply.body, []byte(reply.header.Get("X-Request-Id")), []byte("*"))
		if want == nil {
			want = got
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s: %s, want %s", email, got, want)
		}
	}
}

// After a few wrong passwords the account waits for devices at that place that it does not know, even with the right one. Whom
// else guessing slows down, and whom not, is asked in package account.
func TestLoginLimits(t *testing.T) {
	h := newHouse(t, openHouse, func(c *account.Config) { c.TriesPerMinute = 5 })
	ada := h.member("ada")
	for range 6 { // right ones do not count
		signIn(h.browser(), ada.user.Email, password).want(200)
	}
	for range 5 {
		signIn(h.browser(), ada.user.Email, "wrong").refused(401, wire.CodeBadLogin)
	}
	reply := signIn(h.browser(), ada.user.Email, password)
	reply.refused(429, wire.CodeRateLimited)
	if wait := reply.header.Get("Retry-After"); wait == "" || wait == "0" {
		t.Errorf("Retry-After %q", wait)
	}
	signIn(h.browser(), "ADA@example.com", "wrong").refused(429, wire.CodeRateLimited)
	ada.do("GET", "/v1/users/me", nil).want(200)
}

func TestSignUpRefusals(t *testing.T) {
	h := newHouse(t)
	h.user("boss", instanceAdmin)
	up := func(invitation, email string) reply {
		return h.browser().do("POST", "/v1/users", wire.SignUp{Invitation: invitation, Email: email, Name: "N", Password: password})
	}
	up("", "n@example.com").refused(403, wire.CodeForbidden)
	up(strings.Repeat("A", 43), "n@example.com").refused(404, wire.CodeNotFound)
	up("short", "n@example.com").refused(422, wire.CodeInvalid)
}

func TestInvitations(t *testing.T) {
	h := newHouse(t)
	boss := h.user("boss", instanceAdmin)
	secretOf := func(i wire.Invitation) string {
		secret, ok := strings.CutPrefix(i.URL, "https://docs.example.com/invitation#")
		if !ok {
			t.Fatalf("url %q", i.URL)
		}
		return secret
	}
	secret := secretOf(into[wire.Invitation](boss.do("POST", "/v1/invitations", map[string]any{"email": "Kim@example.com "}).want(201)))
	shown := into[wire.Invitation](h.browser().do("GET", "/v1/invitations/"+secret, nil).want(200))
	if shown.Email != "kim@example.com" || shown.Setup || shown.URL != "" {
		t.Fatalf("shown %+v", shown)
	}
	up := func(email string) reply {
		return h.browser().do("POST", "/v1/users", wire.SignUp{Invitation: secret, Email: email, Name: "Kim", Password: password})
	}
	up("other@example.com").refused(403, wire.CodeForbidden)
	session := into[wire.Session](up("kim@example.com").want(201))
	if session.User.InstanceAdmin {
		t.Fatal("an invitation made an administrator")
	}
	up("kim@example.com").refused(404, wire.CodeNotFound) // used

	open := secretOf(into[wire.Invitation](boss.do("POST", "/v1/invitations", map[string]any{}).want(201)))
	h.browser().do("POST", "/v1/users", wire.SignUp{Invitation: open, Email: "kim@example.com", Name: "K", Password: password}).
		refused(409, wire.CodeTaken)
	h.browser().do("GET", "/v1/invitations/"+open, nil).want(200) // not used up by that
	h.browser().do("GET", "/v1/invitations/x", nil).refused(404, wire.CodeNotFound)
}

// The set-up link makes one administrator, once, and an older one dies with the next start.
func TestSetUpLink(t *testing.T) {
	h := newHouse(t)
	first, _, err := h.accounts.SetupURL(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	second, needed, err := h.accounts.SetupURL(t.Context())
	if err != nil || !needed {
		t.Fatal(needed, err)
	}
	up := func(secret, email string) reply {
		return h.browser().do("POST", "/v1/users", wire.SignUp{Invitation: secret, Email: email, Name: "N", Password: password})
	}
	up(first, "a@example.com").refused(404, wire.CodeNotFound)
	if session := into[wire.Session](up(second, "a@example.com").want(201)); !session.User.InstanceAdmin {
		t.Fatal("the first account is no administrator's")
	}
	up(second, "b@example.com").refused(404, wire.CodeNotFound)
	if _, needed, err := h.accounts.SetupURL(t.Context()); needed || err != nil {
		t.Fatalf("a set-up link where there is an account: %v, %v", needed, err)
	}
}

func TestChangePassword(t *testing.T) {
	h := newHouse(t, openHouse)
	ada := h.member("ada")
	other := h.browser()
	signIn(other, ada.user.Email, password).want(200)
	change := map[string]any{"current": password, "new": "battery staple"}

	h.browser().do("PUT", "/v1/users/me/password", change).refused(401, wire.CodeNotSignedIn)
	program := h.browser()
	program.token = h.tokenFor(ada.user.ID)
	program.do("PUT", "/v1/users/me/password", change).refused(403, wire.CodeForbidden)
	ada.do("PUT", "/v1/users/me/password", with(change, "current", "wrong")).refused(401, wire.CodeBadLogin)
	ada.do("PUT", "/v1/users/me/password", with(change, "new", "short")).refused(422, wire.CodeInvalid)
	ada.do("PUT", "/v1/users/me/password", change).want(204)

	ada.do("GET", "/v1/users/me", nil).want(200)
	other.do("GET", "/v1/users/me", nil).refused(401, wire.CodeNotSignedIn)
	signIn(h.browser(), ada.user.Email, password).refused(401, wire.CodeBadLogin)
	signIn(h.browser(), ada.user.Email, "battery staple").want(200)
}

func TestFindUser(t *testing.T) {
	h := newHouse(t)
	ada, kim := h.user("ada"), h.user("kim")
	h.user("away", suspended)
	found := into[wire.List[wire.User]](ada.do("GET", "/v1/users?email=KIM@example.com", nil).want(200))
	if len(found.Items) != 1 || found.Items[0].ID != kim.user.ID {
		t.Fatalf("found %+v", found)
	}
	for _, email := range []string{"ki@example.com", "away@example.com"} {
		if found := into[wire.List[wire.User]](ada.do("GET", "/v1/users?email="+email, nil).want(200)); len(found.Items) != 0 {
			t.Errorf("%s finds %+v", email, found)
		}
	}
	for _, query := range []string{"", "?email=", "?email=kim", "?email=a@b.de&email=c@d.de", "?query=ki", "?email=%zz"} {
		ada.do("GET", "/v1/users"+query, nil).refused(400, wire.CodeInvalid)
	}
	h.browser().do("GET", "/v1/users?email=kim@example.com", nil).refused(401, wire.CodeNotSignedIn)
	h.browser().do("GET", "/v1/users/me", nil).refused(401, wire.CodeNotSignedIn)
}

func TestTokens(t *testing.T) {
	h := newHouse(t, openHouse)
	ada, kim := h.member("ada"), h.member("kim")
	soon := time.Now().Add(time.Hour).UTC().Format(time.RFC3339)
	made := into[wire.Token](ada.do("POST", "/v1/tokens", map[string]any{"name": "bot", "expiresAt": soon}).want(201))
	if made.ExpiresAt == nil || made.Secret == "" {
		t.Fatalf("made %+v", made)
	}
	bot := h.browser()
	bot.token = made.Secret
	if me := into[wire.User](bot.do("GET", "/v1/users/me", nil).want(200)); me.ID != ada.user.ID {
		t.Fatalf("the token is %+v's", me)
	}
	bot.do("GET", "/v1/tokens", nil).refused(403, wire.CodeForbidden)
	listed := into[wire.List[wire.Token]](ada.do("GET", "/v1/tokens", nil).want(200))
	if len(listed.Items) != 1 || listed.Items[0].Secret != "" || listed.Items[0].LastUsedAt == nil {
		t.Fatalf("listed %+v", listed)
	}
	// What a token could make would outlive it.
	bot.do("POST", "/v1/tokens", map[string]any{"name": "heir"}).refused(403, wire.CodeForbidden)

	ada.do("POST", "/v1/tokens", map[string]any{"name": "late", "expiresAt": "2020-01-01T00:00:00Z"}).refused(422, wire.CodeInvalid)
	ada.do("POST", "/v1/tokens", map[string]any{"name": " "}).refused(422, wire.CodeInvalid)
	h.browser().do("GET", "/v1/tokens", nil).refused(401, wire.CodeNotSignedIn)

	path := "/v1/tokens/" + made.ID.String()
	kim.do("DELETE", path, nil).refused(404, wire.CodeNotFound)
	bot.do("GET", "/v1/users/me", nil).want(200)
	ada.do("DELETE", path, nil).want(204)
	bot.do("GET", "/v1/users/me", nil).refused(401, wire.CodeNotSignedIn)
	ada.do("DELETE", path, nil).refused(404, wire.CodeNotFound)
	ada.do("DELETE", "/v1/tokens/"+id.New[id.Credential]().String(), nil).refused(404, wire.CodeNotFound)
	ada.do("DELETE", "/v1/tokens/x", nil).refused(404, wire.CodeNotFound)
}

// A header that names a credential is the one that counts, and a bad one is not made good by a cookie.
func TestAuthorizationHeader(t *testing.T) {
	h := newHouse(t, openHouse)
	ada := h.member("ada")
	good := h.tokenFor(ada.user.ID)
	for _, header := range []string{"Bearer", "Bearer ", "Bearer x", "Basic YTpi", "Bearer " + good[4:], "Bearer cos_" + strings.Repeat("A", 43),
		"Bearer " + good + " ", "Bearer  " + good, good} {
		if got := ada.do("GET", "/v1/users/me", nil, "Authorization", header); got.status != 401 && header != "Bearer "+good+" " {
			t.Errorf("Authorization: %s: %d", header, got.status)
		}
	}
	ada.do("GET", "/v1/users/me", nil, "Authorization", "bearer "+good).want(200)
}
