package ot

import (
	"errors"
	"strings"
	"testing"
)

func TestAuthorityAnswersDuplicatesBeforeAnythingElse(t *testing.T) {
	a := authorityOf(`[{"insert":"\n"}]`, 2, 1, 2)
	mustAccept(t, a, submission(1, 3, 0, `[{"insert":"a"}]`))
	mustAccept(t, a, submission(1, 5, 0, `[{"insert":"b"}]`))
	check := func(when string) {
		t.Helper()
		for _, test := range []struct {
			seq  int64
			same bool
			rev  Rev
			err  error
		}{
			{5, true, 2, nil}, {5, false, 0, ErrSeqReuse}, {4, true, 0, ErrStaleSeq}, {6, true, 0, nil},
		} {
			s := submission(1, test.seq, 99, `[{"retain":500},{"insert":"never read"}]`)
			if !test.same {
				s.ID[0]++
			}
			rev, known, err := a.Lookup(s.Origin, s.Seq, s.ID)
			if rev != test.rev || known != (test.rev > 0) || !errors.Is(err, test.err) {
				t.Errorf("%s, seq %d: revision %d, known %v, %v; want %+v", when, test.seq, rev, known, err, test)
			}
			if test.seq > 5 {
				continue // new: base and Delta would count
			}
			acc, fresh, err := a.Accept(s)
			if acc.Rev != test.rev || fresh || !errors.Is(err, test.err) {
				t.Errorf("%s, Accept of seq %d: revision %d, fresh %v, %v; want %+v", when, test.seq, acc.Rev, fresh, err, test)
			}
		}
	}
	check("both ahead")
	first := submission(1, 3, 0, `[]`)
	if rev, known, err := a.Lookup(first.Origin, 3, first.ID); rev != 1 || !known || err != nil {
		t.Errorf("the earlier one ahead: %d, %v, %v; want revision 1", rev, known, err)
	}
	a.Commit(1)
	check("one committed")
	if rev, known, err := a.Lookup(first.Origin, 3, first.ID); rev != 1 || !known || err != nil {
		t.Errorf("the earlier one committed: %d, %v, %v; want revision 1", rev, known, err)
	}
	a.Commit(2)
	a.Remember(first.Origin, 3, first.ID, 1) // an answer of the log that comes late
	check("both committed")
	if _, _, err := a.Lookup(first.Origin, 3, first.ID); !errors.Is(err, ErrStaleSeq) {
		t.Errorf("an old one: %v, want ErrStaleSeq", err)
	}
	if _, _, err := a.Accept(submission(9, 1, 0, `[{"insert":"x"}]`)); !errors.Is(err, ErrUnknownOrigin) {
		t.Errorf("an origin never heard of: %v, want ErrUnknownOrigin", err)
	}
}

func TestAuthorityIsUntouchedByRefusals(t *testing.T) {
	a := authorityOf(`[{"insert":"\n"}]`, 2, 1, 2)
	a.MaxLen = 5
	for seq := range int64(4) {
		mustAccept(t, a, submission(1, seq+1, a.Committed(), `[{"insert":"a"}]`))
		a.Commit(a.Head())
	}
	var unfit *Error
	for name, test := range map[string]struct {
		base  Rev
		delta string
		want  error
		code  string
	}{
		"from the future": {5, `[{"insert":"x"}]`, ErrBadBase, ""},
		"negative base":   {-1, `[{"insert":"x"}]`, ErrBadBase, ""},
		"too old":         {1, `[{"insert":"x"}]`, ErrTooOld, ""},
		"behind the end":  {4, `[{"retain":5},{"delete":1}]`, nil, CodeDoesNotFit},
		"last newline":    {3, `[{"retain":3},{"delete":1}]`, nil, CodeDoesNotFit},
		"too long":        {4, `[{"insert":"x"}]`, nil, CodeTooLarge},
	} {
		_, fresh, err := a.Accept(submission(2, 1, test.base, test.delta))
		if test.want != nil && !errors.Is(err, test.want) || test.want == nil && (!errors.As(err, &unfit) || unfit.Code != test.code) {
			t.Errorf("%s: %v, want %v %s", name, err, test.want, test.code)
		}
		if fresh || a.Head() != 4 {
			t.Errorf("%s: fresh %v, head %d", name, fresh, a.Head())
		}
	}
	acc := mustAccept(t, a, submission(2, 1, 2, `[{"retain":2},{"attributes":{"bold":true},"retain":1}]`))
	if acc.Rev != 5 || acc.Change.String() != `{"ops":[{"retain":4},{"attributes":{"bold":true},"retain":1}]}` {
		t.Errorf("after all refusals: revision %d, %v", acc.Rev, acc.Change)
	}
}

func TestChainIsAllOrNothing(t *testing.T) {
	a := authorityOf(`[{"insert":"\n"}]`, 8, 1, 2)
	mustAccept(t, a, submission(1, 1, 0, `[{"insert":"😀"}]`))
	good := []Submission{
		submission(2, 1, 0, `[{"insert":"a"}]`),
		submission(2, 2, 0, `[{"retain":1},{"insert":"b"}]`),
		submission(2, 4, 0, `[{"retain":1},{"delete":1},{"insert":"c"}]`),
	}
	bad := append(good[:2:2], submission(2, 3, 0, `[{"retain":9},{"insert":"x"}]`))
	var at *ChainError
	var unfit *Error
	if _, _, err := a.AcceptChain(bad); !errors.As(err, &at) || at.Index != 2 || !errors.As(err, &unfit) {
		t.Errorf("a bad third: %v, want a ChainError about 2", err)
	}
	if a.Head() != 1 {
		t.Fatalf("a refused chain left head %d", a.Head())
	}
	accs, fresh, err := a.AcceptChain(good)
	if err != nil || !fresh || len(accs) != 3 || accs[2].Rev != 4 {
		t.Fatalf("AcceptChain = %v, %v, %v", accs, fresh, err)
	}
	if again, fresh, err := a.AcceptChain(good); err != nil || fresh || again[0].Rev != 2 || again[2].Rev != 4 {
		t.Errorf("the chain again: %v, %v, %v; want its revisions", again, fresh, err)
	}
	longer := append(good[:3:3], submission(2, 5, 0, `[{"insert":"y"}]`))
	if _, _, err := a.AcceptChain(longer); !errors.Is(err, ErrSeqReuse) || a.Head() != 4 {
		t.Errorf("a chain known in part: %v, head %d; want ErrSeqReuse, 4", err, a.Head())
	}
	a.Commit(4)
	if got := a.Content().Delta().String(); got != `{"ops":[{"insert":"😀ac\n"}]}` {
		t.Errorf("content %s", got)
	}
	if _, _, err := a.AcceptChain(good); !errors.Is(err, ErrStaleSeq) {
		t.Errorf("the chain once it is old: %v, want ErrStaleSeq", err)
	}
}

func TestAuthorityForgetsOriginsAndRevisions(t *testing.T) {
	a := authorityOf(`[{"insert":"\n"}]`, 8, 1)
	mustAccept(t, a, submission(1, 1, 0, `[{"insert":"a"}]`))
	a.Commit(1)
	for i := range 3 * rememberedOrigins {
		a.Remember(Origin{Client: [16]byte{byte(i), byte(i >> 8), 2}}, 1, [16]byte{}, 1)
	}
	if n := len(a.origins.young) + len(a.origins.old); n > 2*rememberedOrigins {
		t.Errorf("%d origins remembered, at most %d allowed", n, 2*rememberedOrigins)
	}
	if _, _, err := a.Accept(submission(1, 1, 0, `[{"insert":"a"}]`)); !errors.Is(err, ErrUnknownOrigin) {
		t.Errorf("a forgotten origin: %v, want ErrUnknownOrigin", err)
	}

	paste := New().Insert(strings.Repeat("x", 1<<20), nil)
	large, _ := paste.Delta()
	for rev := Rev(2); rev < 9; rev++ {
		if err := a.Advance(rev, large); err != nil {
			t.Fatal(err)
		}
	}
	if a.past.bytes > windowBytes {
		t.Errorf("the window holds %d bytes, %d allowed", a.past.bytes, windowBytes)
	}
	if _, err := a.Since(2); !errors.Is(err, ErrTooOld) {
		t.Errorf("Since(2): %v, want ErrTooOld", err)
	}
	since, err := a.Since(6)
	if err != nil {
		t.Fatal(err)
	}
	next := Rev(7)
	for rev, change := range since {
		if rev != next || !change.Equal(large) {
			t.Fatalf("Since gives %d, want %d", rev, next)
		}
		next++
	}
	if next != 9 {
		t.Errorf("Since ended before %d", next)
	}
}

func TestAuthorityPanicsOnBrokenInvariants(t *testing.T) {
	for name, breaks := range map[string]func(*Authority){
		"commit beyond the head": func(a *Authority) { a.Commit(9) },
		"commit backwards":       func(a *Authority) { a.Commit(-1) },
		"advance under an edit":  func(a *Authority) { a.Advance(1, Delta{}) },
	} {
		a := authorityOf(`[{"insert":"\n"}]`, 8, 1)
		mustAccept(t, a, submission(1, 1, 0, `[{"insert":"a"}]`))
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			breaks(a)
		}()
	}
}
