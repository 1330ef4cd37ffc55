package main

import (
	"context"
	"crypto/tls"
	"net"
	"net/netip"
	"sync/atomic"
)

// addresses are where attackers come from. This machine has many addresses of its own (127.0.0.0/8), so that a server on it is
// attacked from as many places; any other server sees one, and its limits per address hold attackers up.
type addresses struct {
	many bool
	next atomic.Uint32
}

// begin finds out whether there are many.
func (a *addresses) begin(host string) {
	if addr, err := netip.ParseAddr(host); err != nil || !addr.Is4() || !addr.IsLoopback() {
		return
	}
	listener, err := net.Listen("tcp", net.JoinHostPort(placeOf(0).String(), "0")) // not every system has them
	if err == nil {
		a.many = true
		listener.Close()
	}
}

// fresh is an address that nobody came from yet, as long as there are some.
func (a *addresses) fresh() netip.Addr {
	if !a.many {
		return netip.Addr{}
	}
	return placeOf(a.next.Add(1))
}

// placeOf is the nth address in 127.64.0.0/10.
func placeOf(n uint32) netip.Addr {
	return netip.AddrFrom4([4]byte{127, 64 | byte(n>>16)&0x3f, byte(n >> 8), byte(n)})
}

// dial connects from an address; from the zero one the system chooses.
func (s *stage) dial(ctx context.Context, from netip.Addr) (net.Conn, error) {
	dialer := net.Dialer{Timeout: patience}
	if from.IsValid() {
		dialer.LocalAddr = net.TCPAddrFromAddrPort(netip.AddrPortFrom(from, 0))
	}
	port := s.base.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[s.base.Scheme]
	}
	conn, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(s.base.Hostname(), port))
	if err != nil || s.base.Scheme == "http" {
		return conn, err
	}
	encrypted := tls.Client(conn, &tls.Config{ServerName: s.base.Hostname(), NextProtos: []string{"http/1.1"}, MinVersion: tls.VersionTLS12})
	if err := encrypted.HandshakeContext(ctx); err != nil {
		conn.Close()
		return nil, err
	}
	return encrypted, nil
}
