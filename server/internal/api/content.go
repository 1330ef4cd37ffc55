package api

import (
	"fmt"
	"math"
	"net/http"

	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/server/internal/document"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

func (a *API) showContent(w http.ResponseWriter, r *http.Request, actor storage.Actor, doc id.Doc) error {
	asked, err := query(r, "rev")
	if err != nil {
		return err
	}
	rev, err := number("rev", asked["rev"], int64(document.Head), 0, math.MaxInt64)
	if err != nil {
		return err
	}
	if r.Header.Get("If-None-Match") != "" {
		epoch, at, err := a.Documents.Revision(r.Context(), actor, doc, ot.Rev(rev))
		if err != nil {
			return err
		}
		if unchanged(w, r, contentTag(epoch, at)) {
			return nil
		}
	}
	content, err := a.Documents.Content(r.Context(), actor, doc, ot.Rev(rev))
	if err != nil {
		return err
	}
	keep(w, contentTag(content.Epoch, content.Rev))
	return answer(w, http.StatusOK, wire.Content{Epoch: content.Epoch, Rev: content.Rev, Content: content.Content})
}

func contentTag(epoch int64, rev ot.Rev) string { return fmt.Sprintf(`"e%d-%d"`, epoch, rev) }
