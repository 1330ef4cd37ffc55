package storagetest

import (
	"math/rand/v2"
	"testing"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// testManyDocuments: who sees a great many documents is listed the same, whichever way they are found: among the latest of the
// instance, or, where those are mostly of others, by looking at each.
func testManyDocuments(t *testing.T, open func(t *testing.T) Opened) {
	w := newWorld(t, open(t))
	reader := w.user("Reader").ID
	group := w.group(reader)
	const owned, visible, hidden = 200, 1400, 2100
	random := rand.New(rand.NewPCG(5, 6))
	docs := make([]storage.Document, visible+hidden)
	for i := range docs {
		doc := w.newDocument(w.actor)
		doc.ID = docID(i)
		switch {
		case i < owned:
			doc.Owner = reader
		case i >= visible: // newer than all that the reader sees, but for ten
			doc.UpdatedAt += 3600 * second
		}
		doc.UpdatedAt -= storage.Micros(random.Int64N(600)) * second / 4 // some at one moment
		if i%140 == 0 {
			doc.UpdatedAt += 3600 * second
		}
		docs[i] = doc
	}
	w.bulk("documents (id, title, owner, epoch, head, access_version, open_history, locked, created_at, updated_at, deleted_at)", len(docs),
		func(i int) []any {
			d := docs[i]
			return []any{w.Key(d.ID), d.Title, w.Key(d.Owner), d.Epoch, 0, d.AccessVersion, false, false, int64(d.CreatedAt), int64(d.UpdatedAt), 0}
		})
	var want []storage.Listed
	type granted struct {
		doc  id.Doc
		to   authz.Principal
		role authz.Role
	}
	var grants []granted
	for i, doc := range docs[:visible] {
		role := authz.Owner
		if i >= owned {
			role = authz.Viewer
			to := []authz.Principal{toUser(reader), toGroup(group.ID), everyone}
			grants = append(grants, granted{doc.ID, to[i%3], authz.Viewer})
			if i%5 == 0 { // a second way, which gives more
				role = authz.Editor
				grants = append(grants, granted{doc.ID, to[(i+1)%3], authz.Editor})
			}
		}
		want = append(want, storage.Listed{Document: doc, Role: role})
	}
	w.bulk("grants (document, principal_kind, principal, role, expires_at, granted_by, granted_at)", len(grants), func(i int) []any {
		g := grants[i]
		return []any{w.Key(g.doc), int64(g.to.Kind), w.Key(g.to.ID), int64(g.role), 0, w.Key(w.actor.User), int64(w.now)}
	})
	w.analyze()
	sortListed(want)
	for _, limit := range []int{10, 11, 200} {
		var got []storage.Listed
		for page := (storage.Page{Limit: limit}); ; {
			items, err := w.Store.DocumentsOf(w.Context(), reader, w.now, page)
			w.ok(err)
			got = append(got, items...)
			if len(items) < limit || limit < 200 && len(got) >= 100 {
				break
			}
			last := items[len(items)-1].Document
			page.Before, page.Doc = last.UpdatedAt, last.ID
		}
		if limit == 200 {
			same(w, len(got), len(want))
		}
		same(w, got, want[:len(got)])
	}
}
