package ot_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/coscribe/coscribe/ot"
)

// The laws that the rest of Coscribe stands on.

func TestApplyOfComposeIsApplyTwice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		roll := rapidDice(t)
		base := roll.content()
		a := roll.change(base)
		b := roll.change(base.Compose(a))
		want := base.Compose(a).Compose(b)
		wantEqual(t, "base∘(a∘b)", base.Compose(a.Compose(b)), want)
		wantEqual(t, "apply a, apply b", applied(t, base, a, b), want)
		wantEqual(t, "apply a∘b", applied(t, base, a.Compose(b)), want)
	})
}

func TestComposeIsAssociative(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		roll := rapidDice(t)
		base := roll.content()
		a := roll.change(base)
		b := roll.change(base.Compose(a))
		c := roll.change(base.Compose(a).Compose(b))
		wantEqual(t, "a∘(b∘c)", a.Compose(b.Compose(c)), a.Compose(b).Compose(c))
	})
}

func TestBothSidesOfTheDiamondAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		roll := rapidDice(t)
		base := roll.content()
		a, b := roll.change(base), roll.change(base)
		b2, a2 := a.Transform(b, true), b.Transform(a, false)
		wantEqual(t, "b∘a', a∘b'", b.Compose(a2), a.Compose(b2))
		wantEqual(t, "the documents", applied(t, base, b, a2), applied(t, base, a, b2))
	})
}

func TestInvertUndoes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		roll := rapidDice(t)
		base := roll.content()
		a := roll.change(base)
		undo, err := a.Invert(base)
		if err != nil {
			t.Fatalf("invert %s on %s: %v", a, base, err)
		}
		wantEqual(t, "base∘a∘undo", base.Compose(a).Compose(undo), base)
		wantEqual(t, "the undone document", applied(t, base, a, undo), base)
		doc, _ := ot.NewDocument(base)
		again, err := doc.Invert(a)
		if err != nil {
			t.Fatalf("invert %s on the document %s: %v", a, base, err)
		}
		wantEqual(t, "the document's inverse", again, undo)
	})
}

func TestDiffLeadsFromOneDocumentToTheOther(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		roll := rapidDice(t)
		a, b := roll.content(), roll.content()
		if roll(2) == 0 {
			b = a.Compose(roll.change(a))
		}
		d, err := ot.Diff(a, b)
		if err != nil {
			t.Fatal(err)
		}
		wantEqual(t, "a∘diff", applied(t, a, d), b)
	})
}

// A caret is moved by a change exactly as a marker that stands at the caret
// is moved: an own insert goes before the marker, another's after it.
func TestPositionMovesLikeAMarker(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		roll := rapidDice(t)
		base := roll.content()
		d := roll.change(base)
		at := pick(roll, boundaries(base))
		for _, own := range []bool{false, true} {
			marker := ot.New().Retain(at, nil).Embed("caret", true, nil).MustDelta()
			want := 0
			for c := range d.Transform(marker, own).Components() {
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
		roll := rapidDice(t)
		d := roll.change(roll.content())
		text := d.AppendJSON(nil)
		again, err := ot.Parse(text)
		if err != nil {
			t.Fatalf("parse %s: %v", text, err)
		}
		wantEqual(t, "parsed", again, d)
	})
}

// What does not hold, so that nobody relies on it: a change transformed over
// a composition is not the change transformed over its parts.
func TestTransformOverACompositionIsNotTransformOneByOne(t *testing.T) {
	a := ot.New().Retain(1, nil).Insert("I", nil).MustDelta()
	c := ot.New().Delete(1).MustDelta()
	x := ot.New().Insert("z", nil).MustDelta()
	oneByOne := c.Transform(a.Transform(x, true), true)
	atOnce := a.Compose(c).Transform(x, true)
	if oneByOne.Equal(atOnce) {
		t.Fatalf("both are %s: the package comment says they differ", atOnce)
	}
}

func wantEqual(t *rapid.T, what string, got, want ot.Delta) {
	t.Helper()
	if !got.Equal(want) || got.String() != want.String() {
		t.Fatalf("%s:\n got %s\nwant %s", what, got, want)
	}
}

// applied opens content, applies the changes, and returns what it is then.
func applied(t *rapid.T, content ot.Delta, changes ...ot.Delta) ot.Delta {
	t.Helper()
	doc, err := ot.NewDocument(content)
	if err != nil {
		t.Fatalf("open %s: %v", content, err)
	}
	for _, d := range changes {
		if err := doc.Apply(d); err != nil {
			t.Fatalf("apply %s to %s: %v", d, doc.Delta(), err)
		}
	}
	return doc.Delta()
}
