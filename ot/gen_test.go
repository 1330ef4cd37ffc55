package ot_test

import (
	"unicode/utf16"

	"pgregory.net/rapid"

	"github.com/coscribe/coscribe/ot"
)

// The alphabet is made of what breaks editors: astral characters, ZWJ
// sequences, flags, combining marks, right-to-left text, line separators.
var alphabet = []string{
	"a", "b", "Z", " ", "\n", "\t", "<", "&", `"`, `\`,
	"é", "e\u0301", "n\u0303\u0323", "ß", "İ",
	"漢", "字", "한", "글", "か\u3099", "𠮷",
	"ש", "ל\u05B9", "م", "مرحبا", "\u202E", "\u200F",
	"😀", "🏆", "🌀", "👨\u200d👩\u200d👧", "🇩🇪", "👍🏽", "❤\ufe0f",
	"\u2028", "\u2029", "\ufeff", "\u200d", "\uffff",
}

var formats = []ot.Attrs{
	{"bold": true}, {"italic": true}, {"color": "#f00"}, {"color": "blue"}, {"link": "https://a.example/?q=1&r=<2>"},
	{"header": 1}, {"header": 2}, {"list": "bullet"}, {"indent": 3}, {"align": "right"},
	{"bold": true, "italic": true}, {"bold": true, "color": "#f00", "size": "huge"},
	{"font": map[string]any{"family": "x", "size": 1.5}}, {"code-block": "go"},
}

var removals = []ot.Attrs{
	{"bold": nil}, {"color": nil, "italic": true}, {"header": nil, "list": nil}, {"link": nil, "bold": true}, {"font": nil},
}

func genText(t *rapid.T) string {
	text := ""
	for _, part := range rapid.SliceOfN(rapid.SampledFrom(alphabet), 1, 6).Draw(t, "text") {
		text += part
	}
	return text
}

func genAttrs(t *rapid.T) ot.Attrs {
	if rapid.Bool().Draw(t, "plain") {
		return nil
	}
	return rapid.SampledFrom(formats).Draw(t, "attrs")
}

// genInsertion adds some text or an embed to b.
func genInsertion(t *rapid.T, b ot.Builder) ot.Builder {
	if rapid.IntRange(0, 4).Draw(t, "embed") == 0 {
		return b.Embed("image", rapid.SampledFrom([]string{"https://a/1", "https://a/2"}).Draw(t, "src"), genAttrs(t))
	}
	return b.Insert(genText(t), genAttrs(t))
}

// genContent draws a document.
func genContent(t *rapid.T) ot.Delta {
	b := ot.New()
	for range rapid.IntRange(0, 6).Draw(t, "runs") {
		b = genInsertion(t, b)
	}
	return b.Insert("\n", genAttrs(t)).MustDelta()
}

// boundaries returns every place in content at which it may be cut.
func boundaries(content ot.Delta) []int {
	at, places := 0, []int{0}
	for c := range content.Components() {
		if c.Kind == ot.Embed {
			at++
			places = append(places, at)
			continue
		}
		for _, r := range c.Text {
			at += utf16.RuneLen(r)
			places = append(places, at)
		}
	}
	return places
}

func genBoundary(t *rapid.T, content ot.Delta, name string) int {
	return rapid.SampledFrom(boundaries(content)).Draw(t, name)
}

// genChange draws a change that fits content, which is a document, and
// leaves its last newline alone.
func genChange(t *rapid.T, content ot.Delta, name string) ot.Delta {
	places := boundaries(content)
	last := len(places) - 2 // the place before the last newline
	b := ot.New()
	for i := 0; i <= last; {
		to := min(i+rapid.IntRange(1, 4).Draw(t, name+" step"), last)
		n := places[to] - places[i]
		switch rapid.IntRange(0, 5).Draw(t, name+" kind") {
		case 0:
			b = genInsertion(t, b)
			continue
		case 1:
			b = b.Delete(n)
		case 2:
			b = b.Retain(n, genAttrs(t))
		case 3:
			b = b.Retain(n, rapid.SampledFrom(removals).Draw(t, name+" removal"))
		case 4:
			return b.MustDelta()
		default:
			b = b.Retain(n, nil)
		}
		if to == i {
			break
		}
		i = to
	}
	if rapid.Bool().Draw(t, name+" formats the last newline") {
		b = b.Retain(1, genAttrs(t))
	}
	return b.MustDelta()
}

func wantEqual(t *rapid.T, what string, got, want ot.Delta) {
	t.Helper()
	if !got.Equal(want) || got.String() != want.String() {
		t.Fatalf("%s:\n got %s\nwant %s", what, got, want)
	}
}

func open(t *rapid.T, content ot.Delta) *ot.Document {
	t.Helper()
	doc, err := ot.NewDocument(content)
	if err != nil {
		t.Fatalf("open %s: %v", content, err)
	}
	return doc
}

func apply(t *rapid.T, doc *ot.Document, d ot.Delta) {
	t.Helper()
	if err := doc.Apply(d); err != nil {
		t.Fatalf("apply %s to %s: %v", d, doc.Delta(), err)
	}
}
