package ot_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/coscribe/coscribe/ot"
)

func wantRefusal(t *testing.T, what string, err error, code string) {
	t.Helper()
	var refusal *ot.Error
	if !errors.As(err, &refusal) || refusal.Code != code {
		t.Errorf("%s: got %v, want the refusal %s", what, err, code)
	}
}

func TestParseRefusesWhatIsNotStrictJSON(t *testing.T) {
	for _, text := range []string{
		``, ` `, `null`, `1`, `"a"`, `[`, `{`, `{"ops"}`, `{"ops":}`, `{"ops":[]`, `{"ops":[]}}`, `[]]`, `[] []`, `[]x`,
		`{"ops":[],"ops":[]}`, `{"ops":[],"x":1}`, `{"Ops":[]}`, `{"ops":{}}`, `{"x":[]}`, `{ops:[]}`,
		`[{"insert":"a"},]`, `[,{"insert":"a"}]`, `[{"insert":"a"}{"insert":"b"}]`, `[{"insert":"a",}]`, `[{"insert" "a"}]`, `[["insert","a"]]`,
		`[{"insert":'a'}]`, `[{'insert':"a"}]`, `[{"insert":"a" /* b */}]`,
		`[{"Insert":"a"}]`, `[{"insert":"a","insert":"b"}]`, `[{"retain":1,"retain":1}]`, `[{"insert":"a","x":1}]`,
		`[{"retain":1,"attributes":{"a":1},"attributes":{"a":1}}]`, `[{"retain":1,"attributes":{"a":1,"b":2,"a":1}}]`,
		`[{"retain":1,"attributes":{"a":{"x":1,"x":1}}}]`, `[{"retain":1,"attributes":{"a":1,"\u0061":1}}]`,
		`[{"delete":1,"attributes":{"bold":true}}]`, `[{"insert":"a","attributes":{"bold":null}}]`,
		`[{"retain":01}]`, `[{"retain":+1}]`, `[{"retain":1.}]`, `[{"retain":.5}]`, `[{"retain":1e}]`, `[{"retain":"1"}]`, `[{"retain":true}]`,
		`[{"retain":NaN}]`, `[{"retain":Infinity}]`, `[{"retain":1e999}]`, `[{"retain":0x10}]`, `[{"retain":1_0}]`, `[{"retain":-5e0}]`,
		`[{"retain":1,"attributes":{"a":1e999}}]`, `[{"retain":1,"attributes":{"a":tru}}]`, `[{"retain":1,"attributes":{"a":truee}}]`,
		`[{"retain":1,"attributes":{"a":[1,]}}]`, `[{"retain":1,"attributes":{"a":[1 2]}}]`, `[{"retain":1,"attributes":{"a":}}]`, `[{"retain":1,"attributes":{"a":01}}]`,
		`[{"retain":9007199254740991},{"delete":1}]`,
		"\ufeff[]", "[{\"insert\":\"a\tb\"}]", "[{\"insert\":\"a\nb\"}]", "[{\"insert\":\"a\x00b\"}]", "[\x00]", "[]\x00",
	} {
		_, err := ot.Parse([]byte(text))
		wantRefusal(t, text, err, ot.CodeBadDelta)
	}
}

func TestParseRefusesWhatIsNotText(t *testing.T) {
	for _, text := range []string{
		`\ud83d`, `\ude00`, `\ud83dx`, `\ud83d\u0041`, `\ude00\ud83d`, `\ud83d\ud83d\ude00`, `\uD83D`, `a\ud83d`,
		`\u0000`, `a\u0000b`, `\u`, `\u12`, `\u12G4`, `\x41`, `\`, `\'`, `\U0041`,
		"\x80", "\xc3", "\xc3(", "\xed\xa0\xbd\xed\xb8\x80", "\xf4\x90\x80\x80", "\xc0\x80", "\xf0\x80\x80\x80", "\xff", "a\x80\\n", "\\n\x80",
	} {
		for _, frame := range []string{`[{"insert":"%"}]`, `[{"insert":{"image":"%"}}]`, `[{"insert":{"%":1}}]`,
			`[{"retain":1,"attributes":{"a":"%"}}]`, `[{"retain":1,"attributes":{"%":1}}]`, `[{"%":1}]`, `{"%":[]}`} {
			whole := strings.Replace(frame, "%", text, 1)
			_, err := ot.Parse([]byte(whole))
			wantRefusal(t, whole, err, ot.CodeBadDelta)
		}
	}
}

func TestParseTakesWhatIsText(t *testing.T) {
	for text, want := range map[string]string{
		`\ud83d\ude00`: "😀", `\uD83D\uDE00x`: "😀x", `\/`: "/", `\"\\\b\f\n\t`: "\"\\\b\f\n\t", `\uffff`: "\uffff", `\ufffd`: "\ufffd", "\x7f": "\x7f", "\u2028": "\u2028",
	} {
		want := ot.New().Insert(want, nil).MustDelta()
		if got := parse(t, `[{"insert":"`+text+`"}]`); !got.Equal(want) {
			t.Errorf("%s is %s, want %s", text, got, want)
		}
	}
}

func TestRefusalsNameTheComponentAndThePlace(t *testing.T) {
	for text, want := range map[string]string{
		`[{"insert":"a"},{"retain":1},{"insert":""}]`:                    "/ops/2/insert",
		`{"ops":[{"insert":"a"},{"delete":0}]}`:                          "/ops/1/delete",
		`[{"retain":1,"attributes":{"a/b~c":{"x":[1,{"y":"\u0000"}]}}}]`: "/ops/0/attributes/a~1b~0c",
		`[{"retain":1,"x":2}]`:                                           "/ops/0",
		`[{"retain":1},{"insert":{"image":1e999}}]`:                      "/ops/1/insert/image",
		`{"x":1}`: "",
	} {
		_, err := ot.Parse([]byte(text))
		var refusal *ot.Error
		if !errors.As(err, &refusal) || refusal.Pointer != want {
			t.Errorf("%s: got %v, want the pointer %s", text, err, want)
		}
	}
}

func TestRefusalsAreShort(t *testing.T) {
	long := strings.Repeat("漢/", 10_000)
	for _, text := range []string{
		`[{"retain":1,"attributes":{"` + long + `":1e999}}]`, `[{"` + long + `":1}]`, `[{"insert":{"a":1,"` + long + `":1}}]`, `[{"retain":` + strings.Repeat("9", 50_000) + `}]`,
	} {
		_, err := ot.Parse([]byte(text))
		if err == nil || len(err.Error()) > 300 {
			t.Errorf("%.60s…: the refusal is %d bytes long", text, len(err.Error()))
		}
	}
	s := ot.DefaultSchema()
	err := s.Check(parse(t, `[{"retain":1,"attributes":{"`+long+`":1}}]`))
	if err == nil || len(err.Error()) > 300 {
		t.Errorf("the schema's refusal is %d bytes long", len(err.Error()))
	}
}

func TestNestingIsBounded(t *testing.T) {
	nested := func(depth int) []byte {
		return []byte(`[{"retain":1,"attributes":{"a":` + strings.Repeat("[", depth) + strings.Repeat("]", depth) + `}}]`)
	}
	if _, err := ot.Parse(nested(20)); err != nil {
		t.Error(err)
	}
	_, err := ot.Parse(nested(100_000))
	wantRefusal(t, "deep arrays", err, ot.CodeBadDelta)
	_, err = ot.Parse([]byte(`[{"insert":` + strings.Repeat(`{"a":`, 100_000)))
	wantRefusal(t, "deep objects", err, ot.CodeBadDelta)
}

func TestBuilderRefusesWhatParseRefuses(t *testing.T) {
	circular := map[string]any{}
	circular["a"] = circular
	for what, b := range map[string]ot.Builder{
		"negative retain":    ot.New().Retain(-1, nil),
		"negative delete":    ot.New().Delete(-1),
		"broken UTF-8":       ot.New().Insert("a\x80", nil),
		"NUL":                ot.New().Insert("a\x00", nil),
		"carriage return":    ot.New().Insert("a\r\n", nil),
		"nil on an insert":   ot.New().Insert("a", ot.Attrs{"bold": nil}),
		"nil on an embed":    ot.New().Embed("image", "x", ot.Attrs{"bold": nil}),
		"a function":         ot.New().Retain(1, ot.Attrs{"f": func() {}}),
		"broken UTF-8 below": ot.New().Retain(1, ot.Attrs{"a": map[string]any{"b": []any{"\xff"}}}),
		"__proto__":          ot.New().Retain(1, ot.Attrs{"__proto__": 1}),
		"embed __proto__":    ot.New().Embed("__proto__", 1, nil),
		"too long":           ot.New().Retain(1<<53-1, nil).Delete(1),
		"circular":           ot.New().Retain(1, ot.Attrs{"a": circular}),
	} {
		_, err := b.Insert("more", nil).Delta()
		wantRefusal(t, what, err, ot.CodeBadDelta)
	}
}

func TestSlicesAndInversesOfWhatDoesNotFitAreRefused(t *testing.T) {
	doc := mustOpen(t, textDocument("a😀b"))
	for _, c := range [][2]int{{-1, 2}, {2, 1}, {0, 6}, {0, 2}, {2, 4}} {
		_, err := doc.Slice(c[0], c[1])
		wantRefusal(t, "slice", err, ot.CodeDoesNotFit)
	}
	if all, err := doc.Slice(0, 5); err != nil || !all.Equal(doc.Delta()) {
		t.Errorf("the whole slice is %s, %v", all, err)
	}
	if none, err := doc.Slice(3, 3); err != nil || !none.IsEmpty() {
		t.Errorf("the empty slice is %s, %v", none, err)
	}
	for _, text := range []string{`[{"delete":6}]`, `[{"retain":6},{"insert":"x"}]`, `[{"retain":2},{"insert":"x"}]`, `[{"retain":1},{"delete":1}]`} {
		_, err := doc.Invert(parse(t, text))
		wantRefusal(t, text, err, ot.CodeDoesNotFit)
		_, err = parse(t, text).Invert(doc.Delta())
		wantRefusal(t, text, err, ot.CodeDoesNotFit)
	}
}
