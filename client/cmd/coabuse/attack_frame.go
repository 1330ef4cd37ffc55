package main

import (
	"context"
	"encoding/binary"
	"strings"
)

var frameAttacks = []attack{
	{rows: "9", name: "frame headers out of order, before the ticket", run: framesBefore},
	{rows: "9", name: "frame headers out of order, from a seat", run: framesAfter},
}

// A fault is a header that breaks the protocol or a limit.
type fault struct {
	name  string
	bytes []byte
	want  string // how a seat is closed for it
}

// headerFaults are all that a header can have.
func headerFaults() []fault {
	wide := func(first byte, length uint64) []byte {
		return append(binary.BigEndian.AppendUint64([]byte{first, masked | 127}, length), mask...)
	}
	narrow := func(first byte, length uint16) []byte {
		return append(binary.BigEndian.AppendUint16([]byte{first, masked | 126}, length), mask...)
	}
	faults := []fault{
		{"RSV1", frame(fin|0x40|opText, "{}"), "closed 1002"}, {"RSV2", frame(fin|0x20|opText, "{}"), "closed 1002"},
		{"RSV3", frame(fin|0x10|opText, "{}"), "closed 1002"}, {"RSV1 of a ping", frame(fin|0x40|opPing, ""), "closed 1002"},
		{"no mask", []byte{fin | opText, 2, '{', '}'}, "closed 1002"}, {"a ping without a mask", []byte{fin | opPing, 0}, "closed 1002"},
		{"a ping in fragments", frame(opPing, ""), "closed 1002"}, {"a close in fragments", frame(opClose, ""), "closed 1002"},
		{"a ping of 126 bytes", narrow(fin|opPing, 126), "closed 1002"}, {"a close of 64 KiB", wide(fin|opClose, 1<<16), "closed 1002"},
		{"125 in two bytes", narrow(fin|opText, 125), "closed 1002"}, {"0 in two bytes", narrow(fin|opText, 0), "closed 1002"},
		{"65535 in eight bytes", wide(fin|opText, 0xffff), "closed 1002"}, {"1 in eight bytes", wide(fin|opText, 1), "closed 1002"},
		{"a length with the top bit", wide(fin|opText, 1<<63), "closed 1009"}, {"all bits of a length", wide(fin|opText, 1<<64-1), "closed 1009"},
		{"2^63-1", wide(fin|opText, 1<<63-1), "closed 1009"}, {"4 GiB", wide(fin|opText, 1<<32), "closed 1009"},
		{"64 KiB and one", wide(fin|opText, 1<<16+1), "closed 1009"}, {"top bit of a continuation", append(frame(opText, "{"), wide(fin|opContinuation, 1<<63)...), "closed 1009"},
		{"fragments of 64 KiB and one", append(frame(opText, strings.Repeat(" ", 1<<15)), header(fin|opContinuation, 1<<15+1)...), "closed 1009"},
		{"a continuation of nothing", frame(fin|opContinuation, "{}"), "closed 1002"},
		{"a message within a message", append(frame(opText, "{"), text("}")...), "closed 1002"},
		{"17 fragments", pieces(17), "closed 1009"},
		{"bytes", frame(fin|opBinary, "{}"), "closed 1003"}, {"bytes in fragments", append(frame(opBinary, "{"), frame(fin|opContinuation, "}")...), "closed 1003"},
	}
	for _, op := range []byte{0x3, 0x4, 0x5, 0x6, 0x7, 0xB, 0xC, 0xD, 0xE, 0xF} {
		faults = append(faults, fault{"an opcode that is not one", frame(fin|op, ""), "closed 1002"})
	}
	return faults
}

// pieces is a message in so many fragments.
func pieces(n int) []byte {
	all := frame(opText, "{")
	for range n - 2 {
		all = append(all, frame(opContinuation, "")...)
	}
	return append(all, frame(fin|opContinuation, "}")...)
}

// framesBefore tries every fault on connections that have not joined: whatever it is, it ends them.
func framesBefore(ctx context.Context, s *stage, t *tally) {
	for _, f := range headerFaults() {
		l, err := s.open(ctx, s.opening(s.target, s.EditorToken))
		if !t.must(err, "open") {
			return
		}
		l.put(f.bytes)
		fate := l.fate(patience)
		t.expect(f.name, fate, f.want, "closed 4005")
		if l.Close(); fate == "silence" {
			return // one is enough to wait for
		}
	}
}

// framesAfter tries every fault from a seat that has just sent a message in order, which must not be undone by it.
func framesAfter(ctx context.Context, s *stage, t *tally) {
	s.untouched(ctx, t, func() {
		for _, f := range headerFaults() {
			seat, err := s.editorSits(ctx, s.target)
			if !t.must(err, "sit") {
				return
			}
			seat.put(text(`{"type":"ping","t":1}`), f.bytes)
			fate := seat.fate(patience)
			t.expect(f.name, fate, f.want)
			if seat.Close(); fate == "silence" {
				return
			}
		}
	})
}
