package ot_test

import (
	"testing"

	"github.com/coscribe/coscribe/ot"
)

// An edit costs nothing of the document's history: one that was long is, when
// it has become short, as if it had never been long.
func TestTheTreeShrinksWithTheDocument(t *testing.T) {
	roll := seededDice(1)
	doc := mustOpen(t, plainText(2_000_000))
	if h := doc.Height(); h != 3 {
		t.Errorf("2 MB stand under %d branches, want 3", h)
	}
	for i := 0; doc.Len() > 20_000; i++ {
		n := 1 + roll(3_000)
		edit := ot.New().Retain(roll(doc.Len()-n), nil).Delete(n).MustDelta()
		if err := doc.Apply(edit); err != nil {
			t.Fatal(err)
		}
		if i%100 == 0 {
			if err := doc.Check(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if all, _ := doc.Leaves(doc); all > 50 || doc.Height() > 2 {
		t.Errorf("20 KB are left in %d leaves under %d branches", all, doc.Height())
	}
	// Leaf by leaf, from the front: branches run empty one after the other.
	doc = mustOpen(t, plainText(2_000_000))
	for doc.Len() > 20_000 {
		if err := doc.Apply(ot.New().Delete(700).MustDelta()); err != nil {
			t.Fatal(err)
		}
	}
	if err := doc.Check(); err != nil {
		t.Fatal(err)
	}
	if all, _ := doc.Leaves(doc); all > 50 || doc.Height() > 1 {
		t.Errorf("the last 20 KB are in %d leaves under %d branches", all, doc.Height())
	}
}

// An embed larger than a leaf stands in one of its own, and editing beside it
// works.
func TestALargeEmbedHasALeafOfItsOwn(t *testing.T) {
	roll := seededDice(2)
	image := "https://example.org/" + roll.prose(2_000)
	content := ot.New().Insert("before", nil).Embed("image", image, nil).Insert("after\n", nil).MustDelta()
	doc, m := mustOpen(t, content), newModel(content)
	for range 300 {
		d := m.edit(roll, true)
		if err := doc.Apply(d); err != nil {
			t.Fatal(err)
		}
		m.apply(d)
		if err := doc.Check(); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.is(doc.Delta()); err != nil {
		t.Fatal(err)
	}
	doc = mustOpen(t, content)
	for range 500 { // each before the one before it, directly behind the embed
		if err := doc.Apply(ot.New().Retain(7, nil).Insert("x", nil).MustDelta()); err != nil {
			t.Fatal(err)
		}
	}
	if all, _ := doc.Leaves(doc); all > 5 {
		t.Errorf("%d leaves for 500 letters and an embed", all)
	}
}
