package main

import (
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"time"
)

// progress shows how far a run is: a bar that is drawn over itself on a terminal, else a line now and then.
type progress struct {
	out  io.Writer
	bar  bool
	all  int
	done atomic.Int64
	quit chan struct{}
	over chan struct{}
}

const (
	barWidth  = 40
	barEvery  = 200 * time.Millisecond
	lineEvery = 5 * time.Second
)

// start begins a run of so many steps. It prints from a goroutine of its own until stop, and nobody else may print.
func (p *progress) start(all int) {
	p.all = all
	p.quit, p.over = make(chan struct{}), make(chan struct{})
	go p.show(time.Now())
}

func (p *progress) add(n int) { p.done.Add(int64(n)) }

// stop waits until the last has been printed.
func (p *progress) stop() {
	close(p.quit)
	<-p.over
}

func (p *progress) show(began time.Time) {
	defer close(p.over)
	every := lineEvery
	if p.bar {
		every = barEvery
	}
	ticks := time.NewTicker(every)
	defer ticks.Stop()
	for {
		select {
		case <-ticks.C:
			p.print(time.Since(began))
		case <-p.quit:
			if p.bar {
				p.print(time.Since(began))
				fmt.Fprintln(p.out)
			}
			return
		}
	}
}

func (p *progress) print(took time.Duration) {
	done := int(p.done.Load())
	state := fmt.Sprintf("%3d %%  %d of %d  %.0f/s", 100*done/max(p.all, 1), done, p.all, float64(done)/took.Seconds())
	if !p.bar {
		fmt.Fprintln(p.out, state)
		return
	}
	full := min(barWidth*done/max(p.all, 1), barWidth)
	fmt.Fprintf(p.out, "\r[%s%s] %s ", strings.Repeat("#", full), strings.Repeat(".", barWidth-full), state)
}
