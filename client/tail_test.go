package client_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/coscribe/coscribe/client"
	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage/id"
)

// answers is a server that answers one request after the other, and notes where each begins.
func answers(t *testing.T, answers ...http.HandlerFunc) (c *client.Client, asked func() []string) {
	t.Helper()
	var began []string
	served := make(chan struct{}, 1)
	served <- struct{}{} // guards began
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		<-served
		began = append(began, r.URL.RawQuery+r.Header.Get("Last-Event-ID"))
		n := len(began)
		served <- struct{}{}
		if r.Header.Get("Accept") != wire.EventStream || n > len(answers) {
			problem(w, 400, wire.CodeInvalid)
			return
		}
		answers[n-1](w, r)
	}))
	t.Cleanup(server.Close)
	c, err := client.New(server.URL, client.WithToken("t"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.CloseIdle)
	return c, func() []string { <-served; defer func() { served <- struct{}{} }(); return began }
}

// events answers with a stream that breaks off behind them.
func events(text ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", wire.EventStream)
		w.Header().Set("Coscribe-Epoch", "3")
		fmt.Fprint(w, "retry: 1\n\n")
		for _, event := range text {
			fmt.Fprint(w, event)
		}
	}
}

func written(rev ot.Rev) string {
	return fmt.Sprintf("id: e3-%d\ndata: %s\n\n", rev, wire.AppendRevision(nil, &wire.Revision{Rev: rev, ID: id.New[id.Edit](), At: time.Now(), Kind: "edit"}, []byte(`{"ops":[{"insert":"x"}]}`)))
}

func ended(reason string) string {
	return fmt.Sprintf("event: end\ndata: {\"code\":%q}\n\n", reason)
}

func refused(status int, code wire.Code) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { problem(w, status, code) }
}

// read reads a tail from revision 5 on to its end.
func read(ctx context.Context, c *client.Client) (revs []ot.Rev, err error) {
	for revision, err := range c.Tail(ctx, id.New[id.Doc](), client.From(5)) {
		if err != nil {
			return revs, err
		}
		revs = append(revs, revision.Rev)
	}
	return revs, nil
}

// What breaks off, or is to be asked for again, is taken up where it stopped; what is no revision's place, or of no known kind,
// does no harm.
func TestTailComesBack(t *testing.T) {
	c, asked := answers(t,
		refused(503, wire.CodeDraining),
		events(written(6), ": still here\n\n", written(7)),
		events(),
		refused(429, wire.CodeRateLimited),
		events("event: greeting\ndata: hello\n\n", written(8), ended("draining")),
		events(written(8)), // which it has
		events(written(9), ended("internal")),
		events(written(10), "id: e3-11\ndata: {\"rev\":11"),
		events(written(11), ended("access_revoked"), written(12)),
	)
	revs, err := read(within(t), c)
	if fmt.Sprint(revs) != "[6 7 8 9 10 11]" || !errors.Is(err, client.ErrForbidden) {
		t.Errorf("read %v, %v", revs, err)
	}
	if got := fmt.Sprint(asked()); got != "[after=5 after=5 e3-7 e3-7 e3-7 e3-8 e3-8 e3-9 e3-10]" {
		t.Errorf("the streams begin at %s", got)
	}
}

// What ends for good says why, in a form that programs tell apart.
func TestTailEnds(t *testing.T) {
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		want   error
	}{
		"no such document":   {refused(404, wire.CodeNotFound), client.ErrNotFound},
		"no right":           {refused(403, wire.CodeForbidden), client.ErrForbidden},
		"another history":    {refused(409, wire.CodeResync), client.ErrResync},
		"signed out":         {events(ended("signed_out")), client.ErrNotSignedIn},
		"deleted":            {events(ended("no_document")), client.ErrNotFound},
		"the right is taken": {events(ended("access_revoked")), client.ErrForbidden},
		"closed by somebody": {events(ended("disconnected")), nil},
	} {
		t.Run(name, func(t *testing.T) {
			c1, asked := answers(t, c.answer)
			revs, err := read(within(t), c1)
			if len(revs) > 0 || err == nil || c.want != nil && !errors.Is(err, c.want) || len(asked()) != 1 {
				t.Errorf("read %v, %v, in %d requests", revs, err, len(asked()))
			}
		})
	}
	ctx, cancel := context.WithCancel(within(t))
	c, _ := answers(t, func(w http.ResponseWriter, r *http.Request) {
		events(written(6))(w, r)
		http.NewResponseController(w).Flush()
		cancel()
		<-r.Context().Done()
	})
	if _, err := read(ctx, c); !errors.Is(err, context.Canceled) {
		t.Errorf("the end of the context ends with %v", err)
	}
	nobody, err := client.New("http://127.0.0.1:1", client.WithToken("t"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := read(within(t), nobody); err == nil {
		t.Error("where nobody answers there is no error")
	}
}

// A reader stops when it likes.
func TestTailStops(t *testing.T) {
	c, asked := answers(t, events(written(6), written(7)))
	for range c.Tail(within(t), id.New[id.Doc](), client.From(5)) {
		break
	}
	if n := len(asked()); n != 1 {
		t.Errorf("%d requests", n)
	}
}
