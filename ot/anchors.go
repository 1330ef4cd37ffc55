package ot

import (
	"sort"
	"unicode"
)

// Where two texts differ too much for a search, they are matched by their
// lines, and then by their words, that stand once in each: those are the same
// line or word. It takes no longer the more they differ.

// anchor is a piece that x and y share.
type anchor struct{ x, y, length int }

// anchors returns the longest list of shared unique pieces that are in the
// same order in both.
func anchors(x, y []atom, ends func(before, after atom) bool) []anchor {
	type place struct {
		x, y, length       int
		timesInX, timesInY int
	}
	places := map[string]*place{}
	var key []byte
	each := func(atoms []atom, visit func(p *place, at int)) {
		for from := 0; from < len(atoms); {
			to := from + 1
			for to < len(atoms) && !ends(atoms[to-1], atoms[to]) {
				to++
			}
			key = key[:0]
			for _, a := range atoms[from:to] {
				key = append(key, byte(a), byte(a>>8), byte(a>>16), byte(a>>24))
			}
			p := places[string(key)]
			if p == nil {
				p = &place{length: to - from}
				places[string(key)] = p
			}
			visit(p, from)
			from = to
		}
	}
	each(x, func(p *place, at int) { p.x, p.timesInX = at, p.timesInX+1 })
	var shared []anchor // in the order of y
	each(y, func(p *place, at int) { p.y, p.timesInY = at, p.timesInY+1 })
	for _, p := range places {
		if p.timesInX == 1 && p.timesInY == 1 {
			shared = append(shared, anchor{p.x, p.y, p.length})
		}
	}
	sort.Slice(shared, func(i, j int) bool { return shared[i].y < shared[j].y })
	return rising(shared)
}

// rising returns the longest part of list in which x rises.
func rising(list []anchor) []anchor {
	var tops []int // tops[n]: the end with the least x of a rise of n+1
	before := make([]int, len(list))
	for i, a := range list {
		n := sort.Search(len(tops), func(n int) bool { return list[tops[n]].x > a.x })
		before[i] = -1
		if n > 0 {
			before[i] = tops[n-1]
		}
		if n == len(tops) {
			tops = append(tops, i)
		} else {
			tops[n] = i
		}
	}
	rise := make([]anchor, len(tops))
	if len(tops) == 0 {
		return rise
	}
	for i, n := tops[len(tops)-1], len(tops)-1; n >= 0; i, n = before[i], n-1 {
		rise[n] = list[i]
	}
	return rise
}

func endsLineHere(before, _ atom) bool { return before == '\n' }

func endsWord(before, after atom) bool { return !isLetter(before) || !isLetter(after) }

func isLetter(a atom) bool {
	if a < 0x80 {
		return 'a' <= a|0x20 && a|0x20 <= 'z' || '0' <= a && a <= '9'
	}
	return unicode.In(rune(a), unicode.L, unicode.M, unicode.N)
}
