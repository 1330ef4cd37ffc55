package socket

import (
	"encoding/binary"
	"time"

	"github.com/coscribe/coscribe/server/wire"
)

// guard reads the headers of a client's frames as they pass, and stops the stream at the first that breaks the protocol
// or a limit. It keeps no payload and allocates nothing.
type guard struct {
	limits *Limits

	// joined lifts the limits that hold until the ticket is accepted.
	joined bool
	frames int // of data
	all    int // frames, those of control too

	header  [14]byte
	have    int    // bytes of the current header that were read
	payload uint64 // bytes of the current frame's payload still to come

	open      bool   // a fragmented message has begun and not ended
	fragments int    // of it
	message   uint64 // bytes of it

	count bucket // of frames
	bytes bucket // of headers and payloads
}

// The parts of a header.
const (
	bitFIN  = 0x80
	bitsRSV = 0x70
	bitMask = 0x80

	opContinuation = 0x0
	opText         = 0x1
	opBinary       = 0x2
	opClose        = 0x8
	opPing         = 0x9
	opPong         = 0xA

	length16   = 126 // two bytes of length follow
	length64   = 127 // eight do
	maxControl = 125
	maskBytes  = 4
)

// check reads p, the next bytes of the stream. It returns how many of them may be passed on, all if fault is 0.
func (g *guard) check(p []byte, now time.Time) (n int, fault wire.CloseCode) {
	for n < len(p) {
		if g.payload > 0 {
			skip := min(g.payload, uint64(len(p)-n))
			g.payload -= skip
			n += int(skip)
			continue
		}
		g.header[g.have] = p[n]
		g.have++
		if fault := g.advance(now); fault != 0 {
			return n, fault
		}
		n++
	}
	return n, 0
}

// advance checks what the header's last byte has made known.
func (g *guard) advance(now time.Time) wire.CloseCode {
	lengthEnd := 2
	if g.have >= 2 {
		switch g.header[1] &^ bitMask {
		case length16:
			lengthEnd = 4
		case length64:
			lengthEnd = 10
		}
	}
	switch g.have {
	case 1:
		return g.checkKind(g.header[0]&bitFIN != 0, g.header[0]&0x0f)
	case lengthEnd:
		if fault := g.checkSecond(g.header[1]); fault != 0 {
			return fault
		}
		return g.checkLength(lengthEnd, now)
	case 2:
		return g.checkSecond(g.header[1])
	case lengthEnd + maskBytes:
		g.have = 0
		g.payload = g.length(lengthEnd)
	}
	return 0
}

// checkKind checks the first byte.
func (g *guard) checkKind(fin bool, op byte) wire.CloseCode {
	switch {
	case g.header[0]&bitsRSV != 0:
		return wire.CloseProtocol
	case op == opClose || op == opPing || op == opPong:
		if !fin {
			return wire.CloseProtocol
		}
		if !g.joined && op != opClose {
			return wire.CloseTicket
		}
		return 0
	case op == opText || op == opBinary:
		if g.open {
			return wire.CloseProtocol
		}
		g.open, g.fragments, g.message = true, 0, 0
	case op != opContinuation || !g.open:
		return wire.CloseProtocol
	}
	if g.frames++; !g.joined && (g.frames > 1 || !fin || op != opText) {
		return wire.CloseTicket
	}
	if g.fragments++; g.fragments > g.limits.Fragments {
		return wire.CloseFrameTooBig
	}
	g.open = !fin
	return 0
}

// checkSecond checks the byte of mask and short length.
func (g *guard) checkSecond(b byte) wire.CloseCode {
	if b&bitMask == 0 || g.isControl() && b&^bitMask > maxControl {
		return wire.CloseProtocol
	}
	return 0
}

// checkLength checks the length, and pays for the frame.
func (g *guard) checkLength(lengthEnd int, now time.Time) wire.CloseCode {
	length := g.length(lengthEnd)
	if lengthEnd == 4 && length < length16 || lengthEnd == 10 && length <= 0xffff {
		return wire.CloseProtocol // a shorter form would do
	}
	switch {
	case g.isControl():
	case !g.joined && length > uint64(g.limits.JoinBytes):
		return wire.CloseTicket
	case length > uint64(g.limits.FrameBytes) || g.message+length > uint64(g.limits.FrameBytes):
		return wire.CloseFrameTooBig
	default:
		g.message += length
	}
	g.all++
	cost := int(length) + lengthEnd + maskBytes
	if !g.count.take(1, g.limits.Frames, g.limits.FrameBurst, now) ||
		!g.bytes.take(cost, g.limits.Traffic, g.limits.TrafficBurst, now) {
		return wire.CloseRateLimited
	}
	return 0
}

// length is the payload's, as an unsigned number.
func (g *guard) length(lengthEnd int) uint64 {
	switch lengthEnd {
	case 4:
		return uint64(binary.BigEndian.Uint16(g.header[2:4]))
	case 10:
		return binary.BigEndian.Uint64(g.header[2:10])
	}
	return uint64(g.header[1] &^ bitMask)
}

func (g *guard) isControl() bool { return g.header[0]&0x08 != 0 }

// low tells whether the client is about to be closed for its rate.
func (g *guard) low() bool {
	return g.count.low(g.limits.FrameBurst) || g.bytes.low(g.limits.TrafficBurst)
}
