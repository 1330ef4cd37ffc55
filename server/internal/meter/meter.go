package meter

import (
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Meter is the counts of a node. Whoever does a thing counts it.
type Meter struct {
	// Connections.
	Connections       Gauge   // open, joined or not
	Streams           Gauge   // of events
	StreamsEnded      Family  // by why
	Handshakes        Counter // that became a connection
	HandshakesRefused Family  // by code
	Closed            Family  // connections, by the reason in the close frame
	TicketsBad        Counter
	Strikes           Counter // messages that do not keep to the schema
	SlowConsumers     Counter
	FramesIn, BytesIn Counter // what clients sent, headers too
	FramesOut         Counter // what they were sent
	BytesOut          Counter

	// Documents.
	Rooms          Gauge // open documents
	Seats          Gauge // in all of them
	EditsCommitted Counter
	EditsRefused   Family  // by code
	Commits        Counter // calls of Append that were decided
	Batches        Counter // of one room each, in all commits
	CommitTime     prometheus.Histogram
	CommitSize     prometheus.Histogram // edits in one commit

	// Refusals.
	RatesHit       Family // by what was too much
	Forbidden      Family // by command
	SignInFailures Family // by why
	Panics         Family // by where
	Quarantines    Counter

	log     *slog.Logger
	lines   Lines
	reports reports
	logged  Family  // security events by kind, logged or not
	unsaid  Counter // log lines that there were too many for

	mu       sync.Mutex
	database func() bool // guarded by mu
}

// New returns a Meter that writes security events to log.
func New(log *slog.Logger, lines Lines) *Meter {
	m := &Meter{log: log, lines: lines}
	m.CommitTime = prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: "coscribe_commit_duration_seconds", Help: "Time until the database had decided a commit.",
		Buckets: prometheus.ExponentialBuckets(0.0005, 2, 15),
	})
	m.CommitSize = prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: "coscribe_commit_edits", Help: "Edits in one commit.", Buckets: prometheus.ExponentialBuckets(1, 2, 12),
	})
	m.reports.seen = map[about]*repeat{}
	return m
}

// Discard returns a Meter whose log nobody reads.
func Discard() *Meter { return New(slog.New(slog.DiscardHandler), DefaultLines()) }

// Database has ask called whenever the metrics are read, to tell whether the database is up.
func (m *Meter) Database(ask func() bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.database = ask
}

// Committed counts one commit: how many edits of how many rooms, and when it began.
func (m *Meter) Committed(edits, batches int, began time.Time) {
	m.Commits.Inc()
	m.Batches.Add(batches)
	m.EditsCommitted.Add(edits)
	m.CommitSize.Observe(float64(edits))
	m.CommitTime.Observe(time.Since(began).Seconds())
}
