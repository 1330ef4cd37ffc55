package pgtest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// Server is a Postgres that pgtest runs.
type Server struct {
	URL string // of the database postgres, as the superuser

	programs string // the folder of initdb and pg_ctl
	folder   string // holds everything of it
	owner    *syscall.Credential
	watcher  *exec.Cmd
	alive    io.Closer // open while this process lives
}

// Start runs a server for this test alone, with the settings (name=value) besides its defaults.
func Start(t testing.TB, settings ...string) *Server {
	t.Helper()
	server, err := start(settings...)
	if err != nil {
		t.Fatalf("this test needs a Postgres: %v", err)
	}
	t.Cleanup(server.stop)
	return server
}

// Database returns the address of a new database on the server, which is dropped when the test ends.
func (s *Server) Database(t testing.TB) string {
	t.Helper()
	return database(t, s.URL)
}

// Restart ends the server, with the mode of pg_ctl ("fast", or "immediate" for a crash), and starts it again.
func (s *Server) Restart(t testing.TB, mode string) {
	t.Helper()
	if err := s.program("pg_ctl", "restart", "-D", s.data(), "-m", mode, "-w", "-s", "-l", s.log()); err != nil {
		t.Fatalf("restart Postgres: %v", err)
	}
}

func start(settings ...string) (*Server, error) {
	programs, err := installed()
	if err != nil {
		return nil, err
	}
	owner, err := nonRoot()
	if err != nil {
		return nil, err
	}
	parent := "" // the usual place for temporary files
	if owner != nil {
		parent = "/tmp" // root's own may be closed to others
	}
	folder, err := os.MkdirTemp(parent, "coscribe-postgres-")
	if err != nil {
		return nil, err
	}
	if owner != nil {
		if err := os.Chown(folder, int(owner.Uid), int(owner.Gid)); err != nil {
			return nil, err
		}
	}
	s := &Server{programs: programs, folder: folder, owner: owner}
	s.URL = (&url.URL{Scheme: "postgres", User: url.User("postgres"), Path: "/postgres", RawQuery: url.Values{"host": {folder}}.Encode()}).String()
	if err := s.watch(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	if err := s.begin(settings); err != nil {
		s.stop()
		return nil, err
	}
	return s, nil
}

func (s *Server) data() string { return filepath.Join(s.folder, "data") }
func (s *Server) log() string  { return filepath.Join(s.folder, "log") }

func (s *Server) begin(settings []string) error {
	err := s.program("initdb", "-D", s.data(), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions")
	if err != nil {
		return err
	}
	settings = append([]string{"listen_addresses=", "unix_socket_directories=" + s.folder, "max_connections=300", "shared_buffers=128MB"}, settings...)
	var flags strings.Builder
	for _, setting := range settings {
		fmt.Fprintf(&flags, " -c '%s'", setting)
	}
	err = s.program("pg_ctl", "start", "-D", s.data(), "-w", "-s", "-t", "60", "-l", s.log(), "-o", flags.String())
	if err != nil {
		if log, readErr := os.ReadFile(s.log()); readErr == nil {
			err = fmt.Errorf("%w\n%s", err, log)
		}
	}
	return err
}

// watch starts a process that ends the server and removes its folder when this process is gone. It has a session of its own, so
// that an interrupt from the keyboard does not end it first.
func (s *Server) watch() error {
	ours, theirs, err := os.Pipe() // theirs is the end that we keep open
	if err != nil {
		return err
	}
	s.alive = theirs
	const script = `read _; "$0/pg_ctl" stop -D "$1/data" -m immediate -s; cd /; rm -rf "$1"`
	s.watcher = exec.Command("/bin/sh", "-c", script, s.programs, s.folder)
	s.watcher.Dir = s.folder
	s.watcher.Stdin = ours
	s.watcher.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Credential: s.owner}
	return errors.Join(s.watcher.Start(), ours.Close())
}

// stop lets the watcher do its work, and waits for it.
func (s *Server) stop() {
	s.alive.Close()
	s.watcher.Wait() // its exit status says nothing that matters now
}

// program runs one of Postgres's programs to its end.
func (s *Server) program(name string, args ...string) error {
	output, err := os.CreateTemp("", "coscribe-"+name) // a file, not a pipe: the server that pg_ctl leaves behind would keep it open
	if err != nil {
		return err
	}
	defer os.Remove(output.Name())
	defer output.Close()
	cmd := exec.Command(filepath.Join(s.programs, name), args...)
	cmd.Dir = s.folder
	cmd.Stdout, cmd.Stderr = output, output
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: s.owner}
	if err := cmd.Run(); err != nil {
		said, _ := os.ReadFile(output.Name())
		return fmt.Errorf("%s: %w\n%s", name, err, bytes.TrimSpace(said))
	}
	return nil
}

// installed finds the folder of Postgres's programs.
func installed() (string, error) {
	var folders []string
	if path, err := exec.LookPath("pg_ctl"); err == nil {
		folders = append(folders, filepath.Dir(path))
	}
	versions, _ := filepath.Glob("/usr/lib/postgresql/*/bin") // only errs for a malformed pattern
	slices.SortFunc(versions, func(a, b string) int { return version(b) - version(a) })
	for _, folder := range append(folders, versions...) {
		if executable(folder, "initdb") && executable(folder, "pg_ctl") && executable(folder, "postgres") {
			return folder, nil
		}
	}
	return "", errors.New("install it (on Debian: apt-get install postgresql), or set COSCRIBE_TEST_DATABASE_URL to one whose user may create databases")
}

// version reads 15 in /usr/lib/postgresql/15/bin.
func version(folder string) int {
	number, _ := strconv.Atoi(filepath.Base(filepath.Dir(folder)))
	return number
}

func executable(folder, name string) bool {
	info, err := os.Stat(filepath.Join(folder, name))
	return err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0
}

// nonRoot is whom the server runs as: nil for whoever we are, unless that is root.
func nonRoot() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	account, err := user.Lookup("postgres")
	if err != nil {
		account, err = user.Lookup("nobody")
	}
	if err != nil {
		return nil, errors.New("it does not run as root, and there is no user postgres to run it as")
	}
	uid, uidErr := strconv.ParseUint(account.Uid, 10, 32)
	gid, gidErr := strconv.ParseUint(account.Gid, 10, 32)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, errors.Join(uidErr, gidErr)
}
