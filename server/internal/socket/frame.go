package socket

import (
	"encoding/binary"

	"github.com/coscribe/coscribe/server/wire"
)

// headerLen is how long the header of a frame that we send is.
func headerLen(payload int) int {
	switch {
	case payload <= maxControl:
		return 2
	case payload <= 0xffff:
		return 4
	}
	return 10
}

// appendHeader appends the header of an unfragmented, unmasked frame.
func appendHeader(dst []byte, op byte, payload int) []byte {
	switch headerLen(payload) {
	case 2:
		return append(dst, bitFIN|op, byte(payload))
	case 4:
		return binary.BigEndian.AppendUint16(append(dst, bitFIN|op, length16), uint16(payload))
	}
	return binary.BigEndian.AppendUint64(append(dst, bitFIN|op, length64), uint64(payload))
}

// appendFrame appends a whole frame.
func appendFrame(dst []byte, op byte, payload []byte) []byte {
	return append(appendHeader(dst, op, len(payload)), payload...)
}

// appendClose appends a close frame, with the code's fixed word.
func appendClose(dst []byte, code wire.CloseCode) []byte {
	reason := code.Reason()
	dst = appendHeader(dst, opClose, 2+len(reason))
	dst = binary.BigEndian.AppendUint16(dst, uint16(code))
	return append(dst, reason...)
}

// frameTexts makes text frames of the messages that lie in buf[from:] one after the other, each up to one of the ends. It
// moves them apart in place, the last one first.
func frameTexts(buf []byte, from int, ends []int) []byte {
	headers, start := 0, from
	for _, end := range ends {
		headers += headerLen(end - start)
		start = end
	}
	for range headers {
		buf = append(buf, 0)
	}
	to := len(buf)
	for i := len(ends) - 1; i >= 0; i-- {
		start := from
		if i > 0 {
			start = ends[i-1]
		}
		n := ends[i] - start
		to -= n
		copy(buf[to:to+n], buf[start:ends[i]])
		to -= headerLen(n)
		appendHeader(buf[to:to], opText, n)
	}
	return buf
}
