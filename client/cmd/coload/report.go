package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/coscribe/coscribe/client"
	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage/id"
)

// times are measured durations.
type times []time.Duration

// percentile returns the duration that p of a hundred do not pass, in milliseconds. The times are sorted.
func (t times) percentile(p float64) float64 {
	if len(t) == 0 {
		return 0
	}
	i := int(float64(len(t)) * p / 100)
	return float64(t[min(i, len(t)-1)]) / float64(time.Millisecond)
}

func (t times) String() string {
	slices.Sort(t)
	return fmt.Sprintf("p50 %.2f  p90 %.2f  p99 %.2f  max %.2f", t.percentile(50), t.percentile(90), t.percentile(99), t.percentile(100))
}

// announce says what is run, and under which limits.
func (l *load) announce(what string, limits wire.Limits, documents, clients int) {
	profile := fmt.Sprintf("default (%s a second for each client)", count(limits.EditsPerSecond, "edit"))
	if limits.EditsPerSecond <= 0 || limits.EditsPerSecond >= 1_000_000 {
		profile = "load (no rates)"
	}
	fmt.Fprintf(l.out, "%s: %s, %s each, at %s\nlimits profile %s, %d bytes a frame\n",
		what, count(documents, "document"), count(clients, "client"), l.URL, profile, limits.FrameBytes)
}

// report prints what was measured.
func (l *load) report(took time.Duration, acknowledged times) {
	fmt.Fprintf(l.out, "%s acknowledged in %v: %.0f edits/s\n", count(len(acknowledged), "edit"), took.Round(time.Millisecond),
		float64(len(acknowledged))/took.Seconds())
	fmt.Fprintf(l.out, "acknowledgement, ms: %v\n", acknowledged)
}

func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// converge waits until all copies have what the server has, compares them, and returns the text.
func (l *load) converge(ctx context.Context, doc id.Doc, docs []*client.Document) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, l.Patience)
	defer cancel()
	for i, d := range docs {
		if err := d.Flush(ctx); err != nil {
			return "", fmt.Errorf("client %d: wait for its acknowledgements: %w", i+1, err)
		}
	}
	server, err := l.api.Content(ctx, doc)
	if err != nil {
		return "", err
	}
	for i, d := range docs {
		for {
			changed := d.Changed()
			rev, content := d.Committed()
			if rev > server.Rev {
				return "", fmt.Errorf("somebody else writes to document %v", doc)
			}
			if rev == server.Rev {
				if !content.Delta().Equal(server.Content) || !d.Content().Delta().Equal(server.Content) {
					return "", fmt.Errorf("client %d and the server differ at revision %d", i+1, rev)
				}
				break
			}
			select {
			case <-changed:
			case <-ctx.Done():
				return "", fmt.Errorf("client %d has %d of %d revisions: %w", i+1, rev, server.Rev, ctx.Err())
			}
		}
	}
	return textOf(server.Content), nil
}

func textOf(content ot.Delta) string {
	var text strings.Builder
	for c := range content.Components() {
		text.WriteString(c.Text)
	}
	return text.String()
}
