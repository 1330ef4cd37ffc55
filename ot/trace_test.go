package ot_test

import (
	"compress/gzip"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/coscribe/coscribe/ot"
)

// The recorded editing sessions of github.com/josephg/editing-traces are not
// part of this repository: COSCRIBE_TRACES names the folder that has them.
var traces = []string{"automerge-paper", "rustcode", "sveltecomponent"}

// trace is a session as Deltas, one for each edit.
type trace struct {
	start, end ot.Delta
	edits      []ot.Delta
}

func loadTrace(tb testing.TB, name string) trace {
	tb.Helper()
	folder := os.Getenv("COSCRIBE_TRACES")
	if folder == "" {
		tb.Skip("COSCRIBE_TRACES names no folder with editing traces")
	}
	file, err := os.Open(filepath.Join(folder, name+".json.gz"))
	if err != nil {
		tb.Fatal(err)
	}
	defer file.Close()
	plain, err := gzip.NewReader(file)
	if err != nil {
		tb.Fatal(err)
	}
	var session struct {
		StartContent, EndContent string
		Txns                     []struct {
			Patches [][3]json.RawMessage
		}
	}
	if err := json.NewDecoder(plain).Decode(&session); err != nil {
		tb.Fatal(err)
	}
	t := trace{start: textDocument(session.StartContent), end: textDocument(session.EndContent)}
	for _, txn := range session.Txns {
		for _, patch := range txn.Patches {
			t.edits = append(t.edits, patchDelta(tb, patch))
		}
	}
	return t
}

func textDocument(text string) ot.Delta { return ot.New().Insert(text+"\n", nil).MustDelta() }

// patchDelta makes a Delta of [position, deleted, "inserted"]. Positions
// count code points; these sessions have none outside the BMP, so they are
// units as well.
func patchDelta(tb testing.TB, patch [3]json.RawMessage) ot.Delta {
	var at, deleted int
	var inserted string
	for i, into := range []any{&at, &deleted, &inserted} {
		if err := json.Unmarshal(patch[i], into); err != nil {
			tb.Fatal(err)
		}
	}
	return ot.New().Retain(at, nil).Insert(inserted, nil).Delete(deleted).MustDelta()
}

func BenchmarkTrace(b *testing.B) {
	for _, name := range traces {
		b.Run(name, func(b *testing.B) {
			t := loadTrace(b, name)
			b.Run("apply", func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					doc := mustOpen(b, t.start)
					for _, d := range t.edits {
						if err := doc.Apply(d); err != nil {
							b.Fatal(err)
						}
					}
					t.check(b, doc)
				}
				t.report(b)
			})
			texts := make([][]byte, len(t.edits))
			for i, d := range t.edits {
				texts[i] = d.AppendJSON(nil)
			}
			b.Run("parse, apply, encode", func(b *testing.B) {
				b.ReportAllocs()
				var buffer []byte
				for b.Loop() {
					doc := mustOpen(b, t.start)
					for _, text := range texts {
						d, err := ot.Parse(text)
						if err == nil {
							err = doc.Apply(d)
						}
						if err != nil {
							b.Fatal(err)
						}
						buffer = d.AppendJSON(buffer[:0])
					}
					t.check(b, doc)
				}
				t.report(b)
			})
		})
	}
}

func (t trace) check(b *testing.B, doc *ot.Document) {
	if !doc.Delta().Equal(t.end) {
		b.Fatal("the session ends otherwise than recorded")
	}
}

func (t trace) report(b *testing.B) {
	perRun := float64(b.Elapsed()) / float64(b.N)
	b.ReportMetric(perRun/1e6, "ms/session")
	b.ReportMetric(perRun/float64(len(t.edits)), "ns/edit")
}
