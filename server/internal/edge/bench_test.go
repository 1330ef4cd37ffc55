package edge

import (
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
)

// BenchmarkRefused is what somebody costs who comes again and again: as a request that is answered with 429, and ended at the door;
// with TLS and without. The one who comes is in this process too.
func BenchmarkRefused(b *testing.B) {
	refuse := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTooManyRequests) })
	for _, c := range []struct {
		name            string
		encrypted, shut bool
	}{{"plain/answered", false, false}, {"plain/door", false, true}, {"tls/answered", true, false}, {"tls/door", true, true}} {
		b.Run(c.name, func(b *testing.B) {
			server := httptest.NewUnstartedServer(refuse)
			server.Listener = Door{Listener: server.Listener, Shut: func(netip.Addr) bool { return c.shut }, Refused: func() {}}
			if c.encrypted {
				server.StartTLS()
			} else {
				server.Start()
			}
			defer server.Close()
			address := server.Listener.Addr().String()
			for b.Loop() {
				conn, err := net.Dial("tcp", address)
				if err != nil {
					continue // ended already
				}
				if c.encrypted {
					conn = tls.Client(conn, &tls.Config{InsecureSkipVerify: true})
				}
				_, _ = io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
				_, _ = io.Copy(io.Discard, conn)
				conn.Close()
			}
		})
	}
}
