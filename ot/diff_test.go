package ot_test

import (
	"strings"
	"testing"

	"github.com/coscribe/coscribe/ot"
)

// rewrite replaces, drops and adds words of text, one in rate.
func (roll dice) rewrite(text string, rate int) string {
	var out strings.Builder
	words := strings.SplitAfter(text, " ")
	for _, word := range words {
		switch roll(4 * rate) {
		case 0:
		case 1:
			out.WriteString(pick(roll, words))
		case 2:
			out.WriteString(word + pick(roll, words))
		case 3:
			out.WriteString(roll.text() + word)
		default:
			out.WriteString(word)
		}
	}
	return out.String()
}

// prose draws text of natural proportions.
func (roll dice) prose(words int) string {
	var text strings.Builder
	for range words {
		for range 1 + roll(5) + roll(5) {
			text.WriteByte("etaoinshrdlucmfwypvbgkjqxz"[min(roll(26), roll(26), roll(26))])
		}
		text.WriteString(pick(roll, []string{" ", " ", " ", " ", " ", ", ", ". ", ".\n"}))
	}
	return text.String()
}

func diffOf(t *testing.T, from, to string) (d ot.Delta, changed int) {
	t.Helper()
	a, b := textDocument(from), textDocument(to)
	d, err := ot.Diff(a, b)
	if err != nil {
		t.Fatal(err)
	}
	doc := mustOpen(t, a)
	if err := doc.Apply(d); err != nil {
		t.Fatalf("the difference does not fit: %v", err)
	}
	if !doc.Delta().Equal(b) {
		t.Fatal("the difference leads elsewhere")
	}
	for c := range d.Components() {
		if c.Kind != ot.Retain {
			changed += c.Len
		}
	}
	return d, changed
}

// shortest is the least that must be inserted and deleted, the slow way.
func shortest(from, to []rune) int {
	row := make([]int, len(to)+1)
	for j := range row {
		row[j] = j
	}
	for i := range from {
		corner := row[0]
		row[0] = i + 1
		for j := range to {
			best := 1 + min(row[j], row[j+1])
			if from[i] == to[j] {
				best = corner
			}
			corner, row[j+1] = row[j+1], best
		}
	}
	return row[len(to)]
}

func TestDiffOfProseIsNearTheShortest(t *testing.T) {
	sum, least := 0, 0
	for seed := range uint64(60) {
		roll := seededDice(seed)
		from := roll.prose(20 + roll(200))
		to := roll.rewrite(from, 2+roll(30))
		_, changed := diffOf(t, from, to)
		sum += changed
		least += shortest([]rune(from), []rune(to))
	}
	if sum > least*5/4 {
		t.Errorf("the differences change %d, the shortest %d", sum, least)
	}
}

// Long texts that differ much are matched by their lines and words, and what
// has neither by steps; all of it must still lead from one to the other.
func TestDiffOfLongTexts(t *testing.T) {
	roll := seededDice(1)
	long := roll.prose(20_000)
	noise := strings.Map(func(rune) rune { return rune('a' + roll(3)) }, long)
	for what, c := range map[string]struct {
		from, to string
		most     int
	}{
		"one letter":      {long, long[:50_000] + "x" + long[50_000:], 1},
		"one word in 5":   {long, roll.rewrite(long, 5), len(long) / 2},
		"without words":   {noise, noise[:1000] + roll.rewrite(noise[1000:], 1), 200},
		"nothing shared":  {strings.Repeat("ab ", 30_000), strings.Repeat("漢字\n", 30_000), 180_000},
		"noise and noise": {noise, strings.Map(func(rune) rune { return rune('a' + roll(3)) }, noise), 2 * len(noise)},
		"half moved":      {long, long[len(long)/2:] + long[:len(long)/2], 2 * len(long)},
		"all gone":        {long, "", len(long)},
		"emoji":           {strings.Repeat("🌀🏆 ", 5000), strings.Repeat("🏆🌀 ", 5000), 30_000},
	} {
		if _, changed := diffOf(t, c.from, c.to); changed > c.most {
			t.Errorf("%s: %d units changed, want at most %d", what, changed, c.most)
		}
	}
}

func TestDiffKeepsTheLastNewline(t *testing.T) {
	for _, c := range [][2]string{{"", "\n"}, {"\n", ""}, {"a\n", "a"}, {"a", "a\n\n"}, {"\n\n\n", "x\n"}} {
		diffOf(t, c[0], c[1])
	}
}

func TestDiffOfFormats(t *testing.T) {
	a := parse(t, `[{"insert":"one two"},{"insert":" three","attributes":{"bold":true,"color":"red"}},{"insert":"\n"}]`)
	b := parse(t, `[{"insert":"one "},{"insert":"two","attributes":{"italic":true}},{"insert":" three","attributes":{"bold":true}},{"insert":"\n","attributes":{"header":2}}]`)
	d, err := ot.Diff(a, b)
	if err != nil {
		t.Fatal(err)
	}
	is(t, d, `[{"retain":4},{"retain":3,"attributes":{"italic":true}},{"retain":6,"attributes":{"color":null}},{"retain":1,"attributes":{"header":2}}]`)
}

func BenchmarkDiff(b *testing.B) {
	roll := seededDice(1)
	long := roll.prose(20_000)
	for _, c := range []struct{ name, from, to string }{
		{"one letter in 100KB", long, long[:50_000] + "x" + long[50_000:]},
		{"one word in 100 of 100KB", long, roll.rewrite(long, 100)},
		{"one word in 5 of 100KB", long, roll.rewrite(long, 5)},
		{"1MB with nothing shared", strings.Repeat("abc ", 250_000), strings.Repeat("xyz\n", 250_000)},
	} {
		b.Run(c.name, func(b *testing.B) {
			from, to := textDocument(c.from), textDocument(c.to)
			for b.Loop() {
				var err error
				if sink, err = ot.Diff(from, to); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
