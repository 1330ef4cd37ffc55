package meter_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coscribe/coscribe/server/internal/meter"
	"github.com/coscribe/coscribe/storage/id"
)

// lines are what was logged.
func lines(t *testing.T, log *bytes.Buffer) (events []map[string]any) {
	t.Helper()
	for line := range strings.Lines(log.String()) {
		var event map[string]any
		if err := json.Unmarshal([]byte(line), &event); err != nil {
			t.Fatal(err)
		}
		events = append(events, event)
	}
	log.Reset()
	return events
}

// TestAConnectionCannotFillTheLog: the first event of a kind is a line, and the end is another, however many there were.
func TestAConnectionCannotFillTheLog(t *testing.T) {
	var log bytes.Buffer
	m := meter.New(slog.New(slog.NewJSONHandler(&log, nil)), meter.DefaultLines())
	who := meter.Who{Connection: id.New[id.Request](), Doc: id.New[id.Doc](), Address: netip.MustParseAddr("203.0.113.9")}
	user := id.New[id.User]()
	w := m.Watch(who)
	w.Seated(user)
	for i := range 10_000 {
		if got := w.Note(meter.ForbiddenCommand, "edit"); got != i+1 {
			t.Fatalf("noted %d, want %d", got, i+1)
		}
	}
	w.Note(meter.Strike, "")
	w.End()
	w.End()
	w.Note(meter.SlowConsumer, "")
	got := lines(t, &log)
	if len(got) != 3 {
		t.Fatalf("%d lines: %v", len(got), got)
	}
	for i, want := range []map[string]any{
		{"event": "forbidden_command", "detail": "edit", "times": nil},
		{"event": "strike", "detail": nil, "times": nil},
		{"event": "forbidden_command", "times": 10_000.0},
	} {
		want["connection"], want["user"], want["document"] = who.Connection.String(), user.String(), who.Doc.String()
		want["address"], want["msg"] = "203.0.113.9", "security"
		for key, value := range want {
			if got[i][key] != value {
				t.Errorf("line %d: %s is %v, want %v", i, key, got[i][key], value)
			}
		}
	}
}

// TestEventsOutsideOfConnectionsAreCountedTogether: one address is one line in a while; another address has its own.
func TestEventsOutsideOfConnectionsAreCountedTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		m := meter.New(slog.New(slog.NewJSONHandler(&log, nil)), meter.DefaultLines())
		from := func(host int) meter.Who {
			return meter.Who{Address: netip.MustParseAddr(fmt.Sprintf("2001:db8::%x", host))}
		}
		for i := range 1_000 {
			m.Report(meter.RefusedOrigin, from(i+1), "") // all of one /64
		}
		m.Report(meter.LoginFailed, from(1), "")
		m.Report(meter.RefusedOrigin, meter.Who{Address: netip.MustParseAddr("2001:db8:0:1::1")}, "")
		if got := lines(t, &log); len(got) != 3 {
			t.Errorf("%d lines: %v", len(got), got)
		}
		time.Sleep(meter.DefaultLines().Repeat)
		m.Report(meter.RefusedOrigin, from(1), "")
		if got := lines(t, &log); len(got) != 1 || got[0]["times"] != 1_000.0 {
			t.Errorf("after a while: %v, want one line of a thousand times", got)
		}
	})
}

// TestANodeLogsSoManyLines: also when every event is of another connection. What was not logged is told.
func TestANodeLogsSoManyLines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		bounds := meter.DefaultLines()
		m := meter.New(slog.New(slog.NewJSONHandler(&log, nil)), bounds)
		for range 10_000 {
			m.Watch(meter.Who{Connection: id.New[id.Request]()}).Note(meter.BadTicket, "")
		}
		if got := lines(t, &log); len(got) != bounds.Burst {
			t.Errorf("%d lines, want %d", len(got), bounds.Burst)
		}
		time.Sleep(time.Second)
		m.Report(meter.LockedOut, meter.Who{}, "")
		if got := lines(t, &log); len(got) != 1 || got[0]["unlogged"] != float64(10_000-bounds.Burst) {
			t.Errorf("then %v", got)
		}
		page := metrics(m)
		for _, want := range []string{
			`coscribe_security_events_total{event="bad_ticket"} 10000`,
			fmt.Sprintf("coscribe_security_events_unlogged_total %d", 10_000-bounds.Burst),
		} {
			if !strings.Contains(page, want+"\n") {
				t.Errorf("the metrics lack %s", want)
			}
		}
	})
}

func metrics(m *meter.Meter) string {
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	return w.Body.String()
}

// TestMetrics: everything that is counted is shown, under a number of words that is bounded.
func TestMetrics(t *testing.T) {
	m := meter.Discard()
	m.EditsCommitted.Add(3)
	m.Seats.Add(2)
	m.Seats.Add(-1)
	m.Committed(5, 2, time.Now())
	for i := range 1_000 {
		m.EditsRefused.Inc(fmt.Sprintf("w%d", i))
	}
	up := false
	m.Database(func() bool { return up })
	page := metrics(m)
	for _, want := range []string{
		"coscribe_edits_committed_total 8", "coscribe_seats_open 1", "coscribe_commits_total 1", "coscribe_commit_batches_total 2",
		"coscribe_commit_edits_sum 5", "coscribe_commit_duration_seconds_count 1", "coscribe_database_up 0",
		`coscribe_edits_refused_total{code="w0"} 1`, `coscribe_edits_refused_total{code="other"} 900`,
	} {
		if !strings.Contains(page, want+"\n") {
			t.Errorf("the metrics lack %s:\n%s", want, page)
		}
	}
	up = true
	if !strings.Contains(metrics(m), "coscribe_database_up 1\n") {
		t.Error("the database is up and the metrics do not say so")
	}
}

// TestMetricsAreNotForPages: a page that somebody of this machine looks at cannot have profiles made, nor read the command line.
func TestMetricsAreNotForPages(t *testing.T) {
	for path, c := range map[string]struct {
		site string
		want int
	}{
		"/metrics":                 {"", 200},
		"/debug/pprof/goroutine":   {"none", 200},
		"/metrics?":                {"cross-site", 403},
		"/debug/pprof/goroutine?":  {"same-site", 403},
		"/debug/pprof/cmdline":     {"", 404},
		"/debug/pprof/elsewhere/x": {"", 404},
	} {
		r := httptest.NewRequest("GET", path, nil)
		if c.site != "" {
			r.Header.Set("Sec-Fetch-Site", c.site)
		}
		w := httptest.NewRecorder()
		meter.Discard().Handler().ServeHTTP(w, r)
		if w.Code != c.want {
			t.Errorf("%s for %q: %d, want %d", path, c.site, w.Code, c.want)
		}
	}
}

// BenchmarkEdit is what counting costs an edit that is read, written to its author and committed with nine others.
func BenchmarkEdit(b *testing.B) {
	m := meter.Discard()
	began := time.Now()
	for i := range b.N {
		m.FramesIn.Add(1)
		m.BytesIn.Add(200)
		m.FramesOut.Inc()
		m.BytesOut.Add(200)
		if i%10 == 0 {
			m.Committed(10, 1, began)
		}
	}
}

// BenchmarkCount is what counting an edit costs.
func BenchmarkCount(b *testing.B) {
	m := meter.Discard()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			m.EditsCommitted.Inc()
		}
	})
}
