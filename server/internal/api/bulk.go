package api

import (
	"net/http"

	"github.com/coscribe/coscribe/server/internal/document"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// changeMany makes many changes, each by itself, or tells what they would change.
func (a *API) changeMany(w http.ResponseWriter, r *http.Request, actor storage.Actor) error {
	var body wire.Bulk
	if err := read(w, r, &body); err != nil {
		return err
	}
	actor = because(actor, body.Reason)
	wishes := make([]document.Wish, len(body.Changes))
	for i, change := range body.Changes {
		wishes[i] = document.Wish{Doc: change.Document, To: toOf(change.Principal), Role: change.Role, Expires: micros(change.ExpiresAt)}
	}
	results, orphans, err := a.Documents.Bulk(r.Context(), actor, wishes, body.DryRun)
	if err != nil && len(results) == 0 {
		return err
	}
	changes := wire.Changes{Items: make([]wire.ChangeItem, len(results)), Orphans: orphans}
	if err != nil {
		problem, _ := problemOf(err)
		changes.Code = problem.Code
	}
	if orphans == nil {
		changes.Orphans = []id.Doc{}
	}
	for i := range results {
		changes.Items[i] = changeOf(&results[i])
	}
	return answer(w, http.StatusOK, changes)
}

func changeOf(result *document.Result) wire.ChangeItem {
	if result.Err != nil {
		problem, _ := problemOf(result.Err)
		return wire.ChangeItem{Status: "refused", Code: problem.Code, Detail: problem.Detail}
	}
	item := wire.ChangeItem{Status: "granted", Before: given(result.Before), After: given(result.After)}
	switch {
	case result.Same:
		item.Status = "unchanged"
	case result.After == nil:
		item.Status = "revoked"
	}
	return item
}

func given(grant *storage.Grant) *wire.GrantItem {
	if grant == nil {
		return nil
	}
	item := grantOf(*grant, document.Named{})
	return &item
}
