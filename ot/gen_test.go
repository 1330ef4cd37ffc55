package ot_test

import (
	"math/rand/v2"
	"strings"
	"unicode/utf16"

	"pgregory.net/rapid"

	"github.com/coscribe/coscribe/ot"
)

// dice decides what is drawn: it returns a number below n. Property tests,
// long seeded runs and fuzzers draw the same things with dice of their own.
type dice func(n int) int

func rapidDice(t *rapid.T) dice {
	return func(n int) int { return rapid.IntRange(0, n-1).Draw(t, "roll") }
}

func seededDice(seed uint64) dice { return rand.New(rand.NewPCG(seed, 0)).IntN }

// bytesDice rolls what a fuzzer wrote, then always 0, which ends whatever is
// being drawn.
func bytesDice(data []byte) dice {
	return func(n int) int {
		if len(data) == 0 {
			return 0
		}
		roll := int(data[0]) % n
		data = data[1:]
		return roll
	}
}

func pick[T any](roll dice, list []T) T { return list[roll(len(list))] }

// The alphabet is made of what breaks editors: astral characters, ZWJ
// sequences, flags, combining marks, right-to-left text, line separators.
var alphabet = strings.Fields(`
	a b Z < & " \
	é e` + "\u0301 n\u0303\u0323" + ` ß İ
	漢 字 한 글 か` + "\u3099" + ` 𠮷
	ש ל` + "\u05B9" + ` م مرحبا ` + "\u202E \u200F" + `
	😀 🏆 🌀 👨` + "\u200d👩\u200d👧" + ` 🇩🇪 👍🏽 ❤` + "\ufe0f" + `
	` + "\ufeff \u200d \uffff")

// Fields takes these for white space.
var spaces = []string{" ", "\n", "\t", "\u2028", "\u2029", "\u00a0"}

var formats = []ot.Attrs{
	{"bold": true}, {"italic": true}, {"underline": true}, {"strike": true}, {"code": true},
	{"script": "sub"}, {"link": "https://a.example/?q=1&r=<2>"}, {"header": 1}, {"header": 2},
	{"list": "bullet"}, {"indent": 3}, {"align": "right"}, {"blockquote": true}, {"code-block": "go"},
	{"direction": "rtl"}, {"color": "#f00"}, {"color": "blue"}, {"background": "#00ff00"},
	{"font": map[string]any{"family": "x", "size": 1.5}}, {"size": "huge"},
	{"bold": true, "italic": true}, {"bold": true, "color": "#f00", "size": "huge"},
}

var removals = []ot.Attrs{
	{"bold": nil}, {"color": nil, "italic": true}, {"header": nil, "list": nil},
	{"link": nil, "bold": true}, {"font": nil}, {"script": nil, "size": nil, "underline": nil},
}

func (roll dice) text() string {
	var text strings.Builder
	for range 1 + roll(6) {
		if roll(4) == 0 {
			text.WriteString(pick(roll, spaces))
		} else {
			text.WriteString(pick(roll, alphabet))
		}
	}
	return text.String()
}

func (roll dice) attrs() ot.Attrs {
	if roll(2) == 0 {
		return nil
	}
	return pick(roll, formats)
}

// insertion adds some text or an embed to b.
func (roll dice) insertion(b ot.Builder) ot.Builder {
	switch roll(10) {
	case 0:
		return b.Embed("image", pick(roll, []string{"https://a/1", "https://a/2"}), roll.attrs())
	case 1:
		return b.Embed("divider", true, roll.attrs())
	}
	return b.Insert(roll.text(), roll.attrs())
}

// content draws a document.
func (roll dice) content() ot.Delta {
	b := ot.New()
	for range roll(7) {
		b = roll.insertion(b)
	}
	return b.Insert("\n", roll.attrs()).MustDelta()
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

// change draws a change that fits content, which is a document, and leaves
// its last newline alone.
func (roll dice) change(content ot.Delta) ot.Delta {
	places := boundaries(content)
	last := len(places) - 2 // the place before the last newline
	b := ot.New()
	if roll(3) == 0 { // most edits are far from the beginning
		last = max(last, 0)
		skip := roll(last + 1)
		b = b.Retain(places[skip], nil)
		places, last = places[skip:], last-skip
		for i := len(places) - 1; i >= 0; i-- {
			places[i] -= places[0]
		}
	}
	for i := 0; i <= last; {
		if roll(4) == 0 {
			b = roll.insertion(b)
		}
		to := min(i+1+roll(4), last)
		if to == i {
			break
		}
		n := places[to] - places[i]
		switch roll(6) {
		case 0:
			return b.MustDelta()
		case 1, 2:
			b = b.Delete(n)
		case 3:
			b = b.Retain(n, pick(roll, formats))
		case 4:
			b = b.Retain(n, pick(roll, removals))
		case 5:
			b = b.Retain(n, nil)
		}
		i = to
	}
	if roll(2) == 0 {
		b = b.Retain(1, roll.attrs())
	}
	return b.MustDelta()
}
