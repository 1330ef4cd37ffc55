package main

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/coscribe/coscribe/storage/pgtest"
)

// TestKilledServerLosesNothing ends the server with SIGKILL while 50 people type in one document, again and again. What was
// acknowledged stands in the log once, and everybody comes to the same; event streams go on where they stopped. COSCRIBE_KILLS sets how often.
func TestKilledServerLosesNothing(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		data := t.TempDir()
		killWhileTyping(t, startProcess(t, "--data", data, "--limits-profile", "load"), openSQLite(data))
	})
	t.Run("postgres", func(t *testing.T) {
		url := pgtest.URL(t)
		killWhileTyping(t, startProcess(t, "--database-url", url, "--limits-profile", "load"), openPostgres(url))
	})
}

const typists = 50

func killWhileTyping(t *testing.T, p *process, open opener) {
	kills := times(t, "COSCRIBE_KILLS", 3)
	c := administrator(t, p)
	crowd := startCrowd(t, newDocument(t, c), typists, steady, c)
	tails := startTails(crowd, c)
	for range kills {
		crowd.typed(typists)
		pause(t.Context(), rand.N(300*time.Millisecond)) // so that it dies at any point of what it does
		p.kill()
		p.start(greeting)
	}
	crowd.typed(typists)
	crowd.settle()
	tails.end()
	p.stop()
	crowd.judge(open)
	t.Logf("%d kills", kills)
}
