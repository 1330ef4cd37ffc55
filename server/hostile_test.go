package main

import (
	"strings"
	"testing"
	"time"

	"github.com/coscribe/coscribe/authz"
)

// scripts would each set window.ran, if they were let.
var scripts = []string{
	`<img src=x onerror=ran=1>`, `<script>ran=1</script>`, `"><svg onload=ran=1>`, `' onmouseover=ran=1 x='`,
	`javascript:ran=1`, `JaVaScRiPt:ran=1`, "java\tscript:ran=1", `data:text/html,<script>parent.ran=1</script>`,
	`https://a" onerror="ran=1`, `red;background:url(javascript:ran=1)`, `red" onclick="ran=1`, `</style><script>ran=1</script>`,
}

// places are formats, embeds, what neither is, and what Quill builds its own tree of.
var places = strings.Fields(`bold script list align direction size font code code-block header indent color background link
	image divider style class onclick src href alt formula video table html __proto__ constructor toString
	cursor scroll block inline text break code-block-container list-item`)

// hostile is content that no server of ours lets in, after a link that is in order.
func hostile() []any {
	ops := []any{map[string]any{"insert": "safe", "attributes": map[string]any{"link": "https://example.com/"}}}
	for _, place := range places {
		for _, script := range scripts {
			ops = append(ops,
				map[string]any{"insert": "t", "attributes": map[string]any{place: script}},
				map[string]any{"insert": "\n", "attributes": map[string]any{place: script}},
				map[string]any{"insert": map[string]any{place: script}},
				map[string]any{"insert": script + "\n"})
		}
	}
	return append(ops, map[string]any{"insert": "the end\n"})
}

// TestNothingWrittenRunsAsScript: the browser client is safe by itself, whatever a server lets into a document, its title
// and the names of people; the Content-Security-Policy is behind that, and has nothing to report.
func TestNothingWrittenRunsAsScript(t *testing.T) {
	p, b := startProcess(t, "--data", t.TempDir()), startBrowser(t)
	const ana, ben = "ana", "ben"
	b.do(ana, "goto", p.setup)
	fillAccount(b, ana, "ana@example.com", scripts[0])
	b.do(ana, "click", "button", "New document")
	b.do(ana, "waitFor", ".ql-editor[contenteditable=true]")
	b.do(ana, "fill", "Title", scripts[2])
	b.do(ana, "press", "Enter")
	doc := documentOf(t, b.ask(ana, "url"))
	admin := signIn(t, p.url, "ana@example.com")
	b.do(ben, "goto", invite(t, admin))
	fillAccount(b, ben, "ben@example.com", scripts[1])
	grantEditor(t.Context(), t, admin, doc, "ben@example.com")

	b.do(ben, "content", hostile())
	b.do(ben, "goto", p.url+"/d/"+doc.String())
	b.do(ben, "waitFor", ".ql-editor[contenteditable=true]")
	b.do(ben, "see", "the end")
	b.do(ana, "paste", strings.Join(scripts, "\n")+`<base href="https://example.com/"><a href="javascript:ran=1">pasted</a>
		<iframe srcdoc="<script>parent.ran=1</script>"></iframe><p style="color:red" onclick="ran=1">words</p>`)
	b.do(ana, "see", "words")
	for _, page := range []string{ana, ben} {
		found, err := b.try(page, "evaluate", `(async () => {
			for (const all of document.querySelectorAll('.ql-editor *')) all.dispatchEvent(new MouseEvent('mouseover', { bubbles: true }))
			await new Promise(requestAnimationFrame)
			return [typeof ran, document.querySelectorAll('.ql-editor :is(script, iframe, svg, style, video, a:not([href^="https:"], [href^="about:"]))').length]
		})()`)
		if err != nil || string(found) != `["undefined",0]` {
			t.Errorf("%s: what ran, and elements that should not be: %s %v", page, found, err)
		}
		if faults, err := b.try(page, "faults"); err != nil || string(faults) != "[]" {
			t.Errorf("%s: faults in the page: %s %v", page, faults, err)
		}
	}
}

// TestUnsentTextOutlivesItsTabAndItsRight: words typed offline in a tab that was closed are offered for copying once their
// author may not write any more, in one piece, after a reload again, and are gone when discarded.
func TestUnsentTextOutlivesItsTabAndItsRight(t *testing.T) {
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
