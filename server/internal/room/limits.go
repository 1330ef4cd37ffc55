package room

import (
	"time"

	"github.com/coscribe/coscribe/server/wire"
)

// Limits are everything of this package that is bounded. Start from DefaultLimits: a zero field admits nothing.
type Limits struct {
	// What one edit may be.
	Components    int // in a submission
	InsertUnits   int // UTF-16 units in one insert of a submission
	DocumentUnits int // UTF-16 units of the document after the edit
	FrameBytes    int // of an inbound frame; told to clients, held by the socket

	// How fast edits may come. Rates are per second.
	SeatEdits, SeatEditBurst   int // of one seat
	UserEdits, UserEditBurst   int // of one user over all seats
	UserWrites, UserWriteBurst int // edits of one user over HTTP, where many come in one request
	RateStrikes                int // slow_down answers in a row before the seat is closed

	// What may wait.
	Rooms     int // open documents
	Seats     int // in one document
	Inbox     int // messages waiting for one room
	SeatInbox int // of them from one seat
	Replies   int // answers that one seat has not pulled
	Origins   int // (author, client) pairs without a seat that a room remembers
	Window    int // revisions back from the head that a base may lie
	Presences int // presence items in one message, and departed seats remembered for those who have not heard

	// What is kept for readers.
	TailBytes      int // encoded revisions kept in memory for everybody, beyond what seats still lack
	SlowBytes      int // live revisions that a seat may be behind
	PageRevisions  int // revisions read from the log at once
	RebaseReach    int // revisions that a write over HTTP may be rebased over
	SnapshotReuse  int // revisions that a welcome's snapshot may be older than the head
	SnapshotEvery  int // revisions between stored snapshots
	SnapshotPause  time.Duration
	PresencePause  time.Duration // between two presence messages to others
	RoomIdle       time.Duration // that a room without seats stays open
	CommitPatience time.Duration // that an edit waits for an unreachable database
	Faults         int           // panics of one document before it is shut for FaultPause
	FaultPause     time.Duration

	// How the store is used.
	Committers     int // concurrent Appends: 1 for SQLite, which has one writer
	CommitRows     int // revisions in one Append
	CommitBytes    int // encoded bytes in one Append
	StoreTimeout   time.Duration
	RetryFirst     time.Duration // the first wait before a repeated store call; doubled up to RetryLast
	RetryLast      time.Duration
	AccessPoll     time.Duration // between two looks at the access versions of open documents
	FailClosed     time.Duration // without the database, after which no content is shown
	DrainPatience  time.Duration // that Run waits for edits on their way when it ends
	CredentialScan int           // credentials of open seats re-checked at each AccessPoll
}

// DefaultLimits are the limits of a server that nobody configured.
func DefaultLimits() Limits {
	return Limits{
		Components: 1_000, InsertUnits: 32_768, DocumentUnits: 2_000_000, FrameBytes: 64 << 10,

		SeatEdits: 20, SeatEditBurst: 60,
		UserEdits: 40, UserEditBurst: 120,
		UserWrites: 500, UserWriteBurst: 2_000,
		RateStrikes: 20,

		Rooms: 20_000, Seats: 1_000, Inbox: 1_024, SeatInbox: 16, Replies: 64, Origins: 256, Window: 1_000,
		Presences: 256,

		TailBytes: 64 << 10, SlowBytes: 1 << 20, PageRevisions: 1_000, RebaseReach: 20_000,
		SnapshotReuse: 200, SnapshotEvery: 300, SnapshotPause: 2 * time.Second,
		PresencePause: 200 * time.Millisecond, RoomIdle: 30 * time.Second, CommitPatience: 10 * time.Second,
		Faults: 3, FaultPause: time.Minute,

		Committers: 1, CommitRows: 2_000, CommitBytes: 4 << 20,
		StoreTimeout: 10 * time.Second, RetryFirst: 10 * time.Millisecond, RetryLast: time.Second,
		AccessPoll: 2 * time.Second, FailClosed: 5 * time.Second, DrainPatience: 10 * time.Second,
		CredentialScan: 200,
	}
}

// BenchmarkLimits are DefaultLimits without rates, for measuring.
func BenchmarkLimits() Limits {
	const unhindered = 1 << 30
	l := DefaultLimits()
	l.SeatEdits, l.SeatEditBurst = unhindered, unhindered
	l.UserEdits, l.UserEditBurst = unhindered, unhindered
	l.UserWrites, l.UserWriteBurst = unhindered, unhindered
	return l
}

// Wire is what clients are told.
func (l Limits) Wire() wire.Limits {
	return wire.Limits{
		FrameBytes: l.FrameBytes, Components: l.Components, InsertUnits: l.InsertUnits,
		DocumentUnits: l.DocumentUnits, EditsPerSecond: l.SeatEdits,
	}
}
