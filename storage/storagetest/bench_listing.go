package storagetest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// benchmarkListing lists what somebody sees among many more documents: a quarter each that they own, that were granted to them,
// to one of ten groups that they are in, and to everyone.
func benchmarkListing(b *testing.B, open func(b testing.TB) Opened) {
	const visible, documents = 10_000, 50_000
	for _, spread := range []struct {
		name string
		days int64 // over which the documents were updated; 0: all in one minute, as an import leaves them
	}{{"90Days", 90}, {"OneMinute", 0}} {
		b.Run("DocumentsOf/"+spread.name, func(b *testing.B) {
			w := newWorld(b, open(b))
			reader := w.user("Reader")
			var groups []storage.Group
			for range 10 {
				groups = append(groups, w.group(reader.ID))
			}
			random := rand.New(rand.NewPCG(1, 2))
			w.bulk("documents (id, title, owner, epoch, head, access_version, open_history, locked, created_at, updated_at, deleted_at)",
				documents, func(i int) []any {
					owner := w.actor.User
					if i < visible/4 {
						owner = reader.ID
					}
					updated := int64(w.now) - random.Int64N(60_000_000)
					if spread.days > 0 {
						updated = int64(w.now) - random.Int64N(spread.days*86_400_000_000)
					}
					return []any{w.Key(docID(i)), fmt.Sprint("Document ", i), w.Key(owner), 1, 0, 1, false, false, int64(w.now), updated, 0}
				})
			w.bulk("grants (document, principal_kind, principal, role, expires_at, granted_by, granted_at)", documents-visible/4, func(i int) []any {
				i += visible / 4
				kind, to := authz.ToUser, [16]byte(w.actor.User) // whom no reader cares about
				switch {
				case i < visible/2:
					to = reader.ID
				case i < visible*3/4:
					kind, to = authz.ToGroup, groups[i%len(groups)].ID
				case i < visible:
					kind, to = authz.ToEveryone, [16]byte{}
				}
				return []any{w.Key(docID(i)), int64(kind), w.Key(to), int64(authz.Editor), 0, w.Key(w.actor.User), int64(w.now)}
			})
			w.analyze()
			middle := storage.Page{Limit: 50}
			for n := 0; ; n++ {
				items, err := w.Store.DocumentsOf(w.Context(), reader.ID, w.now, storage.Page{Before: middle.Before, Doc: middle.Doc, Limit: 1000})
				w.ok(err)
				if len(items) > 0 {
					last := items[len(items)-1].Document
					middle.Before, middle.Doc = last.UpdatedAt, last.ID
				}
				if n == 4 {
					break
				}
			}
			for _, page := range []struct {
				name string
				page storage.Page
			}{{"First", storage.Page{Limit: 50}}, {"Middle", middle}} {
				b.Run(page.name, func(b *testing.B) {
					for b.Loop() {
						items, err := w.Store.DocumentsOf(context.Background(), reader.ID, w.now, page.page)
						if err != nil || len(items) != 50 {
							b.Fatalf("got %d documents, %v", len(items), err)
						}
					}
				})
			}
			b.Run("Reach", func(b *testing.B) {
				for b.Loop() {
					if items, err := w.Store.Reach(context.Background(), reader.ID, w.now, id.Doc{}, 50); err != nil || len(items) != 50 {
						b.Fatalf("got %d documents, %v", len(items), err)
					}
				}
			})
		})
	}
}

// docID spreads the ids, as random ones are.
func docID(i int) id.Doc {
	random := rand.New(rand.NewPCG(uint64(i), 3))
	var doc id.Doc
	for j := range doc {
		doc[j] = byte(random.Uint32())
	}
	return doc
}

// bulk inserts n rows behind the store's back.
func (w *world) bulk(into string, n int, row func(i int) []any) {
	w.Helper()
	tx, err := w.DB.BeginTx(w.Context(), nil)
	w.ok(err)
	defer tx.Rollback()
	values := ""
	for i := range row(0) {
		values += fmt.Sprintf(", $%d", i+1)
	}
	insert, err := tx.PrepareContext(w.Context(), "INSERT INTO "+into+" VALUES ("+values[2:]+")")
	w.ok(err)
	for i := range n {
		_, err := insert.ExecContext(w.Context(), row(i)...)
		w.ok(err)
	}
	w.ok(tx.Commit())
}

// analyze lets the database look at what its tables hold, as it does by itself now and then.
func (w *world) analyze() {
	w.Helper()
	_, err := w.DB.ExecContext(w.Context(), "ANALYZE")
	w.ok(err)
}
