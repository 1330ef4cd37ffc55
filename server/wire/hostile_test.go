package wire

import (
	"bytes"
	"strings"
	"testing"
)

// TestMutatedMessages changes, drops and doubles each byte of each message. What comes of it is refused, or is a message
// like any other.
func TestMutatedMessages(t *testing.T) {
	for _, m := range goldenInbound() {
		data := AppendInbound(nil, m)
		for i := range data {
			for _, c := range []byte("\x00\x1f \"\\{}[],:-+.0189aeEntu\x7f\x80\xc0\xed\xff") {
				holds(t, replaced(data, i, 1, c))
				holds(t, replaced(data, i, 0, c))
			}
			for bit := range 8 {
				holds(t, replaced(data, i, 1, data[i]^1<<bit))
			}
			holds(t, replaced(data, i, 1))
			holds(t, data[:i])
		}
	}
}

func replaced(data []byte, at, n int, with ...byte) []byte {
	return bytes.Join([][]byte{data[:at], with, data[at+n:]}, nil)
}

func FuzzDecodeInbound(f *testing.F) {
	for _, m := range goldenInbound() {
		f.Add(AppendInbound(nil, m))
	}
	f.Fuzz(func(t *testing.T, data []byte) { holds(t, data) })
}

func FuzzDecodeOutbound(f *testing.F) {
	for _, m := range goldenOutbound() {
		f.Add(AppendOutbound(nil, m))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := DecodeOutbound(data)
		if err != nil {
			if _, ok := err.(*Fault); !ok {
				t.Fatalf("%q: a refusal is a Fault, this is %T", data, err)
			}
			return
		}
		again := AppendOutbound(nil, m)
		if back, err := DecodeOutbound(again); err != nil || !same(back, m) {
			t.Fatalf("%q: read as %q, which reads as %+v, %v", data, again, back, err)
		}
	})
}

// holds asserts that data is refused, or is a message that survives being written and read.
func holds(t *testing.T, data []byte) {
	t.Helper()
	m, err := DecodeInbound(data)
	if err != nil {
		if fault, ok := err.(*Fault); !ok || fault.Code == "" || fault.Message == "" || m != nil {
			t.Fatalf("%q: refused with %v and %v", data, err, m)
		}
		return
	}
	again := AppendInbound(nil, m)
	if back, err := DecodeInbound(again); err != nil || !same(back, m) {
		t.Fatalf("%q: read as %q, which reads as %+v, %v", data, again, back, err)
	}
}

// TestHostileMessagesAreRefused has one case for each thing that the JSON of other libraries lets through.
func TestHostileMessagesAreRefused(t *testing.T) {
	const edit = `"id":"d2000000-0000-4000-8000-000000000002"`
	submit := func(members string) string { return `{"type":"submit",` + members + `}` }
	good := `"seq":1,` + edit + `,"base":0,"delta":{"ops":[{"insert":"a"}]}`
	if _, err := DecodeInbound([]byte(submit(good))); err != nil {
		t.Fatal(err)
	}
	inDelta := func(value string) string {
		return submit(`"seq":1,` + edit + `,"base":0,"delta":{"ops":[{"insert":"a","attributes":{"k":` + value + `}}]}`)
	}
	for _, c := range []struct{ name, message, code, pointer string }{
		{"nothing", ``, "invalid", ""},
		{"an array", `[]`, "unsupported", "/type"},
		{"a string", `"join"`, "unsupported", "/type"},
		{"null", `null`, "unsupported", "/type"},
		{"no type", `{"t":1}`, "unsupported", "/type"},
		{"unknown type", `{"type":"ATTACK","t":1}`, "unsupported", "/type"},
		{"type of the other direction", `{"type":"pong","t":1}`, "unsupported", "/type"},
		{"type in other case", `{"Type":"ping","t":1}`, "unsupported", "/type"},
		{"type with an escape", `{"\u0074ype":"ping","t":1}`, "unsupported", "/type"},
		{"type a number", `{"type":1,"t":1}`, "unsupported", "/type"},
		{"type null", `{"type":null,"t":1}`, "unsupported", "/type"},
		{"type twice", `{"type":"ping","t":1,"type":"join"}`, "invalid", "/type"},

		{"trailing value", submit(good) + `{}`, "invalid", ""},
		{"trailing word", submit(good) + ` x`, "invalid", ""},
		{"byte order mark", "\ufeff" + submit(good), "invalid", ""},
		{"comment", submit(good + `/*ATTACK*/`), "invalid", ""},
		{"single quotes", `{'type':'ping','t':1}`, "invalid", ""},
		{"trailing comma", `{"type":"ping","t":1,}`, "invalid", ""},
		{"half", submit(good)[:40], "invalid", "/id"},
		{"brackets crossed", `{"type":"ping","t":[1}]`, "invalid", ""},

		{"unknown member", submit(good + `,"ATTACK":1`), "invalid", ""},
		{"unknown member with escapes", submit(good + `,"\u0041TTACK<script>":1`), "invalid", ""},
		{"wrong case", submit(strings.Replace(good, `"seq"`, `"Seq"`, 1)), "invalid", "/seq"},
		{"member twice", submit(good + `,"seq":2`), "invalid", "/seq"},
		{"member twice by escape", submit(good + `,"s\u0065q":2`), "invalid", "/seq"},
		{"unknown member inside", `{"type":"cursor","cursor":{"rev":1,"index":1,"length":1,"ATTACK":1}}`, "invalid", "/cursor"},
		{"member twice inside", `{"type":"cursor","cursor":{"rev":1,"index":1,"length":1,"rev":1}}`, "invalid", "/cursor/rev"},
		{"member missing", submit(strings.Replace(good, `"base":0,`, ``, 1)), "invalid", "/base"},
		{"member missing inside", `{"type":"cursor","cursor":{"rev":1,"index":1}}`, "invalid", "/cursor/length"},
		{"cursor missing", `{"type":"cursor"}`, "invalid", "/cursor"},
		{"null", submit(strings.Replace(good, `"base":0`, `"base":null`, 1)), "invalid", "/base"},
		{"delta null", submit(`"seq":1,` + edit + `,"base":0,"delta":null`), "invalid", "/delta"},
		{"kind null", submit(good + `,"kind":null`), "invalid", "/kind"},

		{"number in a string", submit(strings.Replace(good, `"seq":1`, `"seq":"1"`, 1)), "invalid", "/seq"},
		{"fraction", submit(strings.Replace(good, `"seq":1`, `"seq":1.5`, 1)), "invalid", "/seq"},
		{"number too large", submit(strings.Replace(good, `"seq":1`, `"seq":9223372036854775808`, 1)), "invalid", "/seq"},
		{"string for an object", `{"type":"cursor","cursor":"ATTACK"}`, "invalid", "/cursor"},
		{"array for an object", `{"type":"cursor","cursor":[1,1,1]}`, "invalid", "/cursor"},
		{"id in capitals", submit(strings.Replace(good, `d2`, `D2`, 1)), "invalid", "/id"},
		{"id in braces", submit(strings.Replace(good, `d2`, `{2`, 1)), "invalid", "/id"},
		{"role", `{"type":"grant","ref":"a","principal":"anyone","role":"ATTACK"}`, "invalid", "/role"},
		{"principal", `{"type":"grant","ref":"a","principal":"user:ATTACK","role":"viewer"}`, "invalid", "/principal"},
		{"time without zone", `{"type":"grant","ref":"a","principal":"anyone","role":"viewer","expiresAt":"2026-01-01T00:00:00"}`, "invalid", "/expiresAt"},
		{"time before 1970", `{"type":"grant","ref":"a","principal":"anyone","role":"viewer","expiresAt":"1969-12-31T23:59:59Z"}`, "invalid", "/expiresAt"},
		{"time a number", `{"type":"grant","ref":"a","principal":"anyone","role":"viewer","expiresAt":1}`, "invalid", "/expiresAt"},

		{"U+0000 in text", `{"type":"rename","ref":"a","title":"a\u0000b"}`, "invalid", "/title"},
		{"U+0000 in a name", `{"type":"ping","t":1,"\u0000":1}`, "invalid", ""},
		{"U+0000 in an attribute", inDelta(`"\u0000"`), "invalid", "/delta"},
		{"raw NUL", "{\"type\":\"rename\",\"ref\":\"a\",\"title\":\"a\x00b\"}", "invalid", "/title"},
		{"lone surrogate", `{"type":"rename","ref":"a","title":"\ud83d"}`, "invalid", "/title"},
		{"surrogates swapped", `{"type":"rename","ref":"a","title":"\ude00\ud83d"}`, "invalid", "/title"},
		{"lone surrogate in an attribute", inDelta(`"\ud83d"`), "invalid", "/delta"},
		{"overlong UTF-8", "{\"type\":\"rename\",\"ref\":\"a\",\"title\":\"\xc0\xaf\"}", "invalid", "/title"},
		{"surrogate in UTF-8", "{\"type\":\"rename\",\"ref\":\"a\",\"title\":\"\xed\xa0\xbd\"}", "invalid", "/title"},
		{"half a character", "{\"type\":\"rename\",\"ref\":\"a\",\"title\":\"\xf0\x9f\x98\"}", "invalid", "/title"},

		{"nesting 9", inDelta(`{"a":[{"b":[1]}]}`), "invalid", "/delta"},
		{"nesting 10,000", inDelta(strings.Repeat(`[`, 10_000)), "invalid", "/delta"},
		{"nesting in an unknown member", submit(good + `,"x":` + strings.Repeat(`[`, 50) + strings.Repeat(`]`, 50)), "invalid", ""},

		{"delta with an unknown key", submit(`"seq":1,` + edit + `,"base":0,"delta":{"ops":[{"ATTACK":1}]}`), "bad_delta", "/delta/ops/0"},
		{"attribute null on an insert", inDelta(`null`), "bad_delta", "/delta/ops/0"},
	} {
		_, err := DecodeInbound([]byte(c.message))
		fault, ok := err.(*Fault)
		if !ok {
			t.Errorf("%s: got %v, want a refusal", c.name, err)
			continue
		}
		if string(fault.Code) != c.code || fault.Pointer != c.pointer {
			t.Errorf("%s: got %s at %q (%s), want %s at %q", c.name, fault.Code, fault.Pointer, fault.Message, c.code, c.pointer)
		}
		if strings.Contains(strings.ToUpper(fault.Error()), "ATTACK") || strings.Contains(fault.Error(), "<") {
			t.Errorf("%s: the refusal quotes the sender: %s", c.name, fault)
		}
		if (fault.Seq == 1) != (c.code == "bad_delta") {
			t.Errorf("%s: seq %d with code %s", c.name, fault.Seq, c.code)
		}
	}
	if _, err := DecodeInbound([]byte(inDelta(`{"a":[{"b":1}]}`))); err != nil {
		t.Errorf("nesting of %d is refused: %v", MaxDepth, err)
	}
}

// TestBadDeltaInBadSubmitHasNoSeq: only an edit that is otherwise well formed is answered as an edit.
func TestBadDeltaInBadSubmitHasNoSeq(t *testing.T) {
	for _, message := range []string{
		`{"type":"submit","seq":1,"id":"no","base":0,"delta":{"ops":[{}]}}`,
		`{"type":"submit","seq":1,"id":"d2000000-0000-4000-8000-000000000002","delta":{"ops":[{}]}}`,
		`{"type":"submit","seq":1,"id":"d2000000-0000-4000-8000-000000000002","base":0,"delta":{"ops":[{}]},"more":1}`,
		`{"type":"submit","seq":-1,"id":"d2000000-0000-4000-8000-000000000002","base":0,"delta":{"ops":[{}]}}`,
	} {
		_, err := DecodeInbound([]byte(message))
		if fault, ok := err.(*Fault); !ok || fault.Seq != 0 {
			t.Errorf("%s: got %v with seq, want one without", message, err)
		}
	}
}

// TestClientsPassOverWhatIsNew: a server may say more than a client knows.
func TestClientsPassOverWhatIsNew(t *testing.T) {
	m, err := DecodeOutbound([]byte(`{"type":"pong","t":1,"new":{"a":[1]}}`))
	if pong, ok := m.(*Pong); err != nil || !ok || pong.T != 1 {
		t.Errorf("unknown member: got %v, %v", m, err)
	}
	_, err = DecodeOutbound([]byte(`{"type":"new","t":1}`))
	if fault, ok := err.(*Fault); !ok || fault.Code != CodeUnsupported {
		t.Errorf("unknown type: got %v", err)
	}
	_, err = DecodeOutbound([]byte(`{"type":"pong","t":1,"t":2}`))
	if fault, ok := err.(*Fault); !ok || fault.Code != CodeInvalid {
		t.Errorf("member twice: got %v", err)
	}
}
