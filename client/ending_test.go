package client_test

import (
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/client"
	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage/id"
)

func TestRoleChangesWhileOpen(t *testing.T) {
	f := newFake(t)
	d := f.open(t, "a")
	f.setStanding(authz.Viewer)
	eventually(t, d, "is a viewer", func() bool { return d.Standing().Role == authz.Viewer })
	if _, err := d.Apply(insert(0, "x")); !errors.Is(err, client.ErrForbidden) || d.Standing().May(authz.Edit) {
		t.Errorf("a viewer's edit: %v, want ErrForbidden", err)
	}
	f.setStanding(authz.Editor)
	eventually(t, d, "is an editor", func() bool { return d.Standing().May(authz.Edit) })
	if _, err := d.Submit(within(t), insert(0, "x")); err != nil {
		t.Errorf("an editor's edit: %v", err)
	}
}

func TestRightLostUnderAnEditTellsItsAuthor(t *testing.T) {
	f := newFake(t)
	d := f.open(t, "a")
	f.with(func() { f.standing.Role = authz.Viewer }) // the server knows, the client not yet
	first, err := d.Apply(insert(0, "lost"))
	if err != nil {
		t.Fatal(err)
	}
	var rejected *client.Rejected
	if _, err := first.Wait(within(t)); !errors.Is(err, client.ErrForbidden) || !errors.As(err, &rejected) || rejected.Delta.IsEmpty() {
		t.Errorf("the edit: %v, want a *Rejected with its Delta, ErrForbidden", err)
	}
	eventually(t, d, "shows the committed", shows(d, f.content))
}

// TestRightLostTellsWhatWaitedBehind: the edit in flight is answered, and what is buffered behind it cannot be sent any more.
func TestRightLostTellsWhatWaitedBehind(t *testing.T) {
	f := newFake(t)
	d := f.open(t, "a")
	f.with(func() { f.silent = true })
	flying, err := d.Apply(insert(0, "first "))
	if err != nil {
		t.Fatal(err)
	}
	for seen := int64(0); seen == 0; time.Sleep(time.Millisecond) {
		f.with(func() { seen = f.unanswered })
	}
	waiting, err := d.Apply(insert(6, "second"))
	if err != nil {
		t.Fatal(err)
	}
	f.setStanding(authz.Viewer)
	f.with(func() {
		for conn := range f.seats {
			f.send(conn, &wire.Rejected{Seq: 1, Code: wire.CodeForbidden, Message: "no"})
		}
	})
	for name, edit := range map[string]*client.Edit{"first": flying, "second": waiting} {
		var rejected *client.Rejected
		if _, err := edit.Wait(within(t)); !errors.Is(err, client.ErrForbidden) || !errors.As(err, &rejected) || !strings.Contains(rejected.Delta.String(), name) {
			t.Errorf("the %s: %v, want ErrForbidden and its Delta", name, err)
		}
	}
	eventually(t, d, "shows the committed", shows(d, f.content))
}

// TestStaysWhereSomebodyElseSaysNo: a proxy in between refuses in its own words.
func TestStaysWhereSomebodyElseSaysNo(t *testing.T) {
	for _, status := range []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound} {
		f := newFake(t)
		d := f.open(t, "a")
		var refused atomic.Bool
		f.with(func() {
			f.httpFault = func(w http.ResponseWriter, _ *http.Request) bool {
				refused.Store(true)
				http.Error(w, "<html>Sign in to the network</html>", status)
				return true
			}
		})
		f.closeAll(wire.CloseDraining)
		edit, err := d.Apply(insert(0, "kept "))
		if err != nil {
			t.Fatal(err)
		}
		for !refused.Load() {
			time.Sleep(time.Millisecond)
		}
		f.with(func() { f.httpFault = nil })
		if _, err := edit.Wait(within(t)); err != nil {
			t.Errorf("after a proxy's %d: %v", status, err)
		}
	}
}

func TestEndsWhereTheServerSaysSo(t *testing.T) {
	for code, want := range map[wire.CloseCode]error{
		wire.CloseAccessRevoked: client.ErrForbidden, wire.CloseNoDocument: client.ErrNotFound,
		wire.CloseSignedOut: client.ErrNotSignedIn, wire.CloseSuperseded: nil,
	} {
		f := newFake(t)
		d := f.open(t, "a")
		f.with(func() { f.loseSubmit = func(*wire.Submit) bool { return false } })
		f.closeAll(code)
		select {
		case <-d.Done():
		case <-time.After(patience):
			t.Fatalf("%d: did not end", code)
		}
		var ended *client.Ended
		if err := d.Err(); !errors.As(err, &ended) || ended.Code != code || want != nil && !errors.Is(err, want) {
			t.Errorf("%d: Err = %v, want an *Ended that is %v", code, err, want)
		}
		if _, err := d.Apply(insert(0, "x")); err == nil {
			t.Errorf("%d: an edit of an ended document: no error", code)
		}
	}
}

// TestOpenHasEverything: the welcome's snapshot may be older than the head, and what follows comes later.
func TestOpenHasEverything(t *testing.T) {
	f := newFake(t)
	a := f.open(t, "a")
	for range 5 {
		if _, err := a.Submit(within(t), insert(0, "x")); err != nil {
			t.Fatal(err)
		}
	}
	f.with(func() { f.oldSnapshots = 3 })
	for range 20 {
		if rev, content := f.open(t, "b").Committed(); rev != 5 || content.Len() != 6 {
			t.Fatalf("opened at revision %d with %v; want 5", rev, content.Delta())
		}
	}
}

func TestOpenTellsWhyNot(t *testing.T) {
	f := newFake(t)
	c := f.client(t, "a")
	if _, err := c.Open(within(t), id.New[id.Doc]()); !errors.Is(err, client.ErrNotFound) {
		t.Errorf("another document: %v, want ErrNotFound", err)
	}
	stranger, _ := client.New(f.URL, client.WithToken("nobody"))
	t.Cleanup(stranger.CloseIdle)
	if _, err := stranger.Open(within(t), f.doc); !errors.Is(err, client.ErrNotSignedIn) {
		t.Errorf("a stranger: %v, want ErrNotSignedIn", err)
	}
	nowhere, _ := client.New("http://127.0.0.1:1", client.WithToken("a"))
	if _, err := nowhere.Open(within(t), f.doc); err == nil {
		t.Error("no server: no error")
	}
}

func TestAnotherHistoryGivesBackWhatWasNotSent(t *testing.T) {
	f := newFake(t)
	f.loseSubmit = func(*wire.Submit) bool { return true }
	d := f.open(t, "a")
	f.with(func() {
		f.epoch++
		f.reset(mustDelta(`[{"insert":"restored\n"}]`))
	})
	edit, err := d.Apply(insert(0, "mine"))
	if err != nil {
		t.Fatal(err)
	}
	var rejected *client.Rejected
	if _, err := edit.Wait(within(t)); !errors.Is(err, client.ErrResync) || !errors.As(err, &rejected) || !rejected.Delta.Equal(insert(0, "mine")) {
		t.Errorf("the edit: %v, want ErrResync and its Delta", err)
	}
	eventually(t, d, "has the new history", shows(d, mustDelta(`[{"insert":"restored\n"}]`)))
}

// TestSnapshotThatHoldsTheEditAcknowledgesIt: the answer is lost, and the server cannot tell what followed.
func TestSnapshotThatHoldsTheEditAcknowledgesIt(t *testing.T) {
	f := newFake(t)
	f.forgetful, f.oldSnapshots = true, 1
	f.loseAnswer = func(*wire.Submit) bool { return true }
	d := f.open(t, "a")
	if rev, err := d.Submit(within(t), insert(0, "there")); err != nil || rev != 1 {
		t.Errorf("Submit = %d, %v; want revision 1", rev, err)
	}
	eventually(t, d, "has it once", shows(d, mustDelta(`[{"insert":"there\n"}]`)))
}

func TestCloseTellsUnsentEdits(t *testing.T) {
	f := newFake(t)
	f.loseSubmit = func(*wire.Submit) bool { return true }
	d := f.open(t, "a")
	edit, err := d.Apply(insert(0, "kept"))
	if err != nil {
		t.Fatal(err)
	}
	d.Close()
	d.Close()
	if _, err := edit.Wait(within(t)); !errors.Is(err, client.ErrClosed) || !errors.Is(d.Err(), client.ErrClosed) {
		t.Errorf("the edit: %v, the document: %v; want ErrClosed", err, d.Err())
	}
	if !d.Unsent().Equal(insert(0, "kept")) {
		t.Errorf("Unsent = %v", d.Unsent())
	}
}

func TestEditThatComesToNothing(t *testing.T) {
	f := newFake(t)
	d := f.open(t, "a")
	f.closeAll(0)
	eventually(t, d, "is away", func() bool { return !d.Standing().Connected })
	typed, _ := d.Apply(insert(0, "x"))
	gone, _ := d.Apply(mustDelta(`[{"delete":1}]`))
	for _, edit := range []*client.Edit{typed, gone} {
		if _, err := edit.Wait(within(t)); err != nil {
			t.Errorf("an edit that was undone before it was sent: %v", err)
		}
	}
}

// TestPieceThatIsRefusedTakesItsEditBack: of an edit whose author is told that it was refused, nothing is written.
func TestPieceThatIsRefusedTakesItsEditBack(t *testing.T) {
	f := newFake(t)
	f.limits.InsertUnits = 4
	f.refuse = func(m *wire.Submit) wire.Code {
		if strings.Contains(m.Delta.String(), "one ") {
			return wire.CodeTooLarge
		}
		return ""
	}
	d := f.open(t, "a")
	edit, err := d.Apply(insert(0, "one two three"))
	if err != nil {
		t.Fatal(err)
	}
	var rejected *client.Rejected
	if _, err := edit.Wait(within(t)); !errors.As(err, &rejected) || !errors.Is(err, client.ErrTooLarge) || !rejected.Delta.Equal(insert(0, "one two three")) {
		t.Fatalf("the edit: %v, want all of it refused as too large", err)
	}
	if _, err := d.Submit(within(t), insert(0, "four")); err != nil {
		t.Fatal(err)
	}
	if _, content := f.committed(); !content.Equal(mustDelta(`[{"insert":"four\n"}]`)) || !d.Content().Delta().Equal(content) {
		t.Errorf("written %v, shown %v", content, d.Content().Delta())
	}
}

// TestPieceThatIsRefusedLeavesThoseBeforeIt, and the author is told what stands and what does not.
func TestPieceThatIsRefusedLeavesThoseBeforeIt(t *testing.T) {
	for _, c := range []struct {
		refused string
		stands  ot.Rev
		text    string
		rest    ot.Delta
	}{
		{"aaaa", 0, "", insert(0, "aaaabbbbcc")},
		{"bbbb", 1, "aaaa", insert(4, "bbbbcc")},
		{"cc", 2, "aaaabbbb", insert(8, "cc")},
	} {
		f := newFake(t)
		f.limits.InsertUnits = 4
		f.refuse = func(m *wire.Submit) wire.Code {
			if strings.Contains(m.Delta.String(), c.refused) {
				return wire.CodeTooLarge
			}
			return ""
		}
		d := f.open(t, "a")
		edit, err := d.Apply(insert(0, "aaaabbbbcc"))
		if err != nil {
			t.Fatal(err)
		}
		var rejected *client.Rejected
		if _, err := edit.Wait(within(t)); !errors.As(err, &rejected) || rejected.Stands != c.stands || !rejected.Delta.Equal(c.rest) {
			t.Errorf("%s is refused: %+v, want %v up to revision %d", c.refused, err, c.rest, c.stands)
		}
		if log, content := f.committed(); len(log) != int(c.stands) || !content.Equal(insert(0, c.text+"\n")) || !d.Content().Delta().Equal(content) {
			t.Errorf("%s is refused: %d revisions of %v, shown %v", c.refused, len(log), content, d.Content().Delta())
		}
	}
}

// TestAnotherUserDoesNotGoOn: a client that has signed in as somebody else meanwhile does not send what is unsent in their name.
func TestAnotherUserDoesNotGoOn(t *testing.T) {
	f := newFake(t)
	d := f.open(t, "a")
	f.with(func() {
		f.loseAnswer = func(*wire.Submit) bool {
			f.loseAnswer, f.users["a"] = nil, id.New[id.User]()
			return true
		}
	})
	edit, err := d.Apply(insert(0, "mine"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := edit.Wait(within(t)); !errors.Is(err, client.ErrNotSignedIn) {
		t.Errorf("the edit: %v, want ErrNotSignedIn", err)
	}
	if log, _ := f.committed(); len(log) != 1 {
		t.Errorf("it was written %d times", len(log))
	}
}
