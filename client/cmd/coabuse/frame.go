package main

import (
	"encoding/binary"
	"fmt"
	"io"
	"time"

	"github.com/coscribe/coscribe/server/wire"
)

// Opcodes, and the bit of the last fragment.
const (
	opContinuation = 0x0
	opText         = 0x1
	opBinary       = 0x2
	opClose        = 0x8
	opPing         = 0x9
	opPong         = 0xA

	fin = 0x80
)

// mask is what clients must put over their payloads. Zeros do that without changing any.
const masked = 0x80

var mask = []byte{0, 0, 0, 0}

// frame is one in order, but for its first byte.
func frame(first byte, payload string) []byte { return append(header(first, len(payload)), payload...) }

// header is that of a masked frame, with the length in its shortest form.
func header(first byte, length int) []byte {
	h := []byte{first, masked | byte(min(length, 125))}
	switch {
	case length > 0xffff:
		h = binary.BigEndian.AppendUint64([]byte{first, masked | 127}, uint64(length))
	case length > 125:
		h = binary.BigEndian.AppendUint16([]byte{first, masked | 126}, uint16(length))
	}
	return append(h, mask...)
}

func text(payload string) []byte { return frame(fin|opText, payload) }

// next reads a frame of the server.
func (l *line) next(deadline time.Time) (op byte, payload []byte, err error) {
	_ = l.SetReadDeadline(deadline)
	var start [2]byte
	if _, err := io.ReadFull(l.reads, start[:]); err != nil {
		return 0, nil, err
	}
	length := uint64(start[1])
	if size := map[uint64]int{126: 2, 127: 8}[length]; size > 0 {
		var more [8]byte
		if _, err := io.ReadFull(l.reads, more[8-size:]); err != nil {
			return 0, nil, err
		}
		length = binary.BigEndian.Uint64(more[:])
	}
	if start[0]&0x70 != 0 || start[1]&masked != 0 || length > longestAnswer {
		return 0, nil, fmt.Errorf("the server sent a frame that begins %x", start)
	}
	payload = make([]byte, length)
	if _, err := io.ReadFull(l.reads, payload); err != nil {
		return 0, nil, err
	}
	if op = start[0] & 0xf; op == opText {
		l.stage.echoes.look(string(payload))
	}
	return op, payload, nil
}

// closing reads what a close frame says, as in "closed 1002". Its reason must be the fixed one.
func closing(payload []byte) string {
	if len(payload) < 2 {
		return "closed without a code"
	}
	code := wire.CloseCode(binary.BigEndian.Uint16(payload))
	if reason := string(payload[2:]); reason != code.Reason() {
		return fmt.Sprintf("closed %d with words of its own: %q", code, reason)
	}
	return fmt.Sprintf("closed %d", code)
}

// fate waits until the server ends the connection and tells how: "closed 1002", "cut", or "silence" if it does not end it.
func (l *line) fate(within time.Duration) string {
	deadline := time.Now().Add(within)
	for {
		op, payload, err := l.next(deadline)
		switch {
		case isTimeout(err):
			return "silence"
		case err != nil:
			return "cut"
		case op == opClose:
			return closing(payload)
		}
	}
}
