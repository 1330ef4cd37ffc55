package main

import (
	"bufio"
	"bytes"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/coscribe/coscribe/storage/pgtest"
)

// folder holds what is built for the tests of this package.
var folder = sync.OnceValues(func() (string, error) { return os.MkdirTemp("", "coscribe") })

// built is the server's binary, built once.
var built = sync.OnceValues(func() (string, error) {
	folder, err := folder()
	if err != nil {
		return "", err
	}
	binary := filepath.Join(folder, "coscribe")
	command := exec.Command("go", "build", "-race", "-o", binary, ".")
	command.Stderr = os.Stderr
	return binary, command.Run()
})

func TestMain(m *testing.M) {
	os.Setenv("COSCRIBE_ALLOW_UNSAFE_DATABASE", "true") // which the tests' own is, for speed
	code := pgtest.Main(m)
	if folder, err := folder(); err == nil {
		os.RemoveAll(folder)
	}
	os.Exit(code)
}

// process is a server in a process of its own, that can be killed and started again at the same address.
type process struct {
	t     *testing.T
	build func() (binary string, err error)
	args  []string
	url   string
	setup string // the set-up link that its first start printed

	command *exec.Cmd
	stderr  *bytes.Buffer
}

const startPatience = 3 * time.Minute

// startProcess starts a server on a free loopback port, with args naming its empty database. It is patient: its clients share a machine
// with it, and with other tests, and are late with whatever they say.
func startProcess(t *testing.T, args ...string) *process {
	t.Helper()
	return startBinary(t, built, append([]string{"--limit-header-time=3m", "--limit-request-time=3m", "--limit-join-time=3m", "--limit-ping-every=1h"}, args...)...)
}

// startBinary is startProcess for a server that was built otherwise.
func startBinary(t *testing.T, build func() (string, error), args ...string) *process {
	t.Helper()
	address := freeAddress(t)
	p := &process{t: t, build: build, args: append([]string{"--listen", address}, args...), url: "http://" + address}
	p.setup = p.start(setupLink)
	t.Cleanup(func() {
		if p.command != nil {
			p.kill()
		}
	})
	return p
}

// freeAddress is on a port that nobody is given as the near end of a connection, so that it is still free when a server that was
// killed comes back.
func freeAddress(t *testing.T) string {
	t.Helper()
	for range 100 {
		listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", 20_000+rand.N(12_000)))
		if err == nil {
			defer listener.Close()
			return listener.Addr().String()
		}
	}
	t.Fatal("there is no free port")
	return ""
}

var (
	setupLink = regexp.MustCompile(`http://\S+/setup#\S+`)
	greeting  = regexp.MustCompile(`Coscribe is at http://\S+`)
)

// start runs the server until it has printed what is asked for, once it listens, and returns that.
func (p *process) start(until *regexp.Regexp) string {
	p.t.Helper()
	binary, err := p.build()
	if err != nil {
		p.t.Fatalf("build the server: %v", err)
	}
	p.command = exec.Command(binary, p.args...)
	p.stderr = &bytes.Buffer{}
	p.command.Stderr = p.stderr
	stdout, err := p.command.StdoutPipe()
	if err != nil {
		p.t.Fatal(err)
	}
	if err := p.command.Start(); err != nil {
		p.t.Fatal(err)
	}
	found := make(chan string, 1)
	go func() {
		for lines := bufio.NewScanner(stdout); lines.Scan(); {
			if match := until.FindString(lines.Text()); match != "" {
				found <- match
			}
		}
		close(found)
	}()
	select {
	case match, ok := <-found:
		if !ok {
			p.t.Fatalf("the server ended at its start: %s", p.stderr)
		}
		return match
	case <-time.After(startPatience):
		p.t.Fatal("the server does not start")
		return ""
	}
}

// kill ends the server as a power cut would.
func (p *process) kill() {
	p.t.Helper()
	p.command.Process.Kill()
	p.command.Wait()
	p.command = nil
}

// stop ends the server as an operator would, and fails the test if it does not end well.
func (p *process) stop() {
	p.t.Helper()
	p.command.Process.Signal(syscall.SIGTERM)
	if err := p.command.Wait(); err != nil {
		p.t.Errorf("the server stopped with %v: %s", err, p.stderr)
	}
	p.command = nil
}
