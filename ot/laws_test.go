package ot_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/coscribe/coscribe/ot"
)

// TestApplyOfComposeIsApplyTwice and its neighbours are the laws that the
// rest of Coscribe stands on.
func TestApplyOfComposeIsApplyTwice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base := genContent(t)
		a := genChange(t, base, "a")
		after := base.Compose(a)
		b := genChange(t, after, "b")
		wantEqual(t, "base∘(a∘b)", base.Compose(a.Compose(b)), after.Compose(b))
		doc := open(t, base)
		apply(t, doc, a)
		apply(t, doc, b)
		wantEqual(t, "apply a, apply b", doc.Delta(), after.Compose(b))
		doc = open(t, base)
		apply(t, doc, a.Compose(b))
		wantEqual(t, "apply a∘b", doc.Delta(), after.Compose(b))
	})
}

func TestComposeIsAssociative(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base := genContent(t)
		a := genChange(t, base, "a")
		b := genChange(t, base.Compose(a), "b")
		c := genChange(t, base.Compose(a).Compose(b), "c")
		wantEqual(t, "(a∘b)∘c", a.Compose(b).Compose(c), a.Compose(b.Compose(c)))
	})
}

func TestBothSidesOfTheDiamondAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base := genContent(t)
		a, b := genChange(t, base, "a"), genChange(t, base, "b")
		left := a.Compose(a.Transform(b, true))
		right := b.Compose(b.Transform(a, false))
		wantEqual(t, "diamond", left, right)
		doc := open(t, base)
		apply(t, doc, a)
		apply(t, doc, a.Transform(b, true))
		wantEqual(t, "diamond on a document", doc.Delta(), base.Compose(right))
	})
}

func TestInvertUndoes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base := genContent(t)
		a := genChange(t, base, "a")
		undo, err := a.Invert(base)
		if err != nil {
			t.Fatalf("invert %s on %s: %v", a, base, err)
		}
		wantEqual(t, "base∘a∘undo", base.Compose(a).Compose(undo), base)
		doc := open(t, base)
		apply(t, doc, a)
		apply(t, doc, undo)
		wantEqual(t, "undone document", doc.Delta(), base)
	})
}

func TestDiffLeadsFromOneDocumentToTheOther(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := genContent(t), genContent(t)
		d, err := ot.Diff(a, b)
		if err != nil {
			t.Fatal(err)
		}
		doc := open(t, a)
		apply(t, doc, d)
		wantEqual(t, "a∘diff", doc.Delta(), b)
	})
}

// A caret is moved by a change exactly as a marker that stands at the caret
// is moved: an own insert goes before the marker, another's after it.
func TestPositionMovesLikeAMarker(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base := genContent(t)
		d := genChange(t, base, "d")
		at := genBoundary(t, base, "caret")
		for _, own := range []bool{false, true} {
			marker := ot.New().Retain(at, nil).Embed("caret", true, nil).MustDelta()
			moved := d.Transform(marker, own)
			want := 0
			for c := range moved.Components() {
				if c.Kind == ot.Retain {
					want = c.Len
				}
			}
			if got := d.TransformPosition(at, own); got != want {
				t.Fatalf("%s moves caret %d (own %v) to %d, want %d", d, at, own, got, want)
			}
		}
	})
}

func TestParseOfEncodingIsTheSameDelta(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base := genContent(t)
		d := genChange(t, base, "d")
		text := d.AppendJSON(nil)
		again, err := ot.Parse(text)
		if err != nil {
			t.Fatalf("parse %s: %v", text, err)
		}
		wantEqual(t, "parsed", again, d)
		if got := again.String(); got != string(text) {
			t.Fatalf("encoded again: %s, want %s", got, text)
		}
	})
}
