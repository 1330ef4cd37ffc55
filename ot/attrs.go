package ot

import (
	"sort"
	"sync"
)

// Attrs are attributes as callers write and read them. A nil value removes
// the attribute; it is only for retains.
type Attrs map[string]any

// attrSet is a set of attributes: sorted, never empty, never changed. Sets
// are interned, so equal ones are nearly always the same pointer, and one
// set serves every run of every document that looks like it. nil is the
// empty set.
type attrSet struct {
	json    string // canonical
	members []member
	nulls   bool // some value is null
}

// member is one key of a JSON object.
type member struct {
	key   string
	value string // canonical JSON
}

func (m member) isNull() bool { return m.value == "null" }

// same reports whether two sets are equal. Identity answers nearly always;
// the text decides about sets that the table below did not keep.
func same(a, b *attrSet) bool {
	return a == b || a != nil && b != nil && a.json == b.json
}

func (s *attrSet) list() []member {
	if s == nil {
		return nil
	}
	return s.members
}

func (s *attrSet) find(key string) *member {
	list := s.list()
	i := sort.Search(len(list), func(i int) bool { return list[i].key >= key })
	if i < len(list) && list[i].key == key {
		return &list[i]
	}
	return nil
}

func (s *attrSet) decode() Attrs {
	if s == nil {
		return nil
	}
	attrs := make(Attrs, len(s.members))
	for _, m := range s.members {
		attrs[m.key] = decodeValue(m.value)
	}
	return attrs
}

// The table of interned sets is bounded, since strangers choose the
// attributes: a flood of new ones empties it, which costs memory and time
// but nothing else, for same does not depend on it.
const (
	internedSets  = 4096
	internedBytes = 512 // the longest set worth keeping
)

type internTable struct {
	mu   sync.RWMutex
	sets map[string]*attrSet // guarded by mu
}

var interned = internTable{sets: map[string]*attrSet{}}

// intern returns the set with the given canonical JSON, which it copies.
func intern(json []byte) *attrSet {
	interned.mu.RLock()
	set := interned.sets[string(json)]
	interned.mu.RUnlock()
	if set != nil {
		return set
	}
	return interned.keep(newAttrSet(string(json)))
}

func newAttrSet(json string) *attrSet {
	set := &attrSet{json: json, members: membersOf(json)}
	for _, m := range set.members {
		set.nulls = set.nulls || m.isNull()
	}
	return set
}

func (t *internTable) keep(set *attrSet) *attrSet {
	if len(set.json) > internedBytes {
		return set
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if first := t.sets[set.json]; first != nil {
		return first
	}
	if len(t.sets) >= internedSets {
		clear(t.sets)
	}
	t.sets[set.json] = set
	return set
}

// internMembers returns the set of the given members, which are sorted.
func internMembers(members []member) *attrSet {
	if len(members) == 0 {
		return nil
	}
	var scratch [128]byte
	json := append(scratch[:0], '{')
	for i, m := range members {
		if i > 0 {
			json = append(json, ',')
		}
		json = appendQuoted(json, m.key)
		json = append(json, ':')
		json = append(json, m.value...)
	}
	return intern(append(json, '}'))
}
