// Package document is the one layer of commands below every transport. A command names what it does in authz's table, is
// decided against the document's access list as it is at that moment, and carries the decision into the store as a Guard:
// the version of the list, and what else the right hangs on. If the list has changed when the write arrives, nothing is
// written and the command is decided anew. What changed is told on the bus after the commit.
//
// A document that somebody may not see answers exactly like one that does not exist, after the same queries:
// storage.ErrNoDocument. One that they may see but not change so answers *Forbidden, with what they have and would need.
//
// Edits do not pass here but through package room, which asks the same table.
//
// A Service is safe for concurrent use.
package document
