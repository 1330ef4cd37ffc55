package client_test

import (
	"context"
	"errors"
	"strconv"
	"testing"

	"github.com/coscribe/coscribe/client"
	"github.com/coscribe/coscribe/ot"
)

func TestRevisionsHaveEverythingInOrder(t *testing.T) {
	f := newFake(t)
	a, b := f.open(t, "a"), f.open(t, "b")
	const count = 40
	done := make(chan error, 1)
	go func() {
		for i := range count {
			d := []*client.Document{a, b}[i%2]
			if _, err := d.Submit(t.Context(), insert(0, strconv.Itoa(i%10))); err != nil {
				done <- err
				return
			}
		}
		done <- nil
	}()
	content, _ := ot.NewDocument(f.content)
	next := ot.Rev(1)
	for revision, err := range a.Revisions(within(t), client.From(0)) {
		if err != nil || revision.Rev != next {
			t.Fatalf("revision %d, %v; want %d", revision.Rev, err, next)
		}
		if err := content.Apply(*revision.Delta); err != nil {
			t.Fatal(err)
		}
		if next++; next > count {
			break
		}
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if _, want := f.committed(); !content.Delta().Equal(want) {
		t.Errorf("the revisions make %v, want %v", content.Delta(), want)
	}
}

// TestRevisionsFromTheLog begins behind what the document keeps at hand.
func TestRevisionsFromTheLog(t *testing.T) {
	f := newFake(t)
	early := f.open(t, "a")
	for range 3 {
		if _, err := early.Submit(within(t), insert(0, "x")); err != nil {
			t.Fatal(err)
		}
	}
	late := f.open(t, "b") // has none of the three at hand
	ctx, cancel := context.WithCancel(within(t))
	defer cancel()
	next := ot.Rev(2)
	for revision, err := range late.Revisions(ctx, client.From(1)) {
		if errors.Is(err, context.Canceled) && next == 5 {
			return
		}
		if err != nil || revision.Rev != next || revision.Delta == nil {
			t.Fatalf("revision %d, %v; want %d", revision.Rev, err, next)
		}
		switch next++; next {
		case 4:
			if _, err := late.Submit(within(t), insert(0, "y")); err != nil {
				t.Fatal(err)
			}
		case 5:
			cancel()
		}
	}
	t.Error("ended without a reason")
}

func TestRevisionsEndWithTheDocument(t *testing.T) {
	f := newFake(t)
	d := f.open(t, "a")
	go d.Close()
	for revision, err := range d.Revisions(within(t), client.From(0)) {
		if !errors.Is(err, client.ErrClosed) {
			t.Errorf("revision %d, %v; want ErrClosed", revision.Rev, err)
		}
	}
}

func TestCaretsMoveWithTheText(t *testing.T) {
	f := newFake(t)
	a, b := f.open(t, "a"), f.open(t, "b")
	if _, err := a.Submit(within(t), insert(0, "Hello world")); err != nil {
		t.Fatal(err)
	}
	a.ShowCaret(ot.Caret{Index: 6, Length: 5})
	caret := func(want ot.Caret) func() bool {
		return func() bool {
			for _, peer := range b.Peers() {
				if peer.User == a.Standing().You.User && peer.Caret != nil && *peer.Caret == want {
					return true
				}
			}
			return false
		}
	}
	eventually(t, b, "b sees the selection", caret(ot.Caret{Index: 6, Length: 5}))
	if _, err := b.Submit(within(t), insert(0, "😀 ")); err != nil {
		t.Fatal(err)
	}
	eventually(t, b, "it moved with b's edit", caret(ot.Caret{Index: 9, Length: 5}))
	a.HideCaret()
	eventually(t, b, "it is gone", func() bool {
		for _, peer := range b.Peers() {
			if peer.Caret != nil {
				return false
			}
		}
		return true
	})
}
