package relational

import "context"

// Engine runs transactions on one database. Its errors are storage's.
type Engine interface {
	// Read runs the queries, all as of one moment and in as few exchanges with the database as it can.
	Read(ctx context.Context, queries ...Query) error

	// Do runs one statement that writes, as a transaction of its own. Its rows count only if there is no error. If the answer is
	// lost: storage.ErrUnknown.
	Do(ctx context.Context, query Query) error

	// Write runs f in one transaction and commits it, unless f fails. The transaction may lose to another and f be run
	// again: f sets what it leaves behind anew. If the commit's answer is lost: storage.ErrUnknown.
	Write(ctx context.Context, f func(ctx context.Context, tx Tx) error) error
}

// Query is a statement with what to do with its rows.
type Query struct {
	SQL  string
	Args []any
	Row  func(row Row) error // called for each row; an error ends the reading
}

// Row is a row of a result.
type Row interface {
	Scan(dest ...any) error
}

// Tx is a transaction that writes.
type Tx interface {
	// Exec runs a statement and returns how many rows it touched.
	Exec(ctx context.Context, sql string, args ...any) (int64, error)

	// Query runs a statement that returns rows.
	Query(ctx context.Context, query Query) error
}

// Dialect is where an engine's SQL differs from the other's.
type Dialect struct {
	ForShare  string // ends a SELECT: changes of the rows wait until this transaction ends
	ForUpdate string // ends a SELECT: as ForShare, and so do others' ForShare and ForUpdate
	ForIdle   string // ends a SELECT: as ForUpdate, but passes over rows that somebody holds
	Now       string // an expression: the database's clock in microseconds since 1970
	HoldUsers string // a statement: changes of the table of users wait until this transaction ends; empty if they do anyway
}
