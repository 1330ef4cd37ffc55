package ot

import (
	"errors"
	"testing"
)

// at makes an edit of the origin numbered who, on base.
func submission(who byte, seq int64, base Rev, delta string) Submission {
	return Submission{
		Origin: Origin{Author: [16]byte{who}, Client: [16]byte{who, 1}},
		Seq:    seq,
		ID:     [16]byte{who, byte(seq), byte(seq >> 8), 7},
		Base:   base,
		Delta:  mustParse(delta),
	}
}

func mustParse(s string) Delta {
	d, err := Parse([]byte(s))
	if err != nil {
		panic(err)
	}
	return d
}

func authorityOf(content string, window int, origins ...byte) *Authority {
	doc, err := NewDocument(mustParse(content))
	if err != nil {
		panic(err)
	}
	a := NewAuthority(0, doc, window)
	for _, who := range origins {
		a.Remember(submission(who, 1, 0, `[]`).Origin, 0, [16]byte{}, 0)
	}
	return a
}

func mustAccept(t *testing.T, a *Authority, s Submission) Accepted {
	t.Helper()
	acc, fresh, err := a.Accept(s)
	if err != nil || !fresh {
		t.Fatalf("Accept(%d) = fresh %v, %v; want accepted", s.Seq, fresh, err)
	}
	return acc
}

func TestAuthorityKeepsAheadFromCommitted(t *testing.T) {
	a := authorityOf(`[{"insert":"\n"}]`, 8, 1)
	mustAccept(t, a, submission(1, 1, 0, `[{"insert":"a"}]`))
	mustAccept(t, a, submission(1, 2, 0, `[{"insert":"b"}]`))
	if a.Head() != 2 || a.Committed() != 0 || a.Content().Len() != 1 {
		t.Fatalf("head %d, committed %d, content %v; want 2, 0, the new document", a.Head(), a.Committed(), a.Content().Delta())
	}
	if _, _, err := a.Accept(submission(1, 3, 1, `[{"insert":"c"}]`)); !errors.Is(err, ErrBadBase) {
		t.Errorf("base ahead of committed: %v, want ErrBadBase", err)
	}
	a.Commit(1)
	if got := a.Content().Delta().String(); a.Committed() != 1 || got != `{"ops":[{"insert":"a\n"}]}` {
		t.Errorf("after Commit(1): %d, %s", a.Committed(), got)
	}
	if aborted := a.Abort(); len(aborted) != 1 || aborted[0].Seq != 2 || a.Head() != 1 {
		t.Errorf("Abort() = %v, head %d; want edit 2, head 1", aborted, a.Head())
	}
	again := mustAccept(t, a, submission(1, 2, 0, `[{"insert":"b"}]`))
	a.Commit(2)
	if got := a.Content().Delta().String(); again.Rev != 2 || got != `{"ops":[{"insert":"ab\n"}]}` {
		t.Errorf("after the abort: revision %d, %s", again.Rev, got)
	}
}
