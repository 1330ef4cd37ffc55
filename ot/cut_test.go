package ot_test

import (
	"strings"
	"testing"

	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/ot/ottest"
)

// TestCutLosesNothing cuts edits until nothing is left: the pieces do what
// the whole did, each fits alone, and each keeps to the limits.
func TestCutLosesNothing(t *testing.T) {
	for seed := range uint64(3000) {
		random := ottest.Rand(seed)
		content := ottest.Content(random, 8)
		whole := ottest.Edit(random, content)
		whole = whole.Compose(ottest.Edit(random, apply(t, content, whole)))
		limits := ot.Limits{Components: 2 + random.IntN(3), InsertUnits: 2 + random.IntN(5), Bytes: 150 + random.IntN(50)}
		doc := open(t, content)
		for rest := whole; !rest.IsEmpty(); {
			head, tail := rest.Cut(limits)
			wantContent(t, "head and rest together", head.Compose(tail), rest)
			checkLimits(t, seed, head, limits)
			if err := doc.Apply(head); err != nil {
				t.Fatalf("seed %d: %v of %v does not fit: %v", seed, head, whole, err)
			}
			rest = tail
		}
		wantContent(t, "all pieces", doc.Delta(), apply(t, content, whole))
	}
}

func checkLimits(t *testing.T, seed uint64, d ot.Delta, limits ot.Limits) {
	t.Helper()
	components, units := 0, 0
	for c := range d.Components() {
		components++
		if c.Kind == ot.Insert {
			units = max(units, c.Len)
		}
	}
	if components > limits.Components || units > limits.InsertUnits || len(d.String()) > limits.Bytes {
		t.Fatalf("seed %d: %v has %d components, %d units, %d bytes; want at most %+v", seed, d, components, units, len(d.String()), limits)
	}
}

func TestCutLargePaste(t *testing.T) {
	text := strings.Repeat("😀\"字\u0001 plain text with 😀 in it\n", 40_000)
	rest, _ := ot.New().Retain(7, nil).Insert(text, ot.Attrs{"bold": true}).Delta()
	limits := ot.Limits{Components: 1000, InsertUnits: 32_768, Bytes: 60_000}
	var got strings.Builder
	for pieces := 0; !rest.IsEmpty(); pieces++ {
		var head ot.Delta
		head, rest = rest.Cut(limits)
		checkLimits(t, 0, head, limits)
		for c := range head.Components() {
			got.WriteString(c.Text)
		}
		if pieces > 200 {
			t.Fatal("more than 200 pieces")
		}
	}
	if got.String() != text {
		t.Error("the pieces are not the whole")
	}
}
