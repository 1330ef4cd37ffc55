package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage/id"
)

// raw opens a connection, says something, and returns the connection.
func (l *local) raw(said string) net.Conn {
	l.t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(l.url, "http://"))
	if err != nil {
		l.t.Fatal(err)
	}
	l.t.Cleanup(func() { conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(converged))
	if _, err := io.WriteString(conn, said); err != nil {
		l.t.Fatal(err)
	}
	return conn
}

// status is that of the answer on a connection; 0 if it was closed without one.
func status(t *testing.T, conn net.Conn) int {
	t.Helper()
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		if netErr, ok := errors.AsType[net.Error](err); ok && netErr.Timeout() {
			t.Error("it was not closed")
		}
		return 0
	}
	return answer.StatusCode
}

// TestRequestsAreBounded in the time and length of headers and bodies, and in the time between them.
func TestRequestsAreBounded(t *testing.T) {
	l := startHere(t, "--limit-header-time=400ms", "--limit-request-time=800ms", "--limit-idle-time=600ms",
		"--limit-header-bytes=8KiB", "--limit-body-bytes=2KiB")
	head := "POST /v1/session HTTP/1.1\r\nHost: " + strings.TrimPrefix(l.url, "http://") + "\r\nContent-Type: application/json\r\n"
	get := "GET /livez HTTP/1.1\r\nHost: " + strings.TrimPrefix(l.url, "http://") + "\r\n"
	for _, c := range []struct {
		name, said string
		want       []int
		within     time.Duration
	}{
		{"headers that do not end", get + "X-Slow: ", []int{0, 408}, 400 * time.Millisecond},
		{"nothing at all", "", []int{0, 408}, 400 * time.Millisecond},
		{"headers that are too long", get + "X-Long: " + strings.Repeat("a", 16<<10) + "\r\n\r\n", []int{431}, 0},
		{"body that does not come", head + "Content-Length: 100\r\n\r\n{", []int{0, 400, 408}, 800 * time.Millisecond},
		{"body that is too long", head + "Content-Length: 3000\r\n\r\n" + strings.Repeat(" ", 3000), []int{413}, 0},
		{"endless body", head + "Transfer-Encoding: chunked\r\n\r\n" + strings.Repeat("400\r\n"+strings.Repeat(" ", 1024)+"\r\n", 4), []int{413}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			began := time.Now()
			got := status(t, l.raw(c.said))
			if took := time.Since(began); !slices.Contains(c.want, got) || took > c.within+10*time.Second || took < c.within-50*time.Millisecond {
				t.Errorf("status %d after %v, want one of %v after %v", got, took, c.want, c.within)
			}
		})
	}
	idle := l.raw(get + "\r\n")
	in := bufio.NewReader(idle)
	answer, err := http.ReadResponse(in, nil)
	if err != nil || answer.StatusCode != 200 {
		t.Fatal(answer, err)
	}
	_, _ = io.Copy(io.Discard, answer.Body)
	if _, err := in.ReadByte(); err != io.EOF {
		t.Errorf("an idle connection: %v", err)
	}
}

// TestSlowConnectionsChangeNothing: a thousand that never finish their headers are cut, and others are answered meanwhile. The line
// that it writes says whether as fast as before.
func TestSlowConnectionsChangeNothing(t *testing.T) {
	l := startHere(t, "--limit-header-time=3s")
	// p99 is of so many requests, one after the other.
	p99 := func() time.Duration {
		took := make([]time.Duration, 300)
		for i := range took {
			began := time.Now()
			if code, _ := page(t, l.url+"/livez"); code != 200 {
				t.Fatalf("status %d", code)
			}
			took[i] = time.Since(began)
		}
		slices.Sort(took)
		return took[len(took)*99/100]
	}
	before := p99()
	slow := make([]net.Conn, 1_000)
	for i := range slow {
		slow[i] = l.raw("GET / HTTP/1.1\r\nX-Slow: ")
	}
	during := p99()
	t.Logf("p99 of a healthy request: %v, with %d slow connections %v", before, len(slow), during)
	for _, conn := range slow {
		if got := status(t, conn); got != 0 && got != 408 {
			t.Fatalf("a slow connection is answered with %d", got)
		}
	}
}

// shake makes a handshake, and returns the answer's status and headers. What gets a connection keeps it until the test ends.
func (l *local) shake(doc id.Doc, more ...string) (int, http.Header, net.Conn) {
	l.t.Helper()
	host := strings.TrimPrefix(l.url, "http://")
	headers := append([]string{"Host: " + host, "Origin: " + l.url, "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Protocol: " + wire.Subprotocol}, more...)
	conn := l.raw(fmt.Sprintf("GET /v1/documents/%s/socket HTTP/1.1\r\n%s\r\n\r\n", doc, strings.Join(headers, "\r\n")))
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		l.t.Fatal(err)
	}
	return answer.StatusCode, answer.Header, conn
}

// TestOneConnectionTooMany: of each kind, at the number that is configured; and the place of one that leaves is free again.
func TestOneConnectionTooMany(t *testing.T) {
	const few = 3
	free := func(t *testing.T, again func() bool) {
		t.Helper()
		left := time.Now()
		eventually(t, "the place is free", func() (bool, string) { return again(), "" })
		t.Logf("free after %v", time.Since(left).Round(time.Millisecond))
	}
	for flag, want := range map[string]int{
		"unauthenticated-per-address": 429, "unauthenticated-per-node": 503, "connections-per-address": 429, "connections-per-node": 503,
	} {
		t.Run(flag, func(t *testing.T) {
			l := startHere(t, fmt.Sprintf("--limit-%s=%d", flag, few), "--limit-handshakes-per-second=1000", "--limit-handshake-burst=1000", "--limit-join-time=10m")
			doc := id.New[id.Doc]()
			var last net.Conn
			for range few {
				code, _, conn := l.shake(doc)
				if code != http.StatusSwitchingProtocols {
					t.Fatalf("status %d", code)
				}
				last = conn
			}
			code, header, _ := l.shake(doc)
			if wait, err := strconv.Atoi(header.Get("Retry-After")); code != want || err != nil || wait < 1 {
				t.Errorf("one too many: status %d, Retry-After %q, want %d", code, header.Get("Retry-After"), want)
			}
			last.Close()
			free(t, func() bool { code, _, _ := l.shake(doc); return code == http.StatusSwitchingProtocols })
		})
	}
	for _, flag := range []string{"connections-per-user", "connections-per-document"} {
		t.Run(flag, func(t *testing.T) {
			l := startHere(t, fmt.Sprintf("--limit-%s=%d", flag, few))
			doc := newDocument(t, administrator(t, l.process))
			author := signIn(t, l.url, "ana@example.com")
			sit := func() *wired {
				t.Helper()
				w, err := sitDown(t, author, doc, id.New[id.Client]())
				if err != nil {
					t.Fatal(err)
				}
				go w.conn.ReadLoop()
				w.until("an answer", func() bool { return w.welcome != nil || w.closed != 0 })
				return w
			}
			var last *wired
			for range few {
				if last = sit(); last.welcome == nil {
					t.Fatalf("closed with %d", last.closed)
				}
			}
			if w := sit(); w.closed != wire.CloseTooMany {
				t.Errorf("one too many: closed with %d", w.closed)
			}
			last.leave()
			free(t, func() bool { return sit().welcome != nil })
		})
	}
	t.Run("handshakes-per-second", func(t *testing.T) {
		l := startHere(t, "--limit-handshake-burst=5", "--limit-handshakes-per-second=2", "--limit-unauthenticated-per-address=100")
		refused, began := 0, time.Now()
		for range 20 {
			if code, _, conn := l.shake(id.New[id.Doc]()); code == http.StatusTooManyRequests {
				refused++
			} else {
				conn.Close()
			}
		}
		if accepted, most := 20-refused, 5+2*int(time.Since(began)/time.Second+1); accepted > most {
			t.Errorf("of twenty handshakes at once %d are accepted, want %d at most", accepted, most)
		}
	})
}

// TestAddressesBehindAProxy: a trusted proxy says who comes, and that it was encrypted; an IPv6 customer has one place, not 2⁶⁴.
func TestAddressesBehindAProxy(t *testing.T) {
	l := startHere(t, "--trusted-proxy=127.0.0.1/32", "--public-url=https://docs.example.com", "--limit-unauthenticated-per-address=2",
		"--limit-handshakes-per-second=1000", "--limit-handshake-burst=1000")
	l.url = "https://docs.example.com"
	from := func(address, proto string) int {
		t.Helper()
		code, _, _ := l.behind(fmt.Sprintf("/v1/documents/%s/socket", id.New[id.Doc]()), "X-Forwarded-For: "+address, "X-Forwarded-Proto: "+proto)
		return code
	}
	for i, c := range []struct {
		address, proto string
		want           int
	}{
		{"2001:db8::1", "https", 101}, {"2001:db8::2", "https", 101}, {"2001:db8::ffff:3", "https", 429}, {"2001:db8:0:1::1", "https", 101},
		{"198.51.100.7", "https", 101}, {"198.51.100.7", "https", 101}, {"198.51.100.7", "https", 429}, {"198.51.100.8", "https", 101},
		{"203.0.113.1", "http", 403},
	} {
		if got := from(c.address, c.proto); got != c.want {
			t.Errorf("handshake %d, from %s over %s: %d, want %d", i, c.address, c.proto, got, c.want)
		}
	}
	for _, c := range []struct {
		path    string
		headers []string
		want    int
	}{
		{"/", []string{"X-Forwarded-Proto: https"}, 200},
		{"/", []string{"X-Forwarded-Proto: http"}, 308},
		{"/v1/session", []string{"X-Forwarded-Proto: http"}, 403},
		{"/v1/session", nil, 403},
		{"/v1/session", []string{"X-Forwarded-Proto: https", "X-Forwarded-Proto: http"}, 403},
	} {
		code, header, _ := l.behind(c.path, append(c.headers, "X-Forwarded-For: 203.0.113.9")...)
		if code != c.want || c.want == 200 && header.Get("Strict-Transport-Security") == "" || c.want == 308 && header.Get("Location") != "https://docs.example.com/" {
			t.Errorf("%s %v: %d %v, want %d", c.path, c.headers, code, header, c.want)
		}
	}
}

// behind asks as a proxy does.
func (l *local) behind(path string, more ...string) (int, http.Header, net.Conn) {
	l.t.Helper()
	listen := l.args[slices.Index(l.args, "--listen")+1]
	conn, err := net.Dial("tcp", listen)
	if err != nil {
		l.t.Fatal(err)
	}
	l.t.Cleanup(func() { conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(converged))
	headers := []string{"Host: docs.example.com"}
	if strings.HasSuffix(path, "/socket") {
		headers = append(headers, "Origin: https://docs.example.com", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
			"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Protocol: "+wire.Subprotocol)
	}
	_, _ = fmt.Fprintf(conn, "GET %s HTTP/1.1\r\n%s\r\n\r\n", path, strings.Join(append(headers, more...), "\r\n"))
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		l.t.Fatal(err)
	}
	return answer.StatusCode, answer.Header, conn
}
