// Package room holds open documents: who sits at them, what they write, and what they see.
//
// A Hub opens a room for each document that somebody joins or writes to, and lets it go when it has been idle. A Seat is one
// connection in a room. Rooms know nothing of sockets and HTTP: a door hands edits in with Seat.Submit or Hub.Write, and
// takes what a client lacks with Seat.Pull whenever Wake says "look". A Follower is a seat that reads what is written and nothing else.
//
// # What it promises
//
//   - Nothing is shown before it is committed: not by a welcome, a pull, a caret or a stored snapshot.
//   - An edit has one effect, whenever and however often it is sent, and one answer: its revision, or a refusal.
//   - A right is asked of authz in the room and tested again by the database in the transaction of the commit. A room's
//     memory of rights is only there to answer fast.
//   - Everybody who pulls gets every revision, in order, once. Nobody waits for the slowest.
//   - A room that panics, or that does not fit its log, ends alone: its seats come back to one loaded anew. A document that
//     cannot be loaded is an error, never empty.
//
// # The life of an edit
//
//	   Submit, Write
//	        │ inbox (bounded)
//	        ▼
//	 ┌─── take ◄────────────────────────────────────────────────┐
//	 │      │  the same is unanswered: join it                  │
//	 │      ▼                                                   │ resume: as it came,
//	 │     run ───── halted ──► waiting ──── what was lacking ──┤ in order of arrival
//	 │      │                                has been read      │
//	 │      │ known ──► answered with its revision              │
//	 │      │ role, rate, schema                                │
//	 │      ▼                                                   │
//	 │    accept ── exact, and others are ahead ──► parked ─────┤
//	 │      │ ot.Authority: transformed, ahead of the log       │
//	 │      ▼                                                   │
//	 │    staged                                                │
//	 │      │ whenever nothing is in flight                     │
//	 │      ▼                                                   │
//	 │    flight ── committer ── storage.Append                 │
//	 │      │          unknown, unavailable: the same again     │
//	 │      ▼                                                   │
//	 │    landed ── head, access or fence moved: unwind ────────┘
//	 │      │
//	 ▼      ▼
//	refuse  commit ──► shown ──► Wake, Pull
//
// An edit is its origin's (author and client) one unanswered edit, in outbox.pending, from take until it is answered. All
// of staged stands on the flight and falls with it.
//
// # Who owns what
//
// A room's state belongs to its goroutine, which exists only while its inbox holds something; each event is one turn. It
// never waits for the database: reading what it lacks, looking an edit up, committing and storing snapshots run beside it
// and come back as events. What seats read, shown, has a lock of its own and is written after each commit. A Seat's answers
// and its place in the stream are behind the seat's lock. Locks are taken in the order Hub.mu, inbox.mu; Seat.mu, shown.mu;
// none is held over a call of the store.
//
// A room ends (room.end) by unloading, draining, deletion or a fault. It then takes no events, but stays in Hub.rooms until
// a batch in flight is settled: a room opened earlier would not see what the late commit wrote. Only then is gone closed
// and the document may be opened again.
package room
