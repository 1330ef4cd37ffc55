package main

import (
	"testing"

	"github.com/coscribe/coscribe/storage/id"
)

// retitle: a title that somebody else gives shows where the field has the focus and nobody has typed, and leaving it does not take
// that back; one that is being typed stays, and is saved.
func retitle(t *testing.T, b *browser, page, url string, doc id.Doc) {
	t.Helper()
	other := signIn(t, url, "ana@example.com")
	const field = "input.doctitle"
	shows := func(want string) {
		t.Helper()
		eventually(t, "the title "+want, func() (bool, string) {
			got := b.ask(page, "evaluate", `document.querySelector("`+field+`").value`)
			return got == want, got
		})
	}
	rename := func(title string) {
		t.Helper()
		if err := other.Rename(t.Context(), doc, title); err != nil {
			t.Fatal(err)
		}
		eventually(t, "the page has heard of "+title, func() (bool, string) {
			got := b.ask(page, "evaluate", `document.title`)
			return got == title+" · Coscribe", got
		})
	}
	stands := func(want string) {
		t.Helper()
		eventually(t, want+" stands", func() (bool, string) {
			about, err := other.Document(t.Context(), doc)
			return err == nil && about.Title == want, about.Title
		})
	}
	b.do(page, "clickAt", field)
	rename("Theirs")
	shows("Theirs")
	b.do(page, "press", "Enter")
	b.do(page, "clickAt", field)
	b.do(page, "fill", "Title", "Mine")
	rename("Theirs again")
	shows("Mine")
	b.do(page, "press", "Enter")
	shows("Mine")
	stands("Mine")
}
