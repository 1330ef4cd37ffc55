package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// browser is a real Chromium, driven by client/web/e2e/driver.mjs. Its methods may be called concurrently.
type browser struct {
	t *testing.T

	mu      sync.Mutex
	in      io.WriteCloser      // guarded by mu
	next    int                 // guarded by mu
	waiting map[int]chan answer // guarded by mu
}

type answer struct {
	ID    int
	Value json.RawMessage
	Error string
}

// browserPatience bounds one step in a page on a slow machine. The driver's is a little shorter, and says more.
const browserPatience = 3 * time.Minute

// startBrowser fails the test if there is no Chromium, no Node or no packages: run `make test`, which installs them.
func startBrowser(t *testing.T) *browser {
	t.Helper()
	driver, err := filepath.Abs("../client/web/e2e/driver.mjs")
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command("node", driver)
	command.Stderr = os.Stderr
	command.Env = append(os.Environ(), fmt.Sprintf("COSCRIBE_BROWSER_TIMEOUT_MS=%d", (browserPatience*9/10).Milliseconds()))
	in, err := command.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatalf("start the browser's driver: %v; `make test` installs what it needs", err)
	}
	b := &browser{t: t, in: in, waiting: map[int]chan answer{}}
	read := make(chan struct{})
	go func() {
		defer close(read)
		b.read(out)
	}()
	t.Cleanup(func() {
		in.Close()
		<-read
		if err := command.Wait(); err != nil {
			t.Errorf("the browser's driver: %v", err)
		}
	})
	return b
}

// read hands answers to those who wait, until the driver ends.
func (b *browser) read(out io.Reader) {
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var a answer
		if err := json.Unmarshal(lines.Bytes(), &a); err != nil {
			continue
		}
		b.mu.Lock()
		if c := b.waiting[a.ID]; c != nil {
			delete(b.waiting, a.ID)
			c <- a
		}
		b.mu.Unlock()
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, c := range b.waiting {
		c <- answer{Error: "the browser's driver has ended"}
	}
	b.waiting = nil
}

// try does one thing in a page and returns what it gives.
func (b *browser) try(page, what string, args ...any) (json.RawMessage, error) {
	if args == nil {
		args = []any{}
	}
	c := make(chan answer, 1)
	b.mu.Lock()
	if b.waiting == nil {
		b.mu.Unlock()
		return nil, errors.New("the browser's driver has ended")
	}
	b.next++
	b.waiting[b.next] = c
	line, err := json.Marshal(map[string]any{"id": b.next, "page": page, "do": what, "args": args})
	if err == nil {
		_, err = b.in.Write(append(line, '\n'))
	}
	b.mu.Unlock()
	if err != nil {
		return nil, err
	}
	select {
	case a := <-c:
		if a.Error != "" {
			return nil, fmt.Errorf("%s: %s %v: %s", page, what, args, a.Error)
		}
		return a.Value, nil
	case <-time.After(browserPatience):
		return nil, fmt.Errorf("%s: %s %v: no answer", page, what, args)
	}
}

// do is try for a step that must work.
func (b *browser) do(page, what string, args ...any) {
	b.t.Helper()
	if _, err := b.try(page, what, args...); err != nil {
		b.picture(page)
		b.t.Fatal(err)
	}
}

// ask is do for a step that gives a string.
func (b *browser) ask(page, what string, args ...any) string {
	b.t.Helper()
	value, err := b.try(page, what, args...)
	if err != nil {
		b.t.Fatal(err)
	}
	var text string
	json.Unmarshal(value, &text)
	return text
}

// picture keeps what the page showed when it failed.
func (b *browser) picture(page string) {
	file := filepath.Join(b.t.ArtifactDir(), page+".png")
	if _, err := b.try(page, "screenshot", file); err == nil {
		b.t.Logf("the page as it was: %s", file)
	}
}
