// Package storage holds Coscribe's records, the contract of a Store, and the errors that every Store gives.
//
// Two packages keep the contract: storage/sqlite, the embedded default, and storage/postgres. The suite in
// storage/storagetest is the contract as tests, and both pass it.
//
// What a Store promises:
//
//   - A method that returned nil has committed durably: its effect survives kill -9 of the server and a crash of the
//     database. A method that returned an error other than ErrUnknown changed nothing.
//   - ErrUnknown means that a commit was sent and its answer lost. Only the same call made again tells: every method that
//     can return it may be repeated with the same arguments and has its effect once. What stands already is a success, before
//     any refusal.
//   - A right and its effect are one transaction. Writes carry a Fence (and the access version their decision came from);
//     the Store tests both against the rows as they are at the commit, holding off concurrent changes of those rows. Rows
//     are locked in the order groups and addresses, documents, users, credentials, links, ends of audit chains, each by
//     id, so that no two calls wait for each other.
//   - Every change of who may do what leaves one row in the audit, in its own transaction; a call made again leaves no other.
//   - Time is passed in, in microseconds since 1970 UTC, except that expiries behind a Fence are compared with the clock of
//     the database, of which there is one.
//
// A Store is safe for concurrent use. Byte slices in returned records belong to the caller; those passed in are only read
// during the call.
package storage
