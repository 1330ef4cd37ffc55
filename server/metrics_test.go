package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/client"
	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage/id"
)

// person makes an account by invitation, and returns it with the cookie of its login session.
func person(t *testing.T, admin *client.Client, url, email string) *client.Client {
	t.Helper()
	c := withCookies(t, url)
	_, secret, _ := strings.Cut(invite(t, admin), "#")
	if _, err := c.SignUp(t.Context(), wire.SignUp{Invitation: secret, Email: email, Name: "A person", Password: password}); err != nil {
		t.Fatalf("sign up: %v", err)
	}
	return c
}

// signInWithCookies also tells the secrets in the cookies.
func signInWithCookies(t *testing.T, address, email string) (c *client.Client, cookies []string) {
	t.Helper()
	jar, _ := cookiejar.New(nil)
	c, err := client.New(address, client.WithHTTPClient(&http.Client{Jar: jar}))
	if err == nil {
		_, err = c.SignIn(t.Context(), email, password)
	}
	if err != nil {
		t.Fatalf("sign in as %s: %v", email, err)
	}
	t.Cleanup(c.CloseIdle)
	at, err := url.Parse(address)
	if err != nil || len(jar.Cookies(at)) == 0 {
		t.Fatalf("cookies %v, %v", jar.Cookies(at), err)
	}
	for _, cookie := range jar.Cookies(at) {
		cookies = append(cookies, cookie.Value)
	}
	return c, cookies
}

// inserts is an edit.
func inserts(seq int64, base ot.Rev, text string) *wire.Submit {
	return &wire.Submit{Seq: seq, ID: id.New[id.Edit](), Base: base, Delta: ot.New().Insert(text, nil).MustDelta()}
}

// TestMetricsCountWhatHappens on a real server, from its second listener.
func TestMetricsCountWhatHappens(t *testing.T) {
	l := startHere(t)
	admin := administrator(t, l.process)
	doc := newDocument(t, admin)
	author := signIn(t, l.url, "ana@example.com")
	w, err := sitDown(t, author, doc, id.New[id.Client]())
	if err != nil {
		t.Fatal(err)
	}
	w.listen()
	const edits = 10
	for i := range int64(edits) {
		w.say(inserts(i+1, w.welcome.Rev, "a"))
		w.until("the answer", func() bool { return w.answers[i+1] != 0 })
	}
	w.say(&wire.Submit{Seq: edits + 1, ID: id.New[id.Edit](), Base: w.welcome.Rev, Delta: ot.New().Retain(1_000, nil).Insert("a", nil).MustDelta()})
	w.until("the refusal", func() bool { return w.refusals[edits+1] != "" })
	l.counts(map[string]string{
		"coscribe_edits_committed_total":                    fmt.Sprint(edits),
		"coscribe_commit_edits_sum":                         fmt.Sprint(edits),
		"coscribe_commits_total":                            fmt.Sprint(edits),
		"coscribe_commit_duration_seconds_count":            fmt.Sprint(edits),
		`coscribe_edits_refused_total{code="does_not_fit"}`: "1",
		"coscribe_connections_open":                         "1",
		"coscribe_handshakes_total":                         "1",
		"coscribe_rooms_open":                               "1",
		"coscribe_seats_open":                               "1",
		"coscribe_frames_received_total":                    fmt.Sprint(edits + 2),
		"coscribe_database_up":                              "1",
	})
	for _, name := range []string{"coscribe_received_bytes_total", "coscribe_sent_bytes_total", "coscribe_frames_sent_total"} {
		if got := l.metric(name); len(got) < 2 {
			t.Errorf("%s is %q", name, got)
		}
	}
	w.leave()
	l.counts(map[string]string{"coscribe_connections_open": "0", "coscribe_seats_open": "0"})
}

// TestMetricsStayOnThisMachine: not under another name, not on the listener that people reach, and by no flag elsewhere.
func TestMetricsStayOnThisMachine(t *testing.T) {
	l := startHere(t)
	for path, want := range map[string]int{"/metrics": 404, "/debug/pprof/": 404} {
		if status, body := page(t, l.url+path); status == 200 && (strings.Contains(body, "coscribe_") || strings.Contains(body, "profile")) {
			t.Errorf("%s on the listener for people: %d, want %d", path, status, want)
		}
	}
	root := strings.TrimSuffix(l.metrics, "/metrics")
	if status, body := page(t, root+"/debug/pprof/goroutine?debug=1"); status != 200 || !strings.Contains(body, "goroutine profile") {
		t.Errorf("profiles: %d", status)
	}
	request, err := http.NewRequestWithContext(t.Context(), "GET", l.metrics, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Host = "attacker.example"
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusMisdirectedRequest {
		t.Errorf("under another name: %d", answer.StatusCode)
	}
	for _, address := range []string{"0.0.0.0:0", ":0", "192.0.2.1:0", "[::]:0", "example.com:0", "9090"} {
		err := run(t.Context(), []string{"--listen=127.0.0.1:0", "--data", t.TempDir(), "--metrics-listen", address}, io.Discard, io.Discard)
		if err == nil || !strings.Contains(err.Error(), "--metrics-listen") {
			t.Errorf("--metrics-listen=%s: %v", address, err)
		}
	}
}

// TestSecurityEventsAreLogged: somebody tries everything. Each thing is in the log under its name, with who and where, in few lines;
// and no token, cookie, ticket, password, address of mail or word of a document is, at debug level.
func TestSecurityEventsAreLogged(t *testing.T) {
	l := startHere(t, "--limit-penalty=1ms", "--limit-penalty-most=1ms", "--limit-frame-burst=2000", "--limit-frames-per-second=2000")
	admin := administrator(t, l.process)
	doc := newDocument(t, admin)
	const marker, title = "Zephyrine", "Quixotical"
	if err := admin.Rename(t.Context(), doc, title); err != nil {
		t.Fatal(err)
	}
	secrets := []string{marker, title, password, "wrong password", "ana@example.com", "ben@example.com", "attacker", "Ana Diaz"}
	editor, cookies := signInWithCookies(t, l.url, "ana@example.com")
	secrets = append(secrets, cookies...)
	token, err := editor.CreateToken(t.Context(), wire.NewToken{Name: "test"})
	if err != nil {
		t.Fatal(err)
	}
	secrets = append(secrets, token.Secret)
	program, err := client.New(l.url, client.WithToken(token.Secret))
	if err != nil {
		t.Fatal(err)
	}
	defer program.CloseIdle()

	// A viewer who would rather edit, rename and share, and sends what is no message.
	person(t, editor, l.url, "ben@example.com")
	viewer, cookies := signInWithCookies(t, l.url, "ben@example.com")
	secrets = append(secrets, cookies...)
	grantRole(t.Context(), t, editor, doc, "ben@example.com", authz.Viewer)
	sit := func(c *client.Client) *wired {
		t.Helper()
		w, err := sitDown(t, c, doc, id.New[id.Client]())
		if err != nil {
			t.Fatal(err)
		}
		w.listen()
		return w
	}
	w := sit(viewer)
	for i := range int64(19) {
		w.say(inserts(i+1, w.welcome.Rev, marker))
		w.until("the refusal", func() bool { return w.refusals[i+1] == wire.CodeForbidden })
	}
	w.say(inserts(20, w.welcome.Rev, marker))
	w.until("the end", func() bool { return w.closed == wire.CloseRateLimited })
	w = sit(viewer)
	for range 100 {
		w.say(&wire.Rename{Ref: "r", Title: marker})
	}
	w.until("the end", func() bool { return w.closed == wire.CloseRateLimited })
	w = sit(viewer)
	for range 5 {
		_ = w.conn.WriteMessage(1, []byte(`{"type":"`+marker+`"}`))
	}
	w.until("the end", func() bool { return w.closed == wire.CloseBadMessage })

	// An editor who types faster than anybody.
	w = sit(editor)
	for i := range int64(200) {
		w.say(inserts(i+1, w.welcome.Rev, marker))
	}
	w.until("the end or a refusal", func() bool { return w.closed == wire.CloseRateLimited || len(w.refusals) > 0 })

	// Tickets that do not open, and a page of somebody else's.
	ticket, err := viewer.Ticket(t.Context(), doc)
	if err != nil {
		t.Fatal(err)
	}
	secrets = append(secrets, ticket.Ticket)
	for _, want := range []wire.CloseCode{0, wire.CloseTicket} {
		w, err := knock(t, l.url, doc, id.New[id.Client]())
		if err != nil {
			t.Fatal(err)
		}
		w.say(&wire.Join{Ticket: ticket.Ticket, Client: w.client})
		go w.conn.ReadLoop()
		w.until("the welcome or the end", func() bool { return w.closed == want && (w.welcome != nil || w.closed != 0) })
		w.leave()
	}
	for range 50 {
		request, err := http.NewRequestWithContext(t.Context(), "GET", fmt.Sprintf("%s/v1/documents/%s/socket", l.url, doc), nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Origin", "https://attacker.example")
		request.Header.Set("Cookie", "session="+marker)
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
	}

	// Somebody who guesses.
	guesser := withCookies(t, l.url)
	for range 8 {
		_, _ = guesser.SignIn(t.Context(), "ana@example.com", "wrong password")
	}
	if err := viewer.Rename(t.Context(), doc, marker); err == nil {
		t.Error("a viewer renames")
	}
	if _, err := program.Document(t.Context(), doc); err != nil {
		t.Error(err)
	}

	for _, event := range []string{"forbidden_command", "strike", "rate_limited", "bad_ticket", "refused_origin", "login_failed", "locked_out"} {
		eventually(t, event+" is logged", func() (bool, string) {
			return strings.Contains(l.log.String(), `"msg":"security","event":"`+event+`"`), ""
		})
		if got := l.metric(fmt.Sprintf("coscribe_security_events_total{event=%q}", event)); got == "" || got == "0" {
			t.Errorf("%s is counted %q times", event, got)
		}
	}
	l.counts(map[string]string{
		`coscribe_forbidden_commands_total{command="edit"}`:       "20",
		`coscribe_handshakes_refused_total{code="origin"}`:        "50",
		`coscribe_connections_closed_total{reason="bad_message"}`: "1",
		"coscribe_strikes_total":                                  "5",
	})
	log := l.log.String()
	if n := strings.Count(log, `"event":"refused_origin"`); n != 1 {
		t.Errorf("fifty handshakes from one address are %d lines", n)
	}
	if n := strings.Count(log, `"event":"forbidden_command"`); n > 6 {
		t.Errorf("forbidden commands are %d lines", n)
	}
	for line := range strings.Lines(log) {
		if strings.Contains(line, `"event":"strike"`) && (!strings.Contains(line, doc.String()) || !strings.Contains(line, `"address":"127.0.0.1"`) || !strings.Contains(line, `"user"`)) {
			t.Errorf("it does not say who: %s", line)
		}
		for _, secret := range secrets {
			if strings.Contains(line, secret) {
				t.Errorf("%q is in the log: %s", secret, line)
			}
		}
	}
}
