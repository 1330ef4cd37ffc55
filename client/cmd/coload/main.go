// Command coload puts a Coscribe server under load and checks what came of it: it replays a recorded editing trace into a
// document, or runs one of the scenarios s1 to s5, and prints edits per second and acknowledgement times, memory, or how long it takes to open.
//
//	coload --token … --trace automerge-paper.json.gz
//	coload --token … --scenario s1 --clients 10 --duration 10s
//
// A server with its default limits paces this as it paces everybody; start it with --limits-profile load to measure it.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/signal"
	"runtime/debug"
	"sync"
	"syscall"
	"time"

	"github.com/alecthomas/kong"
	"golang.org/x/term"

	"github.com/coscribe/coscribe/client"
	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/storage/id"
)

// config is what the flags say.
type config struct {
	URL         string        `default:"http://127.0.0.1:8080" env:"COSCRIBE_URL" help:"Address of the server."`
	Token       string        `env:"COSCRIBE_TOKEN" help:"API token to act by."`
	Document    string        `placeholder:"ID" help:"Document to write to; without it, new ones are made and deleted afterwards."`
	Trace       string        `type:"existingfile" help:"Recorded editing trace to replay (JSON, or JSON in gzip)."`
	Scenario    string        `enum:",s1,s2,s3,s4,s5,echo,echo-server" default:"" help:"Scenario to run: s1 one document, closed loop; s2 many documents of two clients; s3 one document, keys on a fixed schedule; s4 idle sessions; s5 opening; echo a server that sends everything back, which echo-server is."`
	Clients     int           `default:"1" help:"Clients of one document; where there are several documents, each has two."`
	Documents   int           `default:"0" help:"Documents; 0 is one in s3, whose clients it then has, and 200 in s2 and s4."`
	Revisions   int           `default:"100000" help:"Revisions of the document that s5 opens."`
	Settle      time.Duration `default:"40s" help:"How long s4 and s5 wait for the server to let idle documents go before they measure."`
	Copies      bool          `help:"Let each client of s1 and s2 keep a copy of the document and compare it, which costs more than the server does."`
	ServerPID   int           `name:"server-pid" help:"Process of the server on this machine, for its memory and CPU seconds."`
	Metrics     string        `placeholder:"URL" help:"What the server serves metrics on (--metrics-listen): s4 asks it for the heap after a collection."`
	DatabasePID int           `name:"database-pid" help:"Process of the database on this machine, for its CPU seconds."`
	Rate        float64       `default:"0" help:"Edits a second: of all clients in a trace, where 0 is as fast as acknowledged; of each in s3, where 0 is 5."`
	Edits       int           `default:"0" help:"Edits of the trace to replay; 0 is all."`
	Ahead       int           `default:"32" help:"Edits of a client in a trace that may wait for their acknowledgement; those made while one is in flight travel together."`
	Chars       int           `default:"1000" help:"Characters that a scenario's document begins with."`
	Duration    time.Duration `default:"10s" help:"How long a scenario runs."`
	Patience    time.Duration `default:"60s" help:"How long to wait for a connection, an acknowledgement or convergence."`
	AllowRemote bool          `help:"Load a server that is not on this machine."`
}

// Bounds on what the flags may ask for.
const (
	mostClients   = 5_000
	mostDocuments = 20_000
	someDocuments = 200
	mostAhead     = 10_000
	mostChars     = 2_000_000
	mostDuration  = 24 * time.Hour
)

// Validate reports every fault at once.
func (c *config) Validate() error {
	var faults []error
	within := func(name string, n, low, high int) {
		if n < low || n > high {
			faults = append(faults, fmt.Errorf("--%s must be from %d to %d", name, low, high))
		}
	}
	within("clients", c.Clients, 1, mostClients)
	within("documents", c.Documents, 0, mostDocuments)
	within("ahead", c.Ahead, 1, mostAhead)
	within("chars", c.Chars, 0, mostChars)
	if c.Duration <= 0 || c.Duration > mostDuration {
		faults = append(faults, fmt.Errorf("--duration must be up to %v", mostDuration))
	}
	if c.Rate < 0 || c.Edits < 0 || c.Patience <= 0 {
		faults = append(faults, errors.New("--rate, --edits and --patience cannot be negative"))
	}
	if (c.Trace == "") == (c.Scenario == "") {
		faults = append(faults, errors.New("say what to do: either --trace or --scenario"))
	}
	if c.Token == "" && c.Scenario != "echo" && c.Scenario != "echo-server" {
		faults = append(faults, errors.New("--token is missing: make one in the pages, or with POST /v1/tokens"))
	}
	if u, err := url.Parse(c.URL); err != nil || u.Host == "" {
		faults = append(faults, fmt.Errorf("--url=%s is not an address", c.URL))
	} else if !c.AllowRemote && !isLoopback(u.Hostname()) {
		faults = append(faults, fmt.Errorf("--url=%s is not on this machine; --allow-remote if its operator knows", c.URL))
	}
	return errors.Join(faults...)
}

func isLoopback(host string) bool {
	addr := net.ParseIP(host)
	return host == "localhost" || addr != nil && addr.IsLoopback()
}

// garbage is how much of it there may be, in percent of what is in use: processor time is what the server needs beside it.
const garbage = 400

func main() {
	var c config
	debug.SetGCPercent(garbage)
	kong.Parse(&c, kong.Name("coload"), kong.Description("Puts a Coscribe server under load and checks what came of it."))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, c, os.Stdout, term.IsTerminal(int(os.Stdout.Fd()))); err != nil {
		fmt.Fprintln(os.Stderr, "coload:", err)
		stop()
		os.Exit(1)
	}
}

// run does what the flags say and prints to out; bar is whether out is a terminal, for a progress bar.
func run(ctx context.Context, c config, out io.Writer, bar bool) error {
	api, err := client.New(c.URL, client.WithToken(c.Token))
	if err != nil {
		return err
	}
	defer api.CloseIdle()
	l := &load{config: c, api: api, out: out, progress: progress{out: out, bar: bar}}
	defer l.cleanUp()
	switch c.Scenario {
	case "s1":
		return l.closedLoop(ctx, 1, c.Clients)
	case "s2":
		return l.closedLoop(ctx, cmp.Or(c.Documents, someDocuments), 2)
	case "s3":
		if l.Documents == 0 {
			return l.fixedSchedule(ctx, 1, l.Clients)
		}
		return l.fixedSchedule(ctx, l.Documents, 2)
	case "s4":
		return l.idle(ctx)
	case "s5":
		return l.opening(ctx)
	case "echo":
		return l.echo(ctx)
	case "echo-server":
		return serveEcho(ctx, c.URL)
	}
	return l.replay(ctx)
}

// load is one run.
type load struct {
	config
	api      *client.Client
	out      io.Writer
	progress progress

	mu   sync.Mutex
	made []id.Doc // to be deleted afterwards; guarded by mu
}

// document returns the document to write to, made with that content unless the flags name one.
func (l *load) document(ctx context.Context, content string) (id.Doc, error) {
	if l.Document != "" {
		return id.Parse[id.Doc](l.Document)
	}
	made, err := l.api.CreateDocument(ctx, "coload")
	if err != nil {
		return id.Doc{}, err
	}
	l.mu.Lock()
	l.made = append(l.made, made.ID)
	l.mu.Unlock()
	if content == "" {
		return made.ID, nil
	}
	doc, err := l.api.Open(ctx, made.ID)
	if err != nil {
		return id.Doc{}, err
	}
	defer doc.Close()
	delta, err := ot.New().Insert(content, nil).Delta()
	if err != nil {
		return id.Doc{}, err
	}
	_, err = doc.Submit(ctx, delta)
	return made.ID, err
}

// open opens a document for some clients.
func (l *load) open(ctx context.Context, doc id.Doc, clients int) ([]*client.Document, error) {
	ctx, cancel := context.WithTimeout(ctx, l.Patience)
	defer cancel()
	docs := make([]*client.Document, 0, clients)
	for range clients {
		d, err := l.api.Open(ctx, doc)
		if err != nil {
			closeAll(docs)
			return nil, fmt.Errorf("open client %d: %w", len(docs)+1, err)
		}
		docs = append(docs, d)
	}
	return docs, nil
}

func closeAll(docs []*client.Document) {
	for _, d := range docs {
		d.Close()
	}
}

// cleanUp deletes what the run has made.
func (l *load) cleanUp() {
	ctx, cancel := context.WithTimeout(context.Background(), l.Patience)
	defer cancel()
	_ = atOnce(len(l.made), func(i int) error {
		if err := l.api.Delete(ctx, l.made[i]); err != nil {
			fmt.Fprintf(l.out, "document %v is left behind: %v\n", l.made[i], err)
		}
		return nil
	})
}
