package storagetest

import (
	"errors"
	"testing"

	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// testAppendTogether: batches of many documents in one call are decided one by one.
func testAppendTogether(t *testing.T, open func(t *testing.T) Opened) {
	w := newWorld(t, open(t))
	const documents = 60
	var batches []storage.Batch
	want := make(map[int]error)
	for i := range documents {
		actor := w.actor
		if i%10 == 7 {
			actor = w.signIn(w.user("Mallory"))
		}
		b := batch(actor, w.document(actor), 1+i%4)
		switch i % 10 {
		case 1:
			b.Doc, want[i] = id.New[id.Doc](), storage.ErrNoDocument
		case 3:
			b.Epoch, want[i] = 2, storage.ErrEpoch
		case 4:
			w.write(w.actor, b.Doc, 1)
			want[i] = storage.ErrHeadMoved
		case 5:
			b.AccessVersion, want[i] = 9, storage.ErrAccessMoved
		case 6:
			b.Fences[0].ValidUntil, want[i] = w.now, storage.ErrFence
		case 7:
			w.suspend(actor.User)
			want[i] = storage.ErrFence
		case 8:
			w.ok(w.append(b)[0]) // stands already
		}
		batches = append(batches, b)
	}
	check := func(w *world, outcomes []error) {
		w.Helper()
		for i, got := range outcomes {
			if !errors.Is(got, want[i]) {
				w.Errorf("batch %d: got %v, want %v", i, got, want[i])
			}
			log := w.log(batches[i].Doc)
			if want[i] == nil {
				same(w, log, batches[i].Revisions)
			} else if len(log) > 0 && i%10 != 4 {
				w.Errorf("batch %d was refused but is in the log", i)
			}
		}
	}

	t.Run("RefusalsTouchNoOther", func(t *testing.T) {
		w := w.in(t)
		check(w, w.append(batches...))
	})
	t.Run("RepeatedTheSame", func(t *testing.T) {
		w := w.in(t)
		check(w, w.append(batches...))
	})
	t.Run("MovedDocumentsTouchNoOther", func(t *testing.T) { // where every fence holds
		w := w.in(t)
		var next []storage.Batch
		for i := range documents {
			b := batch(w.actor, w.document(w.actor), 1+i%4)
			switch i % 3 {
			case 1:
				w.write(w.actor, b.Doc, 1)
			case 2:
				b.AccessVersion = 9
			}
			next = append(next, b)
		}
		for i, got := range w.append(next...) {
			wanted := []error{nil, storage.ErrHeadMoved, storage.ErrAccessMoved}[i%3]
			length := []int{len(next[i].Revisions), 1, 0}[i%3]
			if log := w.log(next[i].Doc); !errors.Is(got, wanted) || len(log) != length || w.access(next[i].Doc).Document.Head != ot.Rev(length) {
				t.Errorf("batch %d: got %v and %d revisions, want %v and %d", i, got, len(log), wanted, length)
			}
		}
	})
	t.Run("TakenSeqsTouchNoOther", func(t *testing.T) {
		w := w.in(t)
		var next []storage.Batch
		for i := range documents {
			b := batch(w.actor, w.document(w.actor), 3)
			if i%5 == 2 {
				b.Revisions[2].Seq = b.Revisions[0].Seq
			}
			next = append(next, b)
		}
		for i, got := range w.append(next...) {
			wanted, length := error(nil), 3
			if i%5 == 2 {
				wanted, length = storage.ErrDuplicate, 0
			}
			if !errors.Is(got, wanted) || len(w.log(next[i].Doc)) != length {
				t.Errorf("batch %d: got %v and %d revisions, want %v and %d", i, got, len(w.log(next[i].Doc)), wanted, length)
			}
		}
	})
}
