// Compare measures package ot and quill-delta at the same work in one run and
// prints both and their ratio. It is run from the repository's root:
//
//	go run ./ot/testdata/compare
//
// COSCRIBE_TRACES names a folder with recorded editing sessions, for the rows
// that replay one.
package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/coscribe/coscribe/ot"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "compare:", err)
		os.Exit(1)
	}
}

// row is one line of the table; ours returns nanoseconds for each edit.
type row struct {
	work, theirs string
	ours         func() (float64, error)
}

func run() error {
	rows := []row{
		{"one character into 1 MB plain, at random", "plain 1MB", func() (float64, error) { return inserting(plain(1_000_000)) }},
		{"the same, 1 MB rich, 20,000 runs", "rich 1MB", func() (float64, error) { return inserting(rich(1_000_000, 20_000)) }},
		{"the same, 10 MB rich, 200,000 runs", "rich 10MB", func() (float64, error) { return inserting(rich(10_000_000, 200_000)) }},
		{"transform of two one-character edits", "transform", transform},
		{"one edit over 100 concurrent ones", "over 100", over100},
		{"parse of a one-character edit", "parse", parse},
	}
	args := map[string]string{}
	if folder := os.Getenv("COSCRIBE_TRACES"); folder != "" {
		path := filepath.Join(folder, "automerge-paper.json.gz")
		args["trace"] = path
		s, err := readSession(path)
		if err != nil {
			return err
		}
		rows = append(rows, row{fmt.Sprintf("automerge-paper, %d edits, each", len(s.edits)), "trace", s.replay})
	} else {
		fmt.Println("COSCRIBE_TRACES is not set: no session is replayed")
	}
	fmt.Printf("| %-42s | %12s | %12s | %7s |\n|%s|%s:|%s:|%s:|\n", "work", "quill-delta", "ot", "ratio",
		strings.Repeat("-", 44), strings.Repeat("-", 13), strings.Repeat("-", 13), strings.Repeat("-", 8))
	for _, r := range rows {
		ours, err := r.ours()
		if err != nil {
			return fmt.Errorf("%s: %w", r.work, err)
		}
		theirs, err := node(r.theirs, args[r.theirs])
		if err != nil {
			return fmt.Errorf("%s: %w", r.work, err)
		}
		fmt.Printf("| %-42s | %9.0f ns | %9.1f ns | %7.0f |\n", r.work, theirs, ours, theirs/ours)
	}
	return nil
}

func node(row, arg string) (float64, error) {
	cmd := exec.Command("node", "bench.mjs", row, arg)
	cmd.Dir = "ot/testdata"
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return 0, fmt.Errorf("node bench.mjs (needs `npm ci` in ot/testdata): %w", err)
	}
	return strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
}

// measure runs work b.N times and returns nanoseconds for each.
func measure(work func(i int) error) (float64, error) {
	var failed error
	result := testing.Benchmark(func(b *testing.B) {
		for i := range b.N {
			if err := work(i); err != nil {
				failed = err
				b.FailNow()
			}
		}
	})
	return float64(result.T.Nanoseconds()) / float64(result.N), failed
}

func plain(bytes int) ot.Delta {
	const line = "The quick brown fox jumps over the lazy dog, again and again.\n"
	return ot.New().Insert(strings.Repeat(line, bytes/len(line))+"\n", nil).MustDelta()
}

func rich(bytes, runs int) ot.Delta {
	formats := []ot.Attrs{{"bold": true}, {"italic": true}, {"underline": true}, {"strike": true}, {"code": true}, {"script": "sub"}}
	size := bytes / runs
	text := strings.Repeat("abcdefghi ", size/10+1)[:size]
	b := ot.New()
	for i := range runs {
		b = b.Insert(text, formats[i%len(formats)])
	}
	return b.Insert("\n", nil).MustDelta()
}

// inserting types at random places. The document is opened anew every 20,000
// edits, so that it stays about as long as it was.
func inserting(content ot.Delta) (float64, error) {
	const round = 20_000
	edits := make([]ot.Delta, round)
	for i := range edits {
		edits[i] = at(rand.IntN(content.Len()-1), "x")
	}
	var failed error
	result := testing.Benchmark(func(b *testing.B) {
		var doc *ot.Document
		for i := range b.N {
			if i%round == 0 {
				b.StopTimer()
				doc, failed = ot.NewDocument(content)
				b.StartTimer()
			}
			if failed == nil {
				failed = doc.Apply(edits[i%round])
			}
		}
	})
	return float64(result.T.Nanoseconds()) / float64(result.N), failed
}

func at(n int, text string) ot.Delta { return ot.New().Retain(n, nil).Insert(text, nil).MustDelta() }

var sink ot.Delta

func transform() (float64, error) {
	a, b := at(100, "x"), at(100, "x")
	return measure(func(int) error {
		sink = a.Transform(b, true)
		return nil
	})
}

func over100() (float64, error) {
	history := make([]ot.Delta, 100)
	for i := range history {
		history[i] = at(rand.IntN(1000), "x")
	}
	edit := at(500, "y")
	return measure(func(int) error {
		d := edit
		for _, h := range history {
			d = h.Transform(d, true)
		}
		sink = d
		return nil
	})
}

func parse() (float64, error) {
	text := []byte(`{"ops":[{"retain":12345},{"insert":"x"}]}`)
	return measure(func(int) (err error) {
		sink, err = ot.Parse(text)
		return err
	})
}
