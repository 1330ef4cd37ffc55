package ot

import (
	"fmt"
	"sync"
	"testing"
)

func TestEqualAttributesAreOneObject(t *testing.T) {
	a := New().Insert("x", Attrs{"bold": true, "color": "red"}).MustDelta()
	b, err := Parse([]byte(`[{"insert":"y","attributes":{ "color" : "\u0072ed", "bold":true}}]`))
	if err != nil {
		t.Fatal(err)
	}
	if a.ops[0].attrs != b.ops[0].attrs {
		t.Error("two objects for one set of attributes")
	}
}

// Strangers choose attributes, so the table of them is bounded. What was
// parsed before it was emptied equals what is parsed after.
func TestAFloodOfAttributesIsForgotten(t *testing.T) {
	text := []byte(`[{"retain":1,"attributes":{"bold":true}}]`)
	before, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	var flood sync.WaitGroup
	for part := range 4 {
		flood.Go(func() {
			for i := range internedSets {
				_, err := Parse(fmt.Appendf(nil, `[{"retain":1,"attributes":{"flood":"%d %d"}}]`, part, i))
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	flood.Wait()
	interned.mu.RLock()
	size := len(interned.sets)
	interned.mu.RUnlock()
	if size > internedSets {
		t.Errorf("%d sets are kept, want at most %d", size, internedSets)
	}
	after, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	if before.ops[0].attrs == after.ops[0].attrs {
		t.Fatal("the flood emptied nothing: this tests nothing")
	}
	if !before.Equal(after) || before.Transform(after, true).Len() != 0 {
		t.Error("one set of attributes is two after a flood")
	}
	w := writer{}
	w.add(before.ops[0])
	w.add(after.ops[0])
	if d := w.delta(); len(d.ops) != 1 {
		t.Errorf("neighbours were not merged: %s", d)
	}
}
