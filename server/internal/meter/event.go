package meter

import (
	"context"
	"log/slog"
	"net/netip"
	"sync"
	"time"

	"github.com/coscribe/coscribe/storage/id"
)

// Event is a kind of security event.
type Event int

// The kinds.
const (
	RefusedOrigin    Event = iota // a handshake or request from a page, or under a name, that is not ours
	BadTicket                     // unknown, used, expired, foreign, or none in time
	Strike                        // a message that does not keep to the schema
	RateLimited                   // too much of something
	ForbiddenCommand              // a command beyond the role
	SlowConsumer                  // does not read what it asked for
	LoginFailed                   // a wrong address or password
	LockedOut                     // too many wrong passwords
	kinds            int   = iota
)

// names are what operators search their logs for: they never change.
var names = [kinds]string{
	RefusedOrigin: "refused_origin", BadTicket: "bad_ticket", Strike: "strike", RateLimited: "rate_limited",
	ForbiddenCommand: "forbidden_command", SlowConsumer: "slow_consumer", LoginFailed: "login_failed", LockedOut: "locked_out",
}

// String is the event's name in logs and metrics.
func (e Event) String() string { return names[e] }

// Who is whom an event is about, as far as it is known.
type Who struct {
	Connection id.Request // a WebSocket, or
	Request    id.Request // a request
	User       id.User
	Doc        id.Doc
	Address    netip.Addr
}

// Lines bounds what is logged of security events.
type Lines struct {
	PerSecond, Burst int           // lines of a node
	Repeat           time.Duration // until the same event of the same address and user is logged again, outside of connections
}

// DefaultLines are the bounds of a server that nobody configured.
func DefaultLines() Lines { return Lines{PerSecond: 20, Burst: 200, Repeat: time.Minute} }

// reports remembers what was reported.
type reports struct {
	mu     sync.Mutex
	seen   map[about]*repeat // guarded by mu, as all below
	swept  time.Time
	tokens float64 // lines that may be written now
	filled time.Time
	unsaid int // lines that were not, since the last that was
}

// about is what makes an event the same as one before.
type about struct {
	event Event
	from  netip.Prefix
	user  id.User
}

// repeat counts an event since it was logged.
type repeat struct {
	logged time.Time
	times  int // after that
}

// maxRemembered is how many events are told apart; beyond, each is logged while there are lines.
const maxRemembered = 10_000

// Report counts an event that happened outside of a connection, and logs it if the like has not been logged lately. detail is a
// word of the sources, or empty.
func (m *Meter) Report(event Event, who Who, detail string) {
	m.logged.Inc(event.String())
	if times, log := m.reports.first(about{event, Network(who.Address), who.User}, m.lines, time.Now()); log {
		m.write(event, who, detail, times)
	}
}

// first tells whether to log an event, and how many like it were not.
func (r *reports) first(what about, lines Lines, now time.Time) (times int, log bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if now.Sub(r.swept) >= lines.Repeat {
		r.swept = now
		for other, seen := range r.seen {
			if now.Sub(seen.logged) >= lines.Repeat && (seen.times == 0 || now.Sub(seen.logged) >= 2*lines.Repeat) {
				delete(r.seen, other)
			}
		}
	}
	seen := r.seen[what]
	switch {
	case seen == nil && len(r.seen) >= maxRemembered:
		return 1, true
	case seen == nil:
		r.seen[what] = &repeat{logged: now}
		return 1, true
	case now.Sub(seen.logged) < lines.Repeat:
		seen.times++
		return 0, false
	}
	times = 1 + seen.times
	*seen = repeat{logged: now}
	return times, true
}

// line takes one line from those that a node may write. It tells how many were not written before it.
func (r *reports) line(lines Lines, now time.Time) (unsaid int, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.filled.IsZero() {
		r.tokens = float64(lines.Burst)
	} else {
		r.tokens = min(float64(lines.Burst), r.tokens+now.Sub(r.filled).Seconds()*float64(lines.PerSecond))
	}
	r.filled = now
	if r.tokens < 1 {
		r.unsaid++
		return 0, false
	}
	r.tokens--
	unsaid, r.unsaid = r.unsaid, 0
	return unsaid, true
}

// write logs an event, unless the node has logged too many.
func (m *Meter) write(event Event, who Who, detail string, times int) {
	unsaid, ok := m.reports.line(m.lines, time.Now())
	if !ok {
		m.unsaid.Inc()
		return
	}
	attrs := []slog.Attr{slog.String("event", event.String())}
	add := func(name string, zero bool, value any) {
		if !zero {
			attrs = append(attrs, slog.Any(name, value))
		}
	}
	add("detail", detail == "", detail)
	add("times", times == 1, times)
	add("connection", who.Connection.IsZero(), who.Connection)
	add("request", who.Request.IsZero(), who.Request)
	add("user", who.User.IsZero(), who.User)
	add("document", who.Doc.IsZero(), who.Doc)
	add("address", !who.Address.IsValid(), who.Address.String())
	add("unlogged", unsaid == 0, unsaid)
	m.log.LogAttrs(context.Background(), slog.LevelWarn, "security", attrs...)
}
