package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/coscribe/coscribe/server/wire"
)

// marker is in all that coabuse sends and that nothing may repeat, not even a log of everything.
const marker = "qz7abuse"

// mercy is how much longer than on a machine of its own things may take beside other tests.
const mercy = "20"

// clement makes a server that lets offenders in again at once: two users make hundreds of attacks.
var clement = []string{"--limit-penalty=1ms", "--limit-penalty-most=1ms"}

// TestAbuseHolds attacks a server with its default limits in every way that coabuse knows, while somebody types on it.
// COSCRIBE_ABUSE=long takes those that wait long as well, with more of everything.
func TestAbuseHolds(t *testing.T) {
	p := startBinary(t, built, append(slices.Clone(clement), "--data", t.TempDir(), "--log-level", "debug")...)
	args := []string{"--quick", "--crowd", "60", "--malformed", "300"}
	if os.Getenv("COSCRIBE_ABUSE") == "long" {
		args = []string{"--crowd", "1000", "--malformed", "20000"}
	}
	abuse(t, p, args...)
	log := p.stderr
	p.stop() // well: with no race found, for one
	if at := strings.Index(log.String(), marker); at >= 0 {
		t.Errorf("the log repeats what attackers sent: %s", log.String()[max(0, at-200):at+100])
	}
	if strings.Contains(log.String(), `"msg":"panic"`) {
		t.Error("there was a panic")
	}
}

// TestAbuseAtTheDoor is the part of TestAbuseHolds that takes a few seconds: origins, tickets, and the headers of frames.
func TestAbuseAtTheDoor(t *testing.T) {
	p := startBinary(t, plainServer, append(slices.Clone(clement), "--data", t.TempDir())...)
	abuse(t, p, "--only", "origins", "--only", "tickets used", "--only", "order, before")
	p.stop()
}

// TestAbuseByMalformedFrames sends masses of malformed frames to a server that forgives them. COSCRIBE_MALFORMED sets how many.
func TestAbuseByMalformedFrames(t *testing.T) {
	p := startBinary(t, plainServer, "--data", t.TempDir(), "--limit-penalty=1ms", "--limit-penalty-most=1ms", "--limits-profile", "load", "--limit-strikes", strconv.Itoa(unhindered),
		"--limit-ping-every", "1h") // who sends masses hears no ping in time on a busy machine
	abuse(t, p, "--only", "malformed", "--malformed", strconv.Itoa(times(t, "COSCRIBE_MALFORMED", 100_000)))
	p.stop()
}

// TestAbuseBesideFloods says how long somebody waits who types while twenty attackers flood the server as fast as they can, how long
// while they flood something that only reads, and how long alone. These are times, so nothing is made of them here: `make soak`
// shows them.
func TestAbuseBesideFloods(t *testing.T) {
	if os.Getenv("COSCRIBE_ABUSE") != "long" {
		t.Skip("it measures times: see .ci/soak abuse")
	}
	p := startBinary(t, plainServer, "--data", t.TempDir())
	abuse(t, p, "--only", "twenty floods")
	p.stop()
}

// abuse runs coabuse against a server, and fails the test with what did not hold.
func abuse(t *testing.T, p *process, args ...string) {
	t.Helper()
	program, err := coabuse()
	if err != nil {
		t.Fatalf("build coabuse: %v", err)
	}
	admin := administrator(t, p)
	person := signIn(t, p.url, "ana@example.com")
	editor, viewer := newToken(t, p.url, invite(t, person), "ben@example.com"), newToken(t, p.url, invite(t, person), "cy@example.com")
	admin.CloseIdle()

	command := exec.CommandContext(t.Context(), program, append(args, "--json", "--slack", mercy, "--url", p.url, "--server-pid", strconv.Itoa(p.command.Process.Pid))...)
	command.Env = append(os.Environ(), "COSCRIBE_EDITOR_TOKEN="+editor, "COSCRIBE_VIEWER_TOKEN="+viewer)
	var out, said bytes.Buffer
	command.Stdout, command.Stderr = &out, &said
	ended := command.Run()
	var report struct {
		Held    bool
		Results []struct {
			Rows, Attack, Verdict string
			Tries                 int
			Happened, Broken      []string
			Seconds               float64
		}
	}
	if err := json.Unmarshal(out.Bytes(), &report); err != nil {
		t.Fatalf("coabuse ended with %v: %s", ended, last(said.String(), 1000))
	}
	for _, r := range report.Results {
		t.Logf("%-9s %-50s %7d tries %5.1f s  %s  %s", r.Rows, r.Attack, r.Tries, r.Seconds, r.Verdict, strings.Join(r.Happened, ", "))
		for _, what := range r.Broken {
			t.Errorf("%s: %s", r.Attack, what)
		}
	}
	if ended != nil || !report.Held || len(report.Results) == 0 {
		t.Errorf("coabuse ended with %v", ended)
	}
}

// newToken makes an account with a token that may do whatever its user may.
func newToken(t *testing.T, url, invitation, email string) string {
	t.Helper()
	person := withCookies(t, url)
	_, secret, _ := strings.Cut(invitation, "#")
	if _, err := person.SignUp(t.Context(), wire.SignUp{Invitation: secret, Email: email, Name: "Somebody", Password: password}); err != nil {
		t.Fatalf("sign up: %v", err)
	}
	token, err := person.CreateToken(t.Context(), wire.NewToken{Name: "coabuse", Scopes: []string{"read", "write", "admin", "bulk"}})
	if err != nil {
		t.Fatalf("make a token: %v", err)
	}
	return token.Secret
}

// coabuse is the program, built once, and never with the race detector, which would slow down what comes in masses. plainServer is the
// server as the go command builds it without being told: with the race detector in `make test`, and without in `make soak`.
var (
	coabuse     = sync.OnceValues(func() (string, error) { return program("../client/cmd/coabuse", "-race=false") })
	plainServer = sync.OnceValues(func() (string, error) { return program(".") })
)

func program(source string, flags ...string) (string, error) {
	folder, err := folder()
	if err != nil {
		return "", err
	}
	binary := filepath.Join(folder, "plain-"+filepath.Base(source))
	command := exec.Command("go", slices.Concat([]string{"build"}, flags, []string{"-o", binary, source})...)
	command.Stderr = os.Stderr
	return binary, command.Run()
}
