package ot_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/coscribe/coscribe/ot"
)

// hostile returns texts of the given size that make a careless decoder slow,
// each with its fault at the very end.
func hostile(size int) map[string][]byte {
	fill := func(begin, part, end string) []byte {
		n := (size - len(begin) - len(end)) / len(part)
		return []byte(begin + strings.Repeat(part, n) + end)
	}
	numbered := func(begin, format, end string) []byte {
		var b strings.Builder
		b.WriteString(begin)
		for i := 0; b.Len() < size-len(end)-len(format); i++ {
			fmt.Fprintf(&b, format, i)
		}
		return []byte(b.String() + end)
	}
	return map[string][]byte{
		"deep arrays":     fill(`[{"retain":1,"attributes":{"a":`, `[`, ``),
		"deep objects":    fill(`[{"retain":1,"attributes":{"a":`, `{"a":`, ``),
		"many components": fill(`[`, `{"insert":"a"},{"insert":{"b":1}},`, `{}]`),
		"many pieces":     fill(`[`, `{"insert":"a"},`, `{}]`),
		"insert, delete":  fill(`[`, `{"insert":"a"},{"delete":1},`, `{}]`),
		"embeds, deletes": fill(`[{"delete":1},`, `{"insert":{"a":1}},`, `{}]`),
		"new attributes":  numbered(`[`, `{"retain":1,"attributes":{"a":%d}},`, `{}]`),
		"many attributes": numbered(`[{"retain":1,"attributes":{"a":1`, `,"%d":1`, `}},{}]`),
		"sorted badly":    numbered(`[{"retain":1,"attributes":{"z":{"~":1`, `,"\u007a%d":1`, `}}},{}]`),
		"long number":     fill(`[{"retain":1`, `0`, `}]`),
		"long fraction":   fill(`[{"retain":1,"attributes":{"a":0.`, `1`, `}},{}]`),
		"long text":       fill(`[{"insert":"`, `a`, `"},{}]`),
		"long CJK":        fill(`[{"insert":"`, `漢`, `"},{}]`),
		"escapes":         fill(`[{"insert":"`, `\u0041`, `"},{}]`),
		"short escapes":   fill(`[{"insert":"`, `\na`, `"},{}]`),
		"pairs":           fill(`[{"insert":"`, `\ud83d\ude00`, `\ud83d"}]`),
		"spaces":          fill(`[`, " \n\t", `{}]`),
		"long key":        fill(`[{"retain":1,"`, `a`, `":1}]`),
		"no end":          fill(`[{"insert":"`, `a`, ``),
	}
}

// How fast is for benchmarks to say; that it does not explode is asserted
// here, with room for the slowest machine.
func TestHostileJSONIsRefusedQuickly(t *testing.T) {
	for name, text := range hostile(64 << 10) {
		took := time.Hour
		for range 5 { // the machine may be busy with other things
			began := time.Now()
			_, err := ot.Parse(text)
			took = min(took, time.Since(began))
			wantRefusal(t, name, err, ot.CodeBadDelta)
			if took < 200*time.Millisecond {
				break
			}
		}
		if took >= 200*time.Millisecond {
			t.Errorf("%s: refused after %v", name, took)
		}
	}
}
