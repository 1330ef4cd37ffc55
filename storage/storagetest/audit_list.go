package storagetest

import (
	"cmp"
	"slices"
	"testing"

	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// testAuditList: every filter lets those rows pass that it says, in pages that join.
func testAuditList(t *testing.T, open func(t *testing.T) Opened) {
	w := newWorld(t, open(t))
	second := w.signIn(w.user("Second"))
	docs := []id.Doc{w.doc.ID, w.chained(), w.document(second).ID}
	_, err := w.Store.PutGrant(w.Context(), docs[2], w.grant(w.user("Reader")), w.guard(second, docs[2]))
	w.ok(err)
	all := w.audit(storage.Instance)
	for _, doc := range docs {
		all = append(all, w.audit(doc)...)
	}
	slices.SortFunc(all, func(a, b storage.Audited) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(string(a.Chain[:]), string(b.Chain[:])), cmp.Compare(a.N, b.N))
	})
	middle := all[len(all)/2].At

	for name, c := range map[string]struct {
		filter storage.AuditFilter
		passes func(a storage.Audited) bool
	}{
		"Instance": {storage.AuditFilter{}, func(a storage.Audited) bool { return a.Chain == storage.Instance }},
		"Document": {storage.AuditFilter{Chain: docs[1]}, func(a storage.Audited) bool { return a.Chain == docs[1] }},
		"All":      {storage.AuditFilter{All: true}, func(storage.Audited) bool { return true }},
		"Actor":    {storage.AuditFilter{All: true, Actor: second.User}, func(a storage.Audited) bool { return a.Actor == second.User }},
		"Action":   {storage.AuditFilter{All: true, Action: storage.AuditRename}, func(a storage.Audited) bool { return a.Action == storage.AuditRename }},
		"Target":   {storage.AuditFilter{All: true, Target: "user:" + second.User.String()}, func(a storage.Audited) bool { return a.Target == "user:"+second.User.String() }},
		"From":     {storage.AuditFilter{All: true, From: middle}, func(a storage.Audited) bool { return a.At >= middle }},
		"Until":    {storage.AuditFilter{All: true, Until: middle}, func(a storage.Audited) bool { return a.At < middle }},
		"SeveralOfIt": {storage.AuditFilter{Chain: docs[1], Actor: w.actor.User, Action: storage.AuditRename, From: 1, Until: 1 << 60},
			func(a storage.Audited) bool { return a.Chain == docs[1] && a.Action == storage.AuditRename }},
		"NobodyDidIt": {storage.AuditFilter{All: true, Actor: id.New[id.User]()}, func(storage.Audited) bool { return false }},
		"NoSuchChain": {storage.AuditFilter{Chain: id.New[id.Doc]()}, func(storage.Audited) bool { return false }},
	} {
		t.Run(name, func(t *testing.T) {
			w := w.in(t)
			var want []storage.Audited
			for _, row := range all {
				if c.passes(row) {
					want = append(want, row)
				}
			}
			var each []storage.Audited
			w.ok(storage.EachAudited(w.Context(), w.Store, c.filter, func(a *storage.Audited) error {
				each = append(each, *a)
				return nil
			}))
			same(w, each, want)
			for _, oldest := range []bool{true, false} {
				var got []storage.Audited
				for page := (storage.AuditPage{Oldest: oldest, Limit: 2}); ; page.After = got[len(got)-1].Place() {
					rows, err := w.Store.Audit(w.Context(), c.filter, page)
					w.ok(err)
					if len(rows) == 0 {
						break
					}
					got = append(got, rows...)
				}
				if !oldest {
					slices.Reverse(got)
				}
				same(w, got, want)
			}
		})
	}
}

// testNotice: what changes nothing is written down once a day of a kind, and only so often.
func testNotice(t *testing.T, open func(t *testing.T) Opened) {
	w := newWorld(t, open(t))
	notice := func(w *world, chain id.Doc, who storage.By, action storage.Action, target string, want bool) {
		w.Helper()
		written, err := w.Store.Notice(w.Context(), chain, who, action, target)
		w.ok(err)
		same(w, written, want)
	}

	t.Run("OncePerKindAndDay", func(t *testing.T) {
		w := w.in(t)
		doc, other := w.document(w.actor).ID, w.document(w.actor).ID
		bob := by(w.signIn(w.user("Bob")))
		for _, first := range []bool{true, false} {
			notice(w, doc, w.by(), storage.AuditDenied, "edit", first)
			notice(w, doc, w.by(), storage.AuditDenied, "grant", first)
			notice(w, doc, w.by(), storage.AuditOpen, "", first)
			notice(w, doc, bob, storage.AuditOpen, "", first)
			notice(w, doc, storage.By{}, storage.AuditOpen, "", first)
			notice(w, other, bob, storage.AuditOpen, "", first)
			notice(w, storage.Instance, bob, storage.AuditDenied, "invite", first)
		}
		rows := w.audit(doc)
		same(w, len(rows), 6)
		same(w, rows[1].Target, "edit")
		same(w, rows[1].From, note.From)
		same(w, rows[1].Actor, w.actor.User)
		w.verified(doc)
	})

	t.Run("AgainTheNextDay", func(t *testing.T) {
		w := w.in(t)
		doc := w.document(w.actor).ID
		notice(w, doc, w.by(), storage.AuditOpen, "", true)
		w.behind("UPDATE audit SET at = at - 86400000000 WHERE chain = $1", w.Key(doc))
		notice(w, doc, w.by(), storage.AuditOpen, "", true)
	})

	t.Run("TogetherIsOnce", func(t *testing.T) {
		w := w.in(t)
		doc := w.document(w.actor).ID
		together(8, func(int) {
			if _, err := w.Store.Notice(w.Context(), doc, w.by(), storage.AuditOpen, ""); err != nil {
				w.Error(err)
			}
		})
		same(w, len(w.audit(doc)), 2)
	})

	t.Run("OfNoDocument", func(t *testing.T) {
		w := w.in(t)
		unknown := id.New[id.Doc]()
		notice(w, unknown, w.by(), storage.AuditDenied, "open", false)
		same(w, len(w.audit(unknown)), 0)
		same(w, w.verified(unknown).N, 0)
	})

	t.Run("GuestsFillHalf", func(t *testing.T) {
		w := w.in(t)
		doc, guest := w.document(w.actor).ID, by(w.guest())
		notice(w, doc, guest, storage.AuditOpen, "", true)
		w.behind("UPDATE audit_heads SET notices = $1 WHERE chain = $2", storage.DefaultBounds().Notices/2, w.Key(doc))
		notice(w, doc, guest, storage.AuditEnter, "link:x", false)
		same(w, len(w.audit(doc)), 2)
		notice(w, doc, w.by(), storage.AuditOpen, "", true)
	})

	t.Run("FloodEnds", func(t *testing.T) {
		w := w.in(t)
		doc := w.document(w.actor).ID
		notice(w, doc, w.by(), storage.AuditOpen, "", true)
		w.behind("UPDATE audit_heads SET notices = $1 WHERE chain = $2", storage.DefaultBounds().Notices-2, w.Key(doc))
		notice(w, doc, w.by(), storage.AuditDenied, "1", true)
		for range 3 {
			notice(w, doc, w.by(), storage.AuditDenied, "2", false)
		}
		rows := w.audit(doc)
		same(w, len(rows), 4)
		same(w, rows[3].Action, storage.AuditFull)
		w.ok(w.Store.Rename(w.Context(), doc, "Changes are written all the same", w.now+1, w.guard(w.actor, doc)))
		same(w, w.verified(doc).N, 5)
		w.behind("UPDATE audit_heads SET day = day - 1 WHERE chain = $1", w.Key(doc))
		notice(w, doc, w.by(), storage.AuditDenied, "2", true)
	})
}
