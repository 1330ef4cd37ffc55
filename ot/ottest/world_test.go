package ottest

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/coscribe/coscribe/ot"
)

// world is one run: two nodes on one store, some users, and a network
// between them. Everything that happens is drawn from the seed.
type world struct {
	random  *rand.Rand
	bug     bug
	content ot.Delta // of revision 0
	limits  ot.Limits
	store   store
	nodes   []*node
	users   []*user
	links   []*link
	forged  int
	calm    bool // no more faults
}

// violation is what an oracle says. It travels as a panic up to simulate.
type violation struct{ error }

func fail(format string, args ...any) { panic(violation{fmt.Errorf(format, args...)}) }

const steps = 150

// simulate runs a seed and returns what went wrong.
func simulate(seed uint64, b bug) (err error) {
	defer func() {
		if caught := recover(); caught != nil {
			v, ok := caught.(violation)
			if !ok {
				panic(caught)
			}
			err = v
		}
	}()
	w := newWorld(seed, b)
	for range steps {
		w.step()
	}
	w.settle()
	w.checkConvergence()
	w.checkFates()
	return nil
}

func newWorld(seed uint64, b bug) *world {
	w := &world{random: Rand(seed), bug: b}
	w.content = Content(w.random, 4)
	w.store.unguarded = b == noDedupe
	if w.chance(2) {
		w.limits = ot.Limits{Components: 3, InsertUnits: 4, Bytes: 200}
	}
	for range 2 {
		n := &node{w: w}
		n.load()
		w.nodes = append(w.nodes, n)
	}
	for i := range 2 + w.random.IntN(3) {
		w.users = append(w.users, &user{
			w:       w,
			origin:  ot.Origin{Author: [16]byte{byte(i + 1)}, Client: [16]byte{byte(i + 1), 1}},
			replica: ot.NewReplica(0, open(w.content)),
			fate:    map[[16]byte]fate{},
		})
	}
	return w
}

// chance is true once in n times, and never when the faults are over.
func (w *world) chance(n int) bool { return !w.calm && w.random.IntN(n) == 0 }

// refuses is the server's schema: it refuses a few edits, always the same.
func (w *world) refuses(s ot.Submission) bool { return (uint64(s.ID[3])*7+uint64(s.ID[7])*31)%17 == 3 }

// step lets one thing happen.
func (w *world) step() {
	u := pick(w.random, w.users)
	n := pick(w.random, w.nodes)
	switch w.random.IntN(24) {
	case 0, 1, 2, 3, 4:
		if !w.calm {
			u.edit()
		}
	case 5, 6, 7, 8:
		u.send()
	case 9, 10, 11:
		u.connect(n)
	case 12, 13, 14:
		w.carry()
	case 15, 16, 17:
		w.bring(u)
	case 18, 19, 20:
		n.write()
	case 21:
		n.hear()
	case 22:
		if u.link != nil && w.chance(3) {
			w.disconnect(u)
		}
	case 23:
		if w.chance(10) {
			n.crash()
		}
	}
}

// carry brings the next message of some link to its server.
func (w *world) carry() {
	if len(w.links) == 0 {
		return
	}
	i := w.random.IntN(len(w.links))
	l := w.links[i]
	if len(l.up) == 0 {
		if l.cutOff {
			w.links = slices.Delete(w.links, i, i+1)
		}
		return
	}
	s := l.up[0]
	l.up = l.up[1:]
	l.server.submit(l, s)
}

// bring brings a user some of what the server has for them.
func (w *world) bring(u *user) {
	l := u.link
	if l == nil {
		return
	}
	l.pull()
	for range min(len(l.down), 1+w.random.IntN(6)) {
		if u.link != l || len(l.down) == 0 {
			return
		}
		message := l.down[0]
		l.down = l.down[1:]
		u.receive(message)
	}
}

// disconnect loses everything that was on its way down. What was on its way
// up is lost, or arrives late, or part of it.
func (w *world) disconnect(u *user) {
	l := u.link
	l.cut()
	l.up = l.up[:w.random.IntN(len(l.up)+1)]
}

// settle ends the faults and lets everything arrive.
func (w *world) settle() {
	w.calm = true
	for range 5000 {
		w.step()
		if w.quiet() {
			return
		}
	}
	fail("no rest: %s", w.restless())
}
