package ot_test

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"os"
	"testing"

	"github.com/coscribe/coscribe/ot"
)

// question is a case as quill-delta is asked it; testdata/oracle.mjs says
// what its parts are.
type question struct {
	Doc    json.RawMessage `json:"doc"`
	A      json.RawMessage `json:"a"`
	B      json.RawMessage `json:"b"`
	C      json.RawMessage `json:"c"`
	Carets []int           `json:"carets"`
	Diff   json.RawMessage `json:"diff,omitempty"`
}

type answers struct {
	DocA         json.RawMessage `json:"docA"`
	DocB         json.RawMessage `json:"docB"`
	DocAC        json.RawMessage `json:"docAC"`
	Composed     json.RawMessage `json:"composed"`
	BAfterFirstA json.RawMessage `json:"bAfterFirstA"`
	BAfterA      json.RawMessage `json:"bAfterA"`
	AAfterFirstB json.RawMessage `json:"aAfterFirstB"`
	AAfterB      json.RawMessage `json:"aAfterB"`
	Merged       json.RawMessage `json:"merged"`
	UndoA        json.RawMessage `json:"undoA"`
	UndoC        json.RawMessage `json:"undoC"`
	Moved        [][2]int        `json:"moved"` // each caret if another wrote a, and if its own author did
	DocLen       int             `json:"docLen"`
	ChangeA      int             `json:"changeA"`
	Diffed       json.RawMessage `json:"diffed"`
}

// The vectors were made by quill-delta itself: see testdata/vectors.mjs.
func TestVectorsOfQuillDelta(t *testing.T) {
	file, err := os.Open("testdata/vectors.jsonl.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	plain, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(plain)
	lines.Buffer(nil, 1<<20)
	cases := 0
	for ; lines.Scan(); cases++ {
		var vector struct {
			question
			answers
		}
		if err := json.Unmarshal(lines.Bytes(), &vector); err != nil {
			t.Fatalf("vector %d: %v", cases, err)
		}
		if err := vector.question.compare(vector.answers); err != nil {
			t.Fatalf("vector %d: %v\n%s", cases, err, lines.Bytes())
		}
	}
	if err := lines.Err(); err != nil || cases != 600 {
		t.Fatalf("read %d vectors, want 600: %v", cases, err)
	}
}

// compare works the case out and reports the first answer that is not ours.
func (q question) compare(theirs answers) error {
	c := comparison{}
	doc, a, b, next := c.parse(q.Doc), c.parse(q.A), c.parse(q.B), c.parse(q.C)
	docA := doc.Compose(a)
	c.equal("doc∘a", docA, theirs.DocA)
	c.equal("doc∘b", doc.Compose(b), theirs.DocB)
	c.equal("doc∘a∘c", docA.Compose(next), theirs.DocAC)
	c.equal("a∘c", a.Compose(next), theirs.Composed)
	c.equal("b after a, a first", a.Transform(b, true), theirs.BAfterFirstA)
	c.equal("b after a", a.Transform(b, false), theirs.BAfterA)
	c.equal("a after b, b first", b.Transform(a, true), theirs.AAfterFirstB)
	c.equal("a after b", b.Transform(a, false), theirs.AAfterB)
	c.equal("inverse of a", c.invert(a, doc), theirs.UndoA)
	c.equal("inverse of c", c.invert(next, docA), theirs.UndoC)
	for i, at := range q.Carets {
		c.number("caret, another's edit", a.TransformPosition(at, false), theirs.Moved[i][0])
		c.number("caret, own edit", a.TransformPosition(at, true), theirs.Moved[i][1])
	}
	c.number("length of doc", doc.Len(), theirs.DocLen)
	c.number("change of a", a.Change(), theirs.ChangeA)
	if q.Diff != nil {
		c.equal("doc∘diff", docA.Compose(next), theirs.Diffed)
	}
	c.equal("document after a", c.apply(doc, a), theirs.DocA)
	c.equal("document after b", c.apply(doc, b), theirs.DocB)
	c.equal("document after a and c", c.apply(doc, a, next), theirs.DocAC)
	c.equal("document after a and b", c.apply(doc, a, a.Transform(b, true)), theirs.Merged)
	return c.err
}

// comparison keeps the first error of a case.
type comparison struct{ err error }

func (c *comparison) parse(data json.RawMessage) ot.Delta {
	d, err := ot.Parse(data)
	c.keep(err)
	return d
}

func (c *comparison) invert(d, base ot.Delta) ot.Delta {
	undo, err := d.Invert(base)
	c.keep(err)
	return undo
}

func (c *comparison) apply(content ot.Delta, changes ...ot.Delta) ot.Delta {
	doc, err := ot.NewDocument(content)
	if err != nil {
		c.keep(err)
		return content
	}
	for _, d := range changes {
		c.keep(doc.Apply(d))
	}
	return doc.Delta()
}

// equal compares canonical forms: quill-delta does not merge everything.
func (c *comparison) equal(what string, ours ot.Delta, theirs json.RawMessage) {
	want := c.parse(theirs)
	if !ours.Equal(want) {
		c.keep(fmt.Errorf("%s:\n ours   %s\n theirs %s", what, ours, want))
	}
}

func (c *comparison) number(what string, ours, theirs int) {
	if ours != theirs {
		c.keep(fmt.Errorf("%s: ours %d, theirs %d", what, ours, theirs))
	}
}

func (c *comparison) keep(err error) {
	if c.err == nil {
		c.err = err
	}
}
