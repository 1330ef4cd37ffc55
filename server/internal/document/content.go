package document

import (
	"context"
	"fmt"
	"time"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// Head asks Content for the newest revision.
const Head ot.Rev = -1

// pageSize is how many revisions are read from the store at a time.
const pageSize = 1000

// Content is what a document said at a revision.
type Content struct {
	Epoch   int64
	Rev     ot.Rev
	Content ot.Delta
}

// Content returns the content at revision rev, or at the head. What lies before the head is history, which takes a right of
// its own. ErrNoRevision for one that is not there yet.
func (s *Service) Content(ctx context.Context, actor storage.Actor, doc id.Doc, rev ot.Rev) (Content, error) {
	seen, err := s.at(ctx, actor, doc, rev)
	if err != nil {
		return Content{}, fmt.Errorf("read content: %w", err)
	}
	if rev == Head {
		rev = seen.Head
	}
	content, err := s.replay(ctx, doc, rev)
	if err != nil {
		return Content{}, fmt.Errorf("read content at revision %d: %w", rev, err)
	}
	_ = s.note(ctx, actor, doc, storage.AuditExport, "content")
	return Content{Epoch: seen.Epoch, Rev: rev, Content: content}, nil
}

// Revision tells, without reading content, which revision Content would give: what an unchanged copy is recognised by.
func (s *Service) Revision(ctx context.Context, actor storage.Actor, doc id.Doc, rev ot.Rev) (epoch int64, _ ot.Rev, err error) {
	seen, err := s.at(ctx, actor, doc, rev)
	if err != nil {
		return 0, 0, fmt.Errorf("read a revision's number: %w", err)
	}
	if rev == Head {
		rev = seen.Head
	}
	return seen.Epoch, rev, nil
}

// at decides who reads content at a revision: what lies before the head is history.
func (s *Service) at(ctx context.Context, actor storage.Actor, doc id.Doc, rev ot.Rev) (View, error) {
	by, err := s.look(ctx, actor, doc, authz.ReadContent, storage.At(time.Now()))
	if err != nil {
		return View{}, err
	}
	command := authz.ReadContent
	if rev != Head && rev < by.Head {
		command = authz.ReadHistory
	}
	if err := s.allow(ctx, actor, by.View, command); err != nil {
		return View{}, err
	}
	if rev > by.Head {
		return View{}, ErrNoRevision
	}
	return by.View, nil
}

// MayEdit is nil if the actor may edit the document now. Edits themselves go to its room, which answers for them.
func (s *Service) MayEdit(ctx context.Context, actor storage.Actor, doc id.Doc) error {
	_, err := s.decide(ctx, actor, doc, authz.Edit)
	return err
}

// replay applies the log to the nearest snapshot before rev.
func (s *Service) replay(ctx context.Context, doc id.Doc, rev ot.Rev) (ot.Delta, error) {
	snapshot, err := s.store.Snapshot(ctx, doc, rev)
	if err != nil {
		return ot.Delta{}, err
	}
	parsed, err := ot.Parse(snapshot.Content)
	if err != nil {
		return ot.Delta{}, fmt.Errorf("%w: snapshot %d: %v", storage.ErrCorrupt, snapshot.Rev, err)
	}
	content, err := ot.NewDocument(parsed)
	if err != nil {
		return ot.Delta{}, fmt.Errorf("%w: snapshot %d: %v", storage.ErrCorrupt, snapshot.Rev, err)
	}
	for at := snapshot.Rev; at < rev; {
		page, err := s.store.After(ctx, doc, at, int(min(rev-at, pageSize)))
		if err != nil {
			return ot.Delta{}, err
		}
		if len(page) == 0 {
			return ot.Delta{}, fmt.Errorf("%w: revision %d is missing", storage.ErrCorrupt, at+1)
		}
		for _, revision := range page {
			if at++; revision.Rev != at {
				return ot.Delta{}, fmt.Errorf("%w: revision %d stands where %d should", storage.ErrCorrupt, revision.Rev, at)
			}
			if err := apply(content, revision); err != nil {
				return ot.Delta{}, err
			}
		}
	}
	return content.Delta(), nil
}

func apply(content *ot.Document, revision storage.Revision) error {
	change, err := ot.Parse(revision.Delta)
	if err == nil {
		err = content.Apply(change)
	}
	if err != nil {
		return fmt.Errorf("%w: revision %d: %v", storage.ErrCorrupt, revision.Rev, err)
	}
	return nil
}

// Ops is a stretch of a document's log.
type Ops struct {
	Epoch int64
	Head  ot.Rev // as of the reading: there are no more if the last item is this one
	Items []storage.Revision
}

// Ops returns up to limit revisions after the given one. It takes the right to read history, asked at each call: a long
// reading, page by page, ends when the right does. ErrNoRevision if the document does not reach that far yet.
func (s *Service) Ops(ctx context.Context, actor storage.Actor, doc id.Doc, after ot.Rev, limit int) (Ops, error) {
	by, err := s.history(ctx, actor, doc, 0, after)
	if err != nil {
		return Ops{}, fmt.Errorf("read revisions: %w", err)
	}
	items, err := s.store.After(ctx, doc, after, int(min(int64(limit), int64(by.Head-after))))
	if err != nil {
		return Ops{}, fmt.Errorf("read revisions: %w", err)
	}
	_ = s.note(ctx, actor, doc, storage.AuditExport, "ops")
	return Ops{Epoch: by.Epoch, Head: by.Head, Items: items}, nil
}

// MayFollow tells somebody who wants to read every revision after the given one, as it comes, where the log stands. The room
// gives the revisions, and asks about the right again. storage.ErrEpoch if the revision is of another epoch than the
// document; 0 for whichever that has. ErrNoRevision if the document does not reach that far yet.
func (s *Service) MayFollow(ctx context.Context, actor storage.Actor, doc id.Doc, epoch int64, after ot.Rev) (Ops, error) {
	by, err := s.history(ctx, actor, doc, epoch, after)
	if err != nil {
		return Ops{}, fmt.Errorf("follow revisions: %w", err)
	}
	_ = s.note(ctx, actor, doc, storage.AuditExport, "ops")
	return Ops{Epoch: by.Epoch, Head: by.Head}, nil
}

// history decides who reads the log from a revision on.
func (s *Service) history(ctx context.Context, actor storage.Actor, doc id.Doc, epoch int64, after ot.Rev) (View, error) {
	seen, err := s.decide(ctx, actor, doc, authz.ReadHistory)
	switch {
	case err != nil:
		return View{}, err
	case epoch != 0 && epoch != seen.Epoch:
		return View{}, storage.ErrEpoch
	case after > seen.Head:
		return View{}, ErrNoRevision
	}
	return seen, nil
}
