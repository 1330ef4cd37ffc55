// Package ottest makes random documents and edits for tests, from a seed.
//
// What it makes is valid by DESIGN section 5 and the default schema, and
// mean: astral characters, joined emoji, combining marks, right-to-left
// text, line ends, embeds, every kind of format and its removal, and places
// that many edits have in common.
package ottest

import (
	"math/rand/v2"
	"strings"

	"github.com/coscribe/coscribe/ot"
)

// Rand returns the source of randomness of a seed.
func Rand(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0x6f74)) }

var characters = []string{
	"a", "b", "c", "x", "y", "z", " ", "\n", "\t", "<", "\"", "\\", "\u2028",
	"é", "e\u0301", "ß", "字", "語", "한", "ש", "م", "\u200f",
	"😀", "🏆", "🌀", "𝄞", "𠮷", "👩‍👩‍👧‍👦", "🏳️‍🌈", "🇩🇪", "👍🏽",
}

// Text returns text of 1 to most characters, of which one may be several
// code points.
func Text(r *rand.Rand, most int) string {
	var text strings.Builder
	for range 1 + r.IntN(most) {
		text.WriteString(pick(r, characters))
	}
	return text.String()
}

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

var attributes = []struct {
	key    string
	values []any
}{
	{"bold", []any{true}},
	{"italic", []any{true}},
	{"script", []any{"sub", "super"}},
	{"link", []any{"https://example.org/", "mailto:a@example.org"}},
	{"color", []any{"#ff0000", "#00ff00"}},
	{"header", []any{1, 2, 6}},
	{"list", []any{"ordered", "bullet", "checked", "unchecked"}},
	{"indent", []any{1, 8}},
}

// Attrs returns attributes for an insert, mostly none.
func Attrs(r *rand.Rand) ot.Attrs {
	if r.IntN(3) > 0 {
		return nil
	}
	return someAttrs(r, false)
}

// Format returns attributes for a retain, some of them to be removed.
func Format(r *rand.Rand) ot.Attrs { return someAttrs(r, true) }

func someAttrs(r *rand.Rand, removals bool) ot.Attrs {
	attrs := ot.Attrs{}
	for range 1 + r.IntN(2) {
		attribute := pick(r, attributes)
		attrs[attribute.key] = pick(r, attribute.values)
		if removals && r.IntN(3) == 0 {
			attrs[attribute.key] = nil
		}
	}
	return attrs
}

// insertion adds text or an embed.
func insertion(r *rand.Rand, b ot.Builder) ot.Builder {
	switch r.IntN(12) {
	case 0:
		return b.Embed("image", "https://example.org/i.png", Attrs(r))
	case 1:
		return b.Embed("divider", true, nil)
	}
	return b.Insert(Text(r, 4), Attrs(r))
}

// Content returns a document of up to most runs of text and the last "\n".
func Content(r *rand.Rand, most int) ot.Delta {
	b := ot.New()
	for range r.IntN(most + 1) {
		b = insertion(r, b)
	}
	return must(b.Insert("\n", Attrs(r)))
}

// Edit returns an edit that fits the content and is not empty.
func Edit(r *rand.Rand, content ot.Delta) ot.Delta {
	places := boundaries(content)
	for {
		if d := edit(r, places); !d.IsEmpty() {
			return d
		}
	}
}

// edit walks over the places from left to right. The last place is before
// the last "\n", behind which there is only formatting.
func edit(r *rand.Rand, places []int) ot.Delta {
	b := ot.New()
	last := len(places) - 1
	at := 0 // index of a place
	for range 1 + r.IntN(3) {
		to := at + r.IntN(last-at+1)
		b = b.Retain(places[to]-places[at], nil)
		at = to
		switch to = min(last, at+1+r.IntN(4)); r.IntN(8) {
		case 0, 1:
			b = b.Retain(places[to]-places[at], Format(r))
			at = to
		case 2, 3:
			b = b.Delete(places[to] - places[at])
			at = to
		case 4:
			if at == last {
				return must(b.Retain(1, Format(r)))
			}
			b = insertion(r, b)
		default:
			b = insertion(r, b)
		}
	}
	return must(b)
}

// boundaries lists where an edit may begin and end: not within a surrogate
// pair, and not behind the last "\n".
func boundaries(content ot.Delta) []int {
	places := []int{0}
	at := 0
	for c := range content.Components() {
		if c.Kind == ot.Embed {
			at++
			places = append(places, at)
			continue
		}
		for _, character := range c.Text {
			at++
			if character > 0xFFFF {
				at++
			}
			places = append(places, at)
		}
	}
	return places[:len(places)-1]
}

func must(b ot.Builder) ot.Delta {
	d, err := b.Delta()
	if err != nil {
		panic(err)
	}
	return d
}
