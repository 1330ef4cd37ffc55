// Package relational is what the stores on SQLite and on Postgres have in common: one text of nearly every statement, and
// what is decided between the statements of one call.
//
// An engine gives transactions (Engine, Tx) and says where its SQL differs (Dialect); Store makes of these all of
// storage.Store except Append, which is where the engines' ways part. Statements number their parameters $1, $2, …. Values
// that pass through are int64, string, bool, []byte, [16]byte for an id, and nil; destinations are pointers to these, or a
// sql.Scanner.
//
// Rows are locked in the order groups and addresses, documents, users, sessions, tokens, links, ends of audit chains, each by
// id, so that calls which meet wait in turn. The policy's row stands outside of it: who changes it holds it first of all, and
// who shares it, to let a guest in, holds nothing that the change wants. On SQLite the one writer is the lock. After an unknown outcome the same call comes again, so each write first looks whether
// its effect stands already; only then does it ask whether it may.
package relational
