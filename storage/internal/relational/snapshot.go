package relational

import (
	"context"
	"fmt"

	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// packed is a snapshot's row.
type packed struct {
	found   bool
	rev     ot.Rev
	content []byte
	sum     int64
}

// newest is the query for the newest snapshot at or before rev.
func (p *packed) newest(doc id.Doc, atMost ot.Rev) Query {
	return Query{
		SQL:  "SELECT rev, content, crc FROM snapshots WHERE document = $1 AND rev <= $2 ORDER BY rev DESC LIMIT 1",
		Args: []any{[16]byte(doc), int64(atMost)},
		Row:  one(&p.found, (*int64)(&p.rev), &p.content, &p.sum),
	}
}

// open unpacks the snapshot and tests its checksum; ok tells whether it is intact.
func (s *Store) open(doc id.Doc, p packed) (snapshot storage.Snapshot, ok bool) {
	content, err := s.unpack.DecodeAll(p.content, nil)
	if err != nil || p.sum != snapshotSum(doc, p.rev, content) {
		return storage.Snapshot{}, false
	}
	return storage.Snapshot{Rev: p.rev, Content: content}, true
}

// Snapshot implements storage.Revisions.
func (s *Store) Snapshot(ctx context.Context, doc id.Doc, atMost ot.Rev) (storage.Snapshot, error) {
	broken := false
	for {
		var row packed
		if err := s.read(ctx, "read a snapshot", row.newest(doc, atMost)); err != nil {
			return storage.Snapshot{}, err
		}
		if !row.found {
			return storage.Snapshot{}, noSnapshot(doc, broken)
		}
		if snapshot, ok := s.open(doc, row); ok {
			return snapshot, nil
		}
		atMost, broken = row.rev-1, true
	}
}

// noSnapshot says what it means that no intact snapshot was found.
func noSnapshot(doc id.Doc, broken bool) error {
	if broken {
		return fmt.Errorf("every snapshot of document %v: %w", doc, storage.ErrCorrupt)
	}
	return fmt.Errorf("read a snapshot: %w", storage.ErrNoDocument)
}

// PutSnapshot implements storage.Revisions.
func (s *Store) PutSnapshot(ctx context.Context, doc id.Doc, snapshot storage.Snapshot) error {
	err := s.engine.Write(ctx, func(ctx context.Context, tx Tx) error {
		var found bool
		var head ot.Rev
		err := tx.Query(ctx, Query{SQL: "SELECT head FROM documents WHERE id = $1", Args: []any{[16]byte(doc)}, Row: one(&found, (*int64)(&head))})
		switch {
		case err != nil:
			return err
		case !found:
			return storage.ErrNoDocument
		case snapshot.Rev > head:
			panic(fmt.Sprintf("storage: snapshot of revision %d of document %v, whose head is %d", snapshot.Rev, doc, head))
		}
		return s.putSnapshot(ctx, tx, doc, snapshot)
	})
	return wrap(err, "store the snapshot of revision %d", snapshot.Rev)
}

// putSnapshot writes over what stands there: that is the same, or it is broken.
func (s *Store) putSnapshot(ctx context.Context, tx Tx, doc id.Doc, snapshot storage.Snapshot) error {
	_, err := tx.Exec(ctx, "INSERT INTO snapshots (document, rev, content, crc) VALUES ($1, $2, $3, $4)"+
		" ON CONFLICT (document, rev) DO UPDATE SET content = excluded.content, crc = excluded.crc",
		[16]byte(doc), int64(snapshot.Rev), s.pack.EncodeAll(snapshot.Content, nil), snapshotSum(doc, snapshot.Rev, snapshot.Content))
	return err
}
