package id_test

import (
	"strings"
	"testing"

	"github.com/coscribe/coscribe/storage/id"
	"pgregory.net/rapid"
)

func TestTextRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var want id.Doc
		copy(want[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "bytes"))
		got, err := id.Parse[id.Doc](want.String())
		if err != nil || got != want {
			t.Fatalf("Parse(%s) = %s, %v", want, got, err)
		}
	})
}

func TestOneSpellingOnly(t *testing.T) {
	good := "0f8fad5b-d9cb-469f-a165-70867728950e"
	for _, text := range []string{
		"", strings.ToUpper(good), "{" + good + "}", "urn:uuid:" + good, strings.ReplaceAll(good, "-", ""),
		good + " ", good[:35], good[:35] + "g", strings.Replace(good, "-", "_", 1), good[:8] + good[9:] + "0",
	} {
		var d id.Doc
		if err := d.UnmarshalText([]byte(text)); err == nil || !d.IsZero() {
			t.Errorf("UnmarshalText(%q) = %v, %v; want an error and no change", text, d, err)
		}
	}
}

func TestNewIsRandomVersion4(t *testing.T) {
	seen := map[id.Doc]bool{}
	for range 1000 {
		d := id.New[id.Doc]()
		if d[6]>>4 != 4 || d[8]>>6 != 2 {
			t.Fatalf("New() = %s, not a version 4 UUID", d)
		}
		if seen[d] {
			t.Fatalf("New() gave %s twice", d)
		}
		seen[d] = true
	}
}
