package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
)

// board shows how far a run is: one line that is drawn over itself on a terminal, else a line for each attack.
type board struct {
	out io.Writer
	bar bool
	all int

	mu       sync.Mutex // guards everything below
	finished int
	running  []string
}

func (b *board) begin(name string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.running = append(b.running, name)
	if b.bar {
		b.draw()
	}
}

func (b *board) done(name string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.finished++
	if i := slices.Index(b.running, name); i >= 0 {
		b.running = slices.Delete(b.running, i, i+1)
	}
	if b.bar {
		b.draw()
		return
	}
	fmt.Fprintf(b.out, "%d of %d  %s\n", b.finished, b.all, name)
}

// draw draws the line, with the attack that began last. mu is held.
func (b *board) draw() {
	const width = 30
	full := width * b.finished / max(b.all, 1)
	name := ""
	if len(b.running) > 0 {
		name = b.running[len(b.running)-1]
	}
	fmt.Fprintf(b.out, "\r\x1b[K[%s%s] %d of %d  %s", strings.Repeat("#", full), strings.Repeat(".", width-full), b.finished, b.all, name)
}

func (b *board) end() {
	if b.bar {
		fmt.Fprintln(b.out)
	}
}
