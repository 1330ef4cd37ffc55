package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

// tally is what comes of one attack. It may be used concurrently.
type tally struct {
	mu      sync.Mutex     // guards everything below
	tries   int            // counted
	saw     map[string]int // how often what happened
	notes   []string       // more to tell
	broken  []string       // what did not hold, mostBroken at most
	untried string         // why there is nothing to judge
	longest time.Duration  // that one of the tries lasted
}

// mostBroken is how many failures of one attack are told.
const mostBroken = 8

// expect counts a try, and that what happened is one of what must happen. A want that ends in a space is a beginning.
func (t *tally) expect(try, happened string, wants ...string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.tries++
	t.saw[happened]++
	for _, want := range wants {
		if happened == want || strings.HasSuffix(want, " ") && strings.HasPrefix(happened, want) {
			return
		}
	}
	t.breaks("%s: %s, not %s", try, happened, strings.Join(wants, " or "))
}

// hold counts a try, and that something is so.
func (t *tally) hold(holds bool, happened, format string, args ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.tries++
	if holds {
		t.saw[happened]++
	} else {
		t.breaks(format, args...)
	}
}

// must tells whether something that the attack needs was there. That it was not is no proof that anything held.
func (t *tally) must(err error, what string) bool {
	if err != nil {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.breaks("%s: %v", what, err)
	}
	return err == nil
}

// skip says why there is nothing to judge.
func (t *tally) skip(why string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.untried = why
}

// note tells more than counts do.
func (t *tally) note(format string, args ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.notes = append(t.notes, fmt.Sprintf(format, args...))
}

// lasted notes how long a try lasted: the longest is told.
func (t *tally) lasted(d time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.longest = max(t.longest, d)
}

// outcome is what a tally holds, to be sent to another process.
type outcome struct {
	Tries  int
	Saw    map[string]int
	Broken []string
}

func (t *tally) outcome() outcome {
	t.mu.Lock()
	defer t.mu.Unlock()
	return outcome{t.tries, t.saw, t.broken}
}

// add takes over what another process saw.
func (t *tally) add(o outcome) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.tries += o.Tries
	for what, n := range o.Saw {
		t.saw[what] += n
	}
	for _, what := range o.Broken {
		t.breaks("%s", what)
	}
}

// breaks notes what did not hold. mu is held.
func (t *tally) breaks(format string, args ...any) {
	if len(t.broken) < mostBroken {
		t.broken = append(t.broken, fmt.Sprintf(format, args...))
	}
}

// result is what came of it, the most frequent first.
func (t *tally) result() result {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.tries == 0 && t.untried == "" {
		t.breaks("nothing could be tried")
	}
	var happened []string
	for _, what := range slices.SortedFunc(maps.Keys(t.saw), func(a, b string) int {
		return cmp.Or(cmp.Compare(t.saw[b], t.saw[a]), cmp.Compare(a, b))
	}) {
		happened = append(happened, fmt.Sprintf("%s ×%d", what, t.saw[what]))
	}
	if t.longest > 0 {
		t.notes = append(t.notes, fmt.Sprintf("the last after %v", t.longest.Round(time.Millisecond)))
	}
	verdict := held
	switch {
	case len(t.broken) > 0:
		verdict = broken
	case t.untried != "":
		verdict, happened = untried, []string{t.untried}
	}
	return result{Tries: t.tries, Happened: append(t.notes, happened...), Broken: t.broken, Verdict: verdict}
}
