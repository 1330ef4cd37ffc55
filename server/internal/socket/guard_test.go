package socket

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage/id"
)

// fault is a stream of bytes that a client may send, and what it is closed with before it has joined and after.
type headerFault struct {
	name          string
	bytes         []byte
	waiting, open wire.CloseCode // 0: it is not closed
}

// header is a header by its parts: the length code, what follows it, and the mask if the bit is set.
func header(first, second byte, extended ...byte) []byte {
	h := append([]byte{first, second}, extended...)
	if second&bitMask != 0 {
		h = append(h, 1, 2, 3, 4)
	}
	return h
}

func length8(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }

func headerFaults() []headerFault {
	const text, mask = bitFIN | opText, bitMask
	long := func(n uint64) []byte { return header(text, mask|length64, length8(n)...) }
	faults := []headerFault{
		{"length with its top bit set", long(1 << 63), wire.CloseTicket, wire.CloseFrameTooBig},
		{"length of all ones", long(1<<64 - 1), wire.CloseTicket, wire.CloseFrameTooBig},
		{"length that fits but for its top bit", long(1<<63 | 5), wire.CloseTicket, wire.CloseFrameTooBig},
		{"length of 2^63-1", long(1<<63 - 1), wire.CloseTicket, wire.CloseFrameTooBig},
		{"length of 2^32", long(1 << 32), wire.CloseTicket, wire.CloseFrameTooBig},
		{"length of 64 KiB and one", long(64<<10 + 1), wire.CloseTicket, wire.CloseFrameTooBig},
		{"length of 4 KiB and one", header(text, mask|length16, 0x10, 0x01), wire.CloseTicket, 0},
		{"125 in two bytes", header(text, mask|length16, 0, 125), wire.CloseProtocol, wire.CloseProtocol},
		{"0 in two bytes", header(text, mask|length16, 0, 0), wire.CloseProtocol, wire.CloseProtocol},
		{"65,535 in eight bytes", long(0xffff), wire.CloseProtocol, wire.CloseProtocol},
		{"5 in eight bytes", long(5), wire.CloseProtocol, wire.CloseProtocol},

		{"unmasked", header(text, 5), wire.CloseProtocol, wire.CloseProtocol},
		{"unmasked and empty", header(text, 0), wire.CloseProtocol, wire.CloseProtocol},
		{"unmasked and long", header(text, length64, length8(1<<63)...), wire.CloseProtocol, wire.CloseProtocol},
		{"unmasked ping", header(bitFIN|opPing, 0), wire.CloseTicket, wire.CloseProtocol},

		{"continuation of nothing", header(bitFIN|opContinuation, mask), wire.CloseProtocol, wire.CloseProtocol},
		{"open continuation of nothing", header(opContinuation, mask), wire.CloseProtocol, wire.CloseProtocol},
		{"text within a text", join(header(opText, mask), header(text, mask)), wire.CloseTicket, wire.CloseProtocol},
		{"fragment", header(opText, mask), wire.CloseTicket, 0},

		{"ping of 126", header(bitFIN|opPing, mask|length16, 0, 126), wire.CloseTicket, wire.CloseProtocol},
		{"ping of 2^63", header(bitFIN|opPing, mask|length64, length8(1<<63)...), wire.CloseTicket, wire.CloseProtocol},
		{"close of 126", header(bitFIN|opClose, mask|length16, 0, 126), wire.CloseProtocol, wire.CloseProtocol},
		{"fragmented ping", header(opPing, mask), wire.CloseProtocol, wire.CloseProtocol},
		{"fragmented close", header(opClose, mask), wire.CloseProtocol, wire.CloseProtocol},
		{"ping", header(bitFIN|opPing, mask), wire.CloseTicket, 0},
		{"pong", header(bitFIN|opPong, mask), wire.CloseTicket, 0},

		{"17 fragments", join(header(opText, mask), repeat(header(opContinuation, mask), 16)), wire.CloseTicket, wire.CloseFrameTooBig},
		{"16 fragments", join(header(opText, mask), repeat(header(opContinuation, mask), 14), header(bitFIN|opContinuation, mask)), wire.CloseTicket, 0},
		{"fragments of 64 KiB and one", join(header(opText, mask|length16, 0xff, 0xff), make([]byte, 0xffff),
			header(opContinuation, mask|2)), wire.CloseTicket, wire.CloseFrameTooBig},
		{"fragments without end that are pings", join(header(opText, mask), repeat(header(bitFIN|opPing, mask), 200)), wire.CloseTicket, wire.CloseRateLimited},
		{"pings without end", repeat(header(bitFIN|opPing, mask), 200), wire.CloseTicket, wire.CloseRateLimited},
		{"empty texts without end", repeat(header(text, mask), 200), wire.CloseTicket, wire.CloseRateLimited},
		{"bytes without end", repeat(join(header(text, mask|length16, 0xff, 0xff), make([]byte, 0xffff)), 20), wire.CloseTicket, wire.CloseRateLimited},
	}
	for rsv := byte(1); rsv < 8; rsv++ {
		faults = append(faults, headerFault{fmt.Sprintf("RSV %03b", rsv), header(text|rsv<<4, mask), wire.CloseProtocol, wire.CloseProtocol})
	}
	for _, op := range []byte{3, 4, 5, 6, 7, 11, 12, 13, 14, 15} {
		want := headerFault{fmt.Sprintf("opcode %d", op), header(bitFIN|op, mask), wire.CloseProtocol, wire.CloseProtocol}
		faults = append(faults, want)
	}
	return faults
}

func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

func repeat(part []byte, n int) []byte { return bytes.Repeat(part, n) }

// TestGuardStopsEveryHeaderFault, wherever the stream is cut.
func TestGuardStopsEveryHeaderFault(t *testing.T) {
	limits := DefaultLimits()
	now := time.Now()
	for _, f := range headerFaults() {
		for _, joined := range []bool{false, true} {
			want := f.waiting
			if joined {
				want = f.open
			}
			for _, piece := range []int{1, 2, 3, 5, 14, 512, 1 << 20} {
				g := guard{limits: &limits, joined: joined}
				passed, got := feed(&g, f.bytes, piece, now)
				if got != want {
					t.Errorf("%s (joined %v, by %d): closed with %d, want %d", f.name, joined, piece, got, want)
				}
				if got == 0 && passed != len(f.bytes) {
					t.Errorf("%s (joined %v, by %d): passed %d of %d bytes", f.name, joined, piece, passed, len(f.bytes))
				}
			}
		}
	}
}

func feed(g *guard, data []byte, piece int, now time.Time) (passed int, fault wire.CloseCode) {
	for len(data) > 0 {
		n := min(piece, len(data))
		ok, fault := g.check(data[:n], now)
		passed += ok
		if fault != 0 {
			return passed, fault
		}
		data = data[n:]
	}
	return passed, 0
}

// TestGuardPassesGoodFrames: what a good client sends passes byte for byte, however it is cut.
func TestGuardPassesGoodFrames(t *testing.T) {
	limits := DefaultLimits()
	limits.Frames, limits.FrameBurst, limits.Traffic, limits.TrafficBurst = 1<<30, 1<<30, 1<<40, 1<<40
	seed := rand.Uint64()
	random := rand.New(rand.NewPCG(seed, 0))
	var stream []byte
	for range 500 {
		sizes := []int{0, 1, 125, 126, 127, 0xffff, 0x10000, random.IntN(70_000)}
		size := min(sizes[random.IntN(len(sizes))], 64<<10)
		if random.IntN(3) > 0 {
			stream = append(stream, masked(bitFIN|opText, make([]byte, size))...)
			continue
		}
		stream = append(stream, masked(opText, make([]byte, size/2))...)
		stream = append(stream, masked(bitFIN|opPing, []byte("between"))...)
		stream = append(stream, masked(bitFIN|opContinuation, make([]byte, size/2))...)
	}
	g := guard{limits: &limits, joined: true}
	now := time.Now()
	for rest := stream; len(rest) > 0; {
		n := min(1+random.IntN(3000), len(rest))
		if passed, fault := g.check(rest[:n], now); fault != 0 || passed != n {
			t.Fatalf("seed %d, %d bytes before the end: passed %d of %d, fault %d", seed, len(rest), passed, n, fault)
		}
		rest = rest[n:]
	}
	if g.have != 0 || g.payload != 0 || g.open {
		t.Errorf("seed %d: the guard is not at the end of a message", seed)
	}
}

func TestGuardAllocatesNothing(t *testing.T) {
	limits := DefaultLimits()
	data := join(masked(bitFIN|opText, make([]byte, 200)), masked(bitFIN|opPing, nil))
	g := guard{limits: &limits, joined: true}
	now := time.Now()
	if allocs := testing.AllocsPerRun(1000, func() {
		now = now.Add(time.Second)
		g.check(data, now)
	}); allocs != 0 {
		t.Errorf("%v allocations for two frames", allocs)
	}
}

// TestBucketsFillAgain: a client that keeps to the rate is never closed, one that does not is, at its burst.
func TestBucketsFillAgain(t *testing.T) {
	limits := DefaultLimits()
	frame := masked(bitFIN|opText, []byte("x"))
	g := guard{limits: &limits, joined: true}
	now := time.Now()
	for i := range 60 * 60 {
		now = now.Add(time.Second / 60)
		if _, fault := g.check(frame, now); fault != 0 {
			t.Fatalf("closed with %d at frame %d of the allowed rate", fault, i)
		}
	}
	for i := range limits.FrameBurst + 2 {
		_, fault := g.check(frame, now)
		if fault != 0 {
			if fault != wire.CloseRateLimited || i < limits.FrameBurst-2 {
				t.Fatalf("closed with %d at frame %d of the burst", fault, i)
			}
			return
		}
		if i > limits.FrameBurst*4/5 && !g.low() {
			t.Fatalf("no warning at frame %d of %d", i, limits.FrameBurst)
		}
	}
	t.Error("a burst and two more passed")
}

// TestHeaderFaultsOnTheWire: each fault closes its connection with its code, before joining and after; a neighbour and the
// process go on.
func TestHeaderFaultsOnTheWire(t *testing.T) {
	s := serve(t, func(c *Config) { c.Limits.PerUser, c.Limits.Strikes, c.Limits.Penalty = 1000, 1000, 0 })
	user := id.New[id.User]()
	neighbour := s.enter(user)
	for _, f := range headerFaults() {
		if f.waiting != 0 {
			c := s.connect()
			c.write(f.bytes)
			c.expectClose(f.waiting)
		}
		if f.open != 0 {
			c := s.enter(user)
			before, _ := s.rooms.last().seen()
			c.write(f.bytes)
			c.expectClose(f.open)
			if after, _ := s.rooms.last().seen(); len(after) != len(before) {
				t.Errorf("%s: the room saw something", f.name)
			}
		}
	}
	neighbour.text(`{"type":"ping","t":1}`)
	neighbour.expectText(`{"type":"pong","t":1}`)
}

func FuzzGuard(f *testing.F) {
	for _, fault := range headerFaults() {
		f.Add(fault.bytes[:min(len(fault.bytes), 200)], true, 3)
	}
	f.Fuzz(func(t *testing.T, data []byte, joined bool, piece int) {
		limits := DefaultLimits()
		now := time.Now()
		whole, cut := guard{limits: &limits, joined: joined}, guard{limits: &limits, joined: joined}
		n1, f1 := feed(&whole, data, len(data)+1, now)
		n2, f2 := feed(&cut, data, max(1, piece&0xff), now)
		if n1 != n2 || f1 != f2 {
			t.Fatalf("whole: %d bytes and %d; cut: %d bytes and %d", n1, f1, n2, f2)
		}
	})
}
