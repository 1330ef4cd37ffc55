package client_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coscribe/coscribe/client"
	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage/id"
)

// handlerTransport answers requests without a network, so that a bubble's clock can run ahead.
type handlerTransport struct{ http.HandlerFunc }

func (h handlerTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	h.HandlerFunc(w, r)
	if w.Code == 0 {
		return nil, errors.New("the connection broke")
	}
	return w.Result(), nil
}

func clientOf(t *testing.T, handler http.HandlerFunc) *client.Client {
	t.Helper()
	c, err := client.New("https://docs.example.org", client.WithToken("secret"), client.WithHTTPClient(&http.Client{Transport: handlerTransport{handler}}))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestProblemsMatchSentinels(t *testing.T) {
	head := ot.Rev(7)
	c := clientOf(t, func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(409)
		w.Write(wire.Append(nil, wire.Problem{Status: 409, Code: wire.CodeConflict, Detail: "Read on.", RequestID: "q", Head: &head}))
	})
	_, err := c.WriteOps(t.Context(), id.New[id.Doc](), wire.WriteOps{Mode: client.Exact, Ops: []ot.Delta{insert(0, "x")}})
	var problem *client.Problem
	if !errors.Is(err, client.ErrConflict) || errors.Is(err, client.ErrGone) || !errors.As(err, &problem) || *problem.Head != 7 {
		t.Errorf("got %v; want a *Problem that is ErrConflict, with head 7", err)
	}
}

func TestStrangeAnswerKeepsItsStatus(t *testing.T) {
	c := clientOf(t, func(w http.ResponseWriter, r *http.Request) { http.Error(w, "<h1>nginx</h1>", 404) })
	var problem *client.Problem
	if _, err := c.Document(t.Context(), id.New[id.Doc]()); !errors.As(err, &problem) || problem.Status != 404 || problem.Code != "" {
		t.Errorf("got %v; want a *Problem of status 404 without a code", err)
	}
}

// TestWritesAreRepeatedUnderTheSameKeys: the server has written, and the answer was lost, or it was busy.
func TestWritesAreRepeatedUnderTheSameKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var bodies []wire.WriteOps
		c := clientOf(t, func(w http.ResponseWriter, r *http.Request) {
			var body wire.WriteOps
			data := make([]byte, r.ContentLength)
			r.Body.Read(data)
			if err := wire.Decode(data, &body); err != nil {
				t.Errorf("body %s: %v", data, err)
			}
			if bodies = append(bodies, body); len(bodies) < 3 {
				w.Header().Set("Retry-After", "2")
				problem(w, 503, wire.CodeUnavailable)
				return
			}
			w.Write(wire.Append(nil, wire.Written{Epoch: 1, Head: 9}))
		})
		began := time.Now()
		written, err := c.WriteOps(t.Context(), id.New[id.Doc](), wire.WriteOps{Epoch: 1, Ops: []ot.Delta{insert(0, "x"), insert(1, "y")}})
		if err != nil || written.Head != 9 || len(bodies) != 3 {
			t.Fatalf("WriteOps = %+v, %v after %d requests; want head 9 after 3", written, err, len(bodies))
		}
		if time.Since(began) < 4*time.Second {
			t.Errorf("repeated after %v, and the server asked for 2 s twice", time.Since(began))
		}
		first, last := bodies[0], bodies[2]
		if first.Client != last.Client || first.Seq != 1 || last.Seq != 1 || len(first.IDs) != 2 || first.IDs[1] != last.IDs[1] || first.Mode != client.Rebase {
			t.Errorf("repeated as %+v, first as %+v; want the same keys", last, first)
		}
	})
}

func TestWhatMayHaveHappenedIsNotRepeated(t *testing.T) {
	requests := 0
	c := clientOf(t, func(w http.ResponseWriter, r *http.Request) {
		requests++
		problem(w, 503, wire.CodeUnavailable)
	})
	if _, err := c.CreateDocument(t.Context(), "once"); err == nil || requests != 1 {
		t.Errorf("%d requests, %v; want 1 and an error", requests, err)
	}
}

// TestOpsAreTakenUpWhereTheyBroke cuts the stream in the middle of a line, and then after one, where a proxy that speaks HTTP/1.0
// makes it look whole.
func TestOpsAreTakenUpWhereTheyBroke(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var lines []string
		for rev := range ot.Rev(10) {
			d := insert(0, "x")
			lines = append(lines, string(wire.AppendRevision(nil, &wire.Revision{Rev: rev + 1, Kind: "edit"}, d.AppendJSON(nil)))+"\n")
		}
		requests := 0
		c := clientOf(t, func(w http.ResponseWriter, r *http.Request) {
			after := len(r.URL.Query().Get("after")) // never empty
			if requests++; r.Header.Get("Accept") != "application/x-ndjson" || after == 0 {
				t.Errorf("request %v %v", r.URL, r.Header)
			}
			from := int(r.URL.Query().Get("after")[0] - '0')
			rest := strings.Join(lines[from:], "")
			switch requests {
			case 1:
				rest = rest[:len(lines[0])*2+20]
			case 2:
				rest = rest[:len(lines[0])*2]
			}
			w.Header().Set("Coscribe-Head", "10")
			w.Write([]byte(rest))
		})
		next := ot.Rev(1)
		for revision, err := range c.Ops(t.Context(), id.New[id.Doc](), client.From(0)) {
			if err != nil || revision.Rev != next || !revision.Delta.Equal(insert(0, "x")) {
				t.Fatalf("got revision %d, %v; want %d", revision.Rev, err, next)
			}
			next++
		}
		if next != 11 || requests != 3 {
			t.Errorf("ended before revision %d after %d requests; want 11, 3", next, requests)
		}
	})
}

// TestOpsOfSomebodyElse: the sign-in page of a network is no log without revisions.
func TestOpsOfSomebodyElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		requests := 0
		c := clientOf(t, func(w http.ResponseWriter, r *http.Request) { requests++ })
		for revision, err := range c.Ops(t.Context(), id.New[id.Doc](), client.From(0)) {
			if err == nil {
				t.Errorf("got revision %d", revision.Rev)
			}
			return
		}
		t.Errorf("ended without an error after %d requests", requests)
	})
}

func TestTokenDoesNotTravel(t *testing.T) {
	requests := 0
	c := clientOf(t, func(w http.ResponseWriter, r *http.Request) {
		requests++
		http.Redirect(w, r, "https://elsewhere.example.org/", http.StatusTemporaryRedirect)
	})
	if _, err := c.Me(t.Context()); err == nil || requests != 1 {
		t.Errorf("%d requests, %v; want 1 and an error", requests, err)
	}
}

func TestNewRefusesWhatIsNoServer(t *testing.T) {
	for _, address := range []string{"", "docs.example.org", "ftp://docs.example.org", "https://docs.example.org/v1", "https://x?y=z", "://"} {
		if _, err := client.New(address); err == nil {
			t.Errorf("New(%q): no error", address)
		}
	}
	if _, err := client.New("https://docs.example.org/", client.WithToken("a\r\nb")); err == nil {
		t.Error("a token with a line end: no error")
	}
}
