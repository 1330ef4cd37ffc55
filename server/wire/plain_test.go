package wire

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// What plainSubmit takes, the strict decoder takes, and reads the same in it.
func TestPlainSubmitIsStrict(t *testing.T) {
	pieces := []string{
		`{"type":"submit","seq":`, `7`, `0`, `-1`, `07`, `999999999999999`, `9007199254740993`, `1e1`, `,"id":"`, `0f8fad5b-d9cd-4c9f-a0b1-7c9d2e5a1b3c`,
		`00000000-0000-0000-0000-000000000000`, `","base":`, `,"delta":`, `{"ops":[`, `{"insert":"x"}`, `{"insert":"{}[],\"kind\""}`, `{"retain":3}`, `{"retain":0}`,
		`{"insert":"é"}`, "{\"insert\":\"\xff\"}", `{"insert":"\u0000"}`, `{"insert":"\ud800"}`, `{"insert":"x","insert":"y"}`, `{"insert":{"a":1,"a":2}}`,
		`{"insert":"}","attributes":{"bold":true,"bold":true}}`, `,`, ` `, `]`, `]}`, `}`, `,"kind":"edit"`, `,"kind":"undo"}`, `,"kind":"none"`, `null`,
	}
	whole := []string{pieces[0], pieces[1], pieces[8], pieces[9], pieces[11], pieces[2], pieces[12], pieces[13], pieces[14], `]}`, `}`}
	taken := 0
	rapid.Check(t, func(t *rapid.T) {
		parts := append([]string(nil), whole...)
		for range rapid.IntRange(0, 3).Draw(t, "changes") {
			i := rapid.IntRange(0, len(parts)-1).Draw(t, "at")
			piece := rapid.SampledFrom(pieces).Draw(t, "piece")
			switch rapid.IntRange(0, 2).Draw(t, "how") {
			case 0:
				parts[i] = piece
			case 1:
				parts = append(parts[:i], append([]string{piece}, parts[i:]...)...)
			default:
				parts = append(parts[:i], parts[i+1:]...)
			}
			if len(parts) == 0 {
				return
			}
		}
		text := strings.Join(parts, "")
		got, ok := plainSubmit([]byte(text))
		if !ok {
			return
		}
		taken++
		want, err := decodeSubmit([]byte(text))
		if err != nil {
			t.Fatalf("%s is taken, and the strict decoder says: %v", text, err)
		}
		if diff := cmp.Diff(fmt.Sprintf("%+v", want), fmt.Sprintf("%+v", got)); diff != "" {
			t.Fatalf("%s: %s", text, diff)
		}
	})
	if taken == 0 {
		t.Fatal("nothing was taken")
	}
}

func BenchmarkDecodeTyped(b *testing.B) {
	data := []byte(`{"type":"submit","seq":12,"id":"0f8fad5b-d9cd-4c9f-a0b1-7c9d2e5a1b3c","base":34,"delta":{"ops":[{"retain":500},{"insert":"a"}]}}`)
	for name, decode := range map[string]func([]byte) error{
		"plain":  func(data []byte) error { _, err := DecodeInbound(data); return err },
		"strict": func(data []byte) error { _, err := decodeSubmit(data); return err },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := decode(data); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// What our clients write is read without the strict decoder.
func TestPlainSubmitTakesWhatIsTyped(t *testing.T) {
	for _, end := range []string{`}`, `,"kind":"edit"}`, `,"kind":"undo"}`} {
		for _, delta := range []string{`{"ops":[{"insert":"a"}]}`, `{"ops":[{"retain":12},{"delete":1},{"insert":"Grüße 👋 {\u00a0}"}]}`} {
			delta = strings.ReplaceAll(delta, `\u00a0`, " ")
			text := `{"type":"submit","seq":12,"id":"0f8fad5b-d9cd-4c9f-a0b1-7c9d2e5a1b3c","base":34,"delta":` + delta + end
			if _, ok := plainSubmit([]byte(text)); !ok {
				t.Errorf("%s is left to the strict decoder", text)
			}
			if m, err := DecodeInbound([]byte(text)); err != nil || m.(*Submit).Base != 34 {
				t.Errorf("%s: %v, %v", text, m, err)
			}
		}
	}
	var fault *Fault
	if _, err := DecodeInbound([]byte(`{"type":"submit","seq":1,"id":"0f8fad5b-d9cd-4c9f-a0b1-7c9d2e5a1b3c","base":3,"delta":{"ops":[{"retain":0}]}}`)); !errors.As(err, &fault) {
		t.Errorf("got %v, want a fault", err)
	}
}
