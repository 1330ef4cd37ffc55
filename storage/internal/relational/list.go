package relational

import (
	"fmt"
	"strings"
)

// maxInList is how many ids one statement takes.
const maxInList = 256

// inLists makes the queries that look ids up by sql, which ends with "IN ". Lists are filled up to a power of two by repeating
// an id, so that there are few texts and each can stay prepared.
func inLists[ID ~[16]byte](sql string, ids []ID, row func(Row) error) []Query {
	var queries []Query
	for len(ids) > 0 {
		now := ids[:min(len(ids), maxInList)]
		ids = ids[len(now):]
		length := 1
		for length < len(now) {
			length *= 2
		}
		args := make([]any, length)
		for i := range args {
			args[i] = [16]byte(now[min(i, len(now)-1)])
		}
		queries = append(queries, Query{SQL: sql + placeholders(length), Args: args, Row: row})
	}
	return queries
}

func placeholders(n int) string {
	var list strings.Builder
	for i := range n {
		separator := ", "
		if i == 0 {
			separator = "("
		}
		fmt.Fprintf(&list, "%s$%d", separator, i+1)
	}
	return list.String() + ")"
}
