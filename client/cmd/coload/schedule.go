package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/coscribe/coscribe/client"
	"github.com/coscribe/coscribe/ot"
)

// keysPerSecond is how fast a client of s3 types unless --rate says otherwise.
const keysPerSecond = 5

// mostScreens is how many clients are watched in s3: enough for a percentile, few enough that the watching is not the load.
const mostScreens = 20

// fixedSchedule lets every client type on a fixed schedule, late or not, and measures from the time that a keystroke was due
// to its acknowledgement, and to the other screens.
func (l *load) fixedSchedule(ctx context.Context) error {
	groups, err := l.openGroups(ctx, 1, l.Clients)
	if err != nil {
		return err
	}
	defer groups.close()
	docs := groups[0].docs
	l.announce("S3, fixed schedule", docs[0].Standing().Limits, 1, l.Clients)

	every := time.Second / keysPerSecond
	if l.Rate > 0 {
		every = time.Duration(float64(time.Second) / l.Rate)
	}
	keys := &keystrokes{due: map[ot.Rev]keystroke{}}
	stop := keys.watch(ctx, docs[:min(len(docs), mostScreens)])
	defer stop()
	began := time.Now()
	err = groups.each(func(d *client.Document, measured *times) error {
		pace := pace{every: every, next: began.Add(rand.N(every))}
		w := &writer{load: l, doc: d, acknowledged: func(rev ot.Rev, at time.Time) { keys.note(rev, at, d) }}
		defer func() { *measured = w.times }()
		return w.run(ctx, func(ctx context.Context) (sent, error) {
			at, err := pace.wait(ctx)
			if err == nil && at.Sub(began) > l.Duration {
				err = io.EOF
			}
			if err != nil {
				return sent{}, err
			}
			edit, err := d.Edit(typeSomewhere)
			return sent{edit, at}, err
		})
	})
	took := time.Since(began)
	if err != nil {
		return err
	}
	l.report(took, groups.times())
	if err := l.convergeAll(ctx, groups); err != nil {
		return err
	}
	stop()
	fmt.Fprintf(l.out, "keystroke to other screens, ms: %v\n", keys.times())
	return nil
}

// keystrokes knows when each revision's first keystroke was due, and when it came to which screen.
type keystrokes struct {
	mu   sync.Mutex // guards due and seen
	due  map[ot.Rev]keystroke
	seen []sighting
}

type keystroke struct {
	at time.Time
	by *client.Document
}

type sighting struct {
	rev ot.Rev
	at  time.Time
	on  *client.Document
}

func (k *keystrokes) note(rev ot.Rev, at time.Time, by *client.Document) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if first, ok := k.due[rev]; !ok || at.Before(first.at) {
		k.due[rev] = keystroke{at, by}
	}
}

// watch notes when revisions come, until stop, which waits.
func (k *keystrokes) watch(ctx context.Context, screens []*client.Document) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var watching sync.WaitGroup
	for _, screen := range screens {
		from, _ := screen.Committed()
		watching.Go(func() {
			for revision, err := range screen.Revisions(ctx, client.From(from)) {
				if err != nil {
					return
				}
				k.see(sighting{revision.Rev, time.Now(), screen})
			}
		})
	}
	return func() { cancel(); watching.Wait() }
}

func (k *keystrokes) see(s sighting) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.seen = append(k.seen, s)
}

// times returns how long keystrokes took to screens other than their author's.
func (k *keystrokes) times() (took times) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, s := range k.seen {
		if key, ok := k.due[s.rev]; ok && key.by != s.on {
			took = append(took, s.at.Sub(key.at))
		}
	}
	return took
}
