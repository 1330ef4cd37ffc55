package edge

import (
	"net"
	"net/netip"
)

// Door is a listener that ends connections from some addresses before a byte of theirs is read: there is no cheaper way to refuse
// somebody who comes again and again, and no TLS handshake is done for them.
type Door struct {
	net.Listener

	// Shut tells whether connections from an address are ended. The address is a trusted proxy's for all that come through it.
	Shut func(netip.Addr) bool

	// Refused is called for each that was.
	Refused func()
}

// Accept returns the next connection from an address that is not shut out.
func (d Door) Accept() (net.Conn, error) {
	for {
		conn, err := d.Listener.Accept()
		if err != nil {
			return nil, err
		}
		tcp, ok := conn.(*net.TCPConn)
		if !ok {
			return conn, nil
		}
		if peer := tcp.RemoteAddr().(*net.TCPAddr).AddrPort(); !d.Shut(peer.Addr()) {
			return conn, nil
		}
		d.Refused()
		_ = tcp.SetLinger(0) // nothing of it stays, not even in the kernel
		_ = tcp.Close()
	}
}
