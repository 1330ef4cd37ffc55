package oracle

import (
	"context"
	"fmt"

	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// Evidence is all that there is to know about a document when its writers have stopped.
type Evidence struct {
	Log       []storage.Revision
	Contents  map[string]ot.Delta // at the head, by who holds them
	Histories []History
}

// gatherPage is how many revisions are read at once.
const gatherPage = 10_000

// Gather reads what the database holds of a document: its whole log, and its content as opening it gives.
func Gather(ctx context.Context, store storage.Revisions, doc id.Doc) (*Evidence, error) {
	e := &Evidence{Contents: map[string]ot.Delta{}}
	for {
		page, err := store.After(ctx, doc, ot.Rev(len(e.Log)), gatherPage)
		if err != nil {
			return nil, err
		}
		if len(page) == 0 {
			break
		}
		e.Log = append(e.Log, page...)
	}
	loaded, err := store.Load(ctx, doc)
	if err != nil {
		return nil, err
	}
	if head := loaded.Access.Document.Head; head != ot.Rev(len(e.Log)) {
		return nil, fmt.Errorf("the document ends at revision %d, its log at %d", head, len(e.Log))
	}
	content, err := storage.Replay(loaded)
	if err != nil {
		return nil, err
	}
	e.Contents[fmt.Sprintf("snapshot %d with the log", loaded.Snapshot.Rev)] = content.Delta()
	return e, nil
}

// replay makes the document from the log alone.
func (e *Evidence) replay() (ot.Delta, error) {
	doc, err := ot.NewDocument(ot.New().Insert("\n", nil).MustDelta())
	if err != nil {
		return ot.Delta{}, err
	}
	for i := range e.Log {
		change, err := ot.Parse(e.Log[i].Delta)
		if err == nil {
			err = doc.Apply(change)
		}
		if err != nil {
			return ot.Delta{}, fmt.Errorf("replay revision %d: %w", e.Log[i].Rev, err)
		}
	}
	return doc.Delta(), nil
}
