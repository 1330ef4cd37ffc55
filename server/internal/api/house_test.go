package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/netip"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/server/internal/account"
	"github.com/coscribe/coscribe/server/internal/bus"
	"github.com/coscribe/coscribe/server/internal/document"
	"github.com/coscribe/coscribe/server/internal/room"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
	"github.com/coscribe/coscribe/storage/sqlite"
)

// A house is a whole server over real HTTP on a real database, without sockets and pages of any worth.
type house struct {
	t         *testing.T
	store     storage.Store
	events    *bus.Bus
	accounts  *account.Service
	documents *document.Service
	api       *API
	server    *httptest.Server
	log       *lines
}

// lines is a log to read back.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer // guarded by mu
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

var testPages = fstest.MapFS{
	"index.html":     {Data: []byte("<!doctype html><title>Coscribe</title>")},
	"assets/app.js":  {Data: []byte("export {}")},
	"assets/app.css": {Data: []byte("body{}")},
}

func newHouse(t *testing.T, change ...func(*account.Config)) *house {
	t.Helper()
	store, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "coscribe.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return newHouseOn(t, store, change...)
}

func newHouseOn(t *testing.T, store storage.Store, change ...func(*account.Config)) *house {
	t.Helper()
	config := account.Config{TriesPerMinute: 1000}
	for _, change := range change {
		change(&config)
	}
	h := &house{t: t, store: store, events: &bus.Bus{}, log: &lines{}}
	log := slog.New(slog.NewJSONHandler(h.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	var err error
	if h.accounts, err = account.New(store, h.events, config); err != nil {
		t.Fatal(err)
	}
	h.documents = document.New(store, h.events)
	hub := room.New(store, h.events, log, room.DefaultLimits())
	hub.NoteDenied(h.documents.NoteDenied)
	h.api = New(Config{
		Store:     store,
		Accounts:  h.accounts,
		Documents: h.documents,
		Hub:       hub,
		Socket:    http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusTeapot) }),
		Pages:     testPages,
		Limits:    Limits{1 << 20, 1 << 20, 1 << 20, 1 << 20, 1 << 20, 1 << 20}, // all tests are one address
		PublicURL: "https://docs.example.com",
		ClientIP:  func(r *http.Request) netip.Addr { return netip.MustParseAddrPort(r.RemoteAddr).Addr() },
		Log:       log,
	})
	h.server = httptest.NewUnstartedServer(h.api)
	h.server.Config.ErrorLog = slog.NewLogLogger(log.Handler(), slog.LevelError)
	if config.Plain {
		h.server.Start()
	} else {
		h.server.StartTLS()
	}
	ctx, stop := context.WithCancel(context.Background())
	ran := make(chan error, 1)
	go func() { ran <- hub.Run(ctx) }()
	t.Cleanup(func() {
		h.server.Close()
		stop()
		if err := <-ran; err != nil && ctx.Err() == nil {
			t.Errorf("hub: %v", err)
		}
	})
	return h
}

// A client is a browser, or a program with a token.
type client struct {
	house *house
	http  *http.Client
	token string
	user  storage.User
}

// browser is a client with an empty cookie jar.
func (h *house) browser() *client {
	jar, err := cookiejar.New(nil)
	if err != nil {
		h.t.Fatal(err)
	}
	c := *h.server.Client()
	c.Jar = jar
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	c.Transport = recorder{c.Transport}
	return &client{house: h, http: &c}
}

// user makes a user and a token of theirs in the store, where no password need be hashed.
func (h *house) user(name string, change ...func(*storage.User)) *client {
	h.t.Helper()
	user := storage.User{
		ID:        id.New[id.User](),
		Email:     name + "@example.com",
		Name:      name,
		CreatedAt: storage.At(time.Now()),
		Proven:    true,
	}
	for _, change := range change {
		change(&user)
	}
	user, err := h.store.CreateUser(h.t.Context(), user, nil, storage.By{})
	if err != nil {
		h.t.Fatal(err)
	}
	c := h.browser()
	c.user = user
	c.token = h.tokenFor(user.ID)
	return c
}

func (h *house) tokenFor(user id.User, change ...func(*storage.Token)) string {
	h.t.Helper()
	secret := "cos_" + strings.Repeat("A", 7) + id.New[id.Credential]().String()
	token := storage.Token{
		ID:        id.New[id.Credential](),
		Hash:      sha256.Sum256([]byte(strings.TrimPrefix(secret, "cos_"))),
		User:      user,
		Name:      "test",
		CreatedAt: storage.At(time.Now()),
	}
	for _, change := range change {
		change(&token)
	}
	h.must(h.store.PutToken(h.t.Context(), token, storage.By{}))
	return secret
}

func suspended(u *storage.User)     { u.SuspendedAt = storage.At(time.Now()) }
func instanceAdmin(u *storage.User) { u.InstanceAdmin = true }

// A reply is what came back.
type reply struct {
	t      *testing.T
	call   string
	status int
	header http.Header
	body   []byte
}

// do sends a request. A body that is a string is sent as it is, anything else as JSON; nil is none. Headers are pairs.
func (c *client) do(method, path string, body any, headers ...string) reply {
	t := c.house.t
	t.Helper()
	return c.send(c.request(method, path, body, headers...))
}

func (c *client) send(request *http.Request) reply {
	t := c.house.t
	t.Helper()
	call := request.Method + " " + request.URL.Path
	response, err := c.http.Do(request)
	if err != nil {
		t.Fatalf("%s: %v", call, err)
	}
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatalf("%s: %v", call, err)
	}
	return reply{t: t, call: call, status: response.StatusCode, header: response.Header, body: data}
}

func (c *client) request(method, path string, body any, headers ...string) *http.Request {
	t := c.house.t
	t.Helper()
	var data io.Reader
	switch body := body.(type) {
	case nil:
	case string:
		data = strings.NewReader(body)
	default:
		data = bytes.NewReader(wire.Append(nil, body))
	}
	request, err := http.NewRequestWithContext(t.Context(), method, c.house.server.URL+path, data)
	if err != nil {
		t.Fatal(err)
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if c.token != "" {
		request.Header.Set("Authorization", "Bearer "+c.token)
	}
	for i := 0; i < len(headers); i += 2 {
		if headers[i+1] == "" {
			request.Header.Del(headers[i])
		} else {
			request.Header.Set(headers[i], headers[i+1])
		}
	}
	return request
}

// want fails the test unless the reply has that status.
func (r reply) want(status int) reply {
	r.t.Helper()
	if r.status != status {
		r.t.Fatalf("%s: %d %s, want %d", r.call, r.status, r.body, status)
	}
	return r
}

// refused fails the test unless the reply is that problem, and returns it.
func (r reply) refused(status int, code wire.Code) wire.Problem {
	r.t.Helper()
	r.want(status)
	if got := r.header.Get("Content-Type"); got != "application/problem+json" {
		r.t.Fatalf("%s: content type %q", r.call, got)
	}
	problem := into[wire.Problem](r)
	if problem.Code != code || problem.Status != status || problem.RequestID != r.header.Get("X-Request-Id") {
		r.t.Fatalf("%s: %s, want code %s", r.call, r.body, code)
	}
	return problem
}

// into reads a reply's body.
func into[Body any](r reply) Body {
	r.t.Helper()
	var body Body
	decoder := json.NewDecoder(bytes.NewReader(r.body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&body); err != nil {
		r.t.Fatalf("%s: %v in %s", r.call, err, r.body)
	}
	return body
}

// document makes one.
func (c *client) document(title string) wire.Document {
	c.house.t.Helper()
	return into[wire.Document](c.do("POST", "/v1/documents", wire.NewDocument{Title: title}).want(201))
}

// grant gives to a role by the store's own means, so that tests of the refusals do not hang on the command itself.
func (h *house) grant(doc id.Doc, to id.User, role authz.Role, expires storage.Micros) {
	h.t.Helper()
	access, err := h.store.Access(h.t.Context(), doc)
	if err != nil {
		h.t.Fatal(err)
	}
	h.put(access, authz.Right{To: authz.Principal{Kind: authz.ToUser, ID: to}, Role: role, ExpiresAt: int64(expires)})
}

func (h *house) put(access storage.Access, right authz.Right) {
	h.t.Helper()
	owner := h.tokenActor(access.Document.Owner)
	grant := storage.Grant{Right: right, GrantedBy: owner.User, GrantedAt: storage.At(time.Now())}
	guard := storage.Guard{AccessVersion: access.Document.AccessVersion,
		Fence: storage.Fence{User: owner.User, Credential: owner.Credential}}
	if _, err := h.store.PutGrant(h.t.Context(), access.Document.ID, grant, guard); err != nil {
		h.t.Fatal(err)
	}
	h.events.Publish(bus.AccessChanged{Doc: access.Document.ID, By: owner.User})
}

// tokenActor is a user as they come by their first token.
func (h *house) tokenActor(user id.User) storage.Actor {
	h.t.Helper()
	tokens, err := h.store.Tokens(h.t.Context(), user)
	if err != nil || len(tokens) == 0 {
		h.t.Fatalf("tokens: %v, %v", tokens, err)
	}
	return storage.Actor{User: user, Credential: storage.Credential{Kind: storage.ByToken, ID: tokens[0].ID}}
}

// insert is an edit that puts text at the beginning.
func insert(base int64, seq int64, texts ...string) map[string]any {
	ids, ops := make([]string, len(texts)), make([]any, len(texts))
	for i, text := range texts {
		ids[i] = id.New[id.Edit]().String()
		ops[i] = map[string]any{"ops": []any{map[string]any{"insert": text}}}
	}
	return map[string]any{"epoch": 1, "base": base, "mode": "rebase", "client": id.New[id.Client]().String(),
		"seq": seq, "ids": ids, "ops": ops}
}

// with returns a copy of a body with one member changed.
func with(body map[string]any, name string, value any) map[string]any {
	changed := make(map[string]any, len(body))
	for k, v := range body {
		changed[k] = v
	}
	changed[name] = value
	return changed
}
