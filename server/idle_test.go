package main

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestIdleConnectionsChangeNothing: masses of connections from as many addresses shake hands, and never say who they are. Where a server
// is told to wait for them all, for long, who writes in good faith still notices nothing. COSCRIBE_IDLE sets how many.
func TestIdleConnectionsChangeNothing(t *testing.T) {
	p := startBinary(t, plainServer, "--data", t.TempDir(),
		"--limit-unauthenticated-per-node=20000", "--limit-connections-per-node=20000", "--limit-join-time=10m")
	admin := administrator(t, p)
	doc := newDocument(t, admin)
	c := startCrowd(t, doc, 8, fast, admin)
	measuring := os.Getenv("COSCRIBE_IDLE") != "" // on a machine with nothing else to do
	p99 := func() time.Duration {
		_ = c.p99()
		if c.typed(20); measuring {
			c.typed(80)
		}
		return c.p99()
	}
	before := p99()
	if measuring {
		before = min(before, p99())
	}

	n := times(t, "COSCRIBE_IDLE", 1_000)
	host := strings.TrimPrefix(p.url, "http://")
	var mu sync.Mutex
	answers, idle := map[string]int{}, []net.Conn{}
	t.Cleanup(func() {
		for _, conn := range idle {
			conn.Close()
		}
	})
	knock := func(i int) {
		dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 1, byte(i>>8), byte(i))}, Timeout: converged}
		conn, err := dialer.Dial("tcp", host)
		got := "no connection"
		if err == nil {
			_ = conn.SetDeadline(time.Now().Add(converged))
			fmt.Fprintf(conn, "GET /v1/documents/%s/socket HTTP/1.1\r\nHost: %s\r\nOrigin: %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
				"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: coscribe.v1\r\n\r\n", doc, host, p.url)
			answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
			if got = "no answer"; err == nil {
				got = answer.Status
			}
		}
		mu.Lock()
		defer mu.Unlock()
		if answers[got]++; conn != nil {
			idle = append(idle, conn) // and says nothing more, however it was answered
		}
	}
	var all sync.WaitGroup
	const atOnce = 16
	for worker := range atOnce {
		all.Go(func() {
			for i := worker; i < n; i += atOnce {
				knock(i)
			}
		})
	}
	all.Wait()
	during := p99()
	t.Logf("%d that never say who they are: %v; p99 of an acknowledgement was %v, and is %v", n, answers, before, during)
	if measuring && during > 2*before+20*time.Millisecond {
		t.Errorf("p99 %v, before %v", during, before)
	}
	if answers["101 Switching Protocols"] != n {
		t.Errorf("answers: %v, want 101", answers)
	}
	c.settle()
}
