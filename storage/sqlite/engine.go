package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"

	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/internal/relational"
)

// engine is a relational.Engine: a pool of connections that read, and one that writes.
type engine struct {
	db     *sql.DB
	read   chan *connection // those that are free
	write  chan *connection // the writer, when it is free
	closed chan struct{}
	end    sync.Once
}

func newEngine(ctx context.Context, db *sql.DB) (*engine, error) {
	e := &engine{db: db, read: make(chan *connection, readers), write: make(chan *connection, 1), closed: make(chan struct{})}
	for i := range readers + 1 {
		conn, err := db.Conn(ctx)
		if err != nil {
			return nil, err
		}
		free, begin, access := e.read, "BEGIN", "PRAGMA query_only = 1"
		if i == readers {
			free, begin, access = e.write, "BEGIN IMMEDIATE", "PRAGMA query_only = 0"
		}
		if _, err := conn.ExecContext(ctx, access); err != nil {
			return nil, err
		}
		free <- &connection{conn: conn, begin: begin, prepared: make(map[string]*sql.Stmt)}
	}
	return e, nil
}

// take waits for a free connection of the pool, which the caller gives back.
func (e *engine) take(ctx context.Context, free chan *connection) (*connection, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	select {
	case <-e.closed:
		return nil, fmt.Errorf("%w: it is closed", storage.ErrUnavailable)
	default:
	}
	select {
	case conn := <-free:
		return conn, nil
	case <-e.closed:
		return nil, fmt.Errorf("%w: it is closed", storage.ErrUnavailable)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Read implements relational.Engine.
func (e *engine) Read(ctx context.Context, queries ...relational.Query) error {
	if len(queries) == 0 {
		return nil
	}
	conn, err := e.take(ctx, e.read)
	if err != nil {
		return err
	}
	defer func() { e.read <- conn }()
	if len(queries) == 1 {
		return conn.query(queries[0])
	}
	return conn.transact(func() error {
		for _, query := range queries {
			if err := conn.query(query); err != nil {
				return err
			}
		}
		return nil
	})
}

// Do implements relational.Engine.
func (e *engine) Do(ctx context.Context, query relational.Query) error {
	return e.Write(ctx, func(ctx context.Context, tx relational.Tx) error { return tx.Query(ctx, query) })
}

// Write implements relational.Engine.
func (e *engine) Write(ctx context.Context, f func(ctx context.Context, tx relational.Tx) error) error {
	conn, err := e.take(ctx, e.write)
	if err != nil {
		return err
	}
	defer func() { e.write <- conn }()
	return conn.transact(func() error { return f(ctx, tx{conn}) })
}

// tx makes a connection in a transaction a relational.Tx.
type tx struct{ conn *connection }

func (t tx) Exec(_ context.Context, sql string, args ...any) (int64, error) {
	return t.conn.exec(sql, args...)
}
func (t tx) Query(_ context.Context, query relational.Query) error { return t.conn.query(query) }

// close waits for every connection to be given back.
func (e *engine) close() (err error) {
	e.end.Do(func() {
		close(e.closed)
		for range readers {
			err = errors.Join(err, (<-e.read).close())
		}
		err = errors.Join(err, (<-e.write).close(), e.db.Close())
	})
	return err
}
