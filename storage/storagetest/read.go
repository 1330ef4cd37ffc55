package storagetest

import (
	"bytes"
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

const blank = `{"ops":[{"insert":"\n"}]}`

func testRead(t *testing.T, open func(t *testing.T) Opened) {
	w := newWorld(t, open(t))
	doc := w.doc.ID
	first := w.write(w.actor, doc, 3).Revisions
	second := w.write(w.actor, doc, 4).Revisions
	log := append(first, second...)

	t.Run("AfterGivesPages", func(t *testing.T) {
		w := w.in(t)
		for _, page := range []struct {
			after ot.Rev
			limit int
			want  []storage.Revision
		}{{0, 100, log}, {0, 3, log[:3]}, {3, 3, log[3:6]}, {6, 3, log[6:]}, {7, 3, nil}, {99, 3, nil}} {
			got, err := w.Store.After(w.Context(), doc, page.after, page.limit)
			w.ok(err)
			same(w, got, page.want)
		}
	})

	t.Run("AfterBoundsPages", func(t *testing.T) {
		w := w.in(t)
		doc := w.document(w.actor).ID
		big := batch(w.actor, w.access(doc).Document, 12)
		for i := range big.Revisions {
			big.Revisions[i].Delta = bytes.Repeat([]byte{'x'}, storage.PageBytes/4)
		}
		big.Revisions[8].Delta = bytes.Repeat([]byte{'x'}, 2*storage.PageBytes)
		w.ok(w.append(big)[0])
		for _, page := range []struct{ after, last ot.Rev }{{0, 4}, {4, 8}, {8, 9}, {9, 12}} {
			got, err := w.Store.After(w.Context(), doc, page.after, 100)
			w.ok(err)
			same(w, len(got), int(page.last-page.after))
			same(w, got[0].Rev, page.after+1)
		}
	})

	t.Run("EditsOfOneClient", func(t *testing.T) {
		w := w.in(t)
		r := second[0]
		for _, page := range []struct {
			first, last int64
			want        []storage.Revision
		}{{1, 4, second}, {2, 3, second[1:3]}, {4, 99, second[3:]}, {5, 99, nil}, {3, 2, nil}} {
			got, err := w.Store.Edits(w.Context(), doc, r.Author, r.Client, page.first, page.last)
			w.ok(err)
			same(w, got, page.want)
		}
		for _, other := range []struct {
			doc    id.Doc
			author id.User
			client id.Client
		}{{id.New[id.Doc](), r.Author, r.Client}, {doc, id.New[id.User](), r.Client}, {doc, r.Author, id.New[id.Client]()}} {
			got, err := w.Store.Edits(w.Context(), other.doc, other.author, other.client, 1, 9)
			w.ok(err)
			same(w, len(got), 0)
			last, err := w.Store.LastSeq(w.Context(), other.doc, other.author, other.client)
			w.ok(err)
			same(w, last, 0)
		}
	})

	t.Run("LastSeqIsTheHighest", func(t *testing.T) {
		w := w.in(t)
		last, err := w.Store.LastSeq(w.Context(), doc, second[0].Author, second[0].Client)
		w.ok(err)
		same(w, last, 4)
	})

	t.Run("LoadGivesAllOfIt", func(t *testing.T) {
		w := w.in(t)
		loaded, err := w.Store.Load(w.Context(), doc)
		w.ok(err)
		same(w, loaded.Access, w.access(doc))
		same(w, loaded.Snapshot, storage.Snapshot{Content: []byte(blank)})
		same(w, loaded.Tail, log)
		w.ok(w.Store.PutSnapshot(w.Context(), doc, storage.Snapshot{Rev: 5, Content: []byte(`{"ops":[{"insert":"ééééé\n"}]}`)}))
		loaded, err = w.Store.Load(w.Context(), doc)
		w.ok(err)
		same(w, loaded.Snapshot.Rev, 5)
		same(w, loaded.Tail, log[5:])
		content, err := storage.Replay(loaded)
		w.ok(err)
		same(w, string(content.AppendJSON(nil)), `{"ops":[{"insert":"ééééééé\n"}]}`)
	})

	t.Run("ContentAtEveryRevision", func(t *testing.T) {
		w := w.in(t)
		text := ""
		for rev := ot.Rev(0); rev <= 7; rev++ {
			content, err := storage.ContentAt(w.Context(), w.Store, doc, rev)
			w.ok(err)
			same(w, string(content.AppendJSON(nil)), `{"ops":[{"insert":"`+text+`\n"}]}`)
			text += "é"
		}
		_, err := storage.ContentAt(w.Context(), w.Store, doc, 8)
		w.refused(err, storage.ErrCorrupt)
		_, err = storage.ContentAt(w.Context(), w.Store, id.New[id.Doc](), 0)
		w.refused(err, storage.ErrNoDocument)
	})

	t.Run("LoadOfNoDocument", func(t *testing.T) {
		w := w.in(t)
		_, err := w.Store.Load(w.Context(), id.New[id.Doc]())
		w.refused(err, storage.ErrNoDocument)
		gone := w.document(w.actor).ID
		w.ok(w.Store.DeleteDocument(w.Context(), gone, w.now, w.guard(w.actor, gone)))
		_, err = w.Store.Load(w.Context(), gone)
		w.refused(err, storage.ErrNoDocument)
	})

	t.Run("LoadIsOneMoment", func(t *testing.T) {
		w := w.in(t)
		doc := w.document(w.actor)
		var stop atomic.Bool
		var busy sync.WaitGroup
		busy.Go(func() { // edits, snapshots and grants go on
			for now := doc; !stop.Load(); now.Head += 2 {
				outcomes, err := w.Store.Append(context.Background(), []storage.Batch{batch(w.actor, now, 2)})
				if err = errors.Join(append(outcomes, err)...); err != nil {
					w.Error(err)
					return
				}
				if now.Head%20 == 0 {
					err := w.Store.PutSnapshot(context.Background(), doc.ID, storage.Snapshot{Rev: now.Head, Content: []byte(blank)})
					if err != nil {
						w.Error(err)
						return
					}
				}
			}
		})
		for range 60 {
			loaded, err := w.Store.Load(w.Context(), doc.ID) // tests itself that the tail leads to the head
			w.ok(err)
			same(w, loaded.Snapshot.Rev+ot.Rev(len(loaded.Tail)), loaded.Access.Document.Head)
		}
		stop.Store(true)
		busy.Wait()
	})
}

func testSnapshot(t *testing.T, open func(t *testing.T) Opened) {
	w := newWorld(t, open(t))
	doc := w.doc.ID
	w.write(w.actor, doc, 9)
	for _, rev := range []ot.Rev{4, 8} {
		w.ok(w.Store.PutSnapshot(w.Context(), doc, snapshot(rev)))
	}

	t.Run("NewestAtOrBefore", func(t *testing.T) {
		w := w.in(t)
		for _, c := range []struct{ atMost, want ot.Rev }{{0, 0}, {3, 0}, {4, 4}, {7, 4}, {8, 8}, {1 << 40, 8}} {
			got, err := w.Store.Snapshot(w.Context(), doc, c.atMost)
			w.ok(err)
			want := snapshot(c.want)
			if c.want == 0 {
				want.Content = []byte(blank)
			}
			same(w, got, want)
		}
	})

	t.Run("TheSameAgain", func(t *testing.T) {
		w := w.in(t)
		w.ok(w.Store.PutSnapshot(w.Context(), doc, snapshot(8)))
		got, err := w.Store.Snapshot(w.Context(), doc, 9)
		w.ok(err)
		same(w, got, snapshot(8))
	})

	t.Run("Large", func(t *testing.T) {
		w := w.in(t)
		text := make([]byte, 3<<20)
		for i := range text {
			text[i] = 'a' + byte(i*i%23)
		}
		large := storage.Snapshot{Rev: 9, Content: []byte(`{"ops":[{"insert":"` + string(text) + `\n"}]}`)}
		w.ok(w.Store.PutSnapshot(w.Context(), doc, large))
		got, err := w.Store.Snapshot(w.Context(), doc, 9)
		w.ok(err)
		if string(got.Content) != string(large.Content) {
			t.Fatal("another content came back")
		}
	})

	t.Run("OfNoDocument", func(t *testing.T) {
		w := w.in(t)
		_, err := w.Store.Snapshot(w.Context(), id.New[id.Doc](), 9)
		w.refused(err, storage.ErrNoDocument)
		w.refused(w.Store.PutSnapshot(w.Context(), id.New[id.Doc](), snapshot(0)), storage.ErrNoDocument)
	})
}

func snapshot(rev ot.Rev) storage.Snapshot {
	return storage.Snapshot{Rev: rev, Content: []byte(`{"ops":[{"insert":"` + string(rune('0'+rev)) + `\n"}]}`)}
}
