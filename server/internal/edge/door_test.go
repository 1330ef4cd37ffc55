package edge

import (
	"io"
	"net"
	"net/netip"
	"sync/atomic"
	"testing"
	"time"
)

// TestDoorHangsUpOnSome: connections from an address that is shut out end at once, without a byte, and others come in meanwhile.
func TestDoorHangsUpOnSome(t *testing.T) {
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var refused atomic.Int64
	shut := netip.MustParseAddr("127.0.0.9")
	door := Door{Listener: inner, Shut: func(addr netip.Addr) bool { return addr == shut }, Refused: func() { refused.Add(1) }}
	defer door.Close()
	go func() {
		for {
			conn, err := door.Accept()
			if err != nil {
				return
			}
			_, _ = io.WriteString(conn, "hello")
			conn.Close()
		}
	}()
	for from, want := range map[string]string{"127.0.0.9": "", "127.0.0.10": "hello"} {
		dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
		for range 3 {
			conn, err := dialer.Dial("tcp", inner.Addr().String())
			if err != nil {
				if want != "" {
					t.Errorf("from %s: %v", from, err)
				}
				continue // it was ended that soon
			}
			_ = conn.SetReadDeadline(time.Now().Add(10 * time.Second))
			said, err := io.ReadAll(conn)
			conn.Close()
			if string(said) != want || (err == nil) != (want != "") {
				t.Errorf("from %s: %q, %v; want %q", from, said, err, want)
			}
		}
	}
	if refused.Load() != 3 {
		t.Errorf("%d were refused, want 3", refused.Load())
	}
}
