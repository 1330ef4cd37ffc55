package wire

import (
	"encoding"
	"reflect"
	"strings"
	"sync"
	"time"
)

// shape is what a Go type says of the JSON that it reads, beyond what the JSON library asks: which members must be there,
// and which may be null. In a type of this package a member is optional if its tag says omitzero, and may be null if it
// is a pointer. A nil shape is opaque: a scalar, or a type that reads its own JSON.
type shape struct {
	members []member // of an object; nil for an array
	element *shape   // of an array
}

type member struct {
	name     string
	required bool
	nullable bool
	shape    *shape
}

// find returns the index of the member of that name, or -1. Names are few: a walk is faster than a map.
func (s *shape) find(name string) int {
	for i := range s.members {
		if s.members[i].name == name {
			return i
		}
	}
	return -1
}

// shapes remembers shapeOf by reflect.Type.
var shapes sync.Map

func shapeOf(t reflect.Type) *shape {
	if known, ok := shapes.Load(t); ok {
		return known.(*shape)
	}
	s := makeShape(t)
	shapes.Store(t, s)
	return s
}

func makeShape(t reflect.Type) *shape {
	switch {
	case t.Kind() == reflect.Pointer:
		return makeShape(t.Elem())
	case readsItself(t):
		return nil
	case t.Kind() == reflect.Slice:
		return &shape{element: makeShape(t.Elem())}
	case t.Kind() == reflect.Struct:
		s := &shape{members: []member{}}
		s.addFields(t)
		return s
	}
	return nil
}

func (s *shape) addFields(t reflect.Type) {
	for field := range t.Fields() {
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		switch {
		case options == "embed":
			s.addFields(field.Type)
		case name != "":
			s.members = append(s.members, member{
				name:     name,
				required: options != "omitzero",
				nullable: field.Type.Kind() == reflect.Pointer,
				shape:    makeShape(field.Type),
			})
		}
	}
	if len(s.members) > 64 {
		panic("wire: " + t.Name() + " has more members than the inspection counts")
	}
}

func readsItself(t reflect.Type) bool {
	if t == reflect.TypeFor[time.Time]() {
		return true
	}
	pointer := reflect.PointerTo(t)
	return pointer.Implements(reflect.TypeFor[encoding.TextUnmarshaler]()) ||
		pointer.Implements(reflect.TypeFor[interface{ UnmarshalJSON([]byte) error }]())
}
