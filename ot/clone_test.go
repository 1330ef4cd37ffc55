package ot_test

import (
	"sync"
	"testing"

	"github.com/coscribe/coscribe/ot"
)

// Readers go on with clones while the original is edited; the race detector
// watches.
func TestClonesAreReadWhileTheOriginalIsEdited(t *testing.T) {
	roll := seededDice(1)
	doc := mustOpen(t, richText(20_000, 800))
	m := newModel(doc.Delta())
	var readers sync.WaitGroup
	for range 20 {
		clone, want := doc.Clone(), doc.Delta()
		for range 2 {
			readers.Go(func() {
				if got := clone.Delta(); !got.Equal(want) {
					t.Errorf("a clone changed")
				}
				lines := 0
				for range clone.Lines() {
					lines++
				}
				if part, err := clone.Slice(0, clone.Len()); err != nil || !part.Equal(want) || lines == 0 {
					t.Errorf("a clone's slice is another: %v", err)
				}
			})
		}
		for range 10 {
			d := m.edit(roll, true)
			if err := doc.Apply(d); err != nil {
				t.Fatal(err)
			}
			m.apply(d)
		}
	}
	readers.Wait()
}

func TestACloneSharesWhatDidNotChange(t *testing.T) {
	doc := mustOpen(t, plainText(200_000))
	clone := doc.Clone()
	edit := ot.New().Retain(100_000, nil).Insert("x", nil).MustDelta()
	if err := clone.Apply(edit); err != nil {
		t.Fatal(err)
	}
	if all, shared := clone.Leaves(doc); shared != all-1 {
		t.Errorf("%d of %d leaves are shared after one edit, want all but one", shared, all)
	}
	if err := doc.Apply(edit); err != nil {
		t.Fatal(err)
	}
	if !doc.Delta().Equal(clone.Delta()) {
		t.Error("the same edit made two documents")
	}
}

// The finger is where the last edit was; a clone taken there must not be
// written through it.
func TestAnEditAfterACloneLeavesTheCloneAlone(t *testing.T) {
	doc := mustOpen(t, textDocument("abc"))
	for i, want := range []string{"abc", "xabc", "xxabc"} {
		clone := doc.Clone()
		if err := doc.Apply(ot.New().Insert("x", nil).MustDelta()); err != nil {
			t.Fatal(err)
		}
		if !clone.Delta().Equal(textDocument(want)) {
			t.Errorf("clone %d is %s, want %s", i, clone.Delta(), want)
		}
		other := clone.Clone()
		if err := clone.Apply(ot.New().Insert("y", nil).MustDelta()); err != nil {
			t.Fatal(err)
		}
		if !other.Delta().Equal(textDocument(want)) {
			t.Errorf("clone %d of a clone is %s, want %s", i, other.Delta(), want)
		}
	}
}
