package main

import (
	"bufio"
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/client"
	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/ot/ottest"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage/id"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience bounds what a test waits for; nothing is measured against it.
const patience = 60 * time.Second

// server is a real one: a process of its own, on a folder of its own.
type server struct {
	program, data, address string
	metrics                string
	setup                  string // the secret of the set-up link, of the first start
	process                *exec.Cmd
}

var build = sync.OnceValues(func() (string, error) {
	folder, err := os.MkdirTemp("", "coscribe-test-")
	if err != nil {
		return "", err
	}
	program := filepath.Join(folder, "coscribe")
	out, err := exec.Command("go", "build", "-o", program, "github.com/coscribe/coscribe/server").CombinedOutput()
	if err != nil {
		err = errors.New(string(out))
	}
	return program, err
})

func startServer(t *testing.T) *server {
	t.Helper()
	program, err := build()
	if err != nil {
		t.Fatal(err)
	}
	s := &server{program: program, data: filepath.Join(t.TempDir(), "data"), address: "127.0.0.1:0"}
	s.start(t)
	t.Cleanup(s.kill)
	return s
}

var (
	atAddress = regexp.MustCompile(`is at http://(\S+)`)
	atMetrics = regexp.MustCompile(`Metrics are at (\S+)/metrics`)
	setupLink = regexp.MustCompile(`/setup#(\S+)`)
)

// start runs the server until it says where it is: the first time on a free port, then on the same.
func (s *server) start(t *testing.T) {
	t.Helper()
	s.process = exec.Command(s.program, "serve", "--listen", s.address, "--data", s.data, "--limits-profile", "load", "--log-level", "error",
		"--metrics-listen", "127.0.0.1:0")
	said, pipe, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	s.process.Stdout, s.process.Stderr = pipe, pipe
	if err := s.process.Start(); err != nil {
		t.Fatal(err)
	}
	pipe.Close()
	t.Cleanup(func() { said.Close() })
	said.SetReadDeadline(time.Now().Add(patience))
	lines, text := bufio.NewScanner(said), ""
	for lines.Scan() {
		text += lines.Text() + "\n"
		if found := atAddress.FindStringSubmatch(lines.Text()); found != nil {
			s.address = found[1]
		}
		if found := setupLink.FindStringSubmatch(lines.Text()); found != nil {
			s.setup = found[1]
		}
		if found := atMetrics.FindStringSubmatch(lines.Text()); found != nil { // the last line
			s.metrics = found[1]
			return
		}
	}
	t.Fatalf("the server did not say where it is: %q, %v", text, lines.Err())
}

func (s *server) kill() {
	s.process.Process.Kill()
	s.process.Wait()
}

func (s *server) url() string { return "http://" + s.address }

// administrator makes the first account and returns a client with a token of it.
func (s *server) administrator(t *testing.T, ctx context.Context) (*client.Client, string) {
	t.Helper()
	return s.signUp(t, ctx, wire.SignUp{Invitation: s.setup, Email: "ada@example.org", Name: "Ada", Password: "a long enough phrase"})
}

func (s *server) signUp(t *testing.T, ctx context.Context, account wire.SignUp) (*client.Client, string) {
	t.Helper()
	pages, err := client.New(s.url())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pages.CloseIdle)
	if _, err := pages.SignUp(ctx, account); err != nil {
		t.Fatal(err)
	}
	token, err := pages.CreateToken(ctx, wire.NewToken{Name: "test", Scopes: []string{"write", "admin"}})
	if err != nil {
		t.Fatal(err)
	}
	c, err := client.New(s.url(), client.WithToken(token.Secret))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.CloseIdle)
	return c, token.Secret
}

func within(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}

func must[T any](value T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

// TestLoadOnRealServer runs everything that coload does, shortly.
func TestLoadOnRealServer(t *testing.T) {
	s := startServer(t)
	ctx := within(t)
	_, secret := s.administrator(t, ctx)
	trace := filepath.Join(t.TempDir(), "trace.json")
	recorded := `{"startContent":"ab","endContent":"😀a!b字","txns":[{"patches":[[0,0,"😀x"],[1,1,""]]},{"patches":[[3,0,"字"],[2,0,"!"]]}]}`
	if err := os.WriteFile(trace, []byte(recorded), 0o600); err != nil {
		t.Fatal(err)
	}
	base := config{URL: s.url(), Token: secret, Clients: 1, Documents: 3, Ahead: 8, Chars: 100, Duration: 300 * time.Millisecond, Patience: patience}
	for name, change := range map[string]func(*config){
		"trace":         func(c *config) { c.Trace = trace },
		"trace at rate": func(c *config) { c.Trace, c.Rate = trace, 50 },
		"trace by 3":    func(c *config) { c.Trace, c.Clients = trace, 3 },
		"s1":            func(c *config) { c.Scenario, c.Clients = "s1", 3 },
		"s1 by copies":  func(c *config) { c.Scenario, c.Clients, c.Copies = "s1", 3, true },
		"s2":            func(c *config) { c.Scenario = "s2" },
		"s3":            func(c *config) { c.Scenario, c.Documents, c.Clients, c.Rate = "s3", 0, 3, 20 },
		"s3 by twos":    func(c *config) { c.Scenario, c.Documents, c.Rate = "s3", 3, 20 },
	} {
		c := base
		change(&c)
		var out strings.Builder
		if err := run(ctx, c, &out, name == "trace"); err != nil {
			t.Errorf("%s: %v\n%s", name, err, &out)
		}
		for _, want := range []string{"limits profile load", "edits/s", "p99"} {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%s: printed %q, want %q in it", name, &out, want)
			}
		}
	}
	for name, change := range map[string]func(*config){
		"of stacks a session":             func(c *config) { c.Scenario, c.ServerPID, c.Metrics = "s4", s.process.Process.Pid, s.metrics },
		"catch up over 500 revisions, ms": func(c *config) { c.Scenario, c.Revisions = "s5", 500 },
	} {
		c := base
		change(&c)
		var out strings.Builder
		if err := run(ctx, c, &out, false); err != nil || !strings.Contains(out.String(), name) {
			t.Errorf("%s: %v, printed %q, want %q in it", c.Scenario, err, &out, name)
		}
	}
	wrong := filepath.Join(t.TempDir(), "wrong.json")
	if err := os.WriteFile(wrong, []byte(strings.Replace(recorded, "a!b", "a?b", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	base.Trace = wrong
	if err := run(ctx, base, new(strings.Builder), false); err == nil || !strings.Contains(err.Error(), "recorded") {
		t.Errorf("a trace whose end is another: %v, want an error", err)
	}
	api := must(client.New(s.url(), client.WithToken(secret)))(t)
	defer api.CloseIdle()
	for doc, err := range api.Documents(ctx) {
		t.Errorf("left behind: document %v, %v", doc.ID, err)
	}
}

// TestEcho measures the machine's own limit, shortly.
func TestEcho(t *testing.T) {
	listener := must(net.Listen("tcp", "127.0.0.1:0"))(t)
	listener.Close()
	ctx, stop := context.WithCancel(within(t))
	server := config{URL: "http://" + listener.Addr().String(), Scenario: "echo-server", Clients: 2, Duration: 100 * time.Millisecond, Patience: patience}
	var serving sync.WaitGroup
	defer serving.Wait()
	defer stop()
	serving.Go(func() {
		if err := run(ctx, server, new(strings.Builder), false); err != nil {
			t.Error(err)
		}
	})
	c := server
	c.Scenario = "echo"
	var out strings.Builder
	for run(ctx, c, &out, false) != nil && ctx.Err() == nil { // until it listens
	}
	if !strings.Contains(out.String(), "messages/s") {
		t.Errorf("printed %q, want messages/s", &out)
	}
}

// TestEveryAcknowledgedEditSurvivesKill9 lets two people type while the server is killed and started again.
func TestEveryAcknowledgedEditSurvivesKill9(t *testing.T) {
	s := startServer(t)
	ctx := within(t)
	ada, _ := s.administrator(t, ctx)
	made := must(ada.CreateDocument(ctx, "Kill"))(t)
	docs := []*client.Document{must(ada.Open(ctx, made.ID))(t), must(ada.Open(ctx, made.ID))(t)}
	defer closeAll(docs)

	stop := make(chan struct{})
	edits := make([][]*client.Edit, len(docs))
	var typing sync.WaitGroup
	for i, d := range docs {
		typing.Go(func() {
			random := ottest.Rand(uint64(i))
			for {
				select {
				case <-stop:
					return
				case <-time.After(2 * time.Millisecond):
				}
				edit, err := d.Edit(func(content *ot.Document) (ot.Delta, error) { return ottest.Edit(random, content.Delta()), nil })
				if err != nil {
					t.Errorf("client %d: %v", i, err)
					return
				}
				edits[i] = append(edits[i], edit)
			}
		})
	}
	for range 3 {
		time.Sleep(150 * time.Millisecond) // of typing; nothing is measured against it
		s.kill()
		s.start(t)
	}
	close(stop)
	typing.Wait()
	last := ot.Rev(0)
	for i := range edits {
		for n, edit := range edits[i] {
			rev, err := edit.Wait(ctx)
			if err != nil {
				t.Fatalf("client %d, edit %d: %v", i, n, err)
			}
			last = max(last, rev)
		}
	}
	l := load{config: config{Patience: patience}, api: ada}
	if _, err := l.converge(ctx, made.ID, docs); err != nil {
		t.Error(err)
	}
	checkLog(t, ctx, ada, made.ID, last)
}

// checkLog replays a document's log: contiguous, no edit twice, and the content is what it makes.
func checkLog(t *testing.T, ctx context.Context, c *client.Client, doc id.Doc, last ot.Rev) {
	t.Helper()
	content := must(ot.NewDocument(must(ot.New().Insert("\n", nil).Delta())(t)))(t)
	seen := map[id.Edit]bool{}
	head := ot.Rev(0)
	for revision, err := range c.Ops(ctx, doc, client.From(0)) {
		if err != nil {
			t.Fatal(err)
		}
		if head++; revision.Rev != head || seen[revision.ID] {
			t.Fatalf("revision %d after %d, seen before: %v", revision.Rev, head-1, seen[revision.ID])
		}
		seen[revision.ID] = true
		if err := content.Apply(*revision.Delta); err != nil {
			t.Fatalf("revision %d: %v", revision.Rev, err)
		}
	}
	stored := must(c.Content(ctx, doc))(t)
	if head != stored.Rev || head < last || !content.Delta().Equal(stored.Content) {
		t.Errorf("the log ends at %d and makes\n%v\nthe content at %d is\n%v\nacknowledged up to %d", head, content.Delta(), stored.Rev, stored.Content, last)
	}
}

// TestAccessOverTheSDK walks through the API with two accounts: what is granted works, what is not is refused.
func TestAccessOverTheSDK(t *testing.T) {
	s := startServer(t)
	ctx := within(t)
	ada, _ := s.administrator(t, ctx)
	made := must(ada.CreateDocument(ctx, "Plan"))(t)
	write := wire.WriteOps{Epoch: made.Epoch, Ops: []ot.Delta{must(ot.New().Insert("one 😀", nil).Delta())(t)}}
	written := must(ada.WriteOps(ctx, made.ID, write))(t)
	if written.Head != 1 || len(written.Items) != 1 {
		t.Errorf("written %+v, want revision 1", written)
	}
	write.Mode = client.Exact
	var problem *client.Problem
	if _, err := ada.WriteOps(ctx, made.ID, write); !errors.Is(err, client.ErrConflict) || !errors.As(err, &problem) || *problem.Head != 1 {
		t.Errorf("exact on an old base: %v, want ErrConflict with head 1", err)
	}
	if content := must(ada.ContentAt(ctx, made.ID, 0))(t); content.Content.Len() != 1 {
		t.Errorf("content at 0: %v", content.Content)
	}
	if err := ada.Rename(ctx, made.ID, "Plan B"); err != nil {
		t.Error(err)
	}
	if shown := must(ada.Document(ctx, made.ID))(t); shown.Title != "Plan B" || shown.Role != authz.Owner || shown.Head != 1 {
		t.Errorf("document %+v", shown)
	}
	if _, err := ada.Document(ctx, id.New[id.Doc]()); !errors.Is(err, client.ErrNotFound) {
		t.Errorf("no document: %v, want ErrNotFound", err)
	}

	open := must(ada.Open(ctx, made.ID))(t)
	defer open.Close()
	if err := ada.Grant(ctx, made.ID, wire.Principal{Kind: authz.ToEveryone}, wire.PutGrant{Role: authz.Viewer}); err != nil {
		t.Error(err)
	}
	if grants := must(ada.Grants(ctx, made.ID))(t); len(grants) != 2 || grants[0].Role != authz.Owner {
		t.Errorf("grants %+v", grants)
	}
	if err := ada.Revoke(ctx, made.ID, wire.Principal{Kind: authz.ToEveryone}); err != nil {
		t.Error(err)
	}
	if err := ada.Delete(ctx, made.ID); err != nil {
		t.Error(err)
	}
	select {
	case <-open.Done():
		if !errors.Is(open.Err(), client.ErrNotFound) {
			t.Errorf("the open document ended with %v, want ErrNotFound", open.Err())
		}
	case <-ctx.Done():
		t.Error("the open document did not end when it was deleted")
	}
}
