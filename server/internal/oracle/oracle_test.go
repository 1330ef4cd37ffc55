package oracle

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// story is three edits of one writer, and what everybody notes of them: nothing is wrong with it.
func story(t *testing.T) (*Evidence, []Mark) {
	t.Helper()
	folder := t.TempDir()
	journal, err := NewJournal(folder, "writer")
	if err != nil {
		t.Fatal(err)
	}
	e := &Evidence{}
	var marks []Mark
	author, client := id.New[id.User](), id.New[id.Client]()
	for i := range 3 {
		mark := NewMark()
		marks = append(marks, mark)
		rev, edit := ot.Rev(i+1), id.New[id.Edit]()
		e.Log = append(e.Log, storage.Revision{
			Rev: rev, Edit: edit, Author: author, Client: client, Seq: int64(i + 1),
			Delta: ot.New().Insert("😀 "+string(mark), nil).MustDelta().AppendJSON(nil),
		})
		journal.Sent(mark)
		journal.Acknowledged(mark, rev)
		journal.Received(rev, edit)
	}
	lost := NewMark()
	journal.Sent(lost)
	journal.Refused(lost)
	if err := journal.Close(); err != nil {
		t.Fatal(err)
	}
	if e.Histories, err = ReadJournals(folder); err != nil {
		t.Fatal(err)
	}
	content, err := e.replay()
	if err != nil {
		t.Fatal(err)
	}
	e.Contents = map[string]ot.Delta{"a replica": content}
	return e, marks
}

func TestNothingIsWrongWithATrueStory(t *testing.T) {
	e, _ := story(t)
	if err := e.JavaScript(t.Context(), "../../../ot/testdata"); err != nil {
		t.Fatal(err)
	}
	got, err := e.Verdict()
	want := Verdict{Sent: 4, Acknowledged: 3, Refused: 1, Revisions: 3, Received: 3}
	if err != nil || got != want || len(e.Contents) != 2 {
		t.Fatalf("got %v, %v, want %v", got, err, want)
	}
}

// TestEveryLieIsNoticed spoils the story in each way that a broken server would.
func TestEveryLieIsNoticed(t *testing.T) {
	for name, lie := range map[string]struct {
		tell func(e *Evidence, marks []Mark)
		want Verdict // the counts that differ from the story's
		says string
	}{
		"an acknowledged edit is gone": {
			func(e *Evidence, _ []Mark) { e.Log[2].Delta = []byte(`{"ops":[]}`) }, Verdict{Lost: 1}, "acknowledged as revision 3"},
		"it stands elsewhere": {
			func(e *Evidence, marks []Mark) { e.Histories[0].Acknowledged[marks[1]] = 3 }, Verdict{Lost: 1}, "stands in revisions [2]"},
		"an edit stands twice": {
			func(e *Evidence, _ []Mark) { e.Log[2].Delta = e.Log[0].Delta }, Verdict{Lost: 1, Doubled: 1}, "stands in revisions [1 3]"},
		"an edit stands twice in a revision": {
			func(e *Evidence, marks []Mark) {
				e.Log[2].Delta = fmt.Appendf(nil, `[{"insert":"%s%s"}]`, marks[2], marks[2])
			}, Verdict{Doubled: 1}, "stands in revisions [3 3]"},
		"a seq is used twice": {
			func(e *Evidence, _ []Mark) { e.Log[2].Seq = 1 }, Verdict{Doubled: 1}, "is revision 1 and revision 3"},
		"an edit's id is used twice": {
			func(e *Evidence, _ []Mark) {
				e.Log[2].Edit, e.Histories[0].Received[2].Edit = e.Log[0].Edit, e.Log[0].Edit
			},
			Verdict{Doubled: 1}, "is revision 1 and revision 3"},
		"a revision is missing": {
			func(e *Evidence, _ []Mark) { e.Log[2].Rev = 4 }, Verdict{Lost: 1}, "revision 4 stands where 3 belongs"},
		"a refused edit has an effect": {
			func(e *Evidence, marks []Mark) { e.Histories[0].Refused[0] = marks[0] }, Verdict{Ghosts: 1}, "was refused"},
		"what is shown is not in the log": {
			func(e *Evidence, _ []Mark) { e.Histories[0].Received[2].Edit = id.New[id.Edit]() }, Verdict{Ghosts: 1}, "received edit"},
		"what is shown is beyond the log": {
			func(e *Evidence, _ []Mark) {
				e.Histories[0].Received = append(e.Histories[0].Received, Receipt{Rev: 4})
			}, Verdict{Received: 1, Ghosts: 1}, "revision 4"},
		"a gap is shown": {
			func(e *Evidence, _ []Mark) {
				e.Histories[0].Received = append(e.Histories[0].Received[:1], e.Histories[0].Received[2:]...)
			}, Verdict{Received: -1}, "received revision 3 after 1"},
		"a revision is shown again": {
			func(e *Evidence, _ []Mark) {
				e.Histories[0].Received = append(e.Histories[0].Received, e.Histories[0].Received[2])
			}, Verdict{Received: 1}, "received revision 3 after 3"},
		"a replica has gone its own way": {
			func(e *Evidence, _ []Mark) { e.Contents["a replica"] = ot.New().Insert("\n", nil).MustDelta() }, Verdict{}, "a replica is another document"},
		"the log cannot be replayed": {
			func(e *Evidence, _ []Mark) {
				e.Log[2].Delta = append([]byte(`{"ops":[{"retain":999},`), strings.TrimPrefix(string(e.Log[2].Delta), `{"ops":[`)...)
			}, Verdict{}, "replay revision 3"},
	} {
		t.Run(name, func(t *testing.T) {
			e, marks := story(t)
			e.Histories[0].Acknowledged = maps.Clone(e.Histories[0].Acknowledged)
			want, err := e.Verdict()
			if err != nil {
				t.Fatal(err)
			}
			lie.tell(e, marks)
			got, err := e.Verdict()
			want.Lost, want.Doubled, want.Ghosts, want.Received = lie.want.Lost, lie.want.Doubled, lie.want.Ghosts, want.Received+lie.want.Received
			if err == nil || !strings.Contains(err.Error(), lie.says) || got != want {
				t.Fatalf("got %v, %v; want %v and %q", got, err, want, lie.says)
			}
		})
	}
}

func TestABrokenJournalIsTold(t *testing.T) {
	for _, line := range []string{"", "heard ‹1›", "acknowledged ‹1› soon", "received 1 nothing", "received one 1"} {
		h := History{Acknowledged: map[Mark]ot.Rev{}}
		if h.add(line) == nil {
			t.Errorf("%q is taken for a line", line)
		}
	}
}
