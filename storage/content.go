package storage

import (
	"context"
	"fmt"

	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/storage/id"
)

// contentPage is how many revisions ContentAt reads at a time.
const contentPage = 1000

// ContentAt returns a document's content at a revision: the newest intact snapshot up to it, with the log applied. It is
// ErrCorrupt if a revision is missing or does not apply; asking beyond the head is the caller's mistake, and reads as missing.
func ContentAt(ctx context.Context, log Revisions, doc id.Doc, rev ot.Rev) (*ot.Document, error) {
	snapshot, err := log.Snapshot(ctx, doc, rev)
	if err != nil {
		return nil, err
	}
	content, err := open(snapshot)
	if err != nil {
		return nil, fmt.Errorf("document %v: %w", doc, err)
	}
	for at := snapshot.Rev; at < rev; {
		page, err := log.After(ctx, doc, at, int(min(rev-at, contentPage)))
		if err != nil {
			return nil, err
		}
		if len(page) == 0 {
			return nil, fmt.Errorf("document %v: revision %d is missing: %w", doc, at+1, ErrCorrupt)
		}
		if err := apply(content, at, page); err != nil {
			return nil, fmt.Errorf("document %v: %w", doc, err)
		}
		at = page[len(page)-1].Rev
	}
	return content, nil
}

// Replay returns the content that a loaded document has at its head. ErrCorrupt if the log does not lead there.
func Replay(loaded Loaded) (*ot.Document, error) {
	doc := loaded.Access.Document
	content, err := open(loaded.Snapshot)
	if err == nil {
		err = apply(content, loaded.Snapshot.Rev, loaded.Tail)
	}
	if reached := loaded.Snapshot.Rev + ot.Rev(len(loaded.Tail)); err == nil && reached != doc.Head {
		err = fmt.Errorf("the log ends at revision %d, the document at %d: %w", reached, doc.Head, ErrCorrupt)
	}
	if err != nil {
		return nil, fmt.Errorf("document %v: %w", doc.ID, err)
	}
	return content, nil
}

// open reads a snapshot as a document.
func open(snapshot Snapshot) (*ot.Document, error) {
	delta, err := ot.Parse(snapshot.Content)
	if err != nil {
		return nil, fmt.Errorf("snapshot of revision %d: %w: %w", snapshot.Rev, ErrCorrupt, err)
	}
	content, err := ot.NewDocument(delta)
	if err != nil {
		return nil, fmt.Errorf("snapshot of revision %d: %w: %w", snapshot.Rev, ErrCorrupt, err)
	}
	return content, nil
}

// apply changes content, which is at revision at, by the revisions after it.
func apply(content *ot.Document, at ot.Rev, revisions []Revision) error {
	for i := range revisions {
		r := &revisions[i]
		if r.Rev != at+1 {
			return fmt.Errorf("revision %d is missing: %w", at+1, ErrCorrupt)
		}
		delta, err := ot.Parse(r.Delta)
		if err == nil {
			err = content.Apply(delta)
		}
		if err != nil {
			return fmt.Errorf("revision %d does not apply: %w: %w", r.Rev, ErrCorrupt, err)
		}
		at = r.Rev
	}
	return nil
}
