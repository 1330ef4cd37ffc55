package ot_test

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/coscribe/coscribe/ot"
)

// model is a document in the plainest form: a cell for each UTF-16 unit.
type model []cell

type cell struct {
	unit  uint16
	embed string
	attrs ot.Attrs // never written
}

func newModel(content ot.Delta) model {
	var m model
	for c := range content.Components() {
		m = append(m, cells(c)...)
	}
	return m
}

func cells(c ot.Component) []cell {
	if kind, value := c.Embed(); kind != "" {
		return []cell{{embed: fmt.Sprint(kind, value), attrs: c.Attrs()}}
	}
	var list []cell
	attrs := c.Attrs()
	for _, unit := range utf16.Encode([]rune(c.Text)) {
		list = append(list, cell{unit: unit, attrs: attrs})
	}
	return list
}

// apply applies d as it is written down in every description of Deltas.
func (m *model) apply(d ot.Delta) {
	at := 0
	for c := range d.Components() {
		switch c.Kind {
		case ot.Delete:
			*m = slices.Delete(*m, at, at+c.Len)
		case ot.Retain:
			if attrs := c.Attrs(); attrs != nil {
				for i := range (*m)[at : at+c.Len] {
					(*m)[at+i].format(attrs)
				}
			}
			at += c.Len
		default:
			*m = slices.Insert(*m, at, cells(c)...)
			at += c.Len
		}
	}
}

func (c *cell) format(attrs ot.Attrs) {
	formatted := ot.Attrs{}
	maps.Copy(formatted, c.attrs)
	maps.Copy(formatted, attrs)
	maps.DeleteFunc(formatted, func(_ string, value any) bool { return value == nil })
	c.attrs = formatted
}

// is reports whether content is what the model holds.
func (m model) is(content ot.Delta) error {
	other := newModel(content)
	if len(other) != len(m) {
		return fmt.Errorf("%d units, want %d", len(other), len(m))
	}
	for i := range m {
		a, b := m[i], other[i]
		if a.unit != b.unit || a.embed != b.embed || !reflect.DeepEqual(a.attrs, b.attrs) && len(a.attrs)+len(b.attrs) > 0 {
			return fmt.Errorf("unit %d is %v, want %v", i, b, a)
		}
	}
	return nil
}

// boundary draws a place at which the model can be cut, before the last
// newline.
func (m model) boundary(roll dice) int {
	at := roll(len(m))
	if at > 0 && utf16.IsSurrogate(rune(m[at].unit)) && m[at].unit >= 0xDC00 {
		at--
	}
	return at
}

// edit draws an edit of the kinds that reshape a tree: small ones, large
// pastes, long deletions, long formattings. The document grows or shrinks by
// the mood.
func (m model) edit(roll dice, growing bool) ot.Delta {
	from, to := m.boundary(roll), m.boundary(roll)
	if from > to {
		from, to = to, from
	}
	if roll(20) > 0 && to-from > 40 {
		to = from + 40
		if utf16.IsSurrogate(rune(m[to].unit)) && m[to].unit >= 0xDC00 {
			to--
		}
	}
	b := ot.New().Retain(from, nil)
	kind := roll(8)
	switch {
	case kind == 0:
		return b.Retain(to-from, pick(roll, formats)).MustDelta()
	case kind == 1:
		return b.Retain(to-from, pick(roll, removals)).MustDelta()
	case kind == 2:
		return roll.insertion(b).Delete(to - from).MustDelta()
	case growing && kind == 7:
		return b.Insert(strings.Repeat(roll.text(), 1+roll(300)), roll.attrs()).MustDelta()
	case growing && kind == 6 && roll(8) == 0:
		return b.Embed("image", strings.Repeat("x", roll(5000)), nil).Delete(to - from).MustDelta()
	case kind < 6 == growing:
		for range 1 + roll(3)*roll(30)*roll(8) {
			b = roll.insertion(b)
		}
		return b.MustDelta()
	}
	return b.Delete(to - from).MustDelta()
}

// Documents that grow to many leaves and shrink again hold what the model
// holds, and the clones taken on the way hold what they held.
func TestDocumentIsThePlainModel(t *testing.T) {
	for seed := range uint64(fromEnv(t, "COSCRIBE_MODEL_SEEDS", 3)) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			roll := seededDice(seed)
			content := roll.content()
			doc, m := mustOpen(t, content), newModel(content)
			type clone struct {
				doc  *ot.Document
				text string
			}
			var clones []clone
			largest := 0
			for i := range 1500 {
				growing := len(m) < 60_000 && i%500 < 350
				d := m.edit(roll, growing)
				if err := doc.Apply(d); err != nil {
					t.Fatalf("edit %d: %s: %v", i, d, err)
				}
				m.apply(d)
				largest = max(largest, len(m))
				if i%10 == 0 || doc.Len() < 10_000 {
					if err := doc.Check(); err != nil {
						t.Fatalf("edit %d: %v", i, err)
					}
				}
				if i%250 == 0 {
					if err := m.is(doc.Delta()); err != nil {
						t.Fatalf("edit %d: %v", i, err)
					}
					if got, want := string(doc.AppendJSON(nil)), doc.Delta().String(); got != want {
						t.Fatalf("edit %d: encoded as %s, want %s", i, got, want)
					}
					from, to := m.boundary(roll), m.boundary(roll)
					part, err := doc.Slice(min(from, to), max(from, to))
					if err == nil {
						err = m[min(from, to):max(from, to)].is(part)
					}
					if err != nil {
						t.Fatalf("edit %d: slice %d, %d: %v", i, from, to, err)
					}
				}
				if i%100 == 0 {
					clones = append(clones, clone{doc.Clone(), doc.Delta().String()})
				}
				if i%100 == 50 { // a clone that goes its own way
					c := pick(roll, clones).doc.Clone()
					if err := c.Apply(newModel(c.Delta()).edit(roll, true)); err != nil {
						t.Fatal(err)
					}
				}
			}
			for i, c := range clones {
				if got := c.doc.Delta().String(); got != c.text {
					t.Errorf("clone %d changed from %.200s to %.200s", i, c.text, got)
				}
			}
			if largest < 20_000 {
				t.Errorf("the document was never longer than %d: this tested little", largest)
			}
		})
	}
}

func mustOpen(t testing.TB, content ot.Delta) *ot.Document {
	t.Helper()
	doc, err := ot.NewDocument(content)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}
