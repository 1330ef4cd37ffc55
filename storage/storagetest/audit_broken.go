package storagetest

import (
	"errors"
	"fmt"
	"testing"

	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// chained is a document whose chain has six rows.
func (w *world) chained() id.Doc {
	w.Helper()
	doc := w.document(w.actor).ID
	for i := range 5 {
		w.ok(w.Store.Rename(w.Context(), doc, fmt.Sprint("Title ", i), w.now+storage.Micros(i)+1, w.noted(w.guard(w.actor, doc))))
	}
	return doc
}

// broken wants the chain to be found broken at a row.
func (w *world) broken(chain id.Doc, kept storage.AuditHead, n int64, fault storage.AuditFault) {
	w.Helper()
	_, err := w.Store.VerifyAudit(w.Context(), chain, kept)
	w.refused(err, storage.ErrAudit)
	var got *storage.AuditError
	if !errors.As(err, &got) {
		w.Fatalf("got %T, want a *storage.AuditError", err)
	}
	same(w, *got, storage.AuditError{Chain: chain, N: n, Fault: fault})
}

// testAuditBroken: whatever is changed behind the store's back, verifying names the first row that is not as it was written.
func testAuditBroken(t *testing.T, open func(t *testing.T) Opened) {
	w := newWorld(t, open(t))
	none := storage.AuditHead{}

	for column, other := range map[string]string{
		"at": "at + 1", "actor": "credential", "credential_kind": "'token'", "credential": "actor", "on_behalf": "actor",
		"action": "'access.grant'", "target": "'everyone'", "before": "'{}'", "after": "'{}'", "reason": "reason || '!'",
		"from_address": "'192.0.2.8'", "request": "'other'", "hash": "(SELECT hash FROM audit WHERE chain = $1 AND n = 2)",
	} {
		for _, n := range []int64{1, 3, 6} {
			t.Run(fmt.Sprintf("%sOfRow%d", column, n), func(t *testing.T) {
				w := w.in(t)
				chain := w.chained()
				w.behind(fmt.Sprintf("UPDATE audit SET %s = %s WHERE chain = $1 AND n = $2", column, other), w.Key(chain), n)
				w.broken(chain, none, n, storage.FaultHash)
			})
		}
	}

	t.Run("HashCutOff", func(t *testing.T) {
		w := w.in(t)
		chain := w.chained()
		w.behind("UPDATE audit SET hash = $1 WHERE chain = $2 AND n = 4", []byte{1}, w.Key(chain))
		same(w, w.audit(chain)[3].Hash, storage.Hash{})
		w.broken(chain, none, 4, storage.FaultHash)
		w.behind("UPDATE audit_heads SET hash = $1 WHERE chain = $2", []byte{1}, w.Key(chain))
		w.broken(chain, none, 4, storage.FaultHash)
	})

	for name, c := range map[string]struct {
		statements []string
		n          int64
		fault      storage.AuditFault
	}{
		"RowGone":      {[]string{"DELETE FROM audit WHERE chain = $1 AND n = 3"}, 3, storage.FaultMissing},
		"FirstRowGone": {[]string{"DELETE FROM audit WHERE chain = $1 AND n = 1"}, 1, storage.FaultMissing},
		"RowGoneAndClosedUp": {[]string{
			"DELETE FROM audit WHERE chain = $1 AND n = 3", "UPDATE audit SET n = 3 WHERE chain = $1 AND n = 4",
			"UPDATE audit SET n = 4 WHERE chain = $1 AND n = 5", "UPDATE audit SET n = 5 WHERE chain = $1 AND n = 6",
			"UPDATE audit_heads SET n = 5 WHERE chain = $1"}, 3, storage.FaultHash},
		"RowsSwapped": {[]string{
			"UPDATE audit SET n = 99 WHERE chain = $1 AND n = 3", "UPDATE audit SET n = 3 WHERE chain = $1 AND n = 4",
			"UPDATE audit SET n = 4 WHERE chain = $1 AND n = 99"}, 3, storage.FaultHash},
		"TailGone":       {[]string{"DELETE FROM audit WHERE chain = $1 AND n > 4"}, 5, storage.FaultTail},
		"AllRowsGone":    {[]string{"DELETE FROM audit WHERE chain = $1"}, 1, storage.FaultTail},
		"HeadGone":       {[]string{"DELETE FROM audit_heads WHERE chain = $1"}, 1, storage.FaultBeyond},
		"HeadSetBack":    {[]string{"UPDATE audit_heads SET n = 4 WHERE chain = $1"}, 5, storage.FaultBeyond},
		"HeadOfAnother":  {[]string{"UPDATE audit_heads SET hash = (SELECT hash FROM audit WHERE chain = $1 AND n = 2) WHERE chain = $1"}, 6, storage.FaultEnd},
		"HeadAnotherDay": {[]string{"UPDATE audit_heads SET at = at + 1 WHERE chain = $1"}, 6, storage.FaultEnd},
	} {
		t.Run(name, func(t *testing.T) {
			w := w.in(t)
			chain := w.chained()
			for _, statement := range c.statements {
				w.behind(statement, w.Key(chain))
			}
			w.broken(chain, none, c.n, c.fault)
		})
	}

	// What is cut off with its head, or written anew as a whole, cannot be seen but against an end that was kept.
	t.Run("TailGoneWithItsHead", func(t *testing.T) {
		w := w.in(t)
		chain := w.chained()
		kept := w.verified(chain)
		w.behind("DELETE FROM audit WHERE chain = $1 AND n > 4", w.Key(chain))
		w.behind("UPDATE audit_heads SET n = 4, at = (SELECT at FROM audit WHERE chain = $1 AND n = 4),"+
			" hash = (SELECT hash FROM audit WHERE chain = $1 AND n = 4) WHERE chain = $1", w.Key(chain))
		same(w, w.verified(chain).N, 4)
		w.broken(chain, kept, 5, storage.FaultTail)
	})
	t.Run("WrittenAnew", func(t *testing.T) {
		w := w.in(t)
		chain := w.chained()
		kept := w.verified(chain)
		previous := storage.Hash{}
		for _, row := range w.audit(chain) { // by somebody who knows how
			if row.N >= 3 {
				row.Reason = "forged"
			}
			row.Hash = row.Sum(previous)
			previous = row.Hash
			w.behind("UPDATE audit SET reason = $1, hash = $2 WHERE chain = $3 AND n = $4", row.Reason, row.Hash[:], w.Key(chain), row.N)
		}
		w.behind("UPDATE audit_heads SET hash = $1 WHERE chain = $2", previous[:], w.Key(chain))
		same(w, w.verified(chain).N, 6)
		w.broken(chain, kept, 6, storage.FaultKept)
	})
	t.Run("KeptEndStillFits", func(t *testing.T) {
		w := w.in(t)
		chain := w.chained()
		kept := w.verified(chain)
		w.ok(w.Store.Rename(w.Context(), chain, "More", w.now+hour, w.guard(w.actor, chain)))
		head, err := w.Store.VerifyAudit(w.Context(), chain, kept)
		w.ok(err)
		same(w, head.N, kept.N+1)
	})

	t.Run("PagesJoin", func(t *testing.T) {
		w := w.in(t)
		doc := w.document(w.actor).ID
		for i := range 510 { // more than is read at a time
			w.ok(w.Store.Rename(w.Context(), doc, fmt.Sprint(i), w.now+storage.Micros(i)+1, storage.Guard{AccessVersion: 1, Fence: fence(w.actor)}))
		}
		same(w, w.verified(doc).N, 511)
		w.behind("UPDATE audit SET at = at + 1 WHERE chain = $1 AND n = 501", w.Key(doc))
		w.broken(doc, none, 501, storage.FaultHash)
	})

	t.Run("EveryChain", func(t *testing.T) {
		w := &world{TB: t, Opened: open(t), now: w.now}
		w.actor = w.signIn(w.user("Ada"))
		var docs []id.Doc
		for range 4 {
			docs = append(docs, w.chained())
		}
		w.behind("DELETE FROM audit WHERE chain = $1", w.Key(docs[0]))        // a head alone
		w.behind("DELETE FROM audit_heads WHERE chain = $1", w.Key(docs[1]))  // rows alone
		kept := []storage.AuditHead{w.verified(docs[2]), w.verified(docs[3])} // and what was kept of those
		w.behind("DELETE FROM audit WHERE chain = $1", w.Key(docs[2]))        // of which this one
		w.behind("DELETE FROM audit_heads WHERE chain = $1", w.Key(docs[2]))  // is gone
		want := map[id.Doc]storage.AuditFault{docs[0]: storage.FaultTail, docs[1]: storage.FaultBeyond, docs[2]: storage.FaultTail, docs[3]: "", storage.Instance: ""}
		got := make(map[id.Doc]storage.AuditFault)
		w.ok(storage.VerifyAudits(w.Context(), w.Store, kept, func(head storage.AuditHead, err error) error {
			var broken *storage.AuditError
			if got[head.Chain] = ""; errors.As(err, &broken) {
				got[head.Chain] = broken.Fault
			}
			return nil
		}))
		same(w, got, want)
	})

	t.Run("ChainsInPages", func(t *testing.T) {
		w := &world{TB: t, Opened: open(t), now: w.now}
		w.actor = w.signIn(w.user("Ada"))
		want := make(map[id.Doc]bool)
		for range 7 {
			want[w.document(w.actor).ID] = true
		}
		got := make(map[id.Doc]bool)
		for after := storage.Instance; ; {
			chains, err := w.Store.AuditChains(w.Context(), after, 3)
			w.ok(err)
			for _, chain := range chains {
				if got[chain] || string(chain[:]) <= string(after[:]) {
					t.Fatalf("%v comes again, or after %v", chain, after)
				}
				got[chain], after = true, chain
			}
			if len(chains) == 0 {
				break
			}
		}
		same(w, got, want)
	})
}
