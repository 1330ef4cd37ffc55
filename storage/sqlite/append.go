package sqlite

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/internal/relational"
)

// Append implements storage.Revisions: all batches in one transaction of the writer.
func (s *Store) Append(ctx context.Context, batches []storage.Batch) ([]error, error) {
	relational.CheckBatches(batches)
	if len(batches) == 0 {
		return nil, nil
	}
	outcomes := make([]error, len(batches))
	err := s.engine.Write(ctx, func(ctx context.Context, tx relational.Tx) (err error) {
		a := appending{store: s, tx: tx, held: make(map[storage.Fence]bool)}
		for i := range batches {
			if outcomes[i], err = a.batch(ctx, &batches[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("append %d batches: %w", len(batches), err)
	}
	return outcomes, nil
}

// appending is the transaction of one Append.
type appending struct {
	store *Store
	tx    relational.Tx
	held  map[storage.Fence]bool // those found to hold: nothing changes them before the transaction ends
}

// batch commits a batch with the transaction, or says why it is refused. An error is about the whole transaction.
func (a *appending) batch(ctx context.Context, batch *storage.Batch) (refusal, err error) {
	updated, stands, refusal, err := a.admit(ctx, batch)
	if err != nil || refusal != nil || stands {
		return refusal, err
	}
	if len(batch.Revisions) == 1 { // a statement is whole or nothing by itself
		return duplicate(a.insert(ctx, batch, updated))
	}
	if _, err := a.tx.Exec(ctx, "SAVEPOINT batch"); err != nil {
		return nil, err
	}
	refusal, err = duplicate(a.insert(ctx, batch, updated))
	if err == nil && refusal != nil {
		_, err = a.tx.Exec(ctx, "ROLLBACK TO batch")
	}
	if err == nil {
		_, err = a.tx.Exec(ctx, "RELEASE batch")
	}
	return refusal, err
}

// duplicate makes a refusal of the error about a seq that is taken.
func duplicate(err error) (refusal, failure error) {
	if errors.Is(err, errSeqTaken) {
		return storage.ErrDuplicate, nil
	}
	return nil, err
}

// admit tells whether the batch stands in the log already, and if not, whether something refuses it. It returns when the
// document was last updated.
func (a *appending) admit(ctx context.Context, batch *storage.Batch) (updated storage.Micros, stands bool, refusal, err error) {
	var found bool
	var d storage.Document
	err = a.tx.Query(ctx, relational.Query{
		SQL:  "SELECT epoch, head, access_version, updated_at, deleted_at FROM documents WHERE id = $1",
		Args: []any{[16]byte(batch.Doc)},
		Row: func(row relational.Row) error {
			found = true
			return row.Scan(&d.Epoch, (*int64)(&d.Head), &d.AccessVersion, (*int64)(&d.UpdatedAt), (*int64)(&d.DeletedAt))
		},
	})
	if err == nil && d.Head > batch.Head {
		stands, err = a.stands(ctx, batch)
	}
	if err != nil || stands {
		return 0, stands, nil, err
	}
	switch {
	case !found || d.DeletedAt != 0:
		refusal = storage.ErrNoDocument
	case d.Epoch != batch.Epoch:
		refusal = storage.ErrEpoch
	case d.Head != batch.Head:
		refusal = storage.ErrHeadMoved
	case d.AccessVersion != batch.AccessVersion:
		refusal = storage.ErrAccessMoved
	default:
		refusal, err = a.hold(ctx, batch.Fences)
	}
	return d.UpdatedAt, false, refusal, err
}

// stands tells whether the batch's very revisions are in the log. Their checksums are over every field.
func (a *appending) stands(ctx context.Context, batch *storage.Batch) (bool, error) {
	first, last := batch.Revisions[0].Rev, batch.Revisions[len(batch.Revisions)-1].Rev
	matched := 0
	err := a.tx.Query(ctx, relational.Query{
		SQL:  "SELECT rev, delta, crc FROM revisions WHERE document = $1 AND rev >= $2 AND rev <= $3",
		Args: []any{[16]byte(batch.Doc), int64(first), int64(last)},
		Row: func(row relational.Row) error {
			var rev ot.Rev
			var delta []byte
			var sum int64
			err := row.Scan((*int64)(&rev), &delta, &sum)
			if err != nil {
				return err
			}
			if r := &batch.Revisions[rev-first]; bytes.Equal(r.Delta, delta) && relational.RevisionSum(batch.Doc, r) == sum {
				matched++
			}
			return nil
		},
	})
	return matched == len(batch.Revisions), err
}

// hold refuses if any of the fences does not hold, naming all that do not.
func (a *appending) hold(ctx context.Context, fences []storage.Fence) (refusal, err error) {
	var ended []storage.Fence
	for _, fence := range fences {
		if a.held[fence] {
			continue
		}
		err := a.store.Fenced(ctx, a.tx, fence)
		switch {
		case err == nil:
			a.held[fence] = true
		case errors.Is(err, storage.ErrFence):
			ended = append(ended, fence)
		default:
			return nil, err
		}
	}
	if ended != nil {
		return &storage.FenceError{Ended: ended}, nil
	}
	return nil, nil
}

func (a *appending) insert(ctx context.Context, batch *storage.Batch, updated storage.Micros) error {
	for i := range batch.Revisions {
		r := &batch.Revisions[i]
		_, err := a.tx.Exec(ctx, "INSERT INTO revisions (document, rev, edit, author, seat, client, seq, at, kind, delta, crc)"+
			" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
			[16]byte(batch.Doc), int64(r.Rev), [16]byte(r.Edit), [16]byte(r.Author), [16]byte(r.Seat), [16]byte(r.Client), r.Seq,
			int64(r.At), string(r.Kind), r.Delta, relational.RevisionSum(batch.Doc, r))
		if err != nil {
			return err
		}
		updated = max(updated, r.At)
	}
	last := batch.Revisions[len(batch.Revisions)-1].Rev
	_, err := a.tx.Exec(ctx, "UPDATE documents SET head = $2, updated_at = $3 WHERE id = $1", [16]byte(batch.Doc), int64(last), int64(updated))
	return err
}
