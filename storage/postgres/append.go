package postgres

import (
	"context"
	_ "embed"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/internal/relational"
)

//go:embed append.sql
var appendSQL string

// The statements before it hold the rows that its decisions hang on, in the order that every call keeps. FOR SHARE lets other
// appends by the same people go on beside this one, while a change of their rows waits for it, and it for such a change.
const (
	holdDocuments = "SELECT 1 FROM documents WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE"
	holdUsers     = "SELECT 1 FROM users WHERE id = ANY($1) ORDER BY id FOR SHARE"
	holdSessions  = "SELECT 1 FROM sessions WHERE id = ANY($1) ORDER BY id FOR SHARE"
	holdTokens    = "SELECT 1 FROM tokens WHERE id = ANY($1) ORDER BY id FOR SHARE"
)

// Append implements storage.Revisions: all batches in one transaction, sent as one message. A seq that is taken fails all of
// it, and then each batch is appended by itself.
func (s *Store) Append(ctx context.Context, batches []storage.Batch) ([]error, error) {
	relational.CheckBatches(batches)
	if len(batches) == 0 {
		return nil, nil
	}
	outcomes := make([]error, len(batches))
	written, all, err := s.appendWhole(ctx, batches)
	if err == nil && written < all {
		outcomes, err = s.append(ctx, batches)
	}
	if errors.Is(err, errSeqTaken) {
		outcomes, err = s.appendEach(ctx, batches)
	}
	if err != nil && written > 0 && !errors.Is(err, storage.ErrUnknown) {
		err = fmt.Errorf("%w: %w", storage.ErrUnknown, err) // some of the batches stand, and it is not told which
	}
	if err != nil {
		return nil, fmt.Errorf("append %d batches: %w", len(batches), err)
	}
	return outcomes, nil
}

// appendEach appends each batch by itself. An error about one call is about all of them: what was committed before it stands,
// as the repeated call will find.
func (s *Store) appendEach(ctx context.Context, batches []storage.Batch) ([]error, error) {
	outcomes := make([]error, len(batches))
	for i := range batches {
		outcome, err := s.append(ctx, batches[i:i+1])
		switch {
		case errors.Is(err, errSeqTaken):
			outcomes[i] = storage.ErrDuplicate
		case err == nil:
			outcomes[i] = outcome[0]
		case i > 0 && !errors.Is(err, storage.ErrUnknown):
			return nil, fmt.Errorf("%w: %w", storage.ErrUnknown, err) // the batches before it may stand
		default:
			return nil, err
		}
	}
	return outcomes, nil
}

// appendWhole writes the batches if it can, and returns how many of all their revisions were written. What was not is refused
// by something: append tells by what.
func (s *Store) appendWhole(ctx context.Context, batches []storage.Batch) (written, all int, err error) {
	whole := wholeOf(batches)
	err = engine{s.appends}.call(ctx, func(ctx context.Context, conn *pgxpool.Conn) error {
		written, err = whole.write(ctx, conn)
		return err
	})
	return written, whole.rows, err
}

// append is one transaction, made again while it loses to others.
func (s *Store) append(ctx context.Context, batches []storage.Batch) (outcomes []error, err error) {
	columns := columnsOf(batches)
	err = engine{s.appends}.call(ctx, func(ctx context.Context, conn *pgxpool.Conn) error {
		outcomes, err = columns.send(ctx, conn, batches)
		return err
	})
	return outcomes, err
}

// send runs the transaction. The end of the message commits it, so only when all of the answer was read has it happened.
func (c *columns) send(ctx context.Context, conn *pgxpool.Conn, batches []storage.Batch) ([]error, error) {
	var message pgx.Batch
	message.Queue(holdDocuments, c.document)
	message.Queue(holdUsers, c.user)
	if len(c.session) > 0 {
		message.Queue(holdSessions, c.session)
	}
	if len(c.token) > 0 {
		message.Queue(holdTokens, c.token)
	}
	message.Queue(appendSQL, c.args()...)

	answer := conn.SendBatch(ctx, &message)
	for range message.Len() - 1 {
		if _, err := answer.Exec(); err != nil {
			return nil, ofCommit(errors.Join(err, answer.Close()))
		}
	}
	rows, err := answer.Query()
	var outcomes []error
	if err == nil {
		outcomes, err = c.outcomes(rows, batches)
	}
	if closeErr := answer.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return nil, ofCommit(err)
	}
	return outcomes, nil
}

// refusals are the outcomes in append.sql's words, besides those of fences.
var refusals = map[string]error{
	"write":    nil,
	"stands":   nil,
	"document": storage.ErrNoDocument,
	"epoch":    storage.ErrEpoch,
	"head":     storage.ErrHeadMoved,
	"access":   storage.ErrAccessMoved,
}

func (c *columns) outcomes(rows pgx.Rows, batches []storage.Batch) ([]error, error) {
	defer rows.Close()
	outcomes := make([]error, 0, len(batches))
	for rows.Next() {
		var outcome string
		var ended []int64
		if err := rows.Scan(&outcome, &ended); err != nil {
			return nil, err
		}
		refusal, known := refusals[outcome]
		if outcome == "fence" {
			fences := make([]storage.Fence, len(ended))
			for i, place := range ended {
				fences[i] = c.fences[place-1]
			}
			refusal, known = &storage.FenceError{Ended: fences}, true
		}
		if !known {
			panic(fmt.Sprintf("storage/postgres: outcome %q", outcome))
		}
		outcomes = append(outcomes, refusal)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	if len(outcomes) != len(batches) {
		panic(fmt.Sprintf("storage/postgres: %d outcomes for %d batches", len(outcomes), len(batches)))
	}
	return outcomes, nil
}
