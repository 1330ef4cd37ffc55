// Command coabuse attacks a Coscribe server as somebody on its network could, while somebody else types on it, and prints what
// was tried, what happened, and whether it held. It ends with status 1 if anything did not hold. Point it at your own server
// only, on this machine or at one made for staging:
//
//	coabuse --url http://127.0.0.1:8080 --editor-token … --viewer-token …
//
// The tokens are those of two users, with all scopes. Documents are made, and deleted afterwards. The bounds that
// are attacked are the server's defaults: under --limits-profile load many do not hold, and only --only malformed says anything. Penalties for what the attackers did before
// are waited for, which takes long: a server with --limit-penalty 1ms --limit-penalty-most 1ms has shorter ones.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/signal"
	"runtime"
	"syscall"
	"time"

	"github.com/alecthomas/kong"
	"golang.org/x/term"
)

// config is what the flags say.
type config struct {
	URL          string   `default:"http://127.0.0.1:8080" env:"COSCRIBE_URL" help:"Address of the server."`
	EditorToken  string   `env:"COSCRIBE_EDITOR_TOKEN" help:"API token of the user who attacks as an editor."`
	ViewerToken  string   `env:"COSCRIBE_VIEWER_TOKEN" help:"API token of another user, who attacks as a viewer, and types beside the attacks."`
	Only         []string `sep:"none" placeholder:"WORDS" help:"Run only attacks whose names hold these words; may be given several times."`
	Quick        bool     `help:"Leave out attacks that take longer than ten seconds."`
	List         bool     `help:"List the attacks and run none."`
	Malformed    int      `default:"2000" help:"Malformed frames to send. On a server with --limits-profile load and --limit-strikes 1000000000 a million is a matter of minutes."`
	Race         int      `default:"1000" help:"Connections that race for one ticket."`
	Crowd        int      `default:"200" help:"Slow and silent connections at the same time."`
	Slack        float64  `default:"1" help:"Judge times this much more mildly, on a machine that is busy with other things."`
	ServerPID    int      `name:"server-pid" help:"Process of the server on this machine, for its memory."`
	JSON         bool     `name:"json" help:"Print the results as JSON."`
	Swarm        string   `hidden:"" help:"Be the attackers that flood this document."`
	Into         string   `hidden:"" help:"Let them flood the sink at this address."`
	Sink         bool     `hidden:"" help:"Be a sink of floods."`
	IOwnThisHost bool     `name:"i-own-this-host" help:"Attack a server that is not on this machine. Without its operator's word that is a crime."`
}

// Bounds on what the flags may ask for, and on a whole run.
const (
	mostMalformed   = 10_000_000
	mostConnections = 5_000
	mostSlack       = 100
	mostTime        = time.Hour
)

// Validate reports every fault at once.
func (c *config) Validate() error {
	if c.List || c.Sink {
		return nil
	}
	var faults []error
	within := func(name string, n, low, high int) {
		if n < low || n > high {
			faults = append(faults, fmt.Errorf("--%s must be from %d to %d", name, low, high))
		}
	}
	within("malformed", c.Malformed, 1, mostMalformed)
	within("race", c.Race, 2, mostConnections)
	within("crowd", c.Crowd, 1, mostConnections)
	if c.Slack < 1 || c.Slack > mostSlack {
		faults = append(faults, fmt.Errorf("--slack must be from 1 to %d", mostSlack))
	}
	if c.EditorToken == "" || c.ViewerToken == "" || c.EditorToken == c.ViewerToken {
		faults = append(faults, errors.New("--editor-token and --viewer-token must be tokens of two users: make them in the pages, or with POST /v1/tokens"))
	}
	if u, err := url.Parse(c.URL); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.Path != "" {
		faults = append(faults, fmt.Errorf("--url=%s is not the address of a server: use one as in http://127.0.0.1:8080", c.URL))
	} else if !c.IOwnThisHost && !isLoopback(u.Hostname()) {
		faults = append(faults, fmt.Errorf("--url=%s is not on this machine; --i-own-this-host if you may attack it", c.URL))
	}
	return errors.Join(faults...)
}

func isLoopback(host string) bool {
	addr := net.ParseIP(host)
	return host == "localhost" || addr != nil && addr.IsLoopback()
}

// threads are more than there are processors: the system shares those among threads more evenly than Go does among goroutines, and
// who types must not wait for the attackers of this very process.
const threads = 32

func main() {
	runtime.GOMAXPROCS(threads)
	var c config
	kong.Parse(&c, kong.Name("coabuse"), kong.Description("Attacks a Coscribe server of one's own, and tells what held."))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, c, os.Stdout, os.Stderr, term.IsTerminal(int(os.Stderr.Fd()))); err != nil {
		fmt.Fprintln(os.Stderr, "coabuse:", err)
		stop()
		os.Exit(1)
	}
}

// errBroken is returned when something did not hold.
var errBroken = errors.New("not everything held")

// run does what the flags say. It prints results to out and how far it is to progress; bar is whether that is a terminal.
func run(ctx context.Context, c config, out, progress io.Writer, bar bool) error {
	chosen := c.chosen()
	switch {
	case c.List:
		list(out, chosen)
		return nil
	case c.Sink:
		return serveSink(os.Stdin, out)
	case c.Swarm != "":
		return attackTogether(ctx, c, out)
	case len(chosen) == 0:
		return errors.New("--only names no attack: see --list")
	}
	ctx, cancel := context.WithTimeout(ctx, mostTime)
	defer cancel()
	s, err := newStage(ctx, c)
	if err != nil {
		return err
	}
	defer s.clear()
	report, err := s.attack(ctx, chosen, &board{out: progress, bar: bar, all: len(chosen)})
	if err != nil {
		return err
	}
	if c.JSON {
		err = report.writeJSON(out)
	} else {
		err = report.write(out)
	}
	if err == nil && !report.Held {
		err = errBroken
	}
	return err
}
