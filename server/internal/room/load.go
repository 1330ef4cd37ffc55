package room

import (
	"fmt"

	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/storage"
)

// open loads the document and goes on to work. What came in meanwhile waits in the inbox, so that any number of joins
// cost one load. A load that fails is an error for all of them, never an empty document.
func (r *room) open() {
	defer func() {
		if v := recover(); v != nil {
			r.crash(v, nil)
		}
	}()
	if err := r.load(); err != nil {
		why := refusalOf(err)
		r.hub.log.Warn("document does not open", "doc", r.doc, "err", err)
		r.end(why, 0)
		return
	}
	r.work()
}

func (r *room) load() error {
	ctx, cancel := r.hub.call()
	defer cancel()
	loaded, err := r.hub.store.Load(ctx, r.doc)
	if err != nil {
		return fmt.Errorf("load: %w", err)
	}
	content, err := ot.Parse(loaded.Snapshot.Content)
	if err != nil {
		return fmt.Errorf("load snapshot %d: %w", loaded.Snapshot.Rev, err)
	}
	doc, err := ot.NewDocument(content)
	if err != nil {
		return fmt.Errorf("load snapshot %d: %w", loaded.Snapshot.Rev, err)
	}
	r.know(loaded.Access, nil)
	r.access = loaded.Access
	r.authority = ot.NewAuthority(loaded.Snapshot.Rev, doc, r.hub.limits.Window)
	r.authority.MaxLen = r.hub.limits.DocumentUnits
	r.snapshot.rev = loaded.Snapshot.Rev
	r.shown.head = loaded.Snapshot.Rev
	for i := range loaded.Tail {
		if err := r.advance(&loaded.Tail[i]); err != nil {
			return fmt.Errorf("load: %w", err)
		}
	}
	if head := loaded.Access.Document.Head; r.authority.Committed() != head {
		return fmt.Errorf("load: the log ends at revision %d, the document at %d", r.authority.Committed(), head)
	}
	r.version.Store(loaded.Access.Document.AccessVersion)
	return nil
}

// advance adds a revision that stands in the log and did not come through this room.
func (r *room) advance(revision *storage.Revision) error {
	if want := r.authority.Committed() + 1; revision.Rev != want {
		return fmt.Errorf("the log goes on with revision %d, not %d", revision.Rev, want)
	}
	change, err := ot.Parse(revision.Delta)
	if err != nil {
		return fmt.Errorf("revision %d: %w", revision.Rev, err)
	}
	if err := r.authority.Advance(revision.Rev, change); err != nil {
		return err
	}
	origin := ot.Origin{Author: revision.Author, Client: revision.Client}
	r.authority.Remember(origin, revision.Seq, revision.Edit, revision.Rev)
	r.shown.publish(&pending{entries: []entry{newEntry(revision, change)}})
	return nil
}
