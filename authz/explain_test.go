package authz

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

type question struct {
	owner [16]byte
	list  []Right
	who   Who
	now   int64
}

func (q question) decide() Effective    { return Decide(q.owner, q.list, q.who, q.now) }
func (q question) explain() Explanation { return Explain(q.owner, q.list, q.who, q.now) }

// without is the question of what were left if a path were gone.
func (q question) without(p Path) question {
	if p.Index < 0 {
		q.owner = [16]byte{}
		return q
	}
	q.list = slices.Delete(slices.Clone(q.list), p.Index, p.Index+1)
	return q
}

var questions = rapid.Custom(func(t *rapid.T) question {
	return question{
		owner: owners.Draw(t, "owner"), list: lists.Draw(t, "rights"),
		who: whos.Draw(t, "who"), now: rapid.Int64Range(0, 5).Draw(t, "now"),
	}
})

// What is explained is what is decided.
func TestExplainAgreesWithDecide(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := questions.Draw(t, "question")
		if got, want := q.explain().Effective, q.decide(); got != want {
			t.Fatalf("explained as %+v, decided as %+v", got, want)
		}
	})
}

// What would be left without a path is what is decided without it.
func TestWithoutIsTheDecisionWithout(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := questions.Draw(t, "question")
		for _, path := range q.explain().Paths {
			if got, want := path.Without, q.without(path).decide(); got != want {
				t.Fatalf("without %+v: explained as %+v, decided as %+v", path, got, want)
			}
		}
	})
}

// Every right that speaks for the person is a path, once, dead or alive, and nothing else is.
func TestPathsAreWhatSpeaksForOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := questions.Draw(t, "question")
		var want, got []int
		if q.who.User == q.owner {
			want = append(want, -1)
		}
		for i, r := range q.list {
			if r.Role.Grantable() && speaksFor(r.To, q.who) {
				want = append(want, i)
			}
		}
		for _, path := range q.explain().Paths {
			got = append(got, path.Index)
			if path.Index >= 0 && path.Right != q.list[path.Index] {
				t.Fatalf("path %+v is not right %d", path, path.Index)
			}
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Fatalf("paths by %v, want %v", got, want)
		}
	})
}

// A role has one winner, which comes first and gives just this role until its end; no role has none. What is expired says
// so, and no order but the states' and the strengths' is kept.
func TestOneWinsAndComesFirst(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := questions.Draw(t, "question")
		why := q.explain()
		for i, path := range why.Paths {
			dead := path.ExpiresAt != 0 && path.ExpiresAt <= q.now
			want := Covered
			switch {
			case dead:
				want = Expired
			case q.who.Suspended:
				want = Withheld
			case i == 0:
				want = Wins
			}
			if path.State != want {
				t.Fatalf("path %d of %+v is %v, want %v", i, why, path.State, want)
			}
			if path.State == Wins && path.effective() != why.Effective {
				t.Fatalf("%+v wins, and the role is %+v", path, why.Effective)
			}
		}
		if first := len(why.Paths) > 0 && why.Paths[0].State == Wins; first != (why.Effective.Role > None) {
			t.Fatalf("somebody wins: %v, in %+v", first, why)
		}
	})
}

// The order of the grants says nothing: the same paths come in the same order.
func TestExplainIsOrderless(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := questions.Draw(t, "question")
		turned := q
		turned.list = slices.Clone(q.list)
		slices.Reverse(turned.list)
		first, second := q.explain(), turned.explain()
		for i := range first.Paths {
			first.Paths[i].Index, second.Paths[i].Index = 0, 0
		}
		if !slices.Equal(first.Paths, second.Paths) {
			t.Fatalf("%+v\nin another order: %+v", first, second)
		}
	})
}

// The explanations of a document with every kind of grant, as they would be read to somebody.
func TestExplainGolden(t *testing.T) {
	var out strings.Builder
	for _, q := range asked {
		fmt.Fprintf(&out, "%s\n%s\n", q.name, told(q.question.explain()))
	}
	golden(t, "explain.txt", out.String())
}

// People and things of the golden explanations.
var (
	ana, ben, kim, eve  = [16]byte{1}, [16]byte{2}, [16]byte{3}, [16]byte{4}
	writers, reviewers  = [16]byte{11}, [16]byte{12}
	clientReview, draft = [16]byte{21}, [16]byte{22}

	called = map[[16]byte]string{
		ana: "ana", ben: "ben", kim: "kim", eve: "eve",
		writers: "writers", reviewers: "reviewers", clientReview: "client review", draft: "draft",
	}
)

var plan = []Right{
	{To: Principal{Kind: ToUser, ID: ben}, Role: Editor, ExpiresAt: 900},
	{To: Principal{Kind: ToUser, ID: kim}, Role: Commenter},
	{To: Principal{Kind: ToUser, ID: eve}, Role: Viewer},
	{To: Principal{Kind: ToGroup, ID: writers}, Role: Editor, ExpiresAt: 500},
	{To: Principal{Kind: ToGroup, ID: reviewers}, Role: Commenter},
	{To: Principal{Kind: ToLink, ID: clientReview}, Role: Commenter, ExpiresAt: 300},
	{To: Principal{Kind: ToLink, ID: draft}, Role: Editor, ExpiresAt: 50},
	{To: Principal{Kind: ToEveryone}, Role: Viewer},
	{To: Principal{Kind: ToAddress, ID: ben}, Role: Admin},
}

var public = append(slices.Clone(plan), Right{To: Principal{Kind: ToAnyone}, Role: Viewer, ExpiresAt: 200})

var twins = []Right{
	{To: Principal{Kind: ToGroup, ID: reviewers}, Role: Viewer},
	{To: Principal{Kind: ToGroup, ID: writers}, Role: Viewer},
}

var asked = []struct {
	name string
	question
}{
	{"the owner, who is also in a group", question{ana, plan, Who{User: ana, Groups: [][16]byte{writers}}, 100}},
	{"an editor by two ways: the one that lasts longer wins", question{ana, plan, Who{User: ben, Groups: [][16]byte{writers, reviewers}}, 100}},
	{"the same after one of them has ended", question{ana, plan, Who{User: ben, Groups: [][16]byte{writers, reviewers}}, 500}},
	{"the same after both have ended", question{ana, plan, Who{User: ben, Groups: [][16]byte{writers, reviewers}}, 900}},
	{"as much by two ways for ever: the more direct wins", question{ana, plan, Who{User: kim, Groups: [][16]byte{reviewers}}, 100}},
	{"as much by two groups: always the same one of them wins", question{ana, twins, Who{User: kim, Groups: [][16]byte{reviewers, writers}}, 100}},
	{"a stranger who is signed in", question{ana, plan, Who{User: [16]byte{9}}, 100}},
	{"a guest by two links, one of them dead", question{ana, plan, Who{User: [16]byte{9}, Guest: true, Links: [][16]byte{draft, clientReview}}, 100}},
	{"a guest by a dead link only", question{ana, plan, Who{User: [16]byte{9}, Guest: true, Links: [][16]byte{draft}}, 100}},
	{"nobody known", question{ana, plan, Who{}, 100}},
	{"nobody known, and the document is public for a while", question{ana, public, Who{}, 100}},
	{"suspended", question{ana, plan, Who{User: eve, Suspended: true, Links: [][16]byte{draft}}, 100}},
	{"the owner, suspended", question{ana, plan, Who{User: ana, Suspended: true}, 100}},
}

func told(why Explanation) string {
	var out strings.Builder
	fmt.Fprintf(&out, "  is %s\n", toldEffective(why.Effective))
	for _, path := range why.Paths {
		by := "ownership"
		if path.Index >= 0 {
			by = strings.TrimSpace(path.To.Kind.String() + " " + called[path.To.ID])
		}
		fmt.Fprintf(&out, "  %-9s %-20s %-20s without it: %s\n", path.State, by, toldEffective(path.effective()), toldEffective(path.Without))
	}
	return out.String()
}

func toldEffective(e Effective) string {
	if e.ValidUntil == 0 {
		return e.Role.String()
	}
	return fmt.Sprintf("%v until %d", e.Role, e.ValidUntil)
}
