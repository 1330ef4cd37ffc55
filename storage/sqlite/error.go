package sqlite

import (
	"errors"
	"fmt"

	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"github.com/coscribe/coscribe/storage"
)

// Conditions that this package acts on itself.
var (
	errDisk          = errors.New("input or output error")
	errNoTransaction = errors.New("no transaction")
	errSeqTaken      = errors.New("the author's seq is in the log")
)

// translate turns the driver's error into ours, by its code.
func translate(err error) error {
	var foreign *sqlite.Error
	if err == nil || !errors.As(err, &foreign) {
		return err
	}
	if foreign.Code() == lib.SQLITE_CONSTRAINT_UNIQUE {
		return fmt.Errorf("%w: %w", errSeqTaken, err)
	}
	switch primary := foreign.Code() & 0xff; primary {
	case lib.SQLITE_IOERR:
		return fmt.Errorf("%w: %w: %w", storage.ErrUnavailable, errDisk, err)
	case lib.SQLITE_BUSY, lib.SQLITE_LOCKED, lib.SQLITE_FULL, lib.SQLITE_READONLY, lib.SQLITE_CANTOPEN, lib.SQLITE_NOMEM, lib.SQLITE_PERM:
		return fmt.Errorf("%w: %w", storage.ErrUnavailable, err)
	case lib.SQLITE_CORRUPT, lib.SQLITE_NOTADB:
		return fmt.Errorf("%w: %w", storage.ErrCorrupt, err)
	case lib.SQLITE_ERROR:
		// Of the statements used here only a ROLLBACK without a transaction can get a generic error when it runs.
		return fmt.Errorf("%w: %w", errNoTransaction, err)
	}
	return err
}
