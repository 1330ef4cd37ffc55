package main

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
)

// marker is in all that attackers write and that no answer may repeat.
const marker = "qz7abuse"

// leak is what a server knows and no answer may tell: SQL, stacks, files of the machine, texts of libraries. Answers hold random
// secrets, in which any three letters stand sooner or later: a short name counts only before what no secret holds.
var leak = regexp.MustCompile(`(?i)SQLSTATE|syntax error at|\b(select|delete|insert into) .{1,80}\b(from|values)\b|pgx[:/. ]|pgconn|sqlite|` +
	`goroutine \d|runtime error|panic:|\.go:\d|/(home|root|tmp|usr|var|etc)/\w|validation for '|Error:Field|json: cannot|jsontext|invalid character`)

// echoes looks at every answer that attackers get.
type echoes struct {
	mu     sync.Mutex // guards everything below
	seen   int
	faults []string
}

// answer looks at one over HTTP. Pages and files are ours and say what they like.
func (e *echoes) answer(a answer) {
	if strings.Contains(a.header.Get("Content-Type"), "json") || a.status >= 400 {
		e.look(a.body)
	}
}

// pointer is where in what was sent the fault lies, which may name a key of it, cut and escaped.
var pointer = regexp.MustCompile(`"pointer":"[^"]{0,200}"`)

// look looks at a text.
func (e *echoes) look(text string) {
	text = pointer.ReplaceAllString(text, "")
	e.mu.Lock()
	defer e.mu.Unlock()
	e.seen++
	if found := leak.FindString(text); found != "" {
		e.faults = append(e.faults, fmt.Sprintf("an answer tells %q: %.200s", found, text))
	}
	if strings.Contains(text, marker) {
		e.faults = append(e.faults, fmt.Sprintf("an answer repeats what it answers: %.200s", text))
	}
}

// result is the row about errors.
func (e *echoes) result() result {
	e.mu.Lock()
	defer e.mu.Unlock()
	r := result{Rows: "28", Attack: "answers that tell or echo, among all", Tries: e.seen, Happened: []string{"nothing found"}, Verdict: held}
	if len(e.faults) > 0 {
		r.Happened, r.Verdict = []string{fmt.Sprintf("found ×%d", len(e.faults))}, broken
		r.Broken = e.faults[:min(len(e.faults), mostBroken)]
	}
	return r
}
