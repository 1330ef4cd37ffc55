package main

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"
)

// An attack is one thing that somebody might try.
type attack struct {
	rows  string // of the table of controls that it tries
	name  string
	run   func(context.Context, *stage, *tally)
	kind  kind
	phase int32 // of who types beside it, where it is one of its own
}

// kind says how an attack goes together with others.
type kind int

const (
	quick  kind = iota // runs alone
	beside             // mostly waits, and runs beside the others
	long               // is one of beside, and takes more than ten seconds
	heavy              // runs alone, when all others have ended, and takes as long
)

// attacks are all of them, in the order of the table of controls.
var attacks = slices.Concat(handshakeAttacks, slowAttacks, crowdAttacks, ticketAttacks, frameAttacks, floodAttacks, textAttacks, deltaAttacks,
	rateAttacks, onceAttacks, roleAttacks, rightAttacks, sessionAttacks, originAttacks, secretAttacks, pageAttacks, malformedAttacks, swarmAttacks)

// chosen are those that the flags ask for.
func (c *config) chosen() []attack {
	return slices.DeleteFunc(slices.Clone(attacks), func(a attack) bool {
		named := func(word string) bool { return strings.Contains(a.name, word) }
		return c.Quick && a.kind >= long || len(c.Only) > 0 && !slices.ContainsFunc(c.Only, named)
	})
}

// attack runs attacks while somebody types: those that mostly wait beside the others, which come one after another.
func (s *stage) attack(ctx context.Context, chosen []attack, board *board) (*report, error) {
	typist, err := s.startTyping(ctx)
	if err != nil {
		return nil, err
	}
	defer typist.doc.Close()
	sleep(ctx, calmTime)
	typist.phase.Store(during)

	results := make([]result, len(chosen))
	var waiting sync.WaitGroup
	for i, a := range chosen {
		if a.kind == beside || a.kind == long {
			waiting.Go(func() { results[i] = s.try(ctx, a, board) })
		}
	}
	alone := func(kind kind) {
		for i, a := range chosen {
			if a.kind == kind {
				if a.phase != 0 {
					typist.phase.Store(a.phase)
				}
				results[i] = s.try(ctx, a, board)
			}
		}
	}
	alone(quick)
	waiting.Wait()
	typist.phase.Store(calm)
	if slices.ContainsFunc(chosen, func(a attack) bool { return a.kind == heavy }) {
		sleep(ctx, floodTime)
	}
	alone(heavy)
	board.end()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return newReport(append(results, s.echoes.result(), typist.result(ctx))), nil
}

// calmTime is how long somebody types before the first attack, to know how long an edit takes.
const calmTime = 2 * time.Second

func (s *stage) try(ctx context.Context, a attack, board *board) result {
	board.begin(a.name)
	defer board.done(a.name)
	began := time.Now()
	t := &tally{saw: map[string]int{}}
	a.run(ctx, s, t)
	r := t.result()
	r.Rows, r.Attack, r.Seconds = a.rows, a.name, time.Since(began).Seconds()
	return r
}

func sleep(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
