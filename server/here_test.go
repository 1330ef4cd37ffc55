package main

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coscribe/coscribe/storage"
)

// local is a server in this process: all of it, started by its command line. It cannot be killed.
type local struct {
	*process
	metrics string // where they are
	end     func() // ends it as an operator would, if it has not ended
	log     *transcript
}

// transcript is what was written, which may be read meanwhile.
type transcript struct {
	mu    sync.Mutex
	bytes bytes.Buffer // guarded by mu
}

func (s *transcript) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.bytes.Write(p)
}

func (s *transcript) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.bytes.String()
}

var metricsAt = regexp.MustCompile(`Metrics are at (\S+)`)

// startHere starts a server on a free loopback port, with an empty embedded database, its metrics, and a log of everything.
func startHere(t *testing.T, args ...string) *local {
	t.Helper()
	return startBy(t, run, args...)
}

// startOn starts a server likewise, on what wrap makes of its database.
func startOn(t *testing.T, wrap func(storage.Store) storage.Store, args ...string) *local {
	t.Helper()
	return startBy(t, func(ctx context.Context, args []string, stdout, stderr io.Writer) error {
		s := Serve{Settings: settings(t, args...)}
		listener, err := s.listen(ctx)
		if err != nil {
			return err
		}
		store, err := s.open(ctx)
		if err != nil {
			return err
		}
		defer store.Close()
		return s.serve(ctx, listener, wrap(store), slog.New(slog.NewJSONHandler(stderr, nil)), stdout)
	}, args...)
}

func startBy(t *testing.T, start func(ctx context.Context, args []string, stdout, stderr io.Writer) error, args ...string) *local {
	t.Helper()
	address := freeAddress(t)
	args = append([]string{"--listen", address, "--data", t.TempDir(), "--metrics-listen", "127.0.0.1:0", "--log-level", "debug"}, args...)
	l := &local{process: &process{t: t, args: args, url: "http://" + address}, log: &transcript{}}
	var stdout transcript
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- start(ctx, args, &stdout, l.log) }()
	l.end = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("the server stopped with %v", err)
		}
	})
	t.Cleanup(func() {
		l.end()
		if t.Failed() {
			t.Logf("the server's log:\n%s", last(l.log.String(), 20_000))
		}
	})
	for deadline := time.Now().Add(startPatience); ; time.Sleep(5 * time.Millisecond) {
		if match := metricsAt.FindStringSubmatch(stdout.String()); match != nil {
			l.metrics, l.setup = match[1], setupLink.FindString(stdout.String())
			return l
		}
		select {
		case err := <-ended:
			ended <- nil
			t.Fatalf("the server ended at its start: %v", err)
		default:
		}
		if time.Now().After(deadline) {
			t.Fatal("the server does not start")
		}
	}
}

func last(text string, n int) string { return text[max(0, len(text)-n):] }

// page is what is at an address.
func page(t *testing.T, url string) (status int, body string) {
	t.Helper()
	answer, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

// metric is a line of the metrics by its name and labels; empty if there is none.
func (l *local) metric(name string) string {
	l.t.Helper()
	_, body := page(l.t, l.metrics)
	for line := range strings.Lines(body) {
		if value, found := strings.CutPrefix(line, name+" "); found {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// counts waits until metrics have these values.
func (l *local) counts(want map[string]string) {
	l.t.Helper()
	for name, value := range want {
		eventually(l.t, name+" is "+value, func() (bool, string) {
			got := l.metric(name)
			return got == value, got
		})
	}
}
