package api

import (
	"strings"
	"testing"
	"time"

	"github.com/coscribe/coscribe/server/internal/bus"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage/id"
)

const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"

func logins(c *client, path string) []wire.Login {
	c.house.t.Helper()
	return into[wire.List[wire.Login]](c.do("GET", path, nil).want(200)).Items
}

// Somebody sees where they are signed in, and ends it there.
func TestOwnLogins(t *testing.T) {
	h := newHouse(t, openHouse)
	ada, kim := h.member("ada"), h.member("kim")
	other, third := h.browser(), h.browser()
	other.do("POST", "/v1/session", map[string]any{"email": ada.user.Email, "password": password}, "User-Agent", firefox).want(200)
	signIn(third, ada.user.Email, password).want(200)

	list := logins(ada, "/v1/users/me/sessions")
	if len(list) != 3 || list[0].Current || !list[2].Current || list[1].Device != "Firefox on Linux" || list[1].Address != "127.0.0.1" {
		t.Fatalf("listed %+v", list)
	}
	for _, login := range list {
		if age := time.Since(login.LastSeenAt); age < 0 || age > time.Minute || login.LastSeenAt.Before(login.CreatedAt) || !login.ExpiresAt.After(login.LastSeenAt) {
			t.Errorf("times %+v", login)
		}
	}
	if body := ada.do("GET", "/v1/users/me/sessions", nil).want(200).body; strings.Contains(string(body), "rv:140") {
		t.Error("the header itself is shown")
	}

	theirs := "/v1/users/me/sessions/" + list[1].ID.String()
	kim.do("DELETE", theirs, nil).refused(404, wire.CodeNotFound)
	h.browser().do("DELETE", theirs, nil).refused(401, wire.CodeNotSignedIn)
	var ended []bus.Event
	h.events.Subscribe(func(e bus.Event) { ended = append(ended, e) })
	ada.do("DELETE", theirs, nil).want(204)
	if len(ended) != 1 || ended[0] != (bus.CredentialEnded{Credential: list[1].ID}) {
		t.Errorf("told %v", ended)
	}
	other.do("GET", "/v1/users/me", nil).refused(401, wire.CodeNotSignedIn)
	ada.do("DELETE", theirs, nil).refused(404, wire.CodeNotFound)
	ada.do("DELETE", "/v1/users/me/sessions/x", nil).refused(404, wire.CodeNotFound)
	third.do("GET", "/v1/users/me", nil).want(200)

	ada.do("DELETE", "/v1/users/me/sessions", nil).want(204)
	third.do("GET", "/v1/users/me", nil).refused(401, wire.CodeNotSignedIn)
	if list := logins(ada, "/v1/users/me/sessions"); len(list) != 1 || !list[0].Current {
		t.Errorf("left are %+v", list)
	}
	kim.do("GET", "/v1/users/me", nil).want(200)
	third.do("GET", "/v1/users/me/sessions", nil).refused(401, wire.CodeNotSignedIn)
	third.do("DELETE", "/v1/users/me/sessions", nil).refused(401, wire.CodeNotSignedIn)
}

// Who looks after accounts sees and ends what others are signed in by; nobody else does.
func TestOthersLogins(t *testing.T) {
	h := newHouse(t, openHouse)
	ada, boss := h.member("ada"), h.user("boss", instanceAdmin)
	second := h.browser()
	signIn(second, ada.user.Email, password).want(200)
	path := "/v1/accounts/" + ada.user.ID.String() + "/sessions"

	for _, who := range []*client{h.member("lee"), h.user("kim")} {
		who.do("GET", path, nil).refused(403, wire.CodeForbidden)
		who.do("DELETE", path, nil).refused(403, wire.CodeForbidden)
		who.do("DELETE", path+"/"+id.New[id.Credential]().String(), nil).refused(403, wire.CodeForbidden)
	}
	list := logins(boss, path)
	if len(list) != 2 {
		t.Fatalf("listed %+v", list)
	}
	boss.do("DELETE", path+"/"+list[0].ID.String(), nil).want(204)
	second.do("GET", "/v1/users/me", nil).refused(401, wire.CodeNotSignedIn)
	ada.do("GET", "/v1/users/me", nil).want(200)
	boss.do("DELETE", path, nil).want(204)
	ada.do("GET", "/v1/users/me", nil).refused(401, wire.CodeNotSignedIn)
	boss.do("GET", "/v1/accounts/x/sessions", nil).refused(404, wire.CodeNotFound)
	if list := logins(boss, "/v1/accounts/"+id.New[id.User]().String()+"/sessions"); len(list) != 0 {
		t.Errorf("nobody's are %+v", list)
	}
}

// A program sees and ends its user's logins only with the scope for it.
func TestLoginsTakeAScope(t *testing.T) {
	h := newHouse(t, openHouse)
	ada := h.member("ada")
	token := func(scopes ...string) *client {
		body := map[string]any{"name": "bot"}
		if scopes != nil {
			body["scopes"] = scopes
		}
		bot := h.browser()
		bot.token = into[wire.Token](ada.do("POST", "/v1/tokens", body).want(201)).Secret
		return bot
	}
	for _, bot := range []*client{token(), token("read"), token("write", "bulk")} {
		bot.do("GET", "/v1/users/me/sessions", nil).refused(403, wire.CodeForbidden)
		bot.do("DELETE", "/v1/users/me/sessions", nil).refused(403, wire.CodeForbidden)
	}
	token("admin").do("GET", "/v1/users/me/sessions", nil).want(200)
	token("admin").do("DELETE", "/v1/users/me/sessions", nil).want(204) // all of them: it is none itself
	ada.do("GET", "/v1/users/me", nil).refused(401, wire.CodeNotSignedIn)
}
