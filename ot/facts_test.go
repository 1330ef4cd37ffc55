package ot_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/coscribe/coscribe/ot"
)

// Facts about Deltas that implementers get wrong, one test each, in the order
// and with the numbers of the project's notes on quill-delta 5.1.0.

func parse(t *testing.T, text string) ot.Delta {
	t.Helper()
	d, err := ot.Parse([]byte(text))
	if err != nil {
		t.Fatalf("parse %s: %v", text, err)
	}
	return d
}

func is(t *testing.T, got ot.Delta, want string) {
	t.Helper()
	if w := parse(t, want); !got.Equal(w) {
		t.Errorf("got %s, want %s", got, w)
	}
}

func TestFact01LengthsAreUTF16Units(t *testing.T) {
	for text, want := range map[string]int{"a": 1, "é": 1, "e\u0301": 2, "漢": 1, "😀": 2, "👨‍👩‍👧": 8, "𠮷": 2, "\uffff": 1} {
		if got := ot.New().Insert(text, nil).MustDelta().Len(); got != want {
			t.Errorf("%q is %d long, want %d", text, got, want)
		}
	}
	if got := parse(t, `[{"insert":{"image":"https://a/long"}},{"retain":3},{"delete":4}]`).Len(); got != 8 {
		t.Errorf("an embed, retain 3 and delete 4 are %d long, want 8", got)
	}
}

func TestFact02SurrogatePairsAreNeverCut(t *testing.T) {
	doc, _ := ot.NewDocument(parse(t, `[{"insert":"a😀b\n"}]`))
	for _, edit := range []string{
		`[{"retain":2},{"insert":"x"}]`, `[{"retain":2},{"delete":1}]`, `[{"retain":1},{"delete":1}]`,
		`[{"retain":2,"attributes":{"bold":true}}]`, `[{"retain":1},{"retain":1,"attributes":{"bold":true}}]`,
	} {
		wantRefusal(t, edit, doc.Apply(parse(t, edit)), ot.CodeDoesNotFit)
	}
	is(t, doc.Delta(), `[{"insert":"a😀b\n"}]`)
	d, err := ot.Diff(parse(t, `[{"insert":"x🌀\n"}]`), parse(t, `[{"insert":"x🏆🌀\n"}]`))
	if err != nil {
		t.Fatal(err)
	}
	is(t, d, `[{"retain":1},{"insert":"🏆"}]`)
}

func TestFact03NeighboursMerge(t *testing.T) {
	is(t, parse(t, `[{"delete":1},{"delete":2}]`), `[{"delete":3}]`)
	is(t, parse(t, `[{"insert":"a"},{"delete":1},{"insert":"b"},{"delete":1},{"insert":"c"}]`), `[{"insert":"abc"},{"delete":2}]`)
	is(t, parse(t, `[{"retain":1},{"retain":2},{"delete":1}]`), `[{"retain":3},{"delete":1}]`)
	is(t, parse(t, `[{"insert":"a","attributes":{"b":1,"a":2}},{"insert":"c","attributes":{"a":2,"b":1}}]`), `[{"insert":"ac","attributes":{"a":2,"b":1}}]`)
	if got := parse(t, `[{"insert":{"divider":true}},{"insert":{"divider":true}}]`).Len(); got != 2 {
		t.Errorf("two embeds are %d long: embeds never merge", got)
	}
	is(t, ot.New().Retain(0, nil).Insert("", nil).Delete(0).MustDelta(), `[]`)
}

func TestFact04Compose(t *testing.T) {
	for _, c := range [][3]string{
		{`[{"insert":"a"}]`, `[{"insert":"b"}]`, `[{"insert":"ba"}]`},
		{`[{"insert":"a"}]`, `[{"delete":1}]`, `[]`},
		{`[{"retain":1,"attributes":{"bold":true}}]`, `[{"delete":1}]`, `[{"delete":1}]`},
		{`[{"insert":"a"}]`, `[{"retain":1},{"delete":2}]`, `[{"insert":"a"},{"delete":2}]`},
		{`[{"delete":1}]`, `[{"delete":1}]`, `[{"delete":2}]`},
		{`[{"insert":"ab"}]`, `[{"retain":1},{"insert":"x"}]`, `[{"insert":"axb"}]`},
	} {
		is(t, parse(t, c[0]).Compose(parse(t, c[1])), c[2])
	}
}

func TestFact05AttributesAreReplacedWhole(t *testing.T) {
	text := parse(t, `[{"insert":"a","attributes":{"font":{"family":"x","size":1},"bold":true}}]`)
	is(t, text.Compose(parse(t, `[{"retain":1,"attributes":{"font":{"size":2},"bold":null}}]`)), `[{"insert":"a","attributes":{"font":{"size":2}}}]`)
	is(t, text.Compose(parse(t, `[{"retain":1,"attributes":{"font":null,"bold":null}}]`)), `[{"insert":"a"}]`)
	// Over a retain the null stays: it may still meet the key.
	is(t, parse(t, `[{"retain":1,"attributes":{"bold":true}}]`).Compose(parse(t, `[{"retain":1,"attributes":{"bold":null}}]`)), `[{"retain":1,"attributes":{"bold":null}}]`)
}

func TestFact06ObjectRetainsAreRefused(t *testing.T) {
	_, err := ot.Parse([]byte(`[{"retain":{"image":{"width":1}}}]`))
	wantRefusal(t, "object retain", err, ot.CodeBadDelta)
}

func TestFact07TransformOfInsertsAtOnePlace(t *testing.T) {
	a, b := parse(t, `[{"insert":"aa"}]`), parse(t, `[{"insert":"b"}]`)
	is(t, a.Transform(b, true), `[{"retain":2},{"insert":"b"}]`)
	is(t, a.Transform(b, false), `[{"insert":"b"}]`)
	del, bold := parse(t, `[{"delete":1}]`), parse(t, `[{"retain":2,"attributes":{"bold":true}}]`)
	is(t, del.Transform(bold, false), `[{"retain":1,"attributes":{"bold":true}}]`)
	is(t, del.Transform(del, false), `[]`)
}

func TestFact08FormattingOfTheFirstStays(t *testing.T) {
	a := parse(t, `[{"retain":1,"attributes":{"color":"red","bold":null}}]`)
	b := parse(t, `[{"retain":1,"attributes":{"color":"blue","bold":true,"italic":true}}]`)
	is(t, a.Transform(b, true), `[{"retain":1,"attributes":{"italic":true}}]`)
	is(t, a.Transform(b, false), b.String())
}

func TestFact09CommittedTextStandsLeft(t *testing.T) {
	doc := parse(t, `[{"insert":"\n"}]`)
	committed, pending := parse(t, `[{"insert":"C"}]`), parse(t, `[{"insert":"P"}]`)
	is(t, doc.Compose(committed).Compose(committed.Transform(pending, true)), `[{"insert":"CP\n"}]`)
	is(t, doc.Compose(pending).Compose(pending.Transform(committed, false)), `[{"insert":"CP\n"}]`)
}

func TestFact11WhatReachesPastTheEndIsRefused(t *testing.T) {
	doc, _ := ot.NewDocument(parse(t, `[{"insert":"ab\n"}]`))
	for _, edit := range []string{
		`[{"retain":4},{"insert":"x"}]`, `[{"retain":4,"attributes":{"bold":true}}]`, `[{"delete":4}]`,
		`[{"retain":3},{"delete":1}]`, `[{"retain":9007199254740990},{"delete":1}]`,
	} {
		wantRefusal(t, edit, doc.Apply(parse(t, edit)), ot.CodeDoesNotFit)
	}
	_, err := ot.NewDocument(parse(t, `[{"insert":"ab\n"},{"retain":1},{"insert":"\n"}]`))
	wantRefusal(t, "a document with a retain", err, ot.CodeBadDelta)
}

func TestFact12DegenerateInputIsRefused(t *testing.T) {
	for _, text := range []string{
		`{}`, `[{}]`, `[{"insert":null}]`, `[{"insert":""}]`, `[{"retain":0}]`, `[{"retain":-1}]`, `[{"delete":1.5}]`,
		`[{"delete":9007199254740992}]`, `[{"insert":"a","delete":1}]`, `[{"insert":"a","attributes":[]}]`,
		`[{"insert":"a","attributes":"bold"}]`, `[{"insert":"a","attributes":{}}]`, `[{"insert":"a","attributes":null}]`,
		`[{"insert":"a","attributes":{"__proto__":1}}]`, `[{"insert":"a","attributes":{"x":{"__proto__":1}}}]`,
		`[{"insert":{"__proto__":1}}]`, `[{"insert":{}}]`, `[{"insert":{"image":1,"video":2}}]`, `[{"insert":1}]`, `[{"insert":true}]`,
	} {
		_, err := ot.Parse([]byte(text))
		wantRefusal(t, text, err, ot.CodeBadDelta)
	}
}

func TestFact13AllTrailingPlainRetainsGo(t *testing.T) {
	is(t, parse(t, `[{"insert":"a"},{"retain":1},{"retain":2}]`), `[{"insert":"a"}]`)
	if d := parse(t, `[{"retain":7}]`); !d.IsEmpty() || !d.Equal(ot.Delta{}) {
		t.Errorf("a retain alone is %s, want the empty change", d)
	}
}

func TestFact14Invert(t *testing.T) {
	base := parse(t, `[{"insert":"ab","attributes":{"bold":true}},{"insert":{"image":"https://a"}},{"insert":"c\n"}]`)
	for _, c := range [][2]string{
		{`[{"insert":"x"}]`, `[{"delete":1}]`},
		{`[{"delete":3}]`, `[{"insert":"ab","attributes":{"bold":true}},{"insert":{"image":"https://a"}}]`},
		{`[{"retain":4,"attributes":{"bold":null,"color":"red"}}]`,
			`[{"retain":2,"attributes":{"bold":true,"color":null}},{"retain":2,"attributes":{"bold":null,"color":null}}]`},
		{`[{"retain":2,"attributes":{"bold":true}}]`, `[]`},
	} {
		undo, err := parse(t, c[0]).Invert(base)
		if err != nil {
			t.Fatal(err)
		}
		is(t, undo, c[1])
	}
	_, err := parse(t, `[{"delete":6}]`).Invert(base)
	wantRefusal(t, "past the end", err, ot.CodeDoesNotFit)
}

func TestFact15OwnTextMovesTheCaret(t *testing.T) {
	d := parse(t, `[{"retain":2},{"insert":"xy"}]`)
	for _, c := range []struct {
		at   int
		own  bool
		want int
	}{{1, true, 1}, {2, false, 2}, {2, true, 4}, {3, false, 5}, {3, true, 5}} {
		if got := d.TransformPosition(c.at, c.own); got != c.want {
			t.Errorf("caret %d, own %v: %d, want %d", c.at, c.own, got, c.want)
		}
	}
	if got := parse(t, `[{"retain":1},{"delete":5}]`).TransformPosition(3, false); got != 1 {
		t.Errorf("a caret in deleted text goes to %d, want 1", got)
	}
}

func TestFact16DiffIsOfDocuments(t *testing.T) {
	_, err := ot.Diff(parse(t, `[{"retain":1},{"insert":"a"}]`), parse(t, `[{"insert":"a"}]`))
	wantRefusal(t, "diff of a change", err, ot.CodeBadDelta)
	d, err := ot.Diff(parse(t, `[{"insert":{"image":"https://a"}},{"insert":"\n"}]`), parse(t, `[{"insert":{"image":"https://b"}},{"insert":"\n"}]`))
	if err != nil {
		t.Fatal(err)
	}
	is(t, d, `[{"insert":{"image":"https://b"}},{"delete":1}]`)
}

func TestFact19TheLastNewlineIsFixed(t *testing.T) {
	doc, _ := ot.NewDocument(parse(t, `[{"insert":"a\n\n"}]`))
	for _, edit := range []string{
		`[{"retain":3},{"insert":"x"}]`, `[{"retain":3},{"insert":"\n"}]`, `[{"retain":2},{"delete":1}]`, `[{"delete":3}]`,
		`[{"retain":2},{"insert":"\n"},{"delete":1}]`,
	} {
		wantRefusal(t, edit, doc.Apply(parse(t, edit)), ot.CodeDoesNotFit)
	}
	if err := doc.Apply(parse(t, `[{"retain":1},{"delete":1},{"retain":1,"attributes":{"header":1}}]`)); err != nil {
		t.Fatal(err)
	}
	is(t, doc.Delta(), `[{"insert":"a"},{"insert":"\n","attributes":{"header":1}}]`)
	for _, text := range []string{`[]`, `[{"insert":"a"}]`, `[{"insert":"\n"},{"insert":{"divider":true}}]`} {
		_, err := ot.NewDocument(parse(t, text))
		wantRefusal(t, text, err, ot.CodeBadDelta)
	}
	for _, text := range []string{`[{"insert":"a\r\n"}]`, `[{"insert":"a\u000d"}]`} {
		_, err := ot.Parse([]byte(text))
		wantRefusal(t, text, err, ot.CodeBadDelta)
	}
}

func TestFact20TextIsNeverNormalised(t *testing.T) {
	a, b := parse(t, `[{"insert":"é"}]`), parse(t, `[{"insert":"e\u0301"}]`)
	if a.Equal(b) {
		t.Error("composed and decomposed é are one")
	}
}

func TestFact21EqualityIsByValue(t *testing.T) {
	a := parse(t, `[{"insert":"x","attributes":{"font":{"size":1.0,"family":"a"},"n":1e2,"z":-0}}]`)
	b := parse(t, `{"ops":[{"attributes":{"z":0,"n":100,"font":{"family":"\u0061","size":1}},"insert":"x"}]}`)
	if !a.Equal(b) || a.String() != b.String() {
		t.Errorf("%s and %s are not one", a, b)
	}
	const want = `{"ops":[{"attributes":{"link":"https://a/?b=1&c=<\u2028>"},"insert":"<&>"}]}`
	if got := parse(t, want).String(); got != "{\"ops\":[{\"attributes\":{\"link\":\"https://a/?b=1&c=<\u2028>\"},\"insert\":\"<&>\"}]}" {
		t.Errorf("encoded as %s", got)
	}
}

func TestFact21KeysAreSortedHoweverTheyAreSpelled(t *testing.T) {
	const want = `{"ops":[{"attributes":{"a":{"c":3,"d":4},"b":2,"\"":1},"retain":1}]}`
	got := parse(t, `[{"retain":1,"attributes":{"\u0062":2,"\u0061":{"\u0064":4,"\u0063":3},"\"":1}}]`)
	if got.String() != `{"ops":[{"attributes":{"\"":1,"a":{"c":3,"d":4},"b":2},"retain":1}]}` || !got.Equal(parse(t, want)) {
		t.Errorf("got %s", got)
	}
}

func TestFact21NumbersAreSpelledAsInJavaScript(t *testing.T) {
	for in, want := range map[string]string{
		"1.0": "1", "-0.0": "0", "1e21": "1e+21", "123456789012345680000": "123456789012345680000", "1e-7": "1e-7",
		"0.000001": "0.000001", "9007199254740993": "9007199254740992", "1.7976931348623157e308": "1.7976931348623157e+308",
		"5e-324": "5e-324", "-1.50": "-1.5", "1E3": "1000",
	} {
		got := parse(t, `[{"retain":1,"attributes":{"n":`+in+`}}]`).String()
		if want := fmt.Sprintf(`{"ops":[{"attributes":{"n":%s},"retain":1}]}`, want); got != want {
			t.Errorf("%s is spelled %s, want %s", in, got, want)
		}
	}
}

func TestFact22NothingIsModified(t *testing.T) {
	a := parse(t, `[{"retain":1},{"insert":"ab","attributes":{"bold":true}},{"delete":2}]`)
	b := parse(t, `[{"retain":2},{"insert":"c"},{"retain":2,"attributes":{"bold":null}}]`)
	before := a.String() + b.String()
	a.Compose(b)
	a.Transform(b, true)
	b.Transform(a, false)
	if after := a.String() + b.String(); after != before {
		t.Errorf("were %s, are %s", before, after)
	}
	attrs := a.Compose(ot.Delta{})
	for c := range attrs.Components() {
		if m := c.Attrs(); m != nil {
			m["bold"] = "changed"
		}
	}
	if after := a.String() + b.String(); after != before {
		t.Errorf("attributes handed out are the Delta's own: %s", after)
	}
}

func TestDeltaGoesThroughEncodingJSON(t *testing.T) {
	var d ot.Delta
	if err := json.Unmarshal([]byte(` {"ops" : [ {"insert":"a"} , {"retain": 1e1} , {"delete":2.0} ] } `), &d); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(d)
	if want := `{"ops":[{"insert":"a"},{"retain":10},{"delete":2}]}`; err != nil || string(text) != want {
		t.Errorf("%s, %v, want %s", text, err, want)
	}
}
