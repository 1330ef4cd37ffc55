package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coscribe/coscribe/authz"
)

// TestNothingWrittenRunsAsScript: the browser client is safe by itself, whatever a server lets into a document, its title, the
// names of people and their carets, and what it tells over HTTP; the Content-Security-Policy is behind that, and has nothing to
// report. What is copied out of a document runs nowhere else either.
func TestNothingWrittenRunsAsScript(t *testing.T) {
	t.Parallel()
	if n := len(slices.Compact(slices.Sorted(slices.Values(corpus)))); n < 200 || n < len(corpus) {
		t.Fatalf("%d scripts, of which %d differ", len(corpus), n)
	}
	p, b := startProcess(t, "--data", t.TempDir()), startBrowser(t)
	const ana, ben = "ana", "ben"
	b.do(ana, "goto", p.setup)
	fillAccount(b, ana, "ana@example.com", corpus[0])
	b.do(ana, "click", "button", "New document")
	b.do(ana, "waitFor", ".ql-editor[contenteditable=true]")
	b.do(ana, "fill", "Title", corpus[8])
	b.do(ana, "press", "Enter")
	doc := documentOf(t, b.ask(ana, "url"))
	admin := signIn(t, p.url, "ana@example.com")
	b.do(ben, "goto", invite(t, admin))
	fillAccount(b, ben, "ben@example.com", corpus[23])
	grantEditor(t.Context(), t, admin, doc, "ben@example.com")

	for scripts := range slices.Chunk(corpus, scriptsAtOnce) {
		b.do(ben, "hostile", hostile(scripts), scripts, []string{})
		b.do(ben, "goto", p.url+"/d/"+doc.String())
		b.do(ben, "waitFor", ".ql-editor[contenteditable=true]")
		b.do(ben, "see", "the end")
		ranNothing(t, b, ben)
		copied := b.ask(ben, "copied")
		if !strings.Contains(copied, "the end") {
			t.Errorf("copied %.200q", copied)
		}
		b.do("elsewhere", "show", copied)
		if found, err := b.try("elsewhere", "evaluate", poke); err != nil || string(found) != `"undefined"` {
			t.Errorf("what was copied ran in another page: %s %v", found, err)
		}
	}
	b.do(ben, "hostile", hostile(nil), []string{}, corpus)
	b.do(ben, "goto", p.url+"/d/"+doc.String())
	b.do(ben, "see", "the end")
	b.do(ben, "many", ".ql-cursor-name", len(corpus))
	ranNothing(t, b, ben)
	b.do(ben, "hostile", hostile(nil), corpus, []string{})
	b.do(ben, "goto", p.url+"/")
	b.do(ben, "see", corpus[len(corpus)-1])
	ranNothing(t, b, ben)

	b.do(ana, "hostile", hostile(nil), corpus, []string{})
	b.do(ana, "goto", p.url+"/d/"+doc.String())
	b.do(ana, "see", "the end")
	b.do(ana, "paste", strings.Join(corpus, "\n")+`<base href="https://example.com/"><a href="javascript:ran=1">pasted</a>
		<iframe srcdoc="<script>parent.ran=1</script>"></iframe><p style="color:red" onclick="ran=1">words</p>`)
	b.do(ana, "see", "words")
	ranNothing(t, b, ana)
	b.do(ana, "click", "button", "Share")
	b.do(ana, "see", corpus[len(corpus)-1])
	ranNothing(t, b, ana)
}

// scriptsAtOnce is how much of the corpus is in a document at a time.
const scriptsAtOnce = 80

// poke does to everything in a page what people might, and tells whether anything ran.
const poke = `(async () => {
	for (const element of document.querySelectorAll('body *:not(.ql-editor *) , .ql-editor *')) {
		for (const type of ['mouseover', 'pointerenter', 'focus', 'animationstart', 'toggle', 'load', 'error']) element.dispatchEvent(new Event(type, { bubbles: false }))
	}
	await new Promise((done) => setTimeout(done, 50))
	return typeof ran
})()`

// ranNothing holds that nothing ran in a page, that it has no elements that could, and that the policy had nothing to report.
func ranNothing(t *testing.T, b *browser, page string) {
	t.Helper()
	if found, err := b.try(page, "evaluate", poke); err != nil || string(found) != `"undefined"` {
		t.Errorf("%s: something ran: %s %v", page, found, err)
	}
	const suspects = `[...document.querySelectorAll('.ql-editor :is(script, iframe, object, embed, svg, math, style, link, meta, base, form, video, audio, a:not([href^="https:"], [href^="about:"])), ' +
		'body :is(script, iframe, object, embed, base, math)')].map((element) => element.outerHTML)`
	if found, err := b.try(page, "evaluate", suspects); err != nil || string(found) != `[]` {
		t.Errorf("%s: elements that should not be: %.1000s %v", page, found, err)
	}
	const handlers = `[...document.querySelectorAll('*')].flatMap((element) => element.getAttributeNames().filter((name) => name.startsWith('on'))).length`
	if found, err := b.try(page, "evaluate", handlers); err != nil || string(found) != `0` {
		t.Errorf("%s: %s attributes that run: %v", page, found, err)
	}
	if faults, err := b.try(page, "faults"); err != nil || string(faults) != "[]" {
		t.Errorf("%s: faults in the page: %.1000s %v", page, faults, err)
	}
}

// TestScriptsWouldBeSeen: the corpus is alive, and the test above sees it. A page that takes it for its own runs much of it, and in a page of
// ours the policy stops all and reports it.
func TestScriptsWouldBeSeen(t *testing.T) {
	t.Parallel()
	p, b := startProcess(t, "--data", t.TempDir()), startBrowser(t)
	b.do("careless", "show", "")
	b.do("ours", "goto", p.url+"/")
	ran := 0
	for _, script := range corpus {
		careless := fmt.Sprintf(`(async () => {
			window.ran = undefined
			document.body.innerHTML = %q
			await new Promise((done) => setTimeout(done, 10))
			return window.ran === 1
		})()`, script)
		if found, err := b.try("careless", "evaluate", careless); err == nil && string(found) == "true" {
			ran++
		}
	}
	if ran < alive {
		t.Errorf("%d of %d scripts run where they may, want %d", ran, len(corpus), alive)
	}
	t.Logf("%d of %d scripts run by themselves in a page without a policy", ran, len(corpus))
	const careless = `(async () => {
		document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=top.ran=1>')
		await new Promise((done) => setTimeout(done, 200))
		return typeof ran
	})()`
	if found, err := b.try("ours", "evaluate", careless); err != nil || string(found) != `"undefined"` {
		t.Errorf("the policy let a script run: %s %v", found, err)
	}
	if faults, err := b.try("ours", "faults"); err != nil || !strings.Contains(string(faults), "Content Security Policy") {
		t.Errorf("the policy reported nothing: %s %v", faults, err)
	}
}

// TestUnsentTextOutlivesItsTabAndItsRight: words typed offline in a tab that was closed are offered for copying once their
// author may not write any more, in one piece, after a reload again, and are gone when discarded.
func TestUnsentTextOutlivesItsTabAndItsRight(t *testing.T) {
	t.Parallel()
	p, b := startProcess(t, "--data", t.TempDir()), startBrowser(t)
	const ana, ben, words = "ana", "ben", "unsent words 😀"
	b.do(ana, "goto", p.setup)
	fillAccount(b, ana, "ana@example.com", "Ana Diaz")
	b.do(ana, "click", "button", "New document")
	b.do(ana, "waitFor", ".ql-editor[contenteditable=true]")
	doc := documentOf(t, b.ask(ana, "url"))
	admin := signIn(t, p.url, "ana@example.com")
	b.do(ben, "goto", invite(t, admin))
	fillAccount(b, ben, "ben@example.com", "Ben Okafor")
	grantEditor(t.Context(), t, admin, doc, "ben@example.com")
	address := p.url + "/d/" + doc.String()
	b.do(ben, "goto", address)
	b.do(ben, "waitFor", ".ql-editor[contenteditable=true]")

	b.do(ben, "offline", true)
	b.do(ben, "waitFor", "[data-state=offline]")
	b.do(ben, "type", words, 5)
	time.Sleep(200 * time.Millisecond) // relaxed durability: the last letters are on their way to the disk
	grantRole(t.Context(), t, admin, doc, "ben@example.com", authz.Viewer)
	b.do(ben, "tab")
	b.do(ben, "offline", false)
	for range 2 {
		b.do(ben, "goto", address)
		b.do(ben, "waitFor", "textarea[readonly]")
		if got := b.ask(ben, "evaluate", `document.querySelector('textarea[readonly]').value`); got != words {
			t.Errorf("offered %q, typed %q", got, words)
		}
	}
	if got := b.ask(ana, "text"); got != "\n" {
		t.Errorf("the document has %q, written by who may only read", got)
	}
	b.do(ben, "click", "button", "Discard")
	b.do(ben, "goto", address)
	b.do(ben, "waitFor", "[data-state=saved]")
	if found, err := b.try(ben, "exists", "textarea"); err != nil || string(found) != "false" {
		t.Errorf("discarded text is offered again: %v", err)
	}
}
