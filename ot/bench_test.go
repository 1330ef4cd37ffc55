package ot_test

import (
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"github.com/coscribe/coscribe/ot"
)

// The rows of the package's table of speeds; bench/compare in testdata runs
// quill-delta through the same work.

func BenchmarkInsertRandomly(b *testing.B) {
	for _, c := range []struct {
		name    string
		content ot.Delta
	}{
		{"plain 100KB", plainText(100_000)},
		{"plain 1MB", plainText(1_000_000)},
		{"plain 10MB", plainText(10_000_000)},
		{"CJK 1M units", ot.New().Insert(strings.Repeat("漢字かな交じり文。", 1_000_000/9)+"\n", nil).MustDelta()},
		{"rich 1MB, 20,000 runs", richText(1_000_000, 20_000)},
		{"rich 10MB, 200,000 runs", richText(10_000_000, 200_000)},
	} {
		b.Run(c.name, func(b *testing.B) {
			const round = 20_000 // then it is opened anew, to stay about as long
			edits := make([]ot.Delta, round)
			for i := range edits {
				edits[i] = ot.New().Retain(rand.IntN(c.content.Len()-1), nil).Insert("x", nil).MustDelta()
			}
			var doc *ot.Document
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if i%round == 0 {
					b.StopTimer()
					doc = mustOpen(b, c.content)
					b.StartTimer()
				}
				if err := doc.Apply(edits[i%round]); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func plainText(bytes int) ot.Delta {
	const line = "The quick brown fox jumps over the lazy dog, again and again.\n"
	return ot.New().Insert(strings.Repeat(line, bytes/len(line))+"\n", nil).MustDelta()
}

func richText(bytes, runs int) ot.Delta {
	b := ot.New()
	size := bytes / runs
	text := strings.Repeat("abcdefghi ", size/10+1)[:size]
	for i := range runs {
		b = b.Insert(text, formats[i%6])
	}
	return b.Insert("\n", nil).MustDelta()
}

func BenchmarkCloneAndEdit(b *testing.B) {
	doc := mustOpen(b, plainText(1_000_000))
	edit := ot.New().Retain(500_000, nil).Insert("x", nil).MustDelta()
	b.ReportAllocs()
	for b.Loop() {
		doc.Clone()
		if err := doc.Apply(edit); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkTransform(b *testing.B) {
	at := func(n int) ot.Delta { return ot.New().Retain(n, nil).Insert("x", nil).MustDelta() }
	del := ot.New().Retain(100, nil).Delete(1).MustDelta()
	bold := ot.New().Retain(90, nil).Retain(20, ot.Attrs{"bold": true}).MustDelta()
	for _, c := range []struct {
		name string
		a, b ot.Delta
	}{
		{"before", at(10), at(100)}, {"after", at(100), at(10)}, {"same place", at(100), at(100)},
		{"insert and delete", at(100), del}, {"delete inside format", del, bold},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				sink = c.a.Transform(c.b, true)
			}
		})
	}
}

var sink ot.Delta

func BenchmarkTransformOver100(b *testing.B) {
	history := make([]ot.Delta, 100)
	for i := range history {
		history[i] = ot.New().Retain(rand.IntN(1000), nil).Insert("x", nil).MustDelta()
	}
	edit := ot.New().Retain(500, nil).Insert("y", nil).MustDelta()
	b.ReportAllocs()
	for b.Loop() {
		d := edit
		for _, h := range history {
			d = h.Transform(d, true)
		}
		sink = d
	}
}

func BenchmarkCompose(b *testing.B) {
	typed := ot.New().Retain(100, nil).Insert("hello", nil).MustDelta()
	next := ot.New().Retain(105, nil).Insert("x", nil).MustDelta()
	rich := richText(100_000, 2000)
	format := ot.New().Retain(10, nil).Retain(99_000, ot.Attrs{"strike": true}).MustDelta()
	b.Run("typing", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			sink = typed.Compose(next)
		}
	})
	b.Run("format over 2,000 runs", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			sink = rich.Compose(format)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	for _, c := range []struct{ name, text string }{
		{"one character", `{"ops":[{"retain":12345},{"insert":"x"}]}`},
		{"one emoji", `{"ops":[{"retain":12345},{"insert":"😀"}]}`},
		{"formatted", `{"ops":[{"retain":12345},{"insert":"x","attributes":{"bold":true,"color":"#ff0000"}}]}`},
		{"document of 1MB", plainText(1_000_000).String()},
		{"document of 20,000 runs", richText(1_000_000, 20_000).String()},
	} {
		text := []byte(c.text)
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				var err error
				if sink, err = ot.Parse(text); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkEncode(b *testing.B) {
	one := ot.New().Retain(12345, nil).Insert("x", nil).MustDelta()
	doc := mustOpen(b, plainText(1_000_000))
	buffer := make([]byte, 0, 2_000_000)
	b.Run("one character", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			buffer = one.AppendJSON(buffer[:0])
		}
	})
	b.Run("document of 1MB", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			buffer = doc.AppendJSON(buffer[:0])
		}
	})
}

// The hostile 64 KiB: each of them is refused only at its end.
func BenchmarkRefuse64KiB(b *testing.B) {
	for name, text := range hostile(64 << 10) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := ot.Parse(text); err == nil {
					b.Fatal("not refused")
				}
			}
		})
	}
}

// BenchmarkMemory reports how many bytes an open plain document takes for
// each byte of its text, fresh and after 100,000 random insertions.
func BenchmarkMemory(b *testing.B) {
	for b.Loop() {
		before := heap()
		doc := mustOpen(b, plainText(1_000_000))
		fresh := heap() - before
		length := doc.Len()
		for range 100_000 {
			if err := doc.Apply(ot.New().Retain(rand.IntN(doc.Len()), nil).Insert("x", nil).MustDelta()); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(fresh)/float64(length), "fresh")
		b.ReportMetric(float64(heap()-before)/float64(doc.Len()), "edited")
		runtime.KeepAlive(doc)
	}
}

func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
