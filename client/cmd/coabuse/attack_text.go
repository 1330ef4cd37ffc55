package main

import (
	"context"
	"strings"

	"github.com/coscribe/coscribe/storage/id"
)

var textAttacks = []attack{
	{rows: "10", name: "texts that are not UTF-8", run: badUTF8},
	{rows: "9", name: "close frames out of order", run: badCloses},
	{rows: "11", name: "JSON that is none, or more than one may think", run: badJSON},
	{rows: "11", name: "bad messages, one too many", run: strikes},
}

func badUTF8(ctx context.Context, s *stage, t *tally) {
	rename := func(title string) []byte { return text(`{"type":"rename","ref":"r","title":"` + title + `"}`) }
	s.untouched(ctx, t, func() {
		for name, message := range map[string][]byte{
			"a lone byte": rename("\xff"), "a lone continuation": rename("\x80"), "cut short": rename("\xf0\x9f\x98"), "overlong slash": rename("\xc0\xaf"),
			"overlong NUL": rename("\xc0\x80"), "overlong in four": rename("\xf0\x80\x80\xaf"), "a high surrogate": rename("\xed\xa0\x80"),
			"a pair of surrogates": rename("\xed\xa0\xbd\xed\xb8\x80"), "beyond the last": rename("\xf4\x90\x80\x80"), "five bytes": rename("\xf8\x88\x80\x80\x80"),
			"UTF-16": text("\xfe\xff\x00{\x00}"), "a byte within a name": text("{\"ty\xffpe\":\"ping\",\"t\":1}"), "nothing else": text("\xc3"),
			"bad in a fragment": append(frame(opText, `{"type":"ping","t":1,"`+"\xff"), frame(fin|opContinuation, `":1}`)...),
			"split, and bad":    append(frame(opText, "\xe2\x82"), frame(fin|opContinuation, "\x28")...),
		} {
			s.refuses(ctx, t, name, message, "closed 1007")
		}
		whole := `{"type":"ping","t":1}` + "\n" // white space after it is fine
		s.refuses(ctx, t, "a message in fragments", append(frame(opText, whole[:7]), frame(fin|opContinuation, whole[7:])...), "pong")
	})
}

// refuses sends bytes from a seat of its own, and looks at the answer.
func (s *stage) refuses(ctx context.Context, t *tally, name string, bytes []byte, wants ...string) {
	seat, err := s.editorSits(ctx, s.target)
	if t.must(err, "sit") {
		defer seat.Close()
		seat.put(bytes)
		t.expect(name, seat.reply(), wants...)
	}
}

func badCloses(ctx context.Context, s *stage, t *tally) {
	for name, payload := range map[string]string{
		"one byte": "\x03", "code 0": "\x00\x00", "code 999": "\x03\xe7", "code 1005": "\x03\xed", "code 1006": "\x03\xee", "code 5000": "\x13\x88",
		"code 65535": "\xff\xff", "words that are not UTF-8": "\x03\xe8\xff", "words": "\x03\xe8" + marker, "nothing": "",
	} {
		s.refuses(ctx, t, name, frame(fin|opClose, payload), "closed 1000", "closed 1002", "closed 1007", "closed 1001", "cut")
	}
}

// badJSON tries messages that parsers of good will take. A seat may send four.
func badJSON(ctx context.Context, s *stage, t *tally) {
	edit := id.New[id.Edit]().String()
	submit := func(more string) string {
		return `{"type":"submit","seq":1,"id":"` + edit + `","base":0,"delta":{"ops":[{"insert":"` + marker + `"}]}` + more + `}`
	}
	rename := func(title string) string { return `{"type":"rename","ref":"r","title":` + title + `}` }
	messages := []string{
		"", " ", "{", "}", "[]", "null", "true", "1", `"join"`, "{}", `{"type":null}`, `{"type":1}`, `{"type":["submit"]}`, `{"type":"` + marker + `"}`, `{"type":"welcome"}`,
		`{"type":"join","ticket":"` + strings.Repeat("A", 43) + `","client":"` + edit + `"}`, `{"Type":"ping","t":1}`, `{"type":"Ping","t":1}`, `{"type":"ping"}`,
		`{"type":"ping","t":1,"t":2}`, `{"type":"ping","type":"submit","t":1}`, `{"type":"ping","T":1}`, `{"type":"ping","t":1,"T":1}`, `{"type":"ping","t":1,"` + marker + `":1}`,
		`{"type":"ping","t":"1"}`, `{"type":"ping","t":1.5}`, `{"type":"ping","t":1e400}`, `{"type":"ping","t":9223372036854775808}`, `{"type":"ping","t":01}`,
		`{"type":"ping","t":+1}`, `{"type":"ping","t":NaN}`, `{"type":"ping","t":1}{"type":"ping","t":2}`, `{"type":"ping","t":1},`, `{"type":"ping","t":1,}`,
		`{'type':'ping','t':1}`, `{type:"ping","t":1}`, `{"type":"ping","t":1} //`, "\ufeff" + `{"type":"ping","t":1}`, `{"type":"ping","t":1}` + "\x00",
		`{"__proto__":{"type":"ping"},"type":"ping","t":1}`, `{"type":"ping","t":` + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + `}`,
		`{"type":"ping","t":` + strings.Repeat(`{"a":`, 30) + "1" + strings.Repeat("}", 30) + `}`, strings.Repeat("[", 60_000),
		rename(`"\u0000"`), rename(`"` + "\x00" + `"`), rename(`"\ud800"`), rename(`"\udc00\ud800"`), rename(`"\x41"`), rename("\"a\nb\""), rename(`"a`), rename(`["a"]`), rename("null"),
		rename(`{"toString":"` + marker + `"}`), rename(`"` + strings.Repeat("a", 5_000) + `"`), rename(`"a\u202e` + marker + `"`), `{"type":"rename","ref":"","title":"` + marker + `"}`,
		`{"type":"rename","ref":"` + strings.Repeat("r", 65) + `","title":"` + marker + `"}`, `{"type":"rename","title":"` + marker + `"}`,
		submit(`,"seq":2`), submit(`,"author":"` + edit + `"`), submit(`,"kind":"` + marker + `"`), submit(`,"delta":{"ops":[]}`), submit(`,"Delta":{"ops":[]}`),
		strings.Replace(submit(""), `"seq":1`, `"seq":0`, 1), strings.Replace(submit(""), `"seq":1`, `"seq":-1`, 1), strings.Replace(submit(""), `"seq":1`, `"seq":9007199254740992`, 1),
		strings.Replace(submit(""), `"base":0`, `"base":-1`, 1), strings.Replace(submit(""), edit, "00000000-0000-0000-0000-000000000000", 1),
		strings.Replace(submit(""), edit, strings.ToUpper(edit), 1), strings.Replace(submit(""), edit, marker, 1), strings.Replace(submit(""), edit, "'; DROP TABLE revisions; --", 1),
		`{"type":"cursor"}`, `{"type":"cursor","cursor":{}}`, `{"type":"cursor","cursor":{"rev":-1,"index":0,"length":0}}`, `{"type":"cursor","cursor":{"rev":0,"index":-1,"length":0}}`,
		`{"type":"cursor","cursor":{"rev":0,"index":0,"length":0,"name":"` + marker + `"}}`, `{"type":"grant","ref":"g","principal":"user:` + marker + `","role":"editor"}`,
		`{"type":"grant","ref":"g","principal":"everyone","role":"owner"}`, `{"type":"grant","ref":"g","principal":"everyone","role":5}`, `{"type":"grant","ref":"g","principal":"everyone","role":"Editor"}`,
	}
	s.untouched(ctx, t, func() {
		var seat *seat
		for i, message := range messages {
			if i%4 == 0 {
				if seat != nil {
					seat.Close()
				}
				var err error
				if seat, err = s.editorSits(ctx, s.target); !t.must(err, "sit") {
					return
				}
				defer seat.Close()
			}
			seat.put(text(message))
			if len(message) > 100 {
				message = message[:100]
			}
			t.expect(message, seat.reply(), "error invalid", "error unsupported", "rejected bad_delta")
		}
	})
}

// strikes sends bad messages until that is enough.
func strikes(ctx context.Context, s *stage, t *tally) {
	seat, err := s.editorSits(ctx, s.target)
	if !t.must(err, "sit") {
		return
	}
	defer seat.Close()
	for range 4 {
		seat.put(text(`{"type":"` + marker + `"}`))
		t.expect("a bad message", seat.reply(), "error unsupported", "error invalid")
	}
	seat.put(text("{"))
	t.expect("the fifth", seat.reply(), "error invalid")
	t.expect("and then", seat.fate(patience), "closed 4500")
}
