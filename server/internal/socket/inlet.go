package socket

import (
	"bytes"
	"errors"
	"net"
	"time"

	"github.com/coscribe/coscribe/server/wire"
)

// inlet is the net.Conn that gws has: it reads through the guard, writes the 101 and nothing else, and does not close
// or set deadlines, which the connection does itself.
type inlet struct {
	connection *connection
	raw        net.Conn
	guard      guard
	fault      wire.CloseCode // the guard's; 0 while there is none
	upgraded   bool
}

var (
	errGuard     = errors.New("the frame guard stopped the stream")
	errHandshake = errors.New("the handshake was refused")
)

// Read passes on what the guard lets through. After a fault there is nothing more to read.
func (in *inlet) Read(p []byte) (int, error) {
	if in.fault != 0 {
		return 0, errGuard
	}
	n, err := in.raw.Read(p)
	before := in.guard.all
	passed, fault := in.guard.check(p[:n], time.Now())
	in.connection.handler.Meter.BytesIn.Add(n)
	in.connection.handler.Meter.FramesIn.Add(in.guard.all - before)
	if fault != 0 {
		in.fault = fault
		if passed == 0 {
			return 0, errGuard
		}
		return passed, nil
	}
	return n, err
}

// Write writes the 101. Everything that gws writes later, such as close frames with an error's text, goes nowhere.
func (in *inlet) Write(p []byte) (int, error) {
	if in.upgraded {
		return len(p), nil
	}
	if !bytes.HasPrefix(p, []byte("HTTP/1.1 101 ")) {
		return 0, errHandshake
	}
	in.upgraded = true
	return in.raw.Write(p)
}

func (in *inlet) Close() error                     { return nil }
func (in *inlet) LocalAddr() net.Addr              { return in.raw.LocalAddr() }
func (in *inlet) RemoteAddr() net.Addr             { return in.raw.RemoteAddr() }
func (in *inlet) SetDeadline(time.Time) error      { return nil }
func (in *inlet) SetReadDeadline(time.Time) error  { return nil }
func (in *inlet) SetWriteDeadline(time.Time) error { return nil }
