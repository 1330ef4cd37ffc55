// Package socket is the door for WebSocket connections: it lets a client in, hands its messages to the room and to the
// document service, and writes out what the room has for it.
//
// # A connection's life
//
//	request ── checks: method, version, Host, Origin, key, limits ──▶ refused with a problem (RFC 9457)
//	   │ 101
//	waiting ── one text frame of at most 4 KiB within 5 s: join with a ticket ──▶ closed with 4005
//	   │ ticket redeemed, limits of user and document, room.Hub.Join
//	seated ─── messages ◀─▶ room; pings; strikes ──▶ closed with one of package wire's codes
//	   │
//	closing ── close frame written, what still comes is discarded for a moment, connection closed, counts given back
//
// # Who does what
//
// A connection has one goroutine of its own, its reader, which also decodes and dispatches. Nothing is written by it:
// answers go into a small bounded outbox, the room's news stay in the room, and a flusher writes both. The flusher is
// started by whoever has something to write, ends when nothing is left, and is alone; an idle connection has none. Pings
// and deadlines are a timer. Handler.Close ends and waits for all of them.
//
// gws does the reading: it unmasks, joins fragments and checks UTF-8. It sees nothing but bytes whose every header the
// guard has passed (a length with its top bit set would end the process), and it writes nothing but the 101: frames
// out, and above all close frames, are ours, so that no error's text gets into one and several messages are one write.
package socket
