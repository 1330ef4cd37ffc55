package ot_test

import (
	"errors"
	"testing"

	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/ot/ottest"
)

// open makes a document of content that is known to be one.
func open(t *testing.T, content ot.Delta) *ot.Document {
	t.Helper()
	doc, err := ot.NewDocument(content)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func apply(t *testing.T, content ot.Delta, changes ...ot.Delta) ot.Delta {
	t.Helper()
	doc := open(t, content)
	for _, change := range changes {
		if err := doc.Apply(change); err != nil {
			t.Fatalf("apply %v to %v: %v", change, doc.Delta(), err)
		}
	}
	return doc.Delta()
}

func wantContent(t *testing.T, what string, got, want ot.Delta) {
	t.Helper()
	if !got.Equal(want) {
		t.Fatalf("%s\n got %v\nwant %v", what, got, want)
	}
}

func edit(t *testing.T, r *ot.Replica, d ot.Delta) {
	t.Helper()
	if err := r.Edit(d); err != nil {
		t.Fatalf("edit %v on %v: %v", d, r.Shown().Delta(), err)
	}
}

// TestReplicaLaws runs a replica with an edit in flight and one buffered
// through a foreign revision and then through each of the three answers. What
// is shown must be what the returned changes say, and committed ∘ sent ∘
// buffer.
func TestReplicaLaws(t *testing.T) {
	for seed := range uint64(3000) {
		random := ottest.Rand(seed)
		content := ottest.Content(random, 6)
		foreign := ottest.Edit(random, content)
		replica := func() (*ot.Replica, ot.Delta) {
			random := ottest.Rand(seed + 1<<32)
			r := ot.NewReplica(0, open(t, content))
			edit(t, r, ottest.Edit(random, content))
			if _, ok := r.Send(1, [16]byte{1}, ot.Limits{}); !ok {
				t.Fatal("nothing to send")
			}
			edit(t, r, ottest.Edit(random, r.Shown().Delta()))
			before := r.Shown().Delta()
			show, err := r.Receive(1, foreign)
			if err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			wantContent(t, "what the revision shows", r.Shown().Delta(), apply(t, before, show))
			return r, r.Shown().Delta()
		}
		committed := apply(t, content, foreign)

		r, shown := replica()
		again, _ := r.InFlight()
		wantContent(t, "committed", r.Committed().Delta(), committed)
		wantContent(t, "shown", shown, apply(t, committed, again.Delta, r.Unsent()))
		acknowledged, err := r.Acknowledge(2)
		if err != nil || !acknowledged.Equal(again.Delta) {
			t.Fatalf("seed %d: Acknowledge = %v, %v; want %v", seed, acknowledged, err, again.Delta)
		}
		wantContent(t, "after the acknowledgement", r.Shown().Delta(), shown)
		wantContent(t, "committed with it", apply(t, r.Committed().Delta(), r.Unsent()), shown)

		r, shown = replica()
		show, refused, err := r.Reject()
		if err != nil || !refused.Equal(again.Delta) {
			t.Fatalf("seed %d: Reject = %v, %v; want %v", seed, refused, err, again.Delta)
		}
		wantContent(t, "what the refusal shows", r.Shown().Delta(), apply(t, shown, show))
		wantContent(t, "shown without the refused", r.Shown().Delta(), apply(t, committed, r.Unsent()))

		r, shown = replica()
		show, withdrawn := r.Withdraw()
		wantContent(t, "what the withdrawal shows", apply(t, shown, show), committed)
		wantContent(t, "what was withdrawn", apply(t, committed, withdrawn), shown)
		if !r.Synced() {
			t.Fatalf("seed %d: not synced after Withdraw", seed)
		}
	}
}

func TestReplicaRefusesWhatItCannotPlace(t *testing.T) {
	content, _ := ot.New().Insert("\n", nil).Delta()
	letter, _ := ot.New().Insert("a", nil).Delta()
	far, _ := ot.New().Retain(9, nil).Insert("a", nil).Delta()
	r := ot.NewReplica(5, open(t, content))

	var refusal *ot.Error
	if err := r.Edit(far); !errors.As(err, &refusal) || refusal.Code != ot.CodeDoesNotFit {
		t.Errorf("Edit behind the end: %v, want does_not_fit", err)
	}
	if _, err := r.Receive(5, letter); !errors.Is(err, ot.ErrGap) {
		t.Errorf("Receive of what it has: %v, want ErrGap", err)
	}
	if _, err := r.Receive(7, letter); !errors.Is(err, ot.ErrGap) {
		t.Errorf("Receive with a gap: %v, want ErrGap", err)
	}
	if _, err := r.Receive(6, far); err == nil {
		t.Error("Receive of what does not fit: no error")
	}
	if _, err := r.Acknowledge(6); !errors.Is(err, ot.ErrNotWaiting) {
		t.Errorf("Acknowledge of nothing: %v, want ErrNotWaiting", err)
	}
	if _, _, err := r.Reject(); !errors.Is(err, ot.ErrNotWaiting) {
		t.Errorf("Reject of nothing: %v, want ErrNotWaiting", err)
	}
	if _, ok := r.Send(1, [16]byte{1}, ot.Limits{}); ok || !r.Synced() || r.Rev() != 5 {
		t.Errorf("the refusals left something behind: sent %v, synced %v, revision %d", ok, r.Synced(), r.Rev())
	}
	wantContent(t, "after the refusals", r.Shown().Delta(), content)
}

// The refused text goes, and what was typed around and before it stays where
// it was typed.
func TestRefusalKeepsTextTypedAfterwards(t *testing.T) {
	content, _ := ot.New().Insert("one three\n", nil).Delta()
	r := ot.NewReplica(0, open(t, content))
	refusedEdit, _ := ot.New().Retain(4, nil).Insert("😀 ", nil).Delta()
	later, _ := ot.New().Retain(4, nil).Insert("two ", nil).Retain(2, nil).Insert("!", nil).Delta()
	edit(t, r, refusedEdit)
	r.Send(1, [16]byte{1}, ot.Limits{})
	edit(t, r, later)
	if _, _, err := r.Reject(); err != nil {
		t.Fatal(err)
	}
	want, _ := ot.New().Insert("one two !three\n", nil).Delta()
	wantContent(t, "after the refusal", r.Shown().Delta(), want)
}

func TestCaretThroughEdits(t *testing.T) {
	insert, _ := ot.New().Retain(2, nil).Insert("😀", nil).Delta()
	remove, _ := ot.New().Retain(1, nil).Delete(3).Delta()
	for _, test := range []struct {
		name string
		from ot.Caret
		d    ot.Delta
		own  bool
		want ot.Caret
	}{
		{"a stranger writes at the caret", ot.Caret{Index: 2}, insert, false, ot.Caret{Index: 2}},
		{"its author writes at the caret", ot.Caret{Index: 2}, insert, true, ot.Caret{Index: 4}},
		{"writing at the end of a selection", ot.Caret{Index: 0, Length: 2}, insert, false, ot.Caret{Index: 0, Length: 2}},
		{"writing within a selection", ot.Caret{Index: 1, Length: 2}, insert, false, ot.Caret{Index: 1, Length: 4}},
		{"deleting a selection", ot.Caret{Index: 2, Length: 2}, remove, false, ot.Caret{Index: 1}},
		{"deleting around a selection's start", ot.Caret{Index: 2, Length: 5}, remove, false, ot.Caret{Index: 1, Length: 3}},
	} {
		if got := test.from.Through(test.d, test.own); got != test.want {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}
