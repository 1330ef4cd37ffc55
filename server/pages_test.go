package main

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// pagePaths are the pages of the browser client that have an address of their own, as the server lists them.
func pagePaths(t *testing.T) []string {
	t.Helper()
	source, err := os.ReadFile("internal/api/pages.go")
	if err != nil {
		t.Fatal(err)
	}
	_, list, _ := strings.Cut(string(source), "func isAppPath")
	list, _, _ = strings.Cut(list, "return true")
	var paths []string
	for _, quoted := range regexp.MustCompile(`"(/[^"]*)"`).FindAllStringSubmatch(list, -1) {
		paths = append(paths, quoted[1])
	}
	if len(paths) < 10 {
		t.Fatalf("%q are not all pages", paths)
	}
	return paths
}

// TestNoPageBreaksItsPolicy: the Content-Security-Policy has nothing to report of any page, whoever looks at it, and no page throws.
func TestNoPageBreaksItsPolicy(t *testing.T) {
	t.Parallel()
	p, b := startProcess(t, "--data", t.TempDir()), startBrowser(t)
	const ana, nobody = "ana", "nobody"
	b.do(ana, "goto", p.setup)
	fillAccount(b, ana, "ana@example.com", "Ana Diaz")
	b.do(ana, "click", "button", "New document")
	b.do(ana, "waitFor", ".ql-editor[contenteditable=true]")
	doc := documentOf(t, b.ask(ana, "url"))
	const settled = `new Promise((done) => setTimeout(done, 400))`
	for _, path := range append(pagePaths(t), "/d/"+doc.String(), "/d/nothing", "/nothing") {
		for _, who := range []string{ana, nobody} {
			b.do(who, "goto", p.url+path)
			b.do(who, "evaluate", settled)
			if faults, err := b.try(who, "faults"); err != nil || string(faults) != "[]" {
				t.Fatalf("%s, seen by %s: %.1000s %v", path, who, faults, err)
			}
		}
	}
	b.do(ana, "goto", p.url+"/d/"+doc.String())
	b.do(ana, "waitFor", ".ql-editor[contenteditable=true]")
	retitle(t, b, ana, p.url, doc)
	pasteAll(t, b, ana)
	b.do(ana, "paste", `<a href="https://example.org/?style=1&amp;only=2#on=3">asking</a>`, "x")
	const asking = `[...document.querySelectorAll('.ql-editor a')].find((link) => link.textContent === 'asking')?.href`
	if found, err := b.try(ana, "evaluate", asking); err != nil || string(found) != `"https://example.org/?style=1&only=2#on=3"` {
		t.Errorf("a pasted link leads to %s %v", found, err)
	}
	b.do(ana, "press", "Control+End")
	b.do(ana, "press", "Enter")
	b.do(ana, "paste", "<ul><li>\u05e9\u05dc\u05d5\u05dd</li></ul>", "x")
	const marked = `(({ direction, paddingLeft }) => direction + paddingLeft)(getComputedStyle([...document.querySelectorAll('.ql-editor li')].find((line) => /[\u05d0-\u05ea]/.test(line.textContent))))`
	if found, err := b.try(ana, "evaluate", marked); err != nil || string(found) != `"rtl0px"` {
		t.Errorf("a list that is written from the right has its marks elsewhere: %s %v", found, err)
	}
	b.do(ana, "press", "Control+/")
	b.do(ana, "see", "Show these keys")
	b.do(ana, "press", "Escape")
	b.do(ana, "click", "button", "Share")
	b.do(ana, "evaluate", settled)
	const breaks = `document.head.append(Object.assign(document.createElement('script'), { textContent: 'ran = 1' }))`
	b.do(nobody, "evaluate", breaks+"; "+settled)
	if faults, err := b.try(ana, "faults"); err != nil || string(faults) != "[]" {
		t.Errorf("pasting, or the dialogs for keys and sharing: %.1000s %v", faults, err)
	}
	if faults, err := b.try(nobody, "faults"); err != nil || string(faults) == "[]" {
		t.Errorf("a script in a page is not reported: %.1000s %v", faults, err)
	}
}
