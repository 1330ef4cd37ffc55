package ot_test

import (
	"bytes"
	"testing"
	"unicode/utf8"

	"github.com/coscribe/coscribe/ot"
)

// What fuzzers found is kept under testdata/fuzz and runs with every test.

// FuzzParse: nothing panics, and what is taken is canonical and stays so.
func FuzzParse(f *testing.F) {
	for _, text := range []string{
		`{"ops":[{"retain":3},{"insert":"a😀","attributes":{"bold":true}},{"delete":2}]}`,
		`[{"insert":{"image":"https://a/b"}},{"retain":1e2,"attributes":{"a":null,"b":[1.50,{"c":"\ud83d\ude00"}]}}]`,
		` { "ops" : [ ] } `, `[{"delete":1},{"insert":"\u0061\n"},{"delete":1}]`, `[{"insert":"\ud83d"}]`, `[{"retain":9007199254740991}]`,
	} {
		f.Add([]byte(text))
	}
	for _, text := range hostile(200) {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := ot.Parse(data)
		if err != nil {
			if text := err.Error(); len(text) > 500 || !utf8.ValidString(text) {
				t.Fatalf("the refusal is %d bytes: %q", len(text), text)
			}
			return
		}
		text := d.AppendJSON(nil)
		again, err := ot.Parse(text)
		if err != nil {
			t.Fatalf("%s is taken, its encoding %s refused: %v", data, text, err)
		}
		if !again.Equal(d) || !bytes.Equal(again.AppendJSON(nil), text) {
			t.Fatalf("%s is encoded as %s and then as %s", data, text, again)
		}
		checkCanonical(t, d)
	})
}

// checkCanonical reports neighbours that could be one.
func checkCanonical(t *testing.T, d ot.Delta) {
	t.Helper()
	var before ot.Component
	for c := range d.Components() {
		switch {
		case c.Len <= 0:
			t.Fatalf("%s has an empty component", d)
		case before.Len == 0:
		case before.Kind == c.Kind && c.Kind != ot.Embed && before.SameAttrs(c):
			t.Fatalf("%s has neighbours that could be one", d)
		case before.Kind == ot.Delete && (c.Kind == ot.Insert || c.Kind == ot.Embed):
			t.Fatalf("%s has an insert behind a delete", d)
		}
		before = c
	}
	if before.Kind == ot.Retain && before.Len > 0 && !before.HasAttrs() {
		t.Fatalf("%s ends with a plain retain", d)
	}
}

// FuzzApply: any two Deltas; a document takes the second or stays as it is,
// and composing and inverting agree with applying.
func FuzzApply(f *testing.F) {
	f.Add([]byte(`[{"insert":"a😀b\n"}]`), []byte(`[{"retain":1},{"delete":2},{"insert":"x"}]`))
	f.Add([]byte(`[{"insert":"a😀b\n"}]`), []byte(`[{"retain":2},{"insert":"x"}]`))
	f.Add([]byte(`[{"insert":{"a":1},"attributes":{"b":1}},{"insert":"\n\n"}]`), []byte(`[{"retain":3,"attributes":{"b":null}}]`))
	f.Add([]byte(`[{"insert":"\n"}]`), []byte(`[{"insert":"x"},{"delete":1}]`))
	f.Fuzz(func(t *testing.T, content, change []byte) {
		base, err := ot.Parse(content)
		if err != nil {
			return
		}
		d, err := ot.Parse(change)
		if err != nil {
			return
		}
		doc, err := ot.NewDocument(base)
		if err != nil {
			return
		}
		clone := doc.Clone()
		composed := base.Compose(d) // fits or not, it does not panic
		undo, undoErr := doc.Invert(d)
		if err := doc.Apply(d); err != nil {
			if !doc.Delta().Equal(base) {
				t.Fatalf("%s was refused on %s and left %s", d, base, doc.Delta())
			}
			return
		}
		if !doc.Delta().Equal(composed) || !clone.Delta().Equal(base) {
			t.Fatalf("%s on %s gives %s, composed %s, and the clone is %s", d, base, doc.Delta(), composed, clone.Delta())
		}
		if err := doc.Check(); err != nil {
			t.Fatal(err)
		}
		if undoErr != nil || doc.Apply(undo) != nil || !doc.Delta().Equal(base) {
			t.Fatalf("%s is undone by %s (%v), which leaves %s of %s", d, undo, undoErr, doc.Delta(), base)
		}
	})
}

// FuzzLaws draws its changes with the fuzzer's bytes as dice.
func FuzzLaws(f *testing.F) {
	f.Add([]byte("a document and some changes"))
	f.Add(bytes.Repeat([]byte{1, 2, 3, 4, 5, 6, 7}, 30))
	f.Fuzz(func(t *testing.T, data []byte) {
		roll := bytesDice(data)
		base := roll.content()
		a, b := roll.change(base), roll.change(base)
		c := roll.change(base.Compose(a))
		a2, b2 := b.Transform(a, false), a.Transform(b, true)
		same(t, "diamond", b.Compose(a2), a.Compose(b2))
		same(t, "composition", base.Compose(a.Compose(c)), base.Compose(a).Compose(c))
		undo, err := a.Invert(base)
		if err != nil {
			t.Fatalf("invert %s on %s: %v", a, base, err)
		}
		same(t, "undone", base.Compose(a).Compose(undo), base)
		for _, d := range []ot.Delta{a, b, c, a2, b2, undo, a.Compose(c)} {
			checkCanonical(t, d)
		}
	})
}

func same(t *testing.T, what string, got, want ot.Delta) {
	t.Helper()
	if !got.Equal(want) || got.String() != want.String() {
		t.Fatalf("%s:\n got %s\nwant %s", what, got, want)
	}
}

// FuzzDiff: any two documents; the difference leads from one to the other
// and fits.
func FuzzDiff(f *testing.F) {
	f.Add("x🌀", "x🏆🌀", []byte{1, 2, 3})
	f.Add("one two three\nfour", "one 2 three\n\nfour five", []byte{})
	f.Add("", "\n\n", bytes.Repeat([]byte{9}, 40))
	f.Fuzz(func(t *testing.T, from, to string, data []byte) {
		roll := bytesDice(data)
		a, errA := ot.New().Insert(from, nil).Insert("\n", nil).Delta()
		b, errB := ot.New().Insert(to, nil).Insert("\n", nil).Delta()
		if errA != nil || errB != nil {
			return
		}
		a, b = a.Compose(roll.change(a)), b.Compose(roll.change(b))
		d, err := ot.Diff(a, b)
		if err != nil {
			t.Fatal(err)
		}
		doc := mustOpen(t, a)
		if err := doc.Apply(d); err != nil {
			t.Fatalf("%s does not fit %s: %v", d, a, err)
		}
		same(t, "the difference", doc.Delta(), b)
	})
}

// FuzzDocument edits a document and a plain model side by side.
func FuzzDocument(f *testing.F) {
	for seed := range uint64(4) {
		roll := seededDice(seed)
		data := make([]byte, 400)
		for i := range data {
			data[i] = byte(roll(256))
		}
		f.Add(data)
	}
	f.Fuzz(runFuzzDocument)
}

func runFuzzDocument(t *testing.T, data []byte) {
	rest := data
	roll := func(n int) int {
		if len(rest) == 0 {
			return 0
		}
		v := int(rest[0])
		rest = rest[1:]
		if n > 256 && len(rest) > 0 { // places in a long document
			v = v<<8 | int(rest[0])
			rest = rest[1:]
		}
		return v % n
	}
	content := dice(roll).content()
	doc, m := mustOpen(t, content), newModel(content)
	for i := 0; len(rest) > 0 && i < 100; i++ {
		before := doc.Clone()
		text := before.Delta()
		d := m.edit(roll, roll(3) > 0)
		if err := doc.Apply(d); err != nil {
			t.Fatalf("%s: %v", d, err)
		}
		m.apply(d)
		if err := doc.Check(); err != nil {
			t.Fatalf("after %s: %v", d, err)
		}
		if !before.Delta().Equal(text) {
			t.Fatalf("%s changed a clone", d)
		}
	}
	if err := m.is(doc.Delta()); err != nil {
		t.Fatal(err)
	}
}
