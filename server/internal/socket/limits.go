package socket

import "time"

// Limits are everything of this package that is bounded. Start from DefaultLimits: a zero field admits nothing.
type Limits struct {
	// How many connections there may be, after the ticket and before it.
	PerAddress, PerUser, PerDocument, PerNode int
	WaitingPerAddress, WaitingPerNode         int
	Handshakes, HandshakeBurst                int // per second and address

	// For how long nobody comes in from an address, nor a user, of whom a connection was closed for abuse: the first time, and at most.
	Penalty, PenaltyMost time.Duration

	// Before the ticket is accepted.
	JoinWait  time.Duration
	JoinBytes int // of the one frame

	// What a client may send.
	FrameBytes            int // of a message, in however many frames
	Fragments             int // frames of one message
	Frames, FrameBurst    int // per second
	Traffic, TrafficBurst int // bytes per second
	Strikes               int // bad messages within StrikeWindow: the last closes
	StrikeWindow          time.Duration
	Forbidden             int           // commands beyond the role in a row: the last closes
	Cursors, CursorBurst  int           // per second
	CursorRefusals        int           // carets refused in a row: the last closes
	CommandTime           time.Duration // that a rename, grant or revoke may take; shorter than PongWait, since nothing is read meanwhile

	// What is written.
	WriteBytes  int           // about, in one system call
	WriteWait   time.Duration // for one such write
	OutboxBytes int           // answers that the client has not taken

	// How long it lasts.
	PingEvery time.Duration
	PongWait  time.Duration
	Age       time.Duration // give or take a tenth
	Linger    time.Duration // after the close frame, for the client to read it
}

// DefaultLimits are the limits of a server that nobody configured.
func DefaultLimits() Limits {
	return Limits{
		PerAddress: 64, PerUser: 20, PerDocument: 200, PerNode: 10_000,
		WaitingPerAddress: 10, WaitingPerNode: 500,
		Handshakes: 10, HandshakeBurst: 20,

		Penalty: time.Second, PenaltyMost: 30 * time.Second,

		JoinWait: 5 * time.Second, JoinBytes: 4 << 10,

		FrameBytes: 64 << 10, Fragments: 16,
		Frames: 60, FrameBurst: 120,
		Traffic: 128 << 10, TrafficBurst: 1 << 20,
		Strikes: 5, StrikeWindow: time.Minute, Forbidden: 20,
		Cursors: 10, CursorBurst: 20, CursorRefusals: 20,
		CommandTime: 5 * time.Second,

		WriteBytes: 64 << 10, WriteWait: 5 * time.Second, OutboxBytes: 64 << 10,

		PingEvery: 25 * time.Second, PongWait: 10 * time.Second,
		Age: 24 * time.Hour, Linger: 500 * time.Millisecond,
	}
}

// BenchmarkLimits are DefaultLimits without counts and rates, for measuring from one machine with few users.
func BenchmarkLimits() Limits {
	const unhindered = 1 << 30
	l := DefaultLimits()
	l.PerAddress, l.PerUser, l.PerDocument, l.PerNode = unhindered, unhindered, unhindered, unhindered
	l.WaitingPerAddress, l.WaitingPerNode = unhindered, unhindered
	l.Handshakes, l.HandshakeBurst = unhindered, unhindered
	l.Frames, l.FrameBurst = unhindered, unhindered
	l.Traffic, l.TrafficBurst = unhindered, unhindered
	l.Cursors, l.CursorBurst = unhindered, unhindered
	return l
}
