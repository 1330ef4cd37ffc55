package main

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/coscribe/coscribe/storage/pgtest"
	"github.com/coscribe/coscribe/storage/postgres"
)

// TestStartSaysInOneSentenceWhatToDo starts the command in every way that cannot work.
func TestStartSaysInOneSentenceWhatToDo(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("not a database\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	broken := t.TempDir()
	if err := os.WriteFile(filepath.Join(broken, databaseFile), bytes.Repeat([]byte("not a database "), 1000), 0o600); err != nil {
		t.Fatal(err)
	}

	for _, c := range []struct {
		name string
		args []string
		want []string // parts of the sentence
	}{
		{"port in use", []string{"--listen", taken.Addr().String(), "--data", t.TempDir()},
			[]string{taken.Addr().String(), "in use", "--listen"}},
		{"data folder that is a file", []string{"--data", file}, []string{file, "--data"}},
		{"data that is no database", []string{"--data", broken}, []string{broken, "database"}},
		{"database that is newer", []string{"--database-url", newer(t)}, []string{"newer than this program"}},
		{"database URL of another kind", []string{"--database-url", "mysql://u:hush@127.0.0.1/x"}, []string{"--database-url", "postgres://"}},
		{"nobody at the database URL", []string{"--database-url", "postgres://u:hush@127.0.0.1:1/x?sslmode=disable"}, []string{"127.0.0.1", "--database-url"}},
		{"reachable from afar without encryption", []string{"--listen", "0.0.0.0:0"}, []string{"--tls-cert", "--trusted-proxy", "--public-url"}},
		{"public address in the clear", []string{"--public-url", "http://docs.example.com"}, []string{"--public-url", "https"}},
		{"public address with a path", []string{"--public-url", "https://example.com/docs"}, []string{"--public-url", "scheme and a host"}},
		{"half a certificate", []string{"--tls-cert", file}, []string{"--tls-key"}},
		{"no port", []string{"--listen", "localhost"}, []string{"--listen", "127.0.0.1:8080"}},
		{"unknown flag", []string{"--lisen", "x"}, []string{"--lisen", "--help"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			args := c.args
			if !strings.Contains(strings.Join(args, " "), "--listen") {
				args = append([]string{"--listen", "127.0.0.1:0"}, args...)
			}
			var stdout, stderr bytes.Buffer
			err := run(t.Context(), args, &stdout, &stderr)
			if err == nil {
				t.Fatal("it started")
			}
			for _, part := range c.want {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%q does not say %q", err, part)
				}
			}
			if all := err.Error() + stdout.String() + stderr.String(); strings.Contains(all, "hush") {
				t.Errorf("the password is told: %s", all)
			}
			if strings.Contains(stdout.String(), "Coscribe is at") {
				t.Errorf("it said that it serves: %s", &stdout)
			}
		})
	}
}

// TestFaultsAreToldTogether has three of them.
func TestFaultsAreToldTogether(t *testing.T) {
	var out bytes.Buffer
	err := run(t.Context(), []string{"--listen", "0.0.0.0:0", "--allow-origin", "http://a.example", "--tls-key", "/nowhere/key.pem"}, &out, &out)
	if err == nil {
		t.Fatal("it started")
	}
	for _, part := range []string{"--public-url", "--allow-origin=http://a.example", "--tls-cert and --tls-key", "/nowhere/key.pem"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q does not say %q", err, part)
		}
	}
}

// TestHelpSaysEverything: each flag stands there with its environment variable.
func TestHelpSaysEverything(t *testing.T) {
	var stdout, stderr bytes.Buffer
	if err := run(t.Context(), []string{"--help"}, &stdout, &stderr); err != nil {
		t.Fatal(err)
	}
	if err := run(t.Context(), []string{"serve", "--help"}, &stdout, &stderr); err != nil {
		t.Fatal(err)
	}
	for _, flag := range []string{"listen", "data", "database-url", "public-url", "tls-cert", "trusted-proxy", "open-registration"} {
		variable := "COSCRIBE_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
		if !strings.Contains(stdout.String(), "--"+flag) || !strings.Contains(stdout.String(), variable) {
			t.Errorf("--help does not say --%s ($%s):\n%s", flag, variable, &stdout)
		}
	}
}

// TestStopEndsWell: a server that was told to stop returns without an error, and its database opens again.
func TestStopEndsWell(t *testing.T) {
	data := t.TempDir()
	for range 2 {
		ctx, cancel := context.WithCancel(t.Context())
		stdout := &trigger{on: "Coscribe is at", do: cancel}
		if err := run(ctx, []string{"--listen", "127.0.0.1:0", "--data", data}, stdout, os.Stderr); err != nil {
			t.Fatalf("stopped with %v", err)
		}
		cancel()
	}
}

// TestLogsGoToStandardError: the address and the set-up link are for people, and stand alone.
func TestLogsGoToStandardError(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var stdout, stderr bytes.Buffer
	visit := &trigger{on: "Coscribe is at", do: func() {
		defer cancel()
		_, address, _ := strings.Cut(strings.TrimSpace(stdout.String()), " at ")
		response, err := http.Get(address + "/livez")
		if err != nil {
			t.Error(err)
			return
		}
		response.Body.Close()
	}}
	err := run(ctx, []string{"--listen", "127.0.0.1:0", "--data", t.TempDir()}, io.MultiWriter(&stdout, visit), &stderr)
	if err != nil {
		t.Fatal(err)
	}
	const logged = `"route":"GET /livez"`
	if strings.Contains(stdout.String(), logged) || !strings.Contains(stderr.String(), logged) {
		t.Fatalf("stdout: %s\nstderr: %s", &stdout, &stderr)
	}
}

// trigger is a writer that does something when it is told something.
type trigger struct {
	on string
	do func()
}

func (s *trigger) Write(p []byte) (int, error) {
	if strings.Contains(string(p), s.on) {
		s.do()
	}
	return len(p), nil
}

// newer is a database that a later version of the program has made.
func newer(t *testing.T) string {
	t.Helper()
	url := pgtest.URL(t)
	store, err := postgres.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	store.Close()
	db, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close(t.Context())
	if _, err := db.Exec(t.Context(), "INSERT INTO goose_db_version (version_id, is_applied) VALUES (999999, true)"); err != nil {
		t.Fatal(err)
	}
	return url
}

// TestRoleThatCanRewriteIsTold: a server that owns its tables says so at its start.
func TestRoleThatCanRewriteIsTold(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var stderr bytes.Buffer
	err := run(ctx, []string{"--listen", "127.0.0.1:0", "--database-url", pgtest.URL(t)}, &trigger{on: "Coscribe is at", do: cancel}, &stderr)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(stderr.String(), "OWN audit") || !strings.Contains(stderr.String(), "DELETE revisions") {
		t.Errorf("it does not say what its role can do: %s", &stderr)
	}
}
