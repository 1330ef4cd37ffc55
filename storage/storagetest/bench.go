package storagetest

import (
	"fmt"
	"testing"

	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/storage"
)

// Benchmark measures what a server lives by: appending in groups, opening, catching up, listing.
func Benchmark(b *testing.B, open func(b testing.TB) Opened) {
	b.Run("Commit", func(b *testing.B) { // of next to nothing: what an Append costs at the least on the same machine
		w := newWorld(b, open(b))
		for b.Loop() {
			w.behind("UPDATE readiness SET checked_at = checked_at + 1")
		}
	})

	for _, size := range []struct{ documents, revisions int }{{1, 1}, {1, 5}, {1, 50}, {10, 1}, {200, 1}, {2000, 1}, {100, 20}} {
		b.Run(fmt.Sprintf("Append/%dx%d", size.documents, size.revisions), func(b *testing.B) {
			w := newWorld(b, open(b))
			benchmarkAppend(b, w, size.documents, size.revisions)
		})
	}

	b.Run("Load/300AfterSnapshot", func(b *testing.B) {
		w := newWorld(b, open(b))
		w.write(w.actor, w.doc.ID, 1000)
		w.ok(w.Store.PutSnapshot(w.Context(), w.doc.ID, storage.Snapshot{Rev: 700, Content: []byte(blank)}))
		for b.Loop() {
			if _, err := w.Store.Load(w.Context(), w.doc.ID); err != nil {
				b.Fatal(err)
			}
		}
	})

	b.Run("After/1000", func(b *testing.B) {
		w := newWorld(b, open(b))
		w.write(w.actor, w.doc.ID, 1000)
		for b.Loop() {
			if _, err := w.Store.After(w.Context(), w.doc.ID, 0, 1000); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(1000*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
	})

	b.Run("Grant", func(b *testing.B) {
		w := newWorld(b, open(b))
		grant, guard := w.grant(w.user("Reader")), w.guard(w.actor, w.doc.ID)
		for b.Loop() {
			version, err := w.Store.PutGrant(w.Context(), w.doc.ID, grant, guard)
			w.ok(err)
			guard.AccessVersion = version
			grant.GrantedAt++
		}
	})

	b.Run("VerifyAudit/1000", func(b *testing.B) {
		w := newWorld(b, open(b))
		for i := range 1000 {
			w.ok(w.Store.Rename(w.Context(), w.doc.ID, "Title", w.now+storage.Micros(i)+1, storage.Guard{AccessVersion: 1, Fence: fence(w.actor)}))
		}
		for b.Loop() {
			same(w, w.verified(w.doc.ID).N, 1001)
		}
		b.ReportMetric(1001*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
	})

	benchmarkListing(b, open)
}

// benchmarkAppend appends to all of the documents in each call, by two authors each.
func benchmarkAppend(b *testing.B, w *world, documents, revisions int) {
	var authors []storage.Actor
	for range 20 {
		authors = append(authors, w.signIn(w.user("Author")))
	}
	batches := make([]storage.Batch, documents)
	for i := range batches {
		batches[i] = batch(authors[i%len(authors)], w.document(w.actor), revisions)
		if revisions > 1 {
			second := batch(authors[(i+1)%len(authors)], w.doc, revisions)
			for j := 1; j < revisions; j += 2 {
				at, rev := batches[i].Revisions[j].At, batches[i].Revisions[j].Rev
				batches[i].Revisions[j] = second.Revisions[j]
				batches[i].Revisions[j].At, batches[i].Revisions[j].Rev = at, rev
			}
			batches[i].Fences = append(batches[i].Fences, second.Fences...)
		}
	}
	for b.Loop() {
		outcomes, err := w.Store.Append(w.Context(), batches)
		w.ok(err)
		for i, outcome := range outcomes {
			w.ok(outcome)
			batches[i].Head += ot.Rev(revisions)
			for j := range batches[i].Revisions {
				r := &batches[i].Revisions[j]
				r.Rev += ot.Rev(revisions)
				r.Seq += int64(revisions)
				r.Edit[0]++
			}
		}
	}
	b.ReportMetric(float64(documents*revisions*b.N)/b.Elapsed().Seconds(), "rows/s")
}
