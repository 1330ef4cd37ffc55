package ot_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/coscribe/coscribe/ot"
)

func TestLinesPutTogetherAreTheDocument(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		content := rapidDice(t).content()
		doc, err := ot.NewDocument(content)
		if err != nil {
			t.Fatal(err)
		}
		lines := slices.Collect(content.Lines())
		var parts []string
		for _, line := range lines {
			for c := range line.Content.Components() {
				if strings.Contains(c.Text, "\n") {
					t.Fatalf("the line %s holds a newline", line.Content)
				}
			}
			end := ot.New().Insert(line.End.Text, line.End.Attrs()).MustDelta()
			for _, d := range []ot.Delta{line.Content, end} {
				if !d.IsEmpty() {
					parts = append(parts, string(ops(d)[1:len(ops(d))-1]))
				}
			}
		}
		whole, err := ot.Parse([]byte("[" + strings.Join(parts, ",") + "]"))
		if err != nil {
			t.Fatal(err)
		}
		wantEqual(t, "lines put together", whole, content)
		i := 0
		for line := range doc.Lines() {
			wantEqual(t, "the document's line", line.Content, lines[i].Content)
			if !line.End.SameAttrs(lines[i].End) {
				t.Fatalf("the document's line %d ends otherwise", i)
			}
			i++
		}
		if i != len(lines) {
			t.Fatalf("%d lines in the document, %d in its content", i, len(lines))
		}
	})
}

func TestLinesOfFormatsAndTails(t *testing.T) {
	d := parse(t, `[{"insert":"a"},{"insert":"\n\n","attributes":{"header":1}},{"insert":"b"}]`)
	var got []string
	for line := range d.Lines() {
		header, _ := line.End.Attr("header")
		got = append(got, line.Content.String(), line.End.Text)
		if line.End.Len == 1 && header != 1.0 {
			t.Errorf("line %s has header %v, want 1", line.Content, header)
		}
	}
	want := []string{`{"ops":[{"insert":"a"}]}`, "\n", `{"ops":[]}`, "\n", `{"ops":[{"insert":"b"}]}`, ""}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	for range d.Lines() {
		break // stopping early is fine
	}
}
