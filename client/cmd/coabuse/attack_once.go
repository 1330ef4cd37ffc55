package main

import (
	"context"
	"strings"

	"github.com/coscribe/coscribe/storage/id"
)

var onceAttacks = []attack{
	{rows: "15", name: "an edit sent again, as it was and changed", run: resubmitted},
	{rows: "15", name: "another edit under a used number", run: reused},
	{rows: "15", name: "an edit over HTTP sent again", run: resubmittedByHTTP},
}

// resubmitted sends one edit five times, which must have one effect and one answer.
func resubmitted(ctx context.Context, s *stage, t *tally) {
	doc, err := s.newDocument(ctx, s.editor)
	if !t.must(err, "make a document") {
		return
	}
	seat, err := s.editorSits(ctx, doc)
	if !t.must(err, "sit") {
		return
	}
	defer seat.Close()
	edit := id.New[id.Edit]()
	for _, delta := range []string{`{"ops":[{"insert":"once"}]}`, `{"ops":[{"insert":"once"}]}`, `{"ops":[{"insert":"twice"}]}`, `{"ops":[{"delete":1}]}`, `{"ops":[{"retain":9},{"insert":"x"}]}`} {
		t.expect("sent again", seat.resubmit(1, edit, delta), "acknowledged 1")
	}
	s.holds(ctx, t, doc, 1, "once\n")
}

// holds checks the head and the text of a document.
func (s *stage) holds(ctx context.Context, t *tally, doc id.Doc, rev int, want string) {
	content, err := s.editor.Content(ctx, doc)
	if !t.must(err, "read the document") {
		return
	}
	var got strings.Builder
	for c := range content.Content.Components() {
		got.WriteString(c.Text)
	}
	t.hold(int(content.Rev) == rev && got.String() == want, "one effect", "the document is %q at %d, not %q at %d", got.String(), content.Rev, want, rev)
}

func reused(ctx context.Context, s *stage, t *tally) {
	doc, err := s.newDocument(ctx, s.editor)
	if !t.must(err, "make a document") {
		return
	}
	seat, err := s.editorSits(ctx, doc)
	if !t.must(err, "sit") {
		return
	}
	defer seat.Close()
	t.expect("an edit", seat.resubmit(5, id.New[id.Edit](), `{"ops":[{"insert":"a"}]}`), "acknowledged 1")
	t.expect("a number before it", seat.resubmit(4, id.New[id.Edit](), `{"ops":[{"insert":"b"}]}`), "rejected stale_seq")
	t.expect("the number again", seat.resubmit(5, id.New[id.Edit](), `{"ops":[{"insert":"c"}]}`), "rejected seq_reuse", "closed 4509")
	t.expect("and then", seat.fate(patience), "closed 4509", "cut")
	s.holds(ctx, t, doc, 1, "a\n")
}

func resubmittedByHTTP(ctx context.Context, s *stage, t *tally) {
	doc, err := s.newDocument(ctx, s.editor)
	if !t.must(err, "make a document") {
		return
	}
	r := s.writing(doc, `{"insert":"once"}`)
	first := s.ask(ctx, r)
	t.expect("an edit", first.String(), "200", "201")
	for range 4 {
		again := s.ask(ctx, r)
		t.hold(again.status == first.status && again.body == first.body, "the same answer", "the same edit was answered with %s, before with %s", again.body, first.body)
	}
	other := r
	other.body = strings.Replace(r.body, "once", "twice", 1)
	t.expect("the same edit with other text", s.ask(ctx, other).String(), first.String())
	_, rest, _ := strings.Cut(r.body, `"ids":["`)
	other.body = strings.Replace(r.body, rest[:len(id.Edit{}.String())], id.New[id.Edit]().String(), 1)
	t.expect("another edit under the number", s.ask(ctx, other).String(), "409 seq_reuse")
	other = r
	other.token = s.ViewerToken
	t.expect("by somebody else", s.ask(ctx, other).String(), "404 not_found")
	s.holds(ctx, t, doc, 1, "once\n")
}
