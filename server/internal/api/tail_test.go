package api

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage/id"
)

// An event as a browser's EventSource has it.
type event struct{ id, kind, data string }

// tail is a stream of events, read by somebody who keeps nothing but the last id.
type tail struct {
	t     *testing.T
	body  *bufio.Reader
	close func()
	last  string // the id of the last event that had one
	retry string
}

// follow opens a stream of a document's revisions. Headers are pairs.
func (c *client) follow(doc id.Doc, query string, headers ...string) *tail {
	t := c.house.t
	t.Helper()
	response := c.followed(doc, query, headers...)
	if got := response.Header; response.StatusCode != 200 || got.Get("Content-Type") != "text/event-stream" || got.Get("Cache-Control") != "no-store" ||
		got.Get("X-Accel-Buffering") != "no" || !slices.Contains(got.Values("Vary"), "Accept") || got.Get("Coscribe-Epoch") == "" || got.Get("Coscribe-Head") == "" {
		t.Fatalf("the stream begins with %d %v", response.StatusCode, got)
	}
	return &tail{t: t, body: bufio.NewReader(response.Body), close: func() { response.Body.Close() }}
}

func (c *client) followed(doc id.Doc, query string, headers ...string) *http.Response {
	t := c.house.t
	t.Helper()
	headers = append([]string{"Accept", wire.EventStream}, headers...)
	response, err := c.house.server.Client().Do(c.request("GET", "/v1/documents/"+doc.String()+"/ops"+query, nil, headers...))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { response.Body.Close() })
	return response
}

// next is the next event; ok is false at the end of the stream.
func (s *tail) next() (e event, ok bool) {
	s.t.Helper()
	for {
		line, err := s.body.ReadString('\n')
		if err != nil {
			if err != io.EOF || line != "" {
				s.t.Logf("the stream broke off after %q: %v", line, err)
			}
			return event{}, false
		}
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		switch name {
		case "":
			if e.data != "" {
				return e, true
			}
		case "id":
			e.id, s.last = value, value
		case "event":
			e.kind = value
		case "data":
			e.data = value
		case "retry":
			s.retry = value
		case ":": // a comment
		default:
			s.t.Fatalf("a line %q", line)
		}
	}
}

// wants reads the next revisions, which are those up to one.
func (s *tail) wants(from, to int64) {
	s.t.Helper()
	for rev := from; rev <= to; rev++ {
		e, ok := s.next()
		var revision wire.Revision
		if err := json.Unmarshal([]byte(e.data), &revision); !ok || e.kind != "" || err != nil || int64(revision.Rev) != rev || revision.Delta == nil || e.id != fmt.Sprintf("e1-%d", rev) {
			s.t.Fatalf("got %+v, %v; want revision %d", e, ok, rev)
		}
	}
}

// ends reads the last event, and that it is the last.
func (s *tail) ends(reason string, comeBack bool) {
	s.t.Helper()
	e, ok := s.next()
	if want := fmt.Sprintf(`{"code":%q,"comeBack":%v}`, reason, comeBack); !ok || e.kind != "end" || e.id != "" || e.data != want {
		s.t.Fatalf("got %+v, %v; want the end %s", e, ok, want)
	}
	if e, ok := s.next(); ok {
		s.t.Fatalf("after the end came %+v", e)
	}
}

// A stream has what was written after a revision, and then what is written; one's own as well. Who comes back goes on after the last
// event that came.
func TestTail(t *testing.T) {
	h := newHouse(t)
	ada := h.user("ada")
	doc := ada.document("x").ID
	ada.write(doc, insert(0, 1, "c", "b", "a")).want(200)
	all, some := ada.follow(doc, ""), ada.follow(doc, "?after=2")
	all.wants(1, 3)
	some.wants(3, 3)
	ada.write(doc, insert(3, 1, "d")).want(200)
	all.wants(4, 4)
	some.wants(4, 4)
	some.close()
	ada.write(doc, insert(4, 1, "e", "f")).want(200)
	ada.follow(doc, "?after=2", "Last-Event-ID", some.last).wants(5, 6) // the query is as it was
	ada.follow(doc, "?after=6", "Last-Event-ID", "").wants(7, 6)
	all.wants(5, 6)
	if all.retry == "" {
		t.Error("the stream does not say how long to wait before coming back")
	}
	lines := ada.stream("/v1/documents/" + doc.String() + "/ops") // in both forms, revisions are the same
	again := ada.follow(doc, "")
	for _, line := range lines {
		e, _ := again.next()
		var revision wire.Revision
		if err := json.Unmarshal([]byte(e.data), &revision); err != nil || fmt.Sprint(revision) != fmt.Sprint(line) {
			t.Errorf("as an event %v (%v), on a line %v", revision, err, line)
		}
	}
	h.api.Drain()
	all.ends("draining", true)
	ada.do("GET", "/v1/documents/"+doc.String()+"/ops", nil, "Accept", wire.EventStream).refused(503, wire.CodeDraining)
}

// A place that is none, or of another history, is refused before the stream begins.
func TestTailFromNowhere(t *testing.T) {
	h := newHouse(t)
	ada := h.user("ada")
	doc := ada.document("x").ID
	ada.write(doc, insert(0, 1, "a")).want(200)
	path := "/v1/documents/" + doc.String() + "/ops"
	for _, garbage := range []string{"1", "e1", "e1-", "e-1", "e01-1", "e1-01", "e1--1", "e1-+1", "e0-1", " e1-1x", "e1-1,e1-2", "E1-1", `"e1-1"`, "e1-99999999999999999999", "\xff"} {
		problem := ada.do("GET", path, nil, "Accept", wire.EventStream, "Last-Event-ID", garbage).refused(400, wire.CodeInvalid)
		if !strings.Contains(problem.Detail, "Last-Event-ID") {
			t.Errorf("%s: %s", garbage, problem.Detail)
		}
	}
	ada.do("GET", path, nil, "Accept", wire.EventStream, "Last-Event-ID", "e2-1").refused(409, wire.CodeResync)
	ada.do("GET", path, nil, "Accept", wire.EventStream, "Last-Event-ID", "e2-5").refused(409, wire.CodeResync)
	ada.do("GET", path, nil, "Accept", wire.EventStream, "Last-Event-ID", "e1-2").refused(422, wire.CodeBadBase)
	ada.do("GET", path+"?after=2", nil, "Accept", wire.EventStream).refused(422, wire.CodeBadBase)
	ada.do("GET", path+"?after=-1", nil, "Accept", wire.EventStream).refused(400, wire.CodeInvalid)
	ada.do("GET", path+"?limit=1", nil, "Accept", wire.EventStream).refused(400, wire.CodeInvalid)
	twice := ada.request("GET", path, nil, "Accept", wire.EventStream)
	twice.Header["Last-Event-Id"] = []string{"e1-1", "e1-1"}
	ada.send(twice).refused(400, wire.CodeInvalid)
	if head := ada.do("HEAD", path, nil, "Accept", wire.EventStream).want(200); len(head.body) > 0 {
		t.Errorf("HEAD is answered with %s", head.body)
	}
}

// A right that ends in the middle of a stream ends it, with a word, and coming back is answered as it would be without a stream.
func TestTailEndsWithTheRight(t *testing.T) {
	h := newHouse(t)
	ada := h.user("ada")
	doc := ada.document("x").ID
	ada.write(doc, insert(0, 1, "a")).want(200)
	grants := "/v1/documents/" + doc.String() + "/grants/user:"
	for name, c := range map[string]struct {
		end    func(*client)
		reason string
		status int
		code   wire.Code
	}{
		"the grant": {func(kim *client) { ada.do("DELETE", grants+kim.user.ID.String(), nil).want(204) }, "access_revoked", 404, wire.CodeNotFound},
		"the right to history": {func(kim *client) {
			ada.do("PUT", grants+kim.user.ID.String(), map[string]any{"role": "viewer"}).want(200)
		}, "access_revoked", 403, wire.CodeForbidden},
		"the token": {func(kim *client) {
			kim.do("DELETE", "/v1/tokens/"+h.tokenActor(kim.user.ID).Credential.ID.String(), nil).want(204)
		}, "signed_out", 401, wire.CodeNotSignedIn},
	} {
		t.Run(name, func(t *testing.T) {
			kim := h.user("kim-" + strings.ReplaceAll(name, " ", "-"))
			h.grant(doc, kim.user.ID, authz.Editor, 0)
			stream := kim.follow(doc, "")
			if e, ok := stream.next(); !ok || e.id != "e1-1" {
				t.Fatalf("the stream begins with %+v, %v", e, ok)
			}
			c.end(kim)
			for { // what was written before
				e, ok := stream.next()
				if !ok {
					t.Fatal("the stream ends without a word")
				}
				if e.kind == "end" {
					if want := fmt.Sprintf(`{"code":%q,"comeBack":false}`, c.reason); e.data != want {
						t.Errorf("the stream ends with %s, want %s", e.data, want)
					}
					break
				}
			}
			kim.do("GET", "/v1/documents/"+doc.String()+"/ops", nil, "Accept", wire.EventStream, "Last-Event-ID", stream.last).refused(c.status, c.code)
		})
	}
	own := ada.follow(doc, "?after=1")
	ada.do("DELETE", "/v1/documents/"+doc.String(), nil).want(204)
	own.ends("no_document", false)
}

// Whoever may close a seat finds a stream among them, and closes it. In the room it is nobody.
func TestTailIsASeat(t *testing.T) {
	h := newHouse(t)
	ada, kim := h.user("ada"), h.user("kim")
	doc := ada.document("x").ID
	h.grant(doc, kim.user.ID, authz.Editor, 0)
	stream := kim.follow(doc, "")
	seats := into[wire.List[wire.SeatItem]](ada.do("GET", "/v1/documents/"+doc.String()+"/seats", nil).want(200)).Items
	if len(seats) != 1 || seats[0].User != kim.user.ID || !seats[0].Follows || seats[0].By != "token" || seats[0].Role != authz.Editor {
		t.Fatalf("the seats are %+v", seats)
	}
	ada.do("DELETE", "/v1/documents/"+doc.String()+"/seats/"+seats[0].Seat.String(), nil).want(204)
	stream.ends("disconnected", false)
	if left := into[wire.List[wire.SeatItem]](ada.do("GET", "/v1/documents/"+doc.String()+"/seats", nil).want(200)).Items; len(left) != 0 {
		t.Errorf("the seats are %+v", left)
	}
	again := kim.follow(doc, "")
	ada.write(doc, insert(0, 1, "a")).want(200)
	again.wants(1, 1)
}

// While nothing is written, there are signs of life.
func TestTailLives(t *testing.T) {
	h := newHouse(t)
	h.api.Streams.Beat = time.Millisecond
	ada := h.user("ada")
	stream := ada.follow(ada.document("x").ID, "")
	var read strings.Builder
	for !strings.HasSuffix(read.String(), "\n\n:\n\n:\n\n") {
		line, err := stream.body.ReadString('\n')
		if err != nil {
			t.Fatalf("the stream is %q, %v", read.String(), err)
		}
		read.WriteString(line)
	}
	if !strings.HasPrefix(read.String(), "retry: ") {
		t.Errorf("the stream begins %q", read.String())
	}
	stream.close()
}

// A stream ends of age, and its reader may come back.
func TestTailEndsOfAge(t *testing.T) {
	h := newHouse(t)
	h.api.Streams.Age = 10 * time.Millisecond
	ada := h.user("ada")
	ada.follow(ada.document("x").ID, "").ends("draining", true)
}

// The time that a request may take, which net/http lets go of when the request is read, ends no stream.
func TestTailOutlastsARequest(t *testing.T) {
	h := newHouse(t)
	ada := h.user("ada")
	doc := ada.document("x").ID
	usual := h.server
	defer func() { h.server = usual }()
	hasty := httptest.NewUnstartedServer(h.api)
	hasty.Config.ReadTimeout = 100 * time.Millisecond
	hasty.StartTLS()
	defer hasty.Close()
	h.server = hasty
	var response *http.Response
	for response == nil { // on a busy machine even this request may take longer
		response, _ = hasty.Client().Do(ada.request("GET", "/v1/documents/"+doc.String()+"/ops", nil, "Accept", wire.EventStream))
	}
	defer response.Body.Close()
	stream := &tail{t: t, body: bufio.NewReader(response.Body)}
	time.Sleep(2 * hasty.Config.ReadTimeout)
	h.server = usual
	ada.write(doc, insert(0, 1, "x")).want(200)
	stream.wants(1, 1)
	h.api.Drain()
	stream.ends("draining", true)
}

// serve has the house served anew, over HTTP/2 to those who speak it.
func (h *house) serve(change func(*http.Server)) {
	h.server.Close()
	h.server = httptest.NewUnstartedServer(h.api)
	h.server.EnableHTTP2 = true
	change(h.server.Config)
	h.server.StartTLS()
}

// A reader who takes nothing is cut off, and its place is given back.
func TestTailOfWhoDoesNotRead(t *testing.T) {
	h := newHouse(t)
	left := make(chan struct{})
	h.api.Admit = func(netip.Addr, id.User, id.Doc) (func(), wire.Code) { return func() { close(left) }, "" }
	h.api.Streams.Write = time.Second
	h.serve(func(s *http.Server) {
		s.ConnContext = func(ctx context.Context, c net.Conn) context.Context {
			_ = c.(*tls.Conn).NetConn().(*net.TCPConn).SetWriteBuffer(4 << 10)
			return ctx
		}
	})
	ada := h.user("ada")
	doc := ada.document("x").ID
	long := slices.Repeat([]string{strings.Repeat("x", 30_000)}, 30) // more than lies between the two
	ada.write(doc, insert(0, 1, long...)).want(200)
	deaf := h.server.Client().Transport.(*http.Transport).Clone()
	deaf.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
		if err == nil {
			err = conn.(*net.TCPConn).SetReadBuffer(4 << 10)
		}
		return conn, err
	}
	defer deaf.CloseIdleConnections()
	response, err := deaf.RoundTrip(ada.request("GET", "/v1/documents/"+doc.String()+"/ops", nil, "Accept", wire.EventStream))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	select {
	case <-left:
	case <-time.After(time.Minute):
		t.Error("the stream of one who does not read is open a minute later")
	}
}

// There is no place: the problem comes instead of the stream, for whoever may have one.
func TestTailWithoutAPlace(t *testing.T) {
	h := newHouse(t)
	ada, stranger := h.user("ada"), h.user("stranger")
	doc := ada.document("x").ID
	path := "/v1/documents/" + doc.String() + "/ops"
	var refused wire.Code
	h.api.Admit = func(netip.Addr, id.User, id.Doc) (func(), wire.Code) { return nil, refused }
	for code, status := range map[wire.Code]int{wire.CodeRateLimited: 429, wire.CodeOverloaded: 503} {
		refused = code
		if got := ada.do("GET", path, nil, "Accept", wire.EventStream); got.header.Get("Retry-After") == "" {
			t.Errorf("%d without Retry-After", status)
		} else {
			got.refused(status, code)
		}
		stranger.do("GET", path, nil, "Accept", wire.EventStream).refused(404, wire.CodeNotFound)
	}
}

// Over HTTP/2, where a deadline that passes ends a stream that does not write as well, it lasts longer than one write may.
func TestTailOverHTTP2(t *testing.T) {
	t.Parallel() // it waits
	h := newHouse(t)
	h.serve(func(*http.Server) {})
	h.api.Streams.Write = 3 * time.Second // which no write takes, however busy the machine is
	ada := h.user("ada")
	doc := ada.document("x").ID
	response := ada.followed(doc, "")
	if response.ProtoMajor != 2 {
		t.Fatalf("the protocol is %s", response.Proto)
	}
	stream := &tail{t: t, body: bufio.NewReader(response.Body)}
	ada.write(doc, insert(0, 1, "x")).want(200)
	stream.wants(1, 1)
	time.Sleep(h.api.Streams.Write + 100*time.Millisecond)
	ada.write(doc, insert(1, 1, "x")).want(200)
	stream.wants(2, 2)
	h.api.Drain()
	stream.ends("draining", true)
}
