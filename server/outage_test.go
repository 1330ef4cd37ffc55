package main

import (
	"database/sql"
	"strings"
	"testing"
	"time"

	"github.com/coscribe/coscribe/storage/pgtest"
)

// TestDatabaseFaultsLoseNothing does to Postgres under a server in use what happens to databases, and loses the answers of commits
// on the way. Whatever the server did not hear it finds out, and tells nobody anything before. COSCRIBE_RESTARTS sets how often.
func TestDatabaseFaultsLoseNothing(t *testing.T) {
	t.Parallel()
	database := pgtest.Start(t)
	url := database.Database(t)
	proxy := pgtest.NewProxy(t, url)
	p := startProcess(t, "--database-url", proxy.URL, "--limits-profile", "load")
	c := administrator(t, p)
	crowd := startCrowd(t, newDocument(t, c), 20, fast, c)

	faults := []struct {
		name   string
		strike func()
	}{
		{"a crash", func() { database.Restart(t, "immediate") }},
		// The answer to whatever carries a typed text is lost, so the commit of edits and nothing else: it is done, and nobody
		// hears of it.
		{"lost answers to commits", func() {
			proxy.LoseAnswerTo("‹")
			pause(t.Context(), 700*time.Millisecond)
			proxy.Set(pgtest.Healthy)
		}},
		{"a restart", func() { database.Restart(t, "fast") }},
		{"lost calls", func() {
			proxy.Set(pgtest.LoseCalls)
			pause(t.Context(), 300*time.Millisecond)
			proxy.Set(pgtest.Healthy)
		}},
		{"backends that are terminated", func() {
			behind(t, database.URL, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'coscribe'")
		}},
		{"an outage longer than reads may fail", func() {
			proxy.Set(pgtest.Refuse)
			pause(t.Context(), 6*time.Second)
			proxy.Set(pgtest.Healthy)
		}},
	}
	rounds := times(t, "COSCRIBE_RESTARTS", 1)
	for range rounds {
		for _, fault := range faults {
			crowd.typed(40)
			began := time.Now()
			fault.strike()
			crowd.typed(1)
			t.Logf("%s: editing again after %v", fault.name, time.Since(began).Round(time.Millisecond))
		}
	}
	crowd.typed(40)
	crowd.settle()
	said := p.stderr
	p.stop()
	crowd.judge(openPostgres(url))
	unknown := strings.Count(said.String(), `"unknown":true`)
	if t.Logf("%d rounds of faults; %d times the outcome of a commit was unknown and asked again", rounds, unknown); unknown == 0 {
		t.Error("no outcome of a commit was unknown: the faults did not hit what they are for")
	}
}

// behind runs a statement behind the server's back.
func behind(t *testing.T, url, statement string, args ...any) {
	t.Helper()
	db, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), statement, args...); err != nil {
		t.Fatal(err)
	}
}
