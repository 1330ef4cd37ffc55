package main

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/coscribe/coscribe/storage/id"
)

var deltaAttacks = []attack{
	{rows: "12", name: "edits that are none, from a seat", run: badDeltas},
	{rows: "12", name: "scripts in every format and embed", run: scriptedFormats},
	{rows: "12 31", name: "scripts in text and titles, read back", run: scriptsReadBack},
}

// badDeltas are of the target, which holds nothing but its last line end.
func badDeltas(ctx context.Context, s *stage, t *tally) {
	op := func(more string) string { return `{"ops":[{"insert":"` + marker + `"` + more + `}]}` }
	deltas := []string{
		`{}`, `null`, `[]`, `{"ops":[]}`, `{"ops":[{}]}`, `{"ops":{}}`, `{"ops":[null]}`, `{"ops":[{"insert":"a"}],"ops":[]}`, `{"ops":[{"insert":""}]}`, `{"ops":[{"insert":null}]}`,
		`{"ops":[{"insert":1}]}`, `{"ops":[{"insert":{}}]}`, `{"ops":[{"insert":{"image":"https://a.example/","divider":true}}]}`, `{"ops":[{"insert":[]}]}`,
		`{"ops":[{"retain":0}]}`, `{"ops":[{"retain":-1}]}`, `{"ops":[{"retain":1.5}]}`, `{"ops":[{"retain":1e400}]}`, `{"ops":[{"retain":{"a":{}}}]}`, `{"ops":[{"retain":9007199254740993}]}`,
		`{"ops":[{"retain":2},{"insert":"a"}]}`, `{"ops":[{"retain":1},{"insert":"` + marker + `"}]}`, `{"ops":[{"delete":1}]}`, `{"ops":[{"delete":2}]}`, `{"ops":[{"delete":-1}]}`,
		`{"ops":[{"delete":9223372036854775807},{"delete":9223372036854775807}]}`, `{"ops":[{"retain":9223372036854775807},{"retain":9223372036854775807},{"insert":"a"}]}`,
		op(`,"delete":1`), op(`,"retain":1`), op(`,"` + marker + `":1`), op(`,"attributes":null`), op(`,"attributes":[]`), op(`,"attributes":{"bold":null}`),
		op(`,"attributes":{"bold":"true"}`), op(`,"attributes":{"bold":1}`), op(`,"attributes":{"header":7}`), op(`,"attributes":{"indent":-1}`), op(`,"attributes":{"` + marker + `":true}`),
		op(`,"attributes":{"__proto__":{"bold":true}}`), op(`,"attributes":{"constructor":"x"}`), op(`,"attributes":{"Bold":true}`), op(`,"attributes":{"bold":true,"bold":false}`),
		`{"ops":[{"insert":"a\r\n"}]}`, `{"ops":[{"insert":"\u0000"}]}`, `{"ops":[{"insert":"\ud800"}]}`, `{"ops":[{"insert":"\udc00\ud800"}]}`, `{"ops":[{"insert":"a","attributes":{"link":"a\ud800"}}]}`,
		`{"ops":[` + strings.Repeat(`{"insert":"a","attributes":{"bold":true}},{"insert":"b"},`, 501) + `{"retain":1}]}`, `{"ops":[{"insert":"` + strings.Repeat("a", 32_769) + `"}]}`,
		`{"ops":[{"insert":"a","attributes":{"link":"https://a.example/` + strings.Repeat("a", 20_000) + `"}}]}`, op(`,"attributes":{"bold":` + strings.Repeat("[", 20) + strings.Repeat("]", 20) + `}`),
	}
	s.untouched(ctx, t, func() {
		var seat *seat
		for i, delta := range deltas {
			if i%3 == 0 { // of those, some cost a strike
				if seat != nil {
					seat.Close()
				}
				var err error
				if seat, err = s.editorSits(ctx, s.target); !t.must(err, "sit") {
					return
				}
				defer seat.Close()
			}
			t.expect(delta[:min(len(delta), 100)], seat.submit(id.New[id.Edit](), delta), "rejected bad_delta", "rejected not_allowed", "rejected does_not_fit",
				"rejected too_large", "rejected empty_edit", "error invalid")
		}
	})
}

// submit sends the seat's next edit and waits for its answer. When it is told to slow down it does.
func (s *seat) submit(edit id.Edit, delta string) string {
	s.seq++
	return s.resubmit(s.seq, edit, delta)
}

func (s *seat) resubmit(seq int64, edit id.Edit, delta string) string {
	s.put(text(fmt.Sprintf(`{"type":"submit","seq":%d,"id":"%s","base":%d,"delta":%s}`, seq, edit, s.welcome.Rev, delta)))
	return s.reply()
}

// formats are all that our editors know, and some that others do.
var formats = strings.Fields(`bold italic underline strike code script link header list indent align blockquote code-block direction color background font size
	style class id onclick onload src href srcdoc alt formula video html __proto__ constructor`)

// scriptedFormats tries every script as the value of every format and embed, over HTTP.
func scriptedFormats(ctx context.Context, s *stage, t *tally) {
	s.untouched(ctx, t, func() {
		for _, format := range formats {
			for _, script := range scripts {
				value := quote(script)
				for _, op := range []string{`{"insert":"x","attributes":{"` + format + `":` + value + `}}`, `{"insert":{"` + format + `":` + value + `}}`, `{"retain":1,"attributes":{"` + format + `":` + value + `}}`} {
					a := s.ask(ctx, s.writing(s.target, op))
					t.expect(op, a.String(), "422 not_allowed", "422 bad_delta", "400 ", "400 invalid")
				}
			}
		}
	})
}

// writing is a request of the editor to write one edit on the document's first revision.
func (s *stage) writing(doc id.Doc, op string) request {
	return request{method: "POST", path: of(doc, "/ops"), token: s.EditorToken, body: fmt.Sprintf(
		`{"epoch":1,"base":0,"mode":"rebase","client":"%s","seq":1,"ids":["%s"],"ops":[{"ops":[%s]}]}`, id.New[id.Client](), id.New[id.Edit](), op)}
}

// scriptsReadBack writes scripts where any text may stand, and looks at everything that gives them back: it must not be taken for a page.
func scriptsReadBack(ctx context.Context, s *stage, t *tally) {
	doc, err := s.newDocument(ctx, s.editor)
	if !t.must(err, "make a document") {
		return
	}
	for _, script := range scripts {
		if a := s.ask(ctx, s.writing(doc, `{"insert":`+quote(script)+`}`)); a.status >= 300 {
			t.expect("write", a.String(), "422 bad_delta") // one with a character that no text may hold
			continue
		}
		if err := s.editor.Rename(ctx, doc, script); err != nil && !strings.Contains(err.Error(), "title") {
			t.note("a title was refused: %v", err)
		}
		for _, path := range []string{of(doc, ""), of(doc, "/content"), of(doc, "/ops"), "/v1/documents", "/d/" + doc.String(), "/d/" + url.PathEscape(script), "/" + url.PathEscape(script),
			"/v1/documents/" + url.PathEscape(script), "/v1/invitations/" + url.PathEscape(script), of(doc, "/content?rev="+url.QueryEscape(script))} {
			for _, accept := range []string{"text/html", "*/*", "application/x-ndjson"} {
				a := s.ask(ctx, request{method: "GET", path: path, token: s.EditorToken, header: map[string][]string{"Accept": {accept}}})
				t.hold(inert(a, script), "inert", "%s as %s gives %s back as %q with %v", path, accept, script, a.header.Get("Content-Type"), a.header)
			}
		}
	}
}

// inert tells whether a browser that is led to an answer would run nothing of it.
func inert(a answer, script string) bool {
	media := a.header.Get("Content-Type")
	if a.header.Get("X-Content-Type-Options") != "nosniff" || !strings.HasPrefix(a.header.Get("Content-Security-Policy"), "default-src 'none'") {
		return a.status == 400 && media == "text/plain; charset=utf-8" && !strings.Contains(a.body, script) // the server's library's own
	}
	data := strings.HasPrefix(media, "application/") || strings.HasPrefix(media, "text/plain")
	return data || !strings.Contains(a.body, script)
}
