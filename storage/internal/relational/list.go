package relational

import (
	"fmt"
	"slices"
	"strings"
)

// maxInList is how many ids one statement takes.
const maxInList = 256

// inLists makes the queries that look ids up by sql, which ends with "IN ". Lists are filled up to a power of two by repeating
// an id, so that there are few texts and each can stay prepared.
func inLists[ID ~[16]byte](sql string, ids []ID, row func(Row) error) []Query {
	return inListsAfter(nil, sql, ids, row)
}

// inListsAfter is inLists where sql has other parameters before those of the list.
func inListsAfter[ID ~[16]byte](before []any, sql string, ids []ID, row func(Row) error) []Query {
	var queries []Query
	for len(ids) > 0 {
		now := ids[:min(len(ids), maxInList)]
		ids = ids[len(now):]
		length := 1
		for length < len(now) {
			length *= 2
		}
		args := slices.Grow(slices.Clone(before), length)
		for i := range length {
			args = append(args, [16]byte(now[min(i, len(now)-1)]))
		}
		queries = append(queries, Query{SQL: sql + placeholders(len(before)+1, length), Args: args, Row: row})
	}
	return queries
}

// placeholders are n parameters in parentheses, from the number first on.
func placeholders(first, n int) string {
	var list strings.Builder
	for i := range n {
		separator := ", "
		if i == 0 {
			separator = "("
		}
		fmt.Fprintf(&list, "%s$%d", separator, first+i)
	}
	return list.String() + ")"
}

// distinct is ids without repeats, so that no two lists name the same one.
func distinct[ID ~[16]byte](ids []ID) []ID {
	seen := make(map[ID]bool, len(ids))
	var once []ID
	for _, id := range ids {
		if !seen[id] {
			seen[id] = true
			once = append(once, id)
		}
	}
	return once
}
