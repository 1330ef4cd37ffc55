package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/internal/relational"
)

// connection is one connection with its prepared statements. One call uses it at a time.
type connection struct {
	conn     *sql.Conn
	begin    string
	prepared map[string]*sql.Stmt
}

// statement prepares a text once.
func (c *connection) statement(text string) (*sql.Stmt, error) {
	if stmt, ok := c.prepared[text]; ok {
		return stmt, nil
	}
	stmt, err := c.conn.PrepareContext(context.Background(), text)
	if err != nil {
		return nil, translate(err)
	}
	c.prepared[text] = stmt
	return stmt, nil
}

func (c *connection) exec(text string, args ...any) (int64, error) {
	stmt, err := c.statement(text)
	if err != nil {
		return 0, err
	}
	result, err := stmt.ExecContext(context.Background(), blobs(args)...)
	if err != nil {
		return 0, translate(err)
	}
	return result.RowsAffected()
}

func (c *connection) query(query relational.Query) (err error) {
	stmt, err := c.statement(query.SQL)
	if err != nil {
		return err
	}
	rows, err := stmt.QueryContext(context.Background(), blobs(query.Args)...)
	if err != nil {
		return translate(err)
	}
	defer func() { err = errors.Join(err, translate(rows.Close())) }()
	for rows.Next() {
		if err := query.Row(row{rows}); err != nil {
			return err
		}
	}
	return translate(rows.Err())
}

// transact runs f in a transaction.
func (c *connection) transact(f func() error) error {
	if _, err := c.exec(c.begin); err != nil {
		return err
	}
	defer func() {
		if panicked := recover(); panicked != nil {
			c.rollback()
			panic(panicked)
		}
	}()
	if err := f(); err != nil {
		return errors.Join(err, c.rollback())
	}
	return c.commit()
}

// commit ends the transaction. An error of the disk while the log is written leaves it open whether a restart would find it.
func (c *connection) commit() error {
	_, err := c.exec("COMMIT")
	if err == nil {
		return nil
	}
	c.rollback()
	if errors.Is(err, errDisk) {
		return fmt.Errorf("%w: %w", storage.ErrUnknown, err)
	}
	return err
}

// rollback ends the transaction, unless SQLite did so itself on an error.
func (c *connection) rollback() error {
	if _, err := c.exec("ROLLBACK"); err != nil && !errors.Is(err, errNoTransaction) {
		return err
	}
	return nil
}

func (c *connection) close() error {
	var err error
	for _, stmt := range c.prepared {
		err = errors.Join(err, stmt.Close())
	}
	return errors.Join(err, c.conn.Close())
}

// blobs turns ids into what the driver takes.
func blobs(args []any) []any {
	for i, arg := range args {
		if id, ok := arg.([16]byte); ok {
			args[i] = id[:]
		}
	}
	return args
}

// row lets ids be scanned.
type row struct{ rows *sql.Rows }

func (r row) Scan(dest ...any) error {
	for i, d := range dest {
		if id, ok := d.(*[16]byte); ok {
			dest[i] = (*blob)(id)
		}
	}
	return r.rows.Scan(dest...)
}

// blob scans an id.
type blob [16]byte

// Scan implements sql.Scanner.
func (b *blob) Scan(src any) error {
	bytes, ok := src.([]byte)
	if !ok || len(bytes) != len(b) {
		return fmt.Errorf("not an id: %T of %d bytes", src, len(bytes))
	}
	copy(b[:], bytes)
	return nil
}
