package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/client"
	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/server/internal/oracle"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage/id"
)

// An event is one of a stream.
type event struct{ id, kind, data string }

// stream is an answer that does not end.
type stream struct {
	response *http.Response
	cancel   context.CancelFunc
}

// openStream asks for a document's revisions as events, after the one with an id, or from the beginning.
func openStream(ctx context.Context, url, token string, doc id.Doc, last string) (*stream, error) {
	ctx, cancel := context.WithCancel(ctx)
	request, err := http.NewRequestWithContext(ctx, "GET", url+"/v1/documents/"+doc.String()+"/ops", nil)
	if err != nil {
		panic(err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Accept", "text/event-stream")
	if last != "" {
		request.Header.Set("Last-Event-ID", last)
	}
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		cancel()
		return nil, err
	}
	return &stream{response, cancel}, nil
}

func (s *stream) close() {
	s.cancel()
	s.response.Body.Close()
}

// each calls take with every event until the stream breaks off or take has enough.
func (s *stream) each(take func(event) bool) {
	lines := bufio.NewScanner(s.response.Body)
	lines.Buffer(nil, 16<<20)
	for e := (event{}); lines.Scan(); {
		switch name, value, _ := strings.Cut(lines.Text(), ": "); {
		case lines.Text() == "":
			if e.data != "" && !take(e) {
				return
			}
			e = event{}
		case name == "id":
			e.id = value
		case name == "event":
			e.kind = value
		case name == "data":
			e.data = value
		}
	}
}

// bareToken is the secret of a token of the administrator's, for programs that do not use the Go client.
func bareToken(t *testing.T, url string) string {
	t.Helper()
	token, err := signIn(t, url, "ana@example.com").CreateToken(t.Context(), wire.NewToken{Name: "stream", Scopes: []string{"read"}})
	if err != nil {
		t.Fatalf("make a token: %v", err)
	}
	return token.Secret
}

// tails read what a crowd writes, as event streams, through everything that happens to the server. The oracle judges by their
// journals that nothing is missing, comes twice or is another than in the log.
type tails struct {
	crowd   *crowd
	stop    context.CancelFunc
	reading sync.WaitGroup
	begun   int

	mu   sync.Mutex
	read [2]ot.Rev // how far each has come; guarded by mu
}

// startTails has the crowd's document read by the Go client, and by a program that knows no more than what an event is.
func startTails(c *crowd, reader *client.Client) *tails {
	c.t.Helper()
	ctx, stop := context.WithCancel(c.t.Context())
	s := &tails{crowd: c, stop: stop}
	c.t.Cleanup(func() { stop(); s.reading.Wait() })
	s.start(func(take func(ot.Rev, id.Edit)) {
		for revision, err := range reader.Tail(ctx, c.doc, client.From(0)) {
			if err == nil {
				take(revision.Rev, revision.ID)
			} else if ctx.Err() == nil {
				c.t.Errorf("the tail ended with %v", err)
			}
		}
	})
	token := bareToken(c.t, reader.URL())
	s.start(func(take func(ot.Rev, id.Edit)) {
		for last := ""; ctx.Err() == nil; pause(ctx, 20*time.Millisecond) {
			stream, err := openStream(ctx, reader.URL(), token, c.doc, last)
			if err != nil {
				continue
			}
			stream.each(func(e event) bool {
				var revision wire.Revision
				if err := json.Unmarshal([]byte(e.data), &revision); e.kind == "" && (err != nil || e.id != fmt.Sprintf("e1-%d", revision.Rev)) {
					c.t.Errorf("an event %+v: %v", e, err)
				}
				if e.kind == "" {
					last = e.id
					take(revision.Rev, revision.ID)
				}
				return true
			})
			stream.close()
		}
	})
	return s
}

// start has one of them read.
func (s *tails) start(read func(take func(ot.Rev, id.Edit))) {
	n := s.begun
	s.begun++
	journal, err := oracle.NewJournal(s.crowd.folder, "tail-"+strconv.Itoa(n))
	if err != nil {
		s.crowd.t.Fatal(err)
	}
	s.reading.Go(func() {
		read(func(rev ot.Rev, edit id.Edit) {
			journal.Received(rev, edit)
			s.mu.Lock()
			defer s.mu.Unlock()
			if rev != s.read[n]+1 {
				s.crowd.t.Errorf("a tail got revision %d after %d", rev, s.read[n])
			}
			s.read[n] = rev
		})
		if err := journal.Close(); err != nil {
			s.crowd.t.Error(err)
		}
	})
}

// end waits until all have read what the crowd has, which does not write any more.
func (s *tails) end() {
	s.crowd.t.Helper()
	head := s.crowd.meet()
	eventually(s.crowd.t, "the tails have what everybody has", func() (bool, string) {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.read == [2]ot.Rev{head, head}, fmt.Sprintf("%d of %d", s.read, head)
	})
	s.stop()
	s.reading.Wait()
}

// A stream counts as a connection, with streams and sockets of the same user, and ends with the server: at once and with a word.
func TestStreamsOfAServer(t *testing.T) {
	const few = 2
	l := startHere(t, fmt.Sprint("--limit-connections-per-user=", few))
	c := administrator(t, l.process)
	doc, token := newDocument(t, c), bareToken(t, l.url)
	open := func() *stream {
		t.Helper()
		s, err := openStream(t.Context(), l.url, token, doc, "")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.close)
		return s
	}
	first := open()
	live, err := c.Open(t.Context(), doc)
	if err != nil {
		t.Fatal(err)
	}
	over := open()
	if wait := over.response.Header.Get("Retry-After"); over.response.StatusCode != http.StatusTooManyRequests || wait == "" {
		t.Errorf("one too many: status %d, Retry-After %q", over.response.StatusCode, wait)
	}
	l.counts(map[string]string{"coscribe_streams_open": "1", "coscribe_connections_open": "1", "coscribe_seats_open": "2"})

	if _, err := live.Submit(t.Context(), ot.New().Insert("x", nil).MustDelta()); err != nil {
		t.Fatal(err)
	}
	first.each(func(e event) bool {
		if e.id != "e1-1" {
			t.Errorf("the first event is %+v", e)
		}
		return false
	})
	first.close()
	live.Close()
	l.counts(map[string]string{"coscribe_streams_open": "0", "coscribe_connections_open": "0", "coscribe_seats_open": "0"})

	var streams []*stream
	for range few {
		streams = append(streams, open())
	}
	l.counts(map[string]string{"coscribe_streams_open": fmt.Sprint(few)})
	l.end()
	for _, s := range streams {
		var last event
		s.each(func(e event) bool { last = e; return true })
		if last.kind != "end" || last.data != `{"code":"draining","comeBack":true}` {
			t.Errorf("the last event is %+v", last)
		}
	}
}

// The Go client's error for every end of a right is one that programs can tell apart.
func TestTailByTheGoClient(t *testing.T) {
	l := startHere(t)
	c := administrator(t, l.process)
	doc := newDocument(t, c)
	if err := c.Grant(t.Context(), doc, client.ToEveryone(), wire.PutGrant{Role: authz.Editor}); err != nil {
		t.Fatal(err)
	}
	ben := signUpBy(t, l.url, c, "ben@example.com", "Ben Okafor")
	tail := make(chan error, 1)
	go func() {
		for _, err := range ben.Tail(t.Context(), doc, client.From(0)) {
			tail <- err
		}
	}()
	if _, err := c.WriteOps(t.Context(), doc, wire.WriteOps{Epoch: 1, Ops: []ot.Delta{ot.New().Insert("x", nil).MustDelta()}}); err != nil {
		t.Fatal(err)
	}
	if err := <-tail; err != nil {
		t.Fatal(err)
	}
	if err := c.Revoke(t.Context(), doc, client.ToEveryone()); err != nil {
		t.Fatal(err)
	}
	if err := <-tail; !errors.Is(err, client.ErrForbidden) {
		t.Errorf("the tail ended with %v", err)
	}
	for _, err := range ben.Tail(t.Context(), doc, client.From(0)) {
		if !errors.Is(err, client.ErrNotFound) {
			t.Errorf("another ended with %v", err)
		}
	}
}
