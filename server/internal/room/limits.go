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
	Inbox     int // client messages waiting for one room; and edits that it holds uncommitted
	SeatInbox int // client messages waiting for one room from one seat
	Replies   int // answers that one seat has not pulled
	Window    int // revisions back from the head that a base may lie
	Presences int // items in one presence message, and departed seats remembered for those who have not heard
	Attempts  int // runs of one edit, over lost races, before it is refused as overloaded

	// What is kept for readers, and how long.
	TailBytes     int           // encoded revisions kept in memory for those who come back, beyond what seats still lack
	SlowBytes     int           // live revisions that a seat may be behind, the last commit's not counted
	PageRevisions int           // revisions read from the log at once
	RoomWork      int           // edits of a write times revisions that they are rebased over in the room; more is done beside it
	RebaseReach   int           // revisions that a write over HTTP may be rebased over
	RebaseWork    int           // edits of a write times revisions that they may be rebased over, beside the room
	ShotAge       int           // revisions that a welcome's snapshot may be older than the head
	ShotKeep      time.Duration // that an encoded snapshot waits for another join
	SnapshotEvery int           // revisions between stored snapshots
	SnapshotBytes int           // encoded revisions after which a snapshot is stored without waiting for either of the other two
	SnapshotPause time.Duration // between stored snapshots of a document that is written faster than that
	PresencePause time.Duration // between two presence messages to others
	RoundSeat     time.Duration // for each seat, between two rounds of telling all of them what was written; see pace
	RoundPause    time.Duration // between two such rounds, at most
	RoomIdle      time.Duration // that a room without seats stays open
	UsedEvery     time.Duration // between two notes that a credential is in use
	UsedQueue     int           // credentials whose use is still to be noted; the next edit asks again for those beyond
	Faults        int           // panics of one document, after which it is shut for FaultPause
	FaultPause    time.Duration

	// How the store is used.
	Committers      int           // concurrent Appends: 1 for SQLite, which has one writer
	CommitSlow      time.Duration // that an Append may take before another begins beside it
	CommitRows      int           // revisions in one Append; a single request may hold more
	CommitBytes     int           // encoded bytes in one Append; a single request may hold more
	CommitPatience  time.Duration // that edits wait for an unreachable database before they are refused as unavailable
	StoreTimeout    time.Duration // of one call
	RetryFirst      time.Duration // wait before a repeated call; doubled up to RetryLast
	RetryLast       time.Duration
	Snapshotters    int           // snapshots encoded and stored at once
	AccessPoll      time.Duration // between two looks at the access versions of open documents
	PollDocuments   int           // documents asked for in one look
	PollCredentials int           // credentials of open seats asked for in one look
	FailClosed      time.Duration // since the last look that succeeded, after which no content is shown
	DrainPatience   time.Duration // that a hub which is ending waits for edits on their way
}

// DefaultLimits are the limits of a server that nobody configured.
func DefaultLimits() Limits {
	return Limits{
		Components: 1_000, InsertUnits: 32_768, DocumentUnits: 2_000_000, FrameBytes: 64 << 10,

		SeatEdits: 20, SeatEditBurst: 60,
		UserEdits: 40, UserEditBurst: 120,
		UserWrites: 500, UserWriteBurst: 2_000,
		RateStrikes: 20,

		Rooms: 20_000, Seats: 1_000, Inbox: 1_024, SeatInbox: 16, Replies: 256, Window: 5_000, Presences: 256, Attempts: 16,

		TailBytes: 16 << 10, SlowBytes: 1 << 20, PageRevisions: 1_000, RoomWork: 5_000, RebaseReach: 20_000, RebaseWork: 100_000,
		ShotAge: 200, ShotKeep: 2 * time.Second, SnapshotEvery: 300, SnapshotBytes: 4 << 20, SnapshotPause: 2 * time.Second,
		PresencePause: 200 * time.Millisecond, RoundSeat: 50 * time.Microsecond, RoundPause: 50 * time.Millisecond, RoomIdle: 30 * time.Second,
		UsedEvery: time.Minute, UsedQueue: 1_000,
		Faults: 3, FaultPause: time.Minute,

		Committers: 1, CommitSlow: 20 * time.Millisecond, CommitRows: 2_000, CommitBytes: 4 << 20, CommitPatience: 10 * time.Second,
		StoreTimeout: 10 * time.Second, RetryFirst: 10 * time.Millisecond, RetryLast: time.Second, Snapshotters: 2,
		AccessPoll: 2 * time.Second, PollDocuments: 1_000, PollCredentials: 1_000, FailClosed: 5 * time.Second,
		DrainPatience: 10 * time.Second,
	}
}

// BenchmarkLimits are DefaultLimits without rates and with any number of seats, for measuring.
func BenchmarkLimits() Limits {
	const unhindered = 1 << 30
	l := DefaultLimits()
	l.Seats = unhindered
	l.SeatEdits, l.SeatEditBurst = unhindered, unhindered
	l.UserEdits, l.UserEditBurst = unhindered, unhindered
	l.UserWrites, l.UserWriteBurst = unhindered, unhindered
	return l
}

// wire is what clients are told of them.
func (l *Limits) wire() wire.Limits {
	return wire.Limits{
		FrameBytes: l.FrameBytes, Components: l.Components, InsertUnits: l.InsertUnits,
		DocumentUnits: l.DocumentUnits, EditsPerSecond: l.SeatEdits,
	}
}
