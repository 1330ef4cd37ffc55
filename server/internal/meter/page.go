package meter

import (
	"net/http"
	"net/http/pprof"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Handler serves the metrics at /metrics and Go's profiles under /debug/pprof/. It is for a listener that only this machine
// reaches, and no page of a browser.
func (m *Meter) Handler() http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(m, m.CommitTime, m.CommitSize,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{MaxRequestsInFlight: 4}))
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/cmdline", http.NotFound) // it may hold a database's password
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.Header.Get("Sec-Fetch-Site") {
		case "", "none", "same-origin":
			mux.ServeHTTP(w, r)
		default:
			http.Error(w, "not for other pages", http.StatusForbidden)
		}
	})
}

// rows are the metrics that are plain counts.
func (m *Meter) rows() []row {
	return []row{
		{name: "coscribe_connections_open", help: "WebSocket connections.", gauge: &m.Connections},
		{name: "coscribe_streams_open", help: "Event streams.", gauge: &m.Streams},
		{name: "coscribe_streams_ended_total", help: "Event streams that ended, by why.", family: &m.StreamsEnded, label: "reason"},
		{name: "coscribe_handshakes_total", help: "Handshakes that became a connection.", counter: &m.Handshakes},
		{name: "coscribe_handshakes_refused_total", help: "Handshakes refused, by code.", family: &m.HandshakesRefused, label: "code"},
		{name: "coscribe_connections_closed_total", help: "Connections that the server closed, by reason.", family: &m.Closed, label: "reason"},
		{name: "coscribe_tickets_bad_total", help: "Tickets refused.", counter: &m.TicketsBad},
		{name: "coscribe_strikes_total", help: "Messages that do not keep to the schema.", counter: &m.Strikes},
		{name: "coscribe_slow_consumers_total", help: "Connections closed because they do not read.", counter: &m.SlowConsumers},
		{name: "coscribe_frames_received_total", help: "WebSocket frames received.", counter: &m.FramesIn},
		{name: "coscribe_received_bytes_total", help: "Bytes received in WebSocket frames.", counter: &m.BytesIn},
		{name: "coscribe_frames_sent_total", help: "WebSocket frames sent.", counter: &m.FramesOut},
		{name: "coscribe_sent_bytes_total", help: "Bytes sent in WebSocket frames.", counter: &m.BytesOut},
		{name: "coscribe_rooms_open", help: "Open documents.", gauge: &m.Rooms},
		{name: "coscribe_seats_open", help: "Seats in open documents.", gauge: &m.Seats},
		{name: "coscribe_edits_committed_total", help: "Edits committed.", counter: &m.EditsCommitted},
		{name: "coscribe_edits_refused_total", help: "Edits refused, by code.", family: &m.EditsRefused, label: "code"},
		{name: "coscribe_commits_total", help: "Commits that the database decided.", counter: &m.Commits},
		{name: "coscribe_commit_batches_total", help: "Batches in them, of one document each.", counter: &m.Batches},
		{name: "coscribe_rates_hit_total", help: "Refusals for a rate or a number, by what was too much.", family: &m.RatesHit, label: "limit"},
		{name: "coscribe_forbidden_commands_total", help: "Commands beyond the role, by command.", family: &m.Forbidden, label: "command"},
		{name: "coscribe_sign_in_failures_total", help: "Sign-ins refused, by why.", family: &m.SignInFailures, label: "why"},
		{name: "coscribe_panics_total", help: "Panics that were recovered, by where.", family: &m.Panics, label: "where"},
		{name: "coscribe_quarantines_total", help: "Documents shut for a while because they panicked again and again.", counter: &m.Quarantines},
		{name: "coscribe_security_events_total", help: "Security events, logged or not, by kind.", family: &m.logged, label: "event"},
		{name: "coscribe_security_events_unlogged_total", help: "Log lines of security events that there were too many for.", counter: &m.unsaid},
	}
}

// row is a metric: one of the three.
type row struct {
	name, help string
	counter    *Counter
	gauge      *Gauge
	family     *Family
	label      string // of family
}

func (r *row) desc() *prometheus.Desc {
	if r.family != nil {
		return prometheus.NewDesc(r.name, r.help, []string{r.label}, nil)
	}
	return prometheus.NewDesc(r.name, r.help, nil, nil)
}

var databaseUp = prometheus.NewDesc("coscribe_database_up", "Whether the database can be read and written.", nil, nil)

// Describe is prometheus.Collector's.
func (m *Meter) Describe(descs chan<- *prometheus.Desc) {
	for _, row := range m.rows() {
		descs <- row.desc()
	}
	descs <- databaseUp
}

// Collect is prometheus.Collector's.
func (m *Meter) Collect(metrics chan<- prometheus.Metric) {
	for _, row := range m.rows() {
		switch desc := row.desc(); {
		case row.counter != nil:
			metrics <- prometheus.MustNewConstMetric(desc, prometheus.CounterValue, float64(row.counter.Count()))
		case row.gauge != nil:
			metrics <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, float64(row.gauge.Count()))
		default:
			row.family.each(func(word string, n uint64) {
				metrics <- prometheus.MustNewConstMetric(desc, prometheus.CounterValue, float64(n), word)
			})
		}
	}
	m.mu.Lock()
	ask := m.database
	m.mu.Unlock()
	if ask != nil {
		up := 0.0
		if ask() {
			up = 1
		}
		metrics <- prometheus.MustNewConstMetric(databaseUp, prometheus.GaugeValue, up)
	}
}
