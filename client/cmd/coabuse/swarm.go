package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/coscribe/coscribe/client"
	"github.com/coscribe/coscribe/storage/id"
)

// Twenty attackers on the machine that also measures would take its processors from whoever types, whatever the server did. So they
// are a process of their own, that runs when nothing else wants to; and the same flood first goes to a sink, which only reads, to
// know what the flood alone costs.
var swarmAttacks = []attack{
	{rows: "9 16", name: "the same twenty floods, into a sink", run: intoSink, kind: heavy, phase: besideSink},
	{rows: "9 16", name: "twenty floods at once, again and again", run: swarm, kind: heavy, phase: underload},
}

// floodTime is how long the floods go on that come at once.
const floodTime = 20 * time.Second

// swarm floods the server.
func swarm(ctx context.Context, s *stage, t *tally) { s.swarm(ctx, t, "") }

// intoSink floods a sink.
func intoSink(ctx context.Context, s *stage, t *tally) {
	sink, err := program(ctx, s, 0, "--sink")
	if !t.must(err, "start a sink") {
		return
	}
	in, _ := sink.StdinPipe() // it ends when this does
	out, err := sink.StdoutPipe()
	if err == nil {
		err = sink.Start()
	}
	if !t.must(err, "start a sink") {
		return
	}
	address, err := bufio.NewReader(out).ReadString('\n')
	if t.must(err, "hear where the sink is") {
		s.swarm(ctx, t, strings.TrimSpace(address))
	}
	in.Close()
	_ = sink.Wait()
}

// program is this program in another process, by its priority.
func program(ctx context.Context, s *stage, nice int, args ...string) (*exec.Cmd, error) {
	own, err := os.Executable()
	if err != nil {
		return nil, err
	}
	args = append([]string{own, "--url", s.URL}, args...)
	if lowered, err := exec.LookPath("nice"); err == nil && nice > 0 {
		args = append([]string{lowered, "-n", fmt.Sprint(nice)}, args...)
	}
	command := exec.CommandContext(ctx, args[0], args[1:]...)
	command.Env = append(os.Environ(), "COSCRIBE_EDITOR_TOKEN="+s.EditorToken, "COSCRIBE_VIEWER_TOKEN="+s.ViewerToken)
	command.Stderr = os.Stderr
	return command, nil
}

// lowest is the priority of what runs when nothing else wants to.
const lowest = 19

// swarm runs the attackers, against the server or a sink, and takes over what they saw.
func (s *stage) swarm(ctx context.Context, t *tally, sink string) {
	attackers, err := program(ctx, s, lowest, "--swarm", s.shared.String(), "--into", sink)
	if !t.must(err, "start the attackers") {
		return
	}
	out, err := attackers.Output()
	var saw outcome
	if err == nil {
		err = json.Unmarshal(out, &saw)
	}
	if t.must(err, "hear from the attackers") {
		t.add(saw)
	}
}

// serveSink reads what comes and drops it, until in ends.
func serveSink(in io.Reader, out io.Writer) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Fprintln(out, listener.Addr())
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				_, _ = io.Copy(io.Discard, conn)
			}()
		}
	}()
	_, _ = io.Copy(io.Discard, in)
	return listener.Close()
}

// attackTogether is what the process of the attackers does: twenty, each from an address of its own, flood as fast as they can, and
// come back as soon as they are closed: by frames of a seat, and of connections that have no ticket. A session has five
// tickets, so few have seats.
func attackTogether(ctx context.Context, c config, out io.Writer) error {
	s := &stage{config: c}
	doc, err := id.Parse[id.Doc](c.Swarm)
	if err == nil {
		s.shared = doc
		s.base, err = url.Parse(c.URL)
	}
	if err == nil {
		s.editor, err = client.New(c.URL, client.WithToken(c.EditorToken))
	}
	if err != nil {
		return err
	}
	s.addresses.begin(s.base.Hostname())
	s.addresses.next.Store(apart)
	t := &tally{saw: map[string]int{}}
	var all sync.WaitGroup
	ctx, cancel := context.WithTimeout(ctx, floodTime)
	defer cancel()
	again := func(attack func()) {
		all.Go(func() {
			for ctx.Err() == nil {
				attack()
			}
		})
	}
	for i, f := range []flood{pings, fragments, empties, giants} {
		if c.Into != "" {
			for range 5 {
				again(func() { f.into(ctx, t, c.Into) })
			}
			continue
		}
		again(func() { s.flood(ctx, t, f) })
		for range 4 {
			from := s.addresses.fresh()
			again(func() { s.floodDoor(ctx, t, from, []flood{giants, pings, empties, shards}[i]) })
		}
	}
	all.Wait()
	return json.NewEncoder(out).Encode(t.outcome())
}

// apart keeps the addresses of the swarm apart from all others.
const apart = 1 << 20

// into floods a sink, which never hangs up.
func (f flood) into(ctx context.Context, t *tally, sink string) {
	conn, err := net.DialTimeout("tcp", sink, patience)
	if !t.must(err, "connect to the sink") {
		return
	}
	defer conn.Close()
	for range f.times {
		if _, err := conn.Write(f.then); err != nil || ctx.Err() != nil {
			break
		}
	}
	t.expect("a flood into a sink", "swallowed", "swallowed")
}
