package main

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/client"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage/id"
)

// TestSharingInTheBrowser is who may do what as people meet it: a guest comes in by a link, is switched to reading while they
// write, and back, and out; somebody finds no document, asks for it, and is let in; and two administrators of one document do
// not undo each other unawares. Every page of it is usable without eyes.
func TestSharingInTheBrowser(t *testing.T) {
	t.Parallel()
	p, b := startHere(t), startBrowser(t)
	const ana, guest, ben = "ana", "guest", "ben"
	b.do(ana, "goto", p.setup)
	fillAccount(b, ana, "ana@example.com", "Ana Diaz")
	b.do(ana, "click", "button", "New document")
	b.do(ana, "waitFor", ".ql-editor[contenteditable=true]")
	doc := documentOf(t, b.ask(ana, "url"))
	admin := signIn(t, p.url, "ana@example.com")

	link := makeLink(t, b, ana)
	t.Run("a link leaves no secret behind", func(t *testing.T) {
		b.do(guest, "goto", link)
		b.do(guest, "waitFor", ".ql-editor[contenteditable=true]")
		b.do(guest, "see", "You are here as Guest")
		if url := b.ask(guest, "url"); url != fmt.Sprintf("%s/d/%s", p.url, doc) {
			t.Errorf("the guest's page is at %s", url)
		}
		accessible(t, b, guest)
	})
	t.Run("down and up while they write", func(t *testing.T) {
		var writing sync.WaitGroup
		writing.Go(func() { b.do(guest, "type", strings.Repeat("a👩‍👩‍👧b ", 12), 15, "End") })
		b.do(ana, "see", "a👩‍👩‍👧b a")
		b.do(ana, "select", "Role for link Client review, Editor", "viewer")
		b.do(guest, "see", "Ana Diaz made you a Viewer: you can read it, but not change it.")
		writing.Wait()
		b.do(guest, "waitFor", ".ql-editor[contenteditable=false]")
		sameText(t, b, ana, guest)
		b.do(ana, "select", "Role for link Client review, Viewer", "editor")
		b.do(guest, "see", "Ana Diaz made you an Editor: you can write now.")
		b.do(guest, "type", "once more", 0, "End")
		b.do(ana, "see", "once more")
		sameText(t, b, ana, guest)
	})
	t.Run("out", func(t *testing.T) {
		b.do(ana, "click", "button", "Revoke link Client review")
		b.do(ana, "clickAt", "dialog .danger")
		b.do(guest, "see", "Your access to this document has ended.")
		b.do("later", "goto", link)
		b.do("later", "see", "This link does not work")
		accessible(t, b, "later")
	})
	t.Run("asking", func(t *testing.T) {
		b.do(ben, "goto", invite(t, admin))
		fillAccount(b, ben, "ben@example.com", "Ben Okafor")
		b.do(ben, "goto", fmt.Sprintf("%s/d/%s", p.url, id.New[id.Doc]()))
		b.do(ben, "waitFor", "cs-blocked form")
		unknown := b.ask(ben, "words", "main")
		b.do(ben, "goto", fmt.Sprintf("%s/d/%s", p.url, doc))
		b.do(ben, "waitFor", "cs-blocked form")
		if known := b.ask(ben, "words", "main"); known != unknown {
			t.Errorf("a document that is not theirs to see shows as %q, one that is not there as %q", known, unknown)
		}
		accessible(t, b, ben)
		b.do(ben, "fill", "What for? They read it.", "need to fix §2")
		b.do(ben, "click", "button", "Request access")
		b.do(ben, "see", "Your request is sent")

		b.do(ana, "press", "Escape")
		b.do(ana, "click", "button", "Share")
		b.do(ana, "see", "need to fix §2")
		accessible(t, b, ana)
		b.do(ana, "click", "button", "Approve Ben Okafor")
		b.do(ana, "see", "Ben Okafor is now Viewer.")
		b.do(ben, "see", "You are a Viewer of this document")
	})
	t.Run("two at once", func(t *testing.T) {
		if err := admin.Grant(t.Context(), doc, wire.Principal{Kind: authz.ToEveryone}, wire.PutGrant{Role: authz.Viewer}); err != nil {
			t.Fatal(err)
		}
		b.do(ana, "select", "Role for Ben Okafor, Viewer", "editor")
		b.do(ana, "see", "Somebody else changed who has access meanwhile")
		b.do(ana, "select", "Role for Ben Okafor, Viewer", "editor")
		b.do(ana, "see", "Ben Okafor has this open: switched to Editor.")
		b.do(ben, "see", "Ana Diaz made you an Editor")
		b.do(ana, "click", "button", "Why Ben Okafor has access")
		b.do(ana, "see", "Without it: Viewer.")
	})
	t.Run("disconnected", func(t *testing.T) {
		seats, err := admin.Seats(t.Context(), doc)
		if err != nil {
			t.Fatal(err)
		}
		for _, seat := range seats {
			if seat.Name == "Ben Okafor" {
				if err := admin.Disconnect(t.Context(), doc, seat.Seat); err != nil {
					t.Fatal(err)
				}
			}
		}
		b.do(ben, "see", "disconnected you")
		b.do(ben, "click", "button", "Reconnect")
		b.do(ben, "waitFor", "[data-state=saved]")
	})
	for _, name := range []string{ana, guest, ben} {
		if faults, err := b.try(name, "faults"); err != nil || string(faults) != "[]" {
			t.Errorf("%s: faults in the page: %s %v", name, faults, err)
		}
	}
}

// TestPagesOfAdministrators walks through them as somebody does who looks after the server.
func TestPagesOfAdministrators(t *testing.T) {
	t.Parallel()
	p, b := startHere(t), startBrowser(t)
	const ana = "ana"
	b.do(ana, "goto", p.setup)
	fillAccount(b, ana, "ana@example.com", "Ana Diaz")
	ben := signUpBy(t, p.url, signIn(t, p.url, "ana@example.com"), "ben@example.com", "Ben Okafor")
	made, err := ben.CreateDocument(t.Context(), "Secret plan")
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"/": "Nothing here yet", "/trash": "Nothing is in the trash", "/account": "Tokens for programs", "/admin/people": "Ben Okafor",
		"/admin/groups": "There is no group yet", "/admin/documents": "None.", "/admin/policy": "Only administrators make documents", "/admin/audit": "Ben Okafor made an account.",
	} {
		b.do(ana, "goto", p.url+path)
		b.do(ana, "see", want)
		accessible(t, b, ana)
	}

	// Access is managed without reading: neither the title nor the text is there.
	b.do(ana, "goto", p.url+"/admin/documents")
	b.do(ana, "select", "Which documents", "all")
	b.do(ana, "click", "button", "Manage access")
	b.do(ana, "see", "People with access")
	if words := b.ask(ana, "words", "body"); strings.Contains(words, "Secret plan") || !strings.Contains(words, "ben@example.com") {
		t.Errorf("an administrator sees %q", words)
	}
	b.do(ana, "fill", "Email of the person to add", "ana@example.com")
	b.do(ana, "click", "button", "Add")
	b.do(ana, "see", "Why do you give this?")
	b.do(ana, "press", "Escape")
	if _, err := signIn(t, p.url, "ana@example.com").Document(t.Context(), made.ID); err == nil {
		t.Error("an administrator took a role without giving a reason")
	}

	b.do(ana, "goto", p.url+"/admin/people")
	b.do(ana, "click", "button", "Suspend Ben Okafor")
	b.do(ana, "clickAt", "dialog .danger")
	b.do(ana, "see", "Ben Okafor is suspended.")
	if _, err := ben.Me(t.Context()); err == nil {
		t.Error("who is suspended is signed in")
	}
	b.do(ana, "waitFor", ".said:focus") // the button is gone, and has not left the focus to another person's

	// The audit says so in a sentence, with the row as it was written beneath.
	b.do(ana, "click", "link", "Audit")
	b.do(ana, "see", "Ana Diaz suspended Ben Okafor.")
	b.do(ana, "clickAt", ".audit summary")
	b.do(ana, "see", `"action": "account.suspend"`)
	accessible(t, b, ana)

	// A page that could not be read says why, and is read again.
	b.do(ana, "offline", true)
	b.do(ana, "click", "link", "Groups")
	b.do(ana, "see", "The server cannot be reached.")
	b.do(ana, "offline", false)
	b.do(ana, "click", "button", "Try again")
	b.do(ana, "see", "There is no group yet")
	t.Run("a document that many have", func(t *testing.T) { sharedWithMany(t, b, ana, p.url) })
}

// makeLink shares by the dialog, which stays open, and returns what was shown once.
func makeLink(t *testing.T, b *browser, page string) string {
	t.Helper()
	b.do(page, "click", "button", "Share")
	b.do(page, "click", "button", "New link")
	b.do(page, "fill", "What is it for?", "Client review")
	b.do(page, "select", "Whoever opens it is", "editor")
	b.do(page, "click", "button", "Make link")
	b.do(page, "see", "It is shown only now")
	link := b.ask(page, "value", "textbox", "Link")
	b.do(page, "press", "Escape")
	b.do(page, "see", "never opened")
	accessible(t, b, page)
	return link
}

// signUpBy makes an account by an administrator's invitation, signed in.
func signUpBy(t *testing.T, url string, admin *client.Client, email, name string) *client.Client {
	t.Helper()
	person := withCookies(t, url)
	made, err := admin.Invite(t.Context(), wire.Invite{Email: email})
	if err != nil {
		t.Fatalf("invite: %v", err)
	}
	_, secret, _ := strings.Cut(made.URL, "#")
	if _, err := person.SignUp(t.Context(), wire.SignUp{Invitation: secret, Email: email, Name: name, Password: password}); err != nil {
		t.Fatalf("sign up: %v", err)
	}
	return person
}

func sameText(t *testing.T, b *browser, one, other string) {
	t.Helper()
	eventually(t, "both show the same text", func() (bool, string) {
		in, there := b.ask(one, "text"), b.ask(other, "text")
		return in == there && strings.TrimSpace(in) != "", fmt.Sprintf("%q and %q", in, there)
	})
}

// accessible fails if axe finds anything in a page, in light or in dark.
func accessible(t *testing.T, b *browser, page string) {
	t.Helper()
	if found, err := b.try(page, "axe"); err != nil || string(found) != "[]" {
		t.Errorf("%s: axe finds %s %v", page, found, err)
	}
}
