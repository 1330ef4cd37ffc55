package client_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coscribe/coscribe/client"
	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/ot/ottest"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage/id"
)

// patience bounds what a test waits for; nothing is measured against it.
const patience = 3 * time.Minute

func within(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}

func (f *fake) open(t *testing.T, name string) *client.Document {
	t.Helper()
	d, err := f.client(t, name).Open(within(t), f.doc)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

// eventually waits for a state of a document.
func eventually(t *testing.T, d *client.Document, what string, holds func() bool) {
	t.Helper()
	deadline := time.After(patience)
	for {
		changed := d.Changed()
		if holds() {
			return
		}
		select {
		case <-changed:
		case <-deadline:
			t.Fatalf("%s: not within %v; content %v, unsent %v, %v", what, patience, d.Content().Delta(), d.Unsent(), d.Err())
		}
	}
}

func shows(d *client.Document, want ot.Delta) func() bool {
	return func() bool { return d.Content().Delta().Equal(want) }
}

func TestEditReachesOthers(t *testing.T) {
	f := newFake(t)
	a, b := f.open(t, "a"), f.open(t, "b")
	rev, err := a.Submit(within(t), insert(0, "Hello 😀"))
	if err != nil || rev != 1 {
		t.Fatalf("Submit = %d, %v; want revision 1", rev, err)
	}
	eventually(t, b, "b sees it", shows(b, mustDelta(`[{"insert":"Hello 😀\n"}]`)))
	if _, err := b.Submit(within(t), insert(8, "!")); err != nil {
		t.Fatal(err)
	}
	eventually(t, a, "a sees the answer", shows(a, mustDelta(`[{"insert":"Hello 😀!\n"}]`)))
}

// TestEveryEditOnceOverBadConnections lets many people write over connections that break before and after the commit, while
// the server refuses some edits for now.
func TestEveryEditOnceOverBadConnections(t *testing.T) {
	f := newFake(t)
	faults := ottest.Rand(1)
	oneIn := func(n int) func(*wire.Submit) bool { return func(*wire.Submit) bool { return faults.IntN(n) == 0 } }
	f.loseAnswer, f.loseSubmit = oneIn(25), oneIn(25)
	f.refuse = func(*wire.Submit) wire.Code {
		if faults.IntN(30) == 0 {
			return wire.CodeOverloaded
		}
		return ""
	}
	docs := map[string]*client.Document{"a": nil, "b": nil, "c": nil, "d": nil}
	for name := range docs {
		docs[name] = f.open(t, name)
	}
	var writers sync.WaitGroup
	for name, d := range docs {
		writers.Go(func() { write(t, d, ottest.Rand(uint64(name[0])), 60) })
	}
	writers.Wait()
	log, want := f.committed()
	for name, d := range docs {
		eventually(t, d, name+" converges", func() bool {
			rev, content := d.Committed()
			return rev == ot.Rev(len(log)) && content.Delta().Equal(want) && d.Content().Delta().Equal(want)
		})
	}
	seen := map[id.Edit]bool{}
	for _, revision := range log {
		if seen[revision.ID] {
			t.Errorf("edit %v is in the log twice", revision.ID)
		}
		seen[revision.ID] = true
	}
}

// write makes edits and waits now and then; every one must be acknowledged.
func write(t *testing.T, d *client.Document, random *rand.Rand, count int) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var edits []*client.Edit
	for range count {
		edit, err := d.Edit(func(content *ot.Document) (ot.Delta, error) {
			return ottest.Edit(random, content.Delta()), nil
		})
		if err != nil {
			t.Errorf("edit: %v", err)
			return
		}
		if edits = append(edits, edit); random.IntN(3) == 0 {
			edit.Wait(ctx)
		}
	}
	for i, edit := range edits {
		if _, err := edit.Wait(ctx); err != nil {
			t.Errorf("edit %d: %v", i, err)
		}
	}
}

func TestRefusedEditIsTakenBackAndTold(t *testing.T) {
	f := newFake(t)
	f.refuse = func(m *wire.Submit) wire.Code {
		if strings.Contains(m.Delta.String(), "bad") {
			return wire.CodeNotAllowed
		}
		return ""
	}
	d := f.open(t, "a")
	bad, err := d.Apply(insert(0, "bad"))
	if err != nil {
		t.Fatal(err)
	}
	good, err := d.Edit(func(content *ot.Document) (ot.Delta, error) {
		return insert(content.Len()-1, " good"), nil // the other may have been refused already
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = bad.Wait(within(t))
	var rejected *client.Rejected
	if !errors.As(err, &rejected) || !errors.Is(err, client.ErrNotAllowed) || !strings.Contains(rejected.Delta.String(), "bad") {
		t.Errorf("the refused edit: %v, want a *Rejected with its Delta", err)
	}
	if rev, err := good.Wait(within(t)); err == nil {
		if want := mustDelta(`[{"insert":" good\n"}]`); rev != 1 || !d.Content().Delta().Equal(want) {
			t.Errorf("revision %d, content %v; want 1, %v", rev, d.Content().Delta(), want)
		}
	} else if !errors.Is(err, client.ErrNotAllowed) { // it travelled with the refused one
		t.Errorf("the other edit: %v", err)
	}
}

func TestLargePasteTravelsInPieces(t *testing.T) {
	f := newFake(t)
	d := f.open(t, "a")
	text := strings.Repeat("a large paste 😀 ", 20_000)
	rev, err := d.Submit(within(t), insert(0, text))
	if err != nil || rev < 5 {
		t.Fatalf("Submit = %d, %v; want several revisions", rev, err)
	}
	if _, content := f.committed(); !content.Equal(d.Content().Delta()) || content.Len() != len(text)-40_000+1 {
		t.Errorf("the server has %d units, the client %d", content.Len(), d.Content().Len())
	}
}

func TestEditsWhileAwayAreSentOnce(t *testing.T) {
	f := newFake(t)
	d, other := f.open(t, "a"), f.open(t, "b")
	if _, err := other.Submit(within(t), insert(0, "base ")); err != nil {
		t.Fatal(err)
	}
	away := true
	f.with(func() {
		f.httpFault = func(w http.ResponseWriter, r *http.Request) bool {
			f.mu.Lock()
			defer f.mu.Unlock()
			if away && r.Header.Get("Authorization") == "Bearer a" {
				problem(w, 503, wire.CodeUnavailable)
				return true
			}
			return false
		}
	})
	eventually(t, d, "has the base", func() bool { return d.Content().Len() == 6 })
	f.cutOff(d.Standing().You.User)
	eventually(t, d, "is away", func() bool { return !d.Standing().Connected })
	var edits []*client.Edit
	for _, text := range []string{"one ", "two "} {
		edit, err := d.Apply(insert(0, text))
		if err != nil {
			t.Fatal(err)
		}
		edits = append(edits, edit)
	}
	if _, err := other.Submit(within(t), insert(5, "meanwhile ")); err != nil {
		t.Fatal(err)
	}
	f.with(func() { away = false })
	for _, edit := range edits {
		if rev, err := edit.Wait(within(t)); err != nil || rev != 3 {
			t.Errorf("an edit made while away: revision %d, %v; want 3", rev, err)
		}
	}
	want := mustDelta(`[{"insert":"two one base meanwhile \n"}]`)
	eventually(t, d, "is back", shows(d, want))
	eventually(t, other, "sees it", shows(other, want))
	if last := f.joins[len(f.joins)-1]; last.Since == nil || last.Since.Rev != 1 || f.joins[0].Ticket == last.Ticket {
		t.Errorf("came back with %+v; want another ticket, since revision 1", last)
	}
}

// cutOff breaks the connections of one user.
func (f *fake) cutOff(user id.User) {
	f.with(func() {
		for conn, s := range f.seats {
			if s.user == user {
				conn.NetConn().Close()
			}
		}
	})
}
