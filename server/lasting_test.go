package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage/id"
)

// TestChurnLeavesNothingBehind: many come and go, some without a word; then there is nobody, and nothing is remembered of them.
func TestChurnLeavesNothingBehind(t *testing.T) {
	churned := times(t, "COSCRIBE_CHURNED", 1_000)
	l := startHere(t, "--limits-profile=load")
	doc := newDocument(t, administrator(t, l.process))
	author := signIn(t, l.url, "ana@example.com")
	before := l.metric("go_goroutines")
	for i := range churned {
		if i%10 == 0 {
			w, err := sitDown(t, author, doc, id.New[id.Client]())
			if err != nil {
				t.Fatal(err)
			}
			w.leave()
			continue
		}
		_, _, conn := l.shake(doc)
		conn.Close()
	}
	l.counts(map[string]string{"coscribe_connections_open": "0", "coscribe_seats_open": "0", "coscribe_handshakes_total": fmt.Sprint(churned)})
	want, _ := strconv.Atoi(before)
	eventually(t, "goroutines are back", func() (bool, string) {
		got, _ := strconv.Atoi(l.metric("go_goroutines"))
		return got <= want+10, fmt.Sprintf("%d, before %d", got, want)
	})
}

// TestSilenceIsNoticed: who does not answer pings is closed, and nothing of them stays.
func TestSilenceIsNoticed(t *testing.T) {
	l := startHere(t, "--limit-ping-every=2s", "--limit-pong-time=1500ms")
	doc := newDocument(t, administrator(t, l.process))
	author := signIn(t, l.url, "ana@example.com")
	silent, err := sitDown(t, author, doc, id.New[id.Client]()) // it does not read, so it hears no ping
	if err != nil {
		t.Fatal(err)
	}
	answering, err := sitDown(t, author, doc, id.New[id.Client]())
	if err != nil {
		t.Fatal(err)
	}
	answering.listen()
	l.counts(map[string]string{`coscribe_connections_closed_total{reason="no_pong"}`: "1", "coscribe_connections_open": "1"})
	silent.listen()
	silent.until("the close frame", func() bool { return silent.closed == wire.CloseNoPong })
	answering.mu.Lock()
	defer answering.mu.Unlock()
	if answering.closed != 0 {
		t.Errorf("who answers is closed with %d", answering.closed)
	}
}

// TestConnectionsEndOfAge: give or take a tenth, not all at once, and with a code that says to come back.
func TestConnectionsEndOfAge(t *testing.T) {
	const age = 3 * time.Second
	l := startHere(t, "--limit-connection-age="+age.String(), "--limit-ping-every=300ms", "--limit-pong-time=250ms")
	doc := newDocument(t, administrator(t, l.process))
	author := signIn(t, l.url, "ana@example.com")
	var lasted []time.Duration
	type seated struct {
		*wired
		since time.Time
	}
	var all []seated
	sit := func() seated {
		since := time.Now()
		w, err := sitDown(t, author, doc, id.New[id.Client]())
		if err != nil {
			t.Fatal(err)
		}
		w.listen()
		return seated{w, since}
	}
	for range 16 {
		all = append(all, sit())
	}
	for len(lasted) < len(all) {
		for i := range all {
			all[i].mu.Lock()
			closed := all[i].closed
			all[i].mu.Unlock()
			switch {
			case closed == 0 || all[i].since.IsZero():
			case closed == wire.CloseNoPong: // on a busy machine, where a client may be late
				all[i] = sit()
			case closed != wire.CloseDraining:
				t.Fatalf("closed with %d", closed)
			default:
				lasted = append(lasted, time.Since(all[i].since))
				all[i].since = time.Time{}
			}
		}
		pause(t.Context(), 5*time.Millisecond)
		if t.Context().Err() != nil {
			t.Fatal("they do not end")
		}
	}
	t.Logf("they lasted %v", lasted)
	if first, last := slices.Min(lasted), slices.Max(lasted); first < age-age/10 || last-first < age/100 { // how late the last is depends on the machine
		t.Errorf("they lasted from %v to %v, want %v give or take a tenth", first, last, age)
	}
}

// TestWhoDoesNotReadIsClosed, and logged as such, while the others go on.
func TestWhoDoesNotReadIsClosed(t *testing.T) {
	l := startHere(t, "--limits-profile=load", "--limit-write-time=1s", "--limit-behind-bytes=128KiB")
	doc := newDocument(t, administrator(t, l.process))
	author := signIn(t, l.url, "ana@example.com")
	sit := func() *wired {
		t.Helper()
		w, err := sitDown(t, author, doc, id.New[id.Client]())
		if err != nil {
			t.Fatal(err)
		}
		return w
	}
	_, writer := sit(), sit()
	writer.listen()
	text := strings.Repeat("a", 30_000)
	seq := int64(0)
	eventually(t, "the one who does not read is closed", func() (bool, string) {
		for range 20 {
			for _, delta := range []ot.Delta{ot.New().Insert(text, nil).MustDelta(), ot.New().Delete(len(text)).MustDelta()} {
				seq++
				writer.mu.Lock()
				base := writer.rev
				writer.mu.Unlock()
				writer.say(&wire.Submit{Seq: seq, ID: id.New[id.Edit](), Base: base, Delta: delta})
				writer.until("the answer", func() bool { return writer.answers[seq] != 0 })
			}
		}
		return l.metric("coscribe_slow_consumers_total") == "1", fmt.Sprint(seq, " edits")
	})
	if !strings.Contains(l.log.String(), `"event":"slow_consumer"`) {
		t.Error("it is not logged")
	}
}
