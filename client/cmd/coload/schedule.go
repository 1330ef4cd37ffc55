package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/coscribe/coscribe/ot"
)

// keysPerSecond is how fast a client of s3 types unless --rate says otherwise.
const keysPerSecond = 5

// mostScreens is how many clients of a document are watched in s3: enough for a percentile, few enough that the watching is not
// the load.
const mostScreens = 20

// fixedSchedule lets every client type on a fixed schedule, late or not, and measures from the time that a keystroke was due
// to its acknowledgement, and to the other screens.
func (l *load) fixedSchedule(ctx context.Context, documents, clients int) error {
	groups, limits, err := l.openTypists(ctx, documents, clients)
	defer func() { closeTypists(groups) }()
	if err != nil {
		return err
	}
	l.announce("S3, fixed schedule", limits, documents, clients)
	every := time.Second / keysPerSecond
	if l.Rate > 0 {
		every = time.Duration(float64(time.Second) / l.Rate)
	}
	for _, g := range groups {
		g.watch(mostScreens)
	}
	meter, err := l.startMeter()
	if err != nil {
		return err
	}
	began := time.Now()
	err = eachTypist(groups, func(t *thin) error {
		return t.typeAt(ctx, pace{every: every, next: began.Add(rand.N(every))}, began.Add(l.Duration), l.Chars)
	})
	took := time.Since(began)
	if err != nil {
		return err
	}
	measured := measuredBy(groups)
	l.report(took, measured)
	if err := meter.report(l.out, len(measured)); err != nil {
		return err
	}
	if err := l.account(ctx, groups); err != nil {
		return err
	}
	var screens times
	for _, g := range groups {
		screens = append(screens, g.screens()...)
	}
	fmt.Fprintf(l.out, "keystroke to other screens, ms: %v\n", screens)
	return nil
}

// watch has some of the clients note when revisions come.
func (g *typists) watch(screens int) {
	step := (len(g.all) + screens - 1) / screens
	for i := 0; i < len(g.all); i += step {
		t := g.all[i]
		t.mu.Lock()
		t.typing.watched = true
		t.mu.Unlock()
	}
}

// screens returns how long keystrokes took to the watched screens, but for their author's own. Of several keys in one revision it
// is the first that counts.
func (g *typists) screens() (took times) {
	type key struct {
		at time.Time
		by *thin
	}
	struck := map[ot.Rev]key{}
	for _, t := range g.all {
		for _, made := range t.typing.made {
			struck[made.rev] = key{made.at, t}
		}
	}
	for _, t := range g.all {
		next := g.head + 1
		for _, seen := range t.typing.seen {
			for ; next <= seen.rev; next++ {
				if key, ok := struck[next]; ok && key.by != t {
					took = append(took, seen.at.Sub(key.at))
				}
			}
		}
	}
	return took
}
