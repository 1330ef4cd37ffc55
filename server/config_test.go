package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/coscribe/coscribe/server/internal/api"
	"github.com/coscribe/coscribe/server/internal/meter"
	"github.com/coscribe/coscribe/server/internal/room"
	"github.com/coscribe/coscribe/server/internal/socket"
	"github.com/coscribe/coscribe/storage"
)

// settings are those of a command line.
func settings(t *testing.T, args ...string) Settings {
	t.Helper()
	var cli commands
	parser, err := newParser(&cli, io.Discard, io.Discard, func(int) {})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse(args); err != nil {
		t.Fatal(err)
	}
	return cli.Serve.Settings
}

// TestLimitsAreThoseOfTheirPackages: nobody has to look into two places to learn a default.
func TestLimitsAreThoseOfTheirPackages(t *testing.T) {
	s := settings(t)
	for name, diff := range map[string]string{
		"socket":   cmp.Diff(socket.DefaultLimits(), s.Limit.socket()),
		"room":     cmp.Diff(room.DefaultLimits(), s.Limit.room()),
		"requests": cmp.Diff(api.DefaultLimits(), s.Limit.requests()),
		"lines":    cmp.Diff(meter.DefaultLines(), s.Limit.lines()),
		"bounds":   cmp.Diff(storage.DefaultBounds(), s.Limit.bounds()),
	} {
		if diff != "" {
			t.Errorf("%s (-package +configuration):\n%s", name, diff)
		}
	}
	lifted := settings(t, "--limits-profile=load")
	for name, diff := range map[string]string{
		"socket": cmp.Diff(socket.BenchmarkLimits(), lifted.Limit.socket()),
		"room":   cmp.Diff(room.BenchmarkLimits(), lifted.Limit.room()),
	} {
		if diff != "" {
			t.Errorf("lifted %s (-package +configuration):\n%s", name, diff)
		}
	}
}

// TestEveryLimitHasAnEffect: a flag that nothing reads would be a lie.
func TestEveryLimitHasAnEffect(t *testing.T) {
	ofServer := []string{"HeaderTime", "HeaderBytes", "RequestTime", "IdleTime", "BodyBytes"} // see TestRequestsAreBounded
	effect := func(l *Limits) []any {
		return []any{l.socket(), l.room(), l.account(), l.requests(), l.lines(), l.bounds()}
	}
	defaults := settings(t)
	for i := range reflect.TypeFor[Limits]().NumField() {
		s := defaults
		field, name := reflect.ValueOf(&s.Limit).Elem().Field(i), reflect.TypeFor[Limits]().Field(i).Name
		before := effect(&s.Limit)
		field.SetInt(field.Int() + 1)
		if reflect.DeepEqual(before, effect(&s.Limit)) && !strings.Contains(strings.Join(ofServer, " "), name) {
			t.Errorf("%s has no effect", name)
		}
		field.SetInt(0)
		faults := s.check()
		if want := "--" + limitFlag(reflect.TypeFor[Limits]().Field(i)) + " must be more than zero"; faults == nil || !strings.Contains(faults.Error(), want) {
			t.Errorf("%s of 0: %v", name, faults)
		}
	}
}

// TestLimitsThatContradict are told, all of them.
func TestLimitsThatContradict(t *testing.T) {
	err := run(t.Context(), []string{"--listen=127.0.0.1:0", "--limit-join-bytes=128KiB", "--limit-bytes-burst=1KiB", "--limit-body-bytes=2MiB",
		"--limit-pong-time=1m", "--limit-access-poll=1m", "--limit-session-idle=24h", "--metrics-listen=0.0.0.0:9090"}, io.Discard, io.Discard)
	if err == nil {
		t.Fatal("it started")
	}
	for _, part := range []string{"join-bytes", "bytes-burst", "body-bytes", "pong-time", "access-poll", "session-idle", "--metrics-listen=0.0.0.0:9090"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q does not say %q", err, part)
		}
	}
}

// shown runs `config show` and returns value and source by flag.
func shownBy(t *testing.T, args ...string) (all string, rows map[string][2]string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if err := run(t.Context(), append([]string{"config", "show"}, args...), &stdout, &stderr); err != nil {
		t.Fatalf("%v %s", err, &stderr)
	}
	rows = map[string][2]string{}
	for line := range strings.Lines(stdout.String()) {
		columns := regexp.MustCompile(`\s{2,}`).Split(strings.TrimSpace(line), 3)
		if len(columns) != 3 {
			t.Fatalf("a line is not a flag, its value and its source: %q", line)
		}
		rows[columns[0]] = [2]string{columns[1], columns[2]}
	}
	return stdout.String() + stderr.String(), rows
}

// TestFlagsOverEnvironmentOverFile, and config show says which it was.
func TestFlagsOverEnvironmentOverFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "coscribe.json")
	text := `{"log-level": "warn", "open-registration": true, "allow-origin": ["https://a.example", "https://b.example"],
		"limit": {"strikes": 7, "faults": 8, "frame-bytes": "32KiB", "connection-age": "1h"}, "limit-documents": 9}`
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("COSCRIBE_LIMIT_FAULTS", "10")
	t.Setenv("COSCRIBE_LIMIT_STRIKES", "11")
	t.Setenv("COSCRIBE_LIMIT_FRAGMENTS", "13")
	_, rows := shownBy(t, "--config", file, "--limit-strikes=12")
	for name, want := range map[string][2]string{
		"listen":               {"127.0.0.1:8080", "default"},
		"limit-strikes":        {"12", "flag"},
		"limit-faults":         {"10", "environment COSCRIBE_LIMIT_FAULTS"},
		"limit-fragments":      {"13", "environment COSCRIBE_LIMIT_FRAGMENTS"},
		"limit-documents":      {"9", "file"},
		"limit-frame-bytes":    {"32KiB", "file"},
		"limit-connection-age": {"1h0m0s", "file"},
		"log-level":            {"warn", "file"},
		"open-registration":    {"true", "file"},
		"allow-origin":         {"https://a.example,https://b.example", "file"},
	} {
		if rows[name] != want {
			t.Errorf("%s: %v, want %v", name, rows[name], want)
		}
	}
	for field := range reflect.TypeFor[Limits]().Fields() {
		if _, shown := rows[limitFlag(field)]; !shown {
			t.Errorf("%s is not shown", limitFlag(field))
		}
	}

	t.Setenv("COSCRIBE_CONFIG", file)
	if _, rows := shownBy(t); rows["limit-documents"] != [2]string{"9", "file"} {
		t.Errorf("file named by the environment: %v", rows["limit-documents"])
	}
	if _, rows := shownBy(t, "--limits-profile=load"); rows["limit-frame-burst"][1] != "profile load" {
		t.Errorf("lifted by the profile: %v", rows["limit-frame-burst"])
	}
}

// TestShowHidesSecrets wherever they came from.
func TestShowHidesSecrets(t *testing.T) {
	for _, address := range []string{"postgres://anna:hush@db.example/co", "postgres://db.example/co?user=anna&password=hush", "postgresql://anna%3Ahush@db.example:1/co?sslpassword=hush"} {
		t.Setenv("COSCRIBE_DATABASE_URL", address)
		if all, rows := shownBy(t); strings.Contains(all, "hush") || !strings.Contains(rows["database-url"][0], "db.example") {
			t.Errorf("%s", rows["database-url"])
		}
	}
	t.Setenv("COSCRIBE_DATABASE_URL", "host=db password=hush")
	var out bytes.Buffer
	err := run(t.Context(), []string{"config", "show"}, &out, &out)
	if err == nil || strings.Contains(out.String()+err.Error(), "hush") {
		t.Errorf("a faulty address: %v\n%s", err, &out)
	}
	if !strings.Contains(out.String(), "limit-strikes") {
		t.Error("with a fault, nothing is shown")
	}
}

// TestFilesThatCannotBeRead say where, and never quote a value: it may be a secret.
func TestFilesThatCannotBeRead(t *testing.T) {
	for text, want := range map[string]string{
		`{"lisen": "hush", "limit": {"strike": 1}}`:     `"limit-strike", which is not a flag`,
		`{"listen": "hush", "listen": "hush"}`:          "look at byte",
		`{"data": "hush"`:                               "look at byte",
		`["hush"]`:                                      "not a JSON object",
		`{"data": null}`:                                `"data" must be`,
		`{"data": ["hush", {"hush": 1}]}`:               `"data" must be`,
		`{"limit": {"faults": 1}, "limit-faults": 2}`:   `"limit-faults" must be`,
		`{"limit": {"faults": 1, "faults": 2}}`:         "look at byte",
		`{"config": "hush"}`:                            `"config", which is not a flag`,
		"\x00":                                          "look at byte",
		`{"limit-faults": "many"}`:                      "--limit-faults",
		`{"limit-frame-bytes": -1}`:                     "--limit-frame-bytes",
		`{"limit-frame-bytes": "99999999999999999GiB"}`: "--limit-frame-bytes",
	} {
		file := filepath.Join(t.TempDir(), "coscribe.json")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		err := run(t.Context(), []string{"config", "show", "--config", file}, &out, &out)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error()+out.String(), "hush") {
			t.Errorf("%s: %v", text, err)
		}
	}
	if err := run(t.Context(), []string{"--config", "/nowhere/coscribe.json"}, io.Discard, io.Discard); err == nil || !strings.Contains(err.Error(), "/nowhere/coscribe.json") {
		t.Errorf("no such file: %v", err)
	}
}

// TestSizes are read as they are written.
func TestSizes(t *testing.T) {
	for text, want := range map[string]size{"0": 0, "1": 1, "65536": 65536, "64KiB": 65536, "1MiB": 1 << 20, "3B": 3, "1GiB": 1 << 30} {
		var got size
		if err := got.UnmarshalText([]byte(text)); err != nil || got != want {
			t.Errorf("%s: %d, %v", text, got, err)
		}
		var again size
		if err := again.UnmarshalText([]byte(got.String())); err != nil || again != want {
			t.Errorf("%s: written as %s", text, got)
		}
	}
	for _, text := range []string{"", "-1", "KiB", "1kb", "1.5MiB", "1 MiB", "99999999GiB", "1MiBKiB", "0x10"} {
		if err := new(size).UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q is read as a size", text)
		}
	}
}
