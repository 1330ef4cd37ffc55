package postgres

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/internal/relational"
)

// attempts bounds how often a transaction that lost to another is made again.
const attempts = 5

// engine is a relational.Engine.
type engine struct{ pool *pgxpool.Pool }

// call runs f with a connection, within the time for a call, and again while it loses to other transactions.
func (e engine) call(ctx context.Context, f func(ctx context.Context, conn *pgxpool.Conn) error) error {
	bounded, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	for attempt := 1; ; attempt++ {
		err := e.once(bounded, f)
		if errors.Is(err, errAgain) && attempt < attempts {
			continue
		}
		if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil && !errors.Is(err, storage.ErrUnknown) {
			err = fmt.Errorf("%w: %w", storage.ErrUnavailable, err)
		}
		return err
	}
}

func (e engine) once(ctx context.Context, f func(ctx context.Context, conn *pgxpool.Conn) error) error {
	soon, cancel := context.WithTimeout(ctx, acquireTimeout)
	defer cancel()
	conn, err := e.pool.Acquire(soon)
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return fmt.Errorf("%w: %w", storage.ErrUnavailable, err)
	}
	defer conn.Release()
	return f(ctx, conn)
}

// Read implements relational.Engine. Several queries go out in one message.
func (e engine) Read(ctx context.Context, queries ...relational.Query) error {
	if len(queries) == 0 {
		return nil
	}
	return e.call(ctx, func(ctx context.Context, conn *pgxpool.Conn) error {
		var given bool
		var err error
		if len(queries) == 1 {
			rows, queryErr := conn.Query(ctx, queries[0].SQL, queries[0].Args...)
			err = each(rows, queryErr, queries[0].Row, &given)
		} else {
			err = readTogether(ctx, conn, queries, &given)
		}
		return notTwice(err, given)
	})
}

// notTwice keeps a call whose caller has rows from being made again: it must not be given them twice.
func notTwice(err error, given bool) error {
	if given && errors.Is(err, errAgain) {
		return fmt.Errorf("%w: %v", storage.ErrUnavailable, err)
	}
	return err
}

// readTogether sends the queries in one message, as one transaction that sees one moment.
func readTogether(ctx context.Context, conn *pgxpool.Conn, queries []relational.Query, given *bool) error {
	var message pgx.Batch
	message.Queue("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
	for _, query := range queries {
		message.Queue(query.SQL, query.Args...)
	}
	message.Queue("COMMIT")
	answer := conn.SendBatch(ctx, &message)
	_, err := answer.Exec()
	for i := 0; err == nil && i < len(queries); i++ {
		rows, queryErr := answer.Query()
		err = each(rows, queryErr, queries[i].Row, given)
	}
	if closeErr := answer.Close(); err == nil {
		err = closeErr
	}
	return translate(err)
}

// each calls f with each row, notes whether there was one, and closes rows.
func each(rows pgx.Rows, err error, f func(relational.Row) error, given *bool) error {
	if err != nil {
		return translate(err)
	}
	defer rows.Close()
	for rows.Next() {
		*given = true
		if err := f(rows); err != nil {
			return err
		}
	}
	return translate(rows.Err())
}

// Do implements relational.Engine. The end of the message commits the statement, so until all of the answer was read nothing tells
// whether it did.
func (e engine) Do(ctx context.Context, query relational.Query) error {
	return e.call(ctx, func(ctx context.Context, conn *pgxpool.Conn) error {
		rows, err := conn.Query(ctx, query.SQL, query.Args...)
		given := false
		for err == nil && rows.Next() {
			given, err = true, query.Row(rows)
		}
		rows.Close()
		return notTwice(ofCommit(cmp.Or(err, rows.Err())), given)
	})
}

// Write implements relational.Engine.
func (e engine) Write(ctx context.Context, f func(ctx context.Context, tx relational.Tx) error) error {
	return e.call(ctx, func(ctx context.Context, conn *pgxpool.Conn) error {
		begun, err := conn.Begin(ctx)
		if err != nil {
			return translate(err)
		}
		defer begun.Rollback(ctx) // does nothing after a commit; a connection on which it fails is not used again
		if err := f(ctx, tx{begun}); err != nil {
			return err
		}
		return ofCommit(begun.Commit(ctx))
	})
}

// tx makes a transaction a relational.Tx.
type tx struct{ tx pgx.Tx }

func (t tx) Exec(ctx context.Context, sql string, args ...any) (int64, error) {
	tag, err := t.tx.Exec(ctx, sql, args...)
	return tag.RowsAffected(), translate(err)
}

func (t tx) Query(ctx context.Context, query relational.Query) error {
	rows, err := t.tx.Query(ctx, query.SQL, query.Args...)
	return each(rows, err, query.Row, new(bool))
}
