package relational

import (
	"context"
	"fmt"
	"math"

	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// Load implements storage.Revisions. It is one read; another follows for each broken snapshot that is passed over.
func (s *Store) Load(ctx context.Context, doc id.Doc, users ...id.User) (storage.Loaded, error) {
	atMost := ot.Rev(math.MaxInt64)
	for {
		var list accessList
		var row packed
		var tail []storage.Revision
		queries := append(list.queries(doc, users), row.newest(doc, atMost), revisions(&tail, doc, "SELECT "+revisionColumns+
			" FROM revisions WHERE document = $1 AND rev >"+
			" (SELECT max(rev) FROM snapshots WHERE document = $1 AND rev <= $2) ORDER BY rev", [16]byte(doc), int64(atMost)))
		if err := s.read(ctx, "load the document", queries...); err != nil {
			return storage.Loaded{}, err
		}
		access, err := list.access(false)
		if err != nil {
			return storage.Loaded{}, wrap(err, "load the document")
		}
		if !row.found {
			return storage.Loaded{}, noSnapshot(doc, true)
		}
		snapshot, ok := s.open(doc, row)
		if !ok {
			atMost = row.rev - 1
			continue
		}
		return complete(storage.Loaded{Access: access, Snapshot: snapshot, Tail: tail})
	}
}

// complete tests that the tail leads from the snapshot to the head.
func complete(loaded storage.Loaded) (storage.Loaded, error) {
	doc := loaded.Access.Document
	err := contiguous(loaded.Tail, doc.ID, loaded.Snapshot.Rev)
	if err == nil && loaded.Snapshot.Rev+ot.Rev(len(loaded.Tail)) != doc.Head {
		err = fmt.Errorf("document %v ends at revision %d, its log at %d: %w", doc.ID, doc.Head,
			loaded.Snapshot.Rev+ot.Rev(len(loaded.Tail)), storage.ErrCorrupt)
	}
	if err != nil {
		return storage.Loaded{}, wrap(err, "load the document")
	}
	return loaded, nil
}
