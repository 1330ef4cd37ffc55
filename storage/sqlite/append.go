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

// Append implements storage.Revisions: all batches in one transaction of the writer. A seq that is taken fails all of it, and
// then it is made again, ready to take back each batch by itself.
func (s *Store) Append(ctx context.Context, batches []storage.Batch) ([]error, error) {
	relational.CheckBatches(batches)
	if len(batches) == 0 {
		return nil, nil
	}
	outcomes, err := s.append(ctx, batches, (*appending).batch)
	if errors.Is(err, errSeqTaken) {
		outcomes, err = s.append(ctx, batches, (*appending).revocable)
	}
	if err != nil {
		return nil, fmt.Errorf("append %d batches: %w", len(batches), err)
	}
	return outcomes, nil
}

// oneBatch commits a batch with the transaction, or says why it is refused. An error is about the whole transaction.
type oneBatch func(a *appending, ctx context.Context, batch *storage.Batch) (refusal, err error)

// append is one transaction.
func (s *Store) append(ctx context.Context, batches []storage.Batch, one oneBatch) ([]error, error) {
	outcomes := make([]error, len(batches))
	err := s.engine.Write(ctx, func(ctx context.Context, tx relational.Tx) (err error) {
		a := appending{store: s, tx: tx, held: make(map[storage.Fence]bool)}
		for i := range batches {
			if outcomes[i], err = one(&a, ctx, &batches[i]); err != nil {
				return err
			}
		}
		return nil
	})
	return outcomes, err
}

// appending is the transaction of one Append.
type appending struct {
	store *Store
	tx    relational.Tx
	held  map[storage.Fence]bool // those found to hold: nothing changes them before the transaction ends
}

// revocable is batch, to which a seq that is taken is a refusal.
func (a *appending) revocable(ctx context.Context, batch *storage.Batch) (refusal, err error) {
	if _, err := a.tx.Exec(ctx, "SAVEPOINT batch"); err != nil {
		return nil, err
	}
	refusal, err = a.batch(ctx, batch)
	if errors.Is(err, errSeqTaken) {
		refusal = storage.ErrDuplicate
		_, err = a.tx.Exec(ctx, "ROLLBACK TO batch")
	}
	if err == nil {
		_, err = a.tx.Exec(ctx, "RELEASE batch")
	}
	return refusal, err
}

// batch is a oneBatch, to which a seq that is taken is an error.
func (a *appending) batch(ctx context.Context, batch *storage.Batch) (refusal, err error) {
	ended, err := a.hold(ctx, batch.Fences)
	if err != nil {
		return nil, err
	}
	if ended == nil {
		moved, err := a.move(ctx, batch)
		if moved {
			err = a.insert(ctx, batch)
		}
		if err != nil || moved {
			return nil, err
		}
	}
	return a.refusal(ctx, batch, ended)
}

// move puts the document's head to the batch's last revision, if the document is as the batch expects it.
func (a *appending) move(ctx context.Context, batch *storage.Batch) (moved bool, err error) {
	var latest storage.Micros
	for i := range batch.Revisions {
		latest = max(latest, batch.Revisions[i].At)
	}
	n, err := a.tx.Exec(ctx, "UPDATE documents SET head = $2, updated_at = max(updated_at, $3)"+
		" WHERE id = $1 AND deleted_at = 0 AND epoch = $4 AND head = $5 AND access_version = $6",
		[16]byte(batch.Doc), int64(batch.Head)+int64(len(batch.Revisions)), int64(latest), batch.Epoch, int64(batch.Head), batch.AccessVersion)
	return n == 1, err
}

func (a *appending) insert(ctx context.Context, batch *storage.Batch) error {
	for i := range batch.Revisions {
		r := &batch.Revisions[i]
		_, err := a.tx.Exec(ctx, "INSERT INTO revisions (document, rev, edit, author, seat, client, seq, at, kind, delta, crc)"+
			" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
			[16]byte(batch.Doc), int64(r.Rev), [16]byte(r.Edit), [16]byte(r.Author), [16]byte(r.Seat), [16]byte(r.Client), r.Seq,
			int64(r.At), string(r.Kind), r.Delta, relational.RevisionSum(batch.Doc, r))
		if err != nil {
			return err
		}
	}
	return nil
}

// refusal tells what refuses a batch that was not written; ended is what its fences say. Nothing does if it stands in the log.
func (a *appending) refusal(ctx context.Context, batch *storage.Batch, ended error) (refusal, err error) {
	var found bool
	var d storage.Document
	err = a.tx.Query(ctx, relational.Query{
		SQL:  "SELECT epoch, head, access_version, deleted_at FROM documents WHERE id = $1",
		Args: []any{[16]byte(batch.Doc)},
		Row: func(row relational.Row) error {
			found = true
			return row.Scan(&d.Epoch, (*int64)(&d.Head), &d.AccessVersion, (*int64)(&d.DeletedAt))
		},
	})
	stands := false
	if err == nil && d.Head > batch.Head {
		stands, err = a.stands(ctx, batch)
	}
	switch {
	case err != nil || stands:
		return nil, err
	case !found || d.DeletedAt != 0:
		return storage.ErrNoDocument, nil
	case d.Epoch != batch.Epoch:
		return storage.ErrEpoch, nil
	case d.Head != batch.Head:
		return storage.ErrHeadMoved, nil
	case d.AccessVersion != batch.AccessVersion:
		return storage.ErrAccessMoved, nil
	case ended == nil:
		panic(fmt.Sprintf("storage/sqlite: %v is as expected at revision %d, and was not moved", batch.Doc, d.Head))
	}
	return ended, nil
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
