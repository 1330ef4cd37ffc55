package main

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/coscribe/coscribe/ot"
)

// TestTraceInUnits holds edits that were told in code points, made at random of text full of surrogate pairs, against a plain
// slice of code points.
func TestTraceInUnits(t *testing.T) {
	for seed := range uint64(300) {
		random := rand.New(rand.NewPCG(seed, 1))
		text := func(most int) (r []rune) {
			for range random.IntN(most + 1) {
				r = append(r, []rune("ab字😀🏆\n")[random.IntN(6)])
			}
			return r
		}
		model := text(8)
		r := recording{StartContent: string(model)}
		for range 20 {
			at := random.IntN(len(model) + 1)
			deleted := random.IntN(len(model) - at + 1)
			inserted := text(4)
			raw, _ := json.Marshal([]any{at, deleted, string(inserted)})
			r.Txns = append(r.Txns, struct {
				Parents []int             `json:"parents"`
				Patches []json.RawMessage `json:"patches"`
			}{Patches: []json.RawMessage{raw}})
			model = append(append(append([]rune(nil), model[:at]...), inserted...), model[at+deleted:]...)
		}
		trace, err := r.trace()
		if err != nil {
			t.Fatal(err)
		}
		units := utf16.Encode([]rune(r.StartContent))
		for _, p := range trace.edits {
			units = append(append(append([]uint16(nil), units[:p.at]...), utf16.Encode([]rune(p.inserted))...), units[p.at+p.deleted:]...)
		}
		if got := string(utf16.Decode(units)); got != string(model) {
			t.Fatalf("seed %d: %q, want %q", seed, got, string(model))
		}
	}
}

func TestPatchFitsAnotherText(t *testing.T) {
	for seed := range uint64(2000) {
		random := rand.New(rand.NewPCG(seed, 2))
		text := strings.Repeat("a", random.IntN(3)) + strings.Repeat("😀", random.IntN(4)) + "\n"
		content, _ := ot.New().Insert(text, nil).Delta()
		doc, err := ot.NewDocument(content)
		if err != nil {
			t.Fatal(err)
		}
		p := patch{random.IntN(20), random.IntN(20), "🏆"}
		delta, err := p.within(doc.Clone())
		if err == nil {
			err = doc.Apply(delta)
		}
		if err != nil {
			t.Fatalf("%+v on %q: %v", p, text, err)
		}
	}
}

func TestTracesThatCannotBeReplayed(t *testing.T) {
	for name, text := range map[string]string{
		"several writers": `{"txns":[{"parents":[],"patches":[]}]}`,
		"CR":              `{"txns":[{"patches":[[0,0,"a\r\n"]]}]}`,
		"no patch":        `{"txns":[{"patches":[[0,0]]}]}`,
		"negative":        `{"txns":[{"patches":[[-1,0,"x"]]}]}`,
		"no JSON":         `{"txns":`,
	} {
		file := filepath.Join(t.TempDir(), "trace.json")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if trace, err := readTrace(file); err == nil {
			t.Errorf("%s: read %d edits, want an error", name, len(trace.edits))
		}
	}
}

func TestPercentiles(t *testing.T) {
	var measured times
	for i := range 1000 {
		measured = append(measured, time.Duration(999-i)*time.Millisecond)
	}
	if got, want := measured.String(), "p50 500.00  p90 900.00  p99 990.00  max 999.00"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := (times{}).percentile(99); got != 0 {
		t.Errorf("of nothing: %v", got)
	}
}

func TestConfigRefusesWhatItShould(t *testing.T) {
	good := config{URL: "http://127.0.0.1:8080", Token: "t", Scenario: "s1", Clients: 1, Documents: 1, Ahead: 1, Duration: 1, Patience: 1}
	if err := good.Validate(); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*config){
		"another machine":  func(c *config) { c.URL = "https://docs.example.org" },
		"another address":  func(c *config) { c.URL = "http://10.0.0.1:8080" },
		"a look-alike":     func(c *config) { c.URL = "http://localhost.example.org" },
		"no address":       func(c *config) { c.URL = "nonsense" },
		"no token":         func(c *config) { c.Token = "" },
		"nothing to do":    func(c *config) { c.Scenario = "" },
		"two things to do": func(c *config) { c.Trace = "x" },
		"no clients":       func(c *config) { c.Clients = 0 },
		"too many clients": func(c *config) { c.Clients = mostClients + 1 },
		"for ever":         func(c *config) { c.Duration = mostDuration + 1 },
		"negative rate":    func(c *config) { c.Rate = -1 },
	} {
		c := good
		spoil(&c)
		if err := c.Validate(); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	remote := good
	remote.URL, remote.AllowRemote = "https://docs.example.org", true
	if err := remote.Validate(); err != nil {
		t.Errorf("another machine with --allow-remote: %v", err)
	}
}
