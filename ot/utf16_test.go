package ot

import (
	"strings"
	"testing"
	"unicode/utf16"

	"pgregory.net/rapid"
)

func TestUnitsAreThoseOfUTF16(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		runes := rapid.SliceOfN(rapid.SampledFrom([]rune("aé漢😀\u07ff\u0800\uffff𐀀\U0010ffff\x7f")), 0, 40).Draw(t, "runes")
		text := string(runes)
		if got, want := units(text), len(utf16.Encode(runes)); got != want {
			t.Fatalf("%q has %d units, want %d", text, got, want)
		}
		if got := units([]byte(text)); got != units(text) {
			t.Fatalf("%q has %d units as bytes, want %d", text, got, units(text))
		}
		n := 0
		for at, r := range text + "x" {
			if got, whole := byteAt(text, n); got != at || !whole {
				t.Fatalf("unit %d of %q is at byte %d (%v), want %d", n, text, got, whole, at)
			}
			if n++; r > 0xFFFF {
				if got, whole := byteAt(text, n); got != at || whole {
					t.Fatalf("unit %d of %q is at byte %d (%v), want %d, in a pair", n, text, got, whole, at)
				}
				n++
			}
		}
	})
}

func TestCutTextKeepsLengths(t *testing.T) {
	head, tail := cutText("a😀b", 4, 2)
	if head != "a\ufffd" || tail != "\ufffdb" {
		t.Errorf("cut to %q and %q", head, tail)
	}
}

func BenchmarkUnits(b *testing.B) {
	text := strings.Repeat("漢字かな", 85)
	for b.Loop() {
		byteAt(text, 300)
	}
}
