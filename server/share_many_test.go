package main

import (
	"fmt"
	"testing"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/server/wire"
)

// sharedWithMany is the dialog of a document that many have: they are found by name, and removing one by the keyboard is not one
// key away from removing the next.
func sharedWithMany(t *testing.T, b *browser, ana, url string) {
	b.do(ana, "goto", url)
	b.do(ana, "click", "button", "New document")
	b.do(ana, "waitFor", ".ql-editor[contenteditable=true]")
	doc, admin := documentOf(t, b.ask(ana, "url")), signIn(t, url, "ana@example.com")
	for i := range 25 {
		to := wire.Principal{Kind: authz.ToAddress, Address: fmt.Sprintf("guest%d@example.com", i)}
		if err := admin.Grant(t.Context(), doc, to, wire.PutGrant{Role: authz.Viewer}); err != nil {
			t.Fatal(err)
		}
	}
	const shown = `document.querySelectorAll('.share-list .grants li').length`
	rows := func(want string) {
		t.Helper()
		if n, err := b.try(ana, "evaluate", shown); err != nil || string(n) != want {
			t.Errorf("%s rows are shown, want %s: %v", n, want, err)
		}
	}
	b.do(ana, "click", "button", "Share")
	b.do(ana, "see", "Show 6 more")
	rows("20")
	accessible(t, b, ana)
	b.do(ana, "fill", "Find among those with access", "guest7")
	rows("1")
	b.do(ana, "fill", "Find among those with access", "nobody")
	b.do(ana, "see", "Nobody of that name or email has access.")
	b.do(ana, "fill", "Find among those with access", "")
	b.do(ana, "click", "button", "Show 6 more")
	rows("26")

	b.do(ana, "evaluate", `document.querySelector('[aria-label="Remove guest3@example.com"]').focus()`)
	b.do(ana, "press", "Enter")
	b.do(ana, "see", "guest3@example.com has no access any more.")
	b.do(ana, "press", "Enter")
	b.do(ana, "press", "Enter")
	b.do(ana, "waitFor", "h2:focus") // and not another's button
	rows("25")

	// A question that was not answered keeps what is written in it.
	b.do(ana, "click", "button", "New link")
	b.do(ana, "fill", "What is it for?", "Client review")
	b.do(ana, "offline", true)
	b.do(ana, "click", "button", "Make link")
	b.do(ana, "see", "The server cannot be reached.")
	b.do(ana, "offline", false)
	b.do(ana, "click", "button", "Make link")
	b.do(ana, "see", "It is shown only now")

	// The focus comes back to the menu that a dialog was opened from.
	b.do(ana, "press", "Escape")
	b.do(ana, "press", "Escape")
	b.do(ana, "clickAt", `summary[aria-label="More about this document"]`)
	b.do(ana, "click", "button", "Connections")
	b.do(ana, "see", "in a browser")
	b.do(ana, "press", "Escape")
	b.do(ana, "waitFor", `summary[aria-label="More about this document"]:focus`)
}
