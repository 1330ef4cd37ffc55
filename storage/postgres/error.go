package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/coscribe/coscribe/storage"
)

// Conditions that this package acts on itself.
var (
	errAgain    = errors.New("the transaction lost to another one")
	errSeqTaken = errors.New("the author's seq is in the log")
)

// translate turns an error of a statement or of the connection into ours, by its code. It says nothing about commits.
func translate(err error) error {
	var foreign *pgconn.PgError
	switch {
	case err == nil || errors.Is(err, context.Canceled):
		return err
	case !errors.As(err, &foreign):
		if connectionLost(err) {
			return fmt.Errorf("%w: %w", storage.ErrUnavailable, err)
		}
		return err
	case foreign.Code == "23505" && foreign.ConstraintName == "revisions_once":
		return fmt.Errorf("%w: %w", errSeqTaken, err)
	case foreign.Code == "23505" && foreign.ConstraintName == "groups_name_key":
		return fmt.Errorf("%w: %w", storage.ErrNameTaken, err)
	case foreign.Code == "42501": // insufficient privilege
		return fmt.Errorf("%w: %w", storage.ErrNotAllowed, err)
	case again(foreign.Code):
		return fmt.Errorf("%w: %w: %w", storage.ErrUnavailable, errAgain, err)
	case foreign.Code == "XX001" || foreign.Code == "XX002": // data or index corrupted
		return fmt.Errorf("%w: %w", storage.ErrCorrupt, err)
	case unavailable(foreign.Code):
		return fmt.Errorf("%w: %w", storage.ErrUnavailable, err)
	}
	return err
}

// again tells whether the code says that the same transaction may succeed at once.
func again(code string) bool {
	switch code {
	case "40001", // serialization failure
		"40P01", // deadlock
		"0A000", // a prepared statement's result has changed with the schema
		"26000": // a prepared statement is gone
		return true
	}
	return false
}

// unavailable tells whether the code is about the server's state rather than the statement.
func unavailable(code string) bool {
	switch code {
	case "25006", // read-only transaction
		"25P03", // idle in transaction for too long
		"55P03", // lock not available
		"57014": // the statement's time is over
		return true
	}
	switch code[:2] {
	case "08", // connection
		"28", // authorization
		"3D", // no such database
		"53", // resources: disk full, too many connections
		"57", // operator intervention: shutdown, restart
		"58": // system: input or output error
		return true
	}
	return false
}

// connectionLost tells whether err, which is not the server's, is about the connection to it rather than about this program.
func connectionLost(err error) bool {
	var connect *pgconn.ConnectError
	var network net.Error
	return errors.As(err, &connect) || errors.As(err, &network) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, pgconn.ErrConnClosed)
}

// decided tells whether err proves that the transaction it ended did not commit: the server itself said so, and went on. What it
// says of connections and of its own end may come after the commit.
func decided(err error) bool {
	var foreign *pgconn.PgError
	return errors.As(err, &foreign) && foreign.SeverityUnlocalized == "ERROR" &&
		!strings.HasPrefix(foreign.Code, "08") && !strings.HasPrefix(foreign.Code, "57P")
}

// ofCommit translates the error of whatever carried a commit.
func ofCommit(err error) error {
	if err == nil || decided(err) {
		return translate(err)
	}
	return fmt.Errorf("%w: %w", storage.ErrUnknown, err)
}
