package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/client"
	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
	"github.com/coscribe/coscribe/storage/pgtest"
	"github.com/coscribe/coscribe/storage/postgres"
	"github.com/coscribe/coscribe/storage/sqlite"
)

// TestTwoBrowsersAndAProgramWriteOneDocument is the main job on the real thing: three people write at the same time, the
// server is killed in the middle and started again, and in the end all three and the database hold the same text, with
// every character once.
func TestTwoBrowsersAndAProgramWriteOneDocument(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		data := t.TempDir()
		p := startProcess(t, "--data", data)
		writeTogether(t, startBrowser(t), p, func(ctx context.Context) (storage.Store, error) {
			return sqlite.Open(ctx, filepath.Join(data, databaseFile))
		})
	})
	t.Run("postgres", func(t *testing.T) {
		url := pgtest.URL(t)
		p := startProcess(t, "--database-url", url)
		writeTogether(t, startBrowser(t), p, func(ctx context.Context) (storage.Store, error) { return postgres.Open(ctx, url) })
	})
}

const (
	keystrokes = 120             // of each writer
	keyPause   = 15              // milliseconds
	converged  = 3 * time.Minute // on any machine; how long it took is said, not held against it
)

// Each writes letters that nobody else writes, so that every letter can be counted in the end.
const anas, bens, programs = "a👩‍👩‍👧😀é", "b漢字🇳🇴👍🏽", "p🧮"

func writeTogether(t *testing.T, b *browser, p *process, open func(context.Context) (storage.Store, error)) {
	ctx := t.Context()
	const ana, ben = "ana", "ben"

	// Ana follows the printed link, makes the first account and a document.
	b.do(ana, "goto", p.setup)
	fillAccount(b, ana, "ana@example.com", "Ana Diaz")
	b.do(ana, "click", "button", "New document")
	b.do(ana, "waitFor", ".ql-editor")
	doc := documentOf(t, b.ask(ana, "url"))

	// She invites Ben and a program, and lets them write.
	admin := signIn(t, p.url, "ana@example.com")
	b.do(ben, "goto", invite(t, admin))
	fillAccount(b, ben, "ben@example.com", "Ben Okafor")
	grantEditor(ctx, t, admin, doc, "ben@example.com")
	program := newProgram(ctx, t, admin, p.url, doc)
	b.do(ben, "goto", fmt.Sprintf("%s/d/%s", p.url, doc))
	b.do(ben, "waitFor", ".ql-editor")

	live, err := program.Open(ctx, doc)
	if err != nil {
		t.Fatalf("open as a program: %v", err)
	}
	defer live.Close()

	// All write; in the middle the server dies without a word and comes back.
	var writers sync.WaitGroup
	writers.Go(func() { b.do(ana, "type", strings.Repeat(anas, keystrokes/len([]rune(anas))), keyPause, "End") })
	writers.Go(func() { b.do(ben, "type", strings.Repeat(bens, keystrokes/len([]rune(bens))), keyPause, "Home") })
	writers.Go(func() { writeAsProgram(ctx, t, live) })
	writers.Go(func() {
		pause(ctx, keystrokes*keyPause*time.Millisecond/2)
		p.kill()
		p.start(greeting)
	})
	writers.Wait()
	if err := live.Flush(ctx); err != nil {
		t.Fatalf("the program's edits: %v", err)
	}

	// Everybody comes to the same text.
	want := ""
	eventually(t, "all three hold the same saved text", func() (bool, string) {
		want = text(live.Content().Delta())
		inAna, inBen := b.ask(ana, "text"), b.ask(ben, "text")
		states := b.ask(ana, "state") + " " + b.ask(ben, "state")
		return inAna == want && inBen == want && states == "saved saved",
			fmt.Sprintf("states %s\nprogram %q\nana     %q\nben     %q", states, want, inAna, inBen)
	})
	for _, letters := range []string{anas, bens, programs} {
		for _, letter := range letters {
			if strings.Count(letters, string(letter)) > 1 {
				continue
			}
			if got, typed := strings.Count(want, string(letter)), keystrokes/len([]rune(letters)); got != typed {
				t.Errorf("%q stands %d times in the text, typed %d times", letter, got, typed)
			}
		}
	}
	for _, page := range []string{ana, ben} {
		if faults, err := b.try(page, "faults"); err != nil || string(faults) != "[]" {
			t.Errorf("%s: faults in the page: %s %v", page, faults, err)
		}
	}

	// So does the database, by its newest snapshot and by a replay of the whole log.
	b.do(ana, "close")
	b.do(ben, "close")
	live.Close()
	p.stop()
	checkDatabase(ctx, t, open, doc, want)
}

func fillAccount(b *browser, page, email, name string) {
	b.t.Helper()
	b.do(page, "fill", "Email", email)
	b.do(page, "fill", "Name", name)
	b.do(page, "fill", "Password", password)
	b.do(page, "click", "button", "Create account")
	b.do(page, "see", "Documents")
}

const password = "correct horse battery staple"

func documentOf(t *testing.T, url string) id.Doc {
	t.Helper()
	_, text, _ := strings.Cut(url, "/d/")
	doc, err := id.Parse[id.Doc](text)
	if err != nil {
		t.Fatalf("the page of a document is at %s", url)
	}
	return doc
}

// signIn returns a client with the cookie of a login session.
func signIn(t *testing.T, url, email string) *client.Client {
	t.Helper()
	c := withCookies(t, url)
	if _, err := c.SignIn(t.Context(), email, password); err != nil {
		t.Fatalf("sign in as %s: %v", email, err)
	}
	return c
}

func withCookies(t *testing.T, url string) *client.Client {
	t.Helper()
	jar, _ := cookiejar.New(nil)
	c, err := client.New(url, client.WithHTTPClient(&http.Client{Jar: jar}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.CloseIdle)
	return c
}

// invite makes an invitation link.
func invite(t *testing.T, admin *client.Client) string {
	t.Helper()
	made, err := admin.Invite(t.Context(), wire.Invite{})
	if err != nil {
		t.Fatalf("invite: %v", err)
	}
	return made.URL
}

func grantEditor(ctx context.Context, t *testing.T, admin *client.Client, doc id.Doc, email string) {
	t.Helper()
	grantRole(ctx, t, admin, doc, email, authz.Editor)
}

func grantRole(ctx context.Context, t *testing.T, admin *client.Client, doc id.Doc, email string, role authz.Role) {
	t.Helper()
	for account, err := range admin.Accounts(ctx, email) {
		if err == nil {
			err = admin.Grant(ctx, doc, client.ToUser(account.ID), wire.PutGrant{Role: role})
		}
		if err != nil {
			t.Fatalf("make %s %v: %v", email, role, err)
		}
	}
}

// newProgram makes an account with a token that may edit the document.
func newProgram(ctx context.Context, t *testing.T, admin *client.Client, url string, doc id.Doc) *client.Client {
	t.Helper()
	const email = "program@example.com"
	person := withCookies(t, url)
	_, secret, _ := strings.Cut(invite(t, admin), "#")
	if _, err := person.SignUp(ctx, wire.SignUp{Invitation: secret, Email: email, Name: "A program", Password: password}); err != nil {
		t.Fatalf("sign up: %v", err)
	}
	token, err := person.CreateToken(ctx, wire.NewToken{Name: "test"})
	if err != nil {
		t.Fatalf("make a token: %v", err)
	}
	grantEditor(ctx, t, admin, doc, email)
	program, err := client.New(url, client.WithToken(token.Secret))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(program.CloseIdle)
	return program
}

// writeAsProgram inserts one letter after the other at random places, never inside a surrogate pair.
func writeAsProgram(ctx context.Context, t *testing.T, live *client.Document) {
	letters := strings.Repeat(programs, keystrokes/len([]rune(programs)))
	random := rand.New(rand.NewPCG(1, 2))
	for _, letter := range letters {
		_, err := live.Edit(func(content *ot.Document) (ot.Delta, error) {
			before := []rune(text(content.Delta()))
			at := units(before[:random.IntN(len(before))])
			return ot.New().Retain(at, nil).Insert(string(letter), nil).Delta()
		})
		if err != nil {
			t.Errorf("edit as a program: %v", err)
			return
		}
		pause(ctx, keyPause*time.Millisecond)
	}
}

func checkDatabase(ctx context.Context, t *testing.T, open func(context.Context) (storage.Store, error), doc id.Doc, want string) {
	t.Helper()
	store, err := open(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	loaded, err := store.Load(ctx, doc)
	if err != nil {
		t.Fatal(err)
	}
	head := loaded.Access.Document.Head
	content, err := storage.ContentAt(ctx, store, doc, head)
	if err != nil {
		t.Fatal(err)
	}
	if got := text(content.Delta()); got != want {
		t.Errorf("the database holds %q, want %q", got, want)
	}
	replayed, err := ot.NewDocument(ot.New().Insert("\n", nil).MustDelta())
	if err != nil {
		t.Fatal(err)
	}
	log, err := store.After(ctx, doc, 0, int(head)+1)
	if err != nil || len(log) != int(head) {
		t.Fatalf("the log has %d revisions, the head is %d: %v", len(log), head, err)
	}
	for _, revision := range log {
		delta, err := ot.Parse(revision.Delta)
		if err == nil {
			err = replayed.Apply(delta)
		}
		if err != nil {
			t.Fatalf("replay revision %d: %v", revision.Rev, err)
		}
	}
	if got := text(replayed.Delta()); got != want {
		t.Errorf("a replay of the log gives %q, want %q", got, want)
	}
}

// text is the text of a document's content.
func text(content ot.Delta) string {
	var b strings.Builder
	for c := range content.Components() {
		b.WriteString(c.Text)
	}
	return b.String()
}

func units(runes []rune) int {
	n := 0
	for _, r := range runes {
		if n++; r > 0xffff {
			n++
		}
	}
	return n
}

// pause lets others work for a while.
func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// eventually waits for what pages come to in their own time.
func eventually(t *testing.T, what string, check func() (ok bool, now string)) {
	t.Helper()
	deadline := time.Now().Add(converged)
	for {
		ok, now := check()
		if ok {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("not within %v: %s\n%s", converged, what, now)
		}
		pause(t.Context(), 200*time.Millisecond)
	}
}
