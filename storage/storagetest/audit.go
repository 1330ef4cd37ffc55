package storagetest

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// audit is a whole chain, the first row first.
func (w *world) audit(chain id.Doc) []storage.Audited {
	w.Helper()
	rows, err := w.Store.Audit(w.Context(), storage.AuditFilter{Chain: chain}, storage.AuditPage{Oldest: true, Limit: 100_000})
	w.ok(err)
	return rows
}

// verified wants the chain to be as it was written, and returns its end.
func (w *world) verified(chain id.Doc) storage.AuditHead {
	w.Helper()
	head, err := w.Store.VerifyAudit(w.Context(), chain, storage.AuditHead{})
	w.ok(err)
	return head
}

// note is what an audit row is to say besides what changed.
var note = storage.Note{From: "192.0.2.7", Reason: "because 🐙", Request: "request-1", OnBehalf: id.User{9}}

// audited is a change with the row that it leaves.
type audited struct {
	name   string
	action storage.Action

	// prepare returns the change, which may be called again, the chain that tells of it, and what the row says of it.
	prepare func(w *world) (change func() error, chain id.Doc, want storage.Audited)
}

// changes are those that are audited. Each is made by w.actor, with note.
var changes = []audited{
	{"CreateDocument", storage.AuditCreate, func(w *world) (func() error, id.Doc, storage.Audited) {
		doc := w.newDocument(w.actor)
		who := by(w.actor)
		who.Note = note
		return func() error { return w.Store.CreateDocument(w.Context(), doc, who) }, doc.ID,
			storage.Audited{Target: "document:" + doc.ID.String(), After: `{"owner":"` + w.actor.User.String() + `"}`}
	}},
	{"Rename", storage.AuditRename, func(w *world) (func() error, id.Doc, storage.Audited) {
		doc, guard := w.guarded()
		return func() error { return w.Store.Rename(w.Context(), doc, "A secret title", w.now+1, guard) }, doc,
			storage.Audited{Target: "document:" + doc.String()}
	}},
	{"Delete", storage.AuditDelete, func(w *world) (func() error, id.Doc, storage.Audited) {
		doc, guard := w.guarded()
		return func() error { return w.Store.DeleteDocument(w.Context(), doc, w.now, guard) }, doc,
			storage.Audited{Target: "document:" + doc.String()}
	}},
	{"Grant", storage.AuditGrant, func(w *world) (func() error, id.Doc, storage.Audited) {
		doc, guard := w.guarded()
		bob := w.user("Bob")
		return func() error { _, err := w.Store.PutGrant(w.Context(), doc, w.grant(bob), guard); return err }, doc,
			storage.Audited{Target: "user:" + bob.ID.String(), After: `{"role":"editor"}`}
	}},
	{"GrantAnew", storage.AuditGrant, func(w *world) (func() error, id.Doc, storage.Audited) {
		doc, _ := w.guarded()
		grant := w.grant(w.user("Bob"))
		_, err := w.Store.PutGrant(w.Context(), doc, grant, w.guard(w.actor, doc))
		w.ok(err)
		guard := w.noted(w.guard(w.actor, doc))
		grant.Role, grant.ExpiresAt = authz.Viewer, 1<<60
		return func() error { _, err := w.Store.PutGrant(w.Context(), doc, grant, guard); return err }, doc,
			storage.Audited{Target: "user:" + id.User(grant.To.ID).String(), Before: `{"role":"editor"}`, After: `{"expires_at":1152921504606846976,"role":"viewer"}`}
	}},
	{"Revoke", storage.AuditRevoke, func(w *world) (func() error, id.Doc, storage.Audited) {
		doc, _ := w.guarded()
		everyone := storage.Grant{Right: authz.Right{To: authz.Principal{Kind: authz.ToEveryone}, Role: authz.Viewer}, GrantedAt: w.now}
		_, err := w.Store.PutGrant(w.Context(), doc, everyone, w.guard(w.actor, doc))
		w.ok(err)
		guard := w.noted(w.guard(w.actor, doc))
		return func() error { _, err := w.Store.DropGrant(w.Context(), doc, everyone.To, guard); return err }, doc,
			storage.Audited{Target: "everyone", Before: `{"role":"viewer"}`}
	}},
	{"Invite", storage.AuditInvite, func(w *world) (func() error, id.Doc, storage.Audited) {
		invitation, who := w.invitation(), w.by()
		invitation.Email = "secret@example.org"
		return func() error { return w.Store.PutInvitation(w.Context(), invitation, who) }, storage.Instance,
			storage.Audited{Target: "invitation:" + invitation.ID.String(), After: fmt.Sprintf(`{"bound":true,"expires_at":%d,"setup":false}`, invitation.ExpiresAt)}
	}},
	{"Account", storage.AuditAccount, func(w *world) (func() error, id.Doc, storage.Audited) {
		user, who := storage.User{ID: id.New[id.User](), Email: fmt.Sprintf("secret%x@example.org", id.New[id.User]()), CreatedAt: w.now}, w.by()
		return func() error { _, err := w.Store.CreateUser(w.Context(), user, nil, who); return err }, storage.Instance,
			storage.Audited{Target: "user:" + user.ID.String(), After: `{"instance_admin":false,"invited":false}`}
	}},
	{"Password", storage.AuditPassword, func(w *world) (func() error, id.Doc, storage.Audited) {
		who := w.by()
		w.session(w.actor.User)
		return func() error { return w.Store.SetPassword(w.Context(), w.actor.User, "$secret$", who, w.now) }, storage.Instance,
			storage.Audited{Target: "user:" + w.actor.User.String(), After: `{"sessions_ended":1}`}
	}},
	{"Token", storage.AuditToken, func(w *world) (func() error, id.Doc, storage.Audited) {
		token, who := storage.Token{ID: id.New[id.Credential](), Hash: hash(), User: w.actor.User, Name: "secret name", CreatedAt: w.now}, w.by()
		return func() error { return w.Store.PutToken(w.Context(), token, who) }, storage.Instance,
			storage.Audited{Target: "token:" + token.ID.String(), After: `{"user":"` + w.actor.User.String() + `"}`}
	}},
	{"RevokeToken", storage.AuditUntoken, func(w *world) (func() error, id.Doc, storage.Audited) {
		token, who := w.token(w.actor.User), w.by()
		return func() error { return w.Store.RevokeToken(w.Context(), w.actor.User, token.ID, w.now, who) }, storage.Instance,
			storage.Audited{Target: "token:" + token.ID.String(), Before: `{"user":"` + w.actor.User.String() + `"}`}
	}},
}

// guarded is a document of w.actor's, with their guard and note.
func (w *world) guarded() (id.Doc, storage.Guard) {
	doc := w.document(w.actor).ID
	return doc, w.noted(w.guard(w.actor, doc))
}

func (w *world) noted(guard storage.Guard) storage.Guard {
	guard.Note = note
	return guard
}

// by is w.actor with note.
func (w *world) by() storage.By {
	by := by(w.actor)
	by.Note = note
	return by
}

// testAudit: each change leaves one row, however often it is made; a refused one leaves none.
func testAudit(t *testing.T, open func(t *testing.T) Opened) {
	w := newWorld(t, open(t))
	for _, change := range changes {
		t.Run(change.name+"LeavesOneRow", func(t *testing.T) {
			w := w.in(t)
			w.actor = w.signIn(w.user("Ann"))
			make, chain, want := change.prepare(w)
			before := len(w.audit(chain))
			for range 3 {
				w.ok(make())
			}
			rows := w.audit(chain)
			same(w, len(rows), before+1)
			got := rows[before]
			want.Chain, want.N, want.Action = chain, int64(before)+1, change.action
			want.Actor, want.Credential = w.actor.User, w.actor.Credential
			want.From, want.Reason, want.Request, want.OnBehalf = note.From, note.Reason, note.Request, note.OnBehalf
			want.At, want.Hash = got.At, got.Hash
			same(w, got, want)
			if text := fmt.Sprint(got); strings.Contains(text, "secret") {
				t.Errorf("the row holds a secret: %s", text)
			}
			same(w, w.verified(chain).N, want.N)
		})
		t.Run(change.name+"RefusedLeavesNone", func(t *testing.T) {
			w := w.in(t)
			w.actor = w.signIn(w.user("Ann"))
			make, chain, _ := change.prepare(w)
			before := w.audit(chain)
			w.suspend(w.actor.User)
			w.refused(make(), storage.ErrFence)
			same(w, w.audit(chain), before)
			w.verified(chain)
		})
	}

	t.Run("OperatorIsNobody", func(t *testing.T) {
		w := w.in(t)
		token := w.token(w.actor.User)
		rows := w.audit(storage.Instance)
		got := rows[len(rows)-1]
		same(w, got.Target, "token:"+token.ID.String())
		same(w, got.Actor, id.User{})
		same(w, got.Credential, storage.Credential{})
	})

	t.Run("WhoSignsUpDoesItThemselves", func(t *testing.T) {
		w := w.in(t)
		user := w.user("Self")
		rows := w.audit(storage.Instance)
		same(w, rows[len(rows)-1].Actor, user.ID)
	})

	t.Run("NotesAreCut", func(t *testing.T) {
		w := w.in(t)
		who := storage.By{Note: storage.Note{Reason: strings.Repeat("long ", 1000) + "\x00", Request: "a\x00\xff"}}
		token := storage.Token{ID: id.New[id.Credential](), Hash: hash(), User: w.actor.User, CreatedAt: w.now}
		w.ok(w.Store.PutToken(w.Context(), token, who))
		rows := w.audit(storage.Instance)
		got := rows[len(rows)-1]
		same(w, storage.Note{Reason: got.Reason, Request: got.Request}, who.Note.Clean())
		w.verified(storage.Instance)
	})

	t.Run("MomentsNeverGoBack", func(t *testing.T) {
		w := w.in(t)
		doc, guard := w.guarded()
		ahead := w.now + hour
		w.behind("UPDATE audit_heads SET at = $1 WHERE chain = $2", int64(ahead), w.Key(doc)) // by a clock that was ahead
		w.ok(w.Store.Rename(w.Context(), doc, "Later", w.now+1, guard))
		same(w, w.audit(doc)[1].At, ahead)
		w.verified(doc)
	})

	t.Run("SessionBeginsAndEndsOnce", func(t *testing.T) {
		w := w.in(t)
		user := w.user("Sam")
		session := storage.Session{ID: id.New[id.Credential](), Hash: hash(), CreatedAt: w.now, ExpiresAt: w.now + hour}
		before := len(w.audit(storage.Instance))
		w.ok(w.Store.PutSession(w.Context(), session, note)) // nobody's yet
		session.User = user.ID
		for i := range 3 {
			session.ExpiresAt += storage.Micros(i)
			w.ok(w.Store.PutSession(w.Context(), session, note))
		}
		w.ok(w.Store.ProlongSession(w.Context(), session.ID, session.ExpiresAt, w.now))
		for range 2 {
			_, err := w.Store.EndSession(w.Context(), session.Hash, w.now, note)
			w.ok(err)
		}
		_, err := w.Store.EndSession(w.Context(), session.Hash, w.now+1, note)
		w.ok(err)
		_, err = w.Store.EndSession(w.Context(), hash(), w.now, note)
		w.ok(err)
		rows := w.audit(storage.Instance)[before:]
		same(w, len(rows), 2)
		for i, action := range []storage.Action{storage.AuditBegin, storage.AuditEnd} {
			same(w, rows[i].Action, action)
			same(w, rows[i].Target, "user:"+user.ID.String())
			same(w, rows[i].Actor, user.ID)
			same(w, rows[i].Credential, storage.Credential{Kind: storage.BySession, ID: session.ID})
			same(w, rows[i].From, note.From)
		}
	})

	// Whatever meets, each chain counts its rows without a gap, and each change has one.
	t.Run("WritersTogetherLeaveNoGap", func(t *testing.T) {
		w := w.in(t)
		doc := w.document(w.actor).ID
		const writers, rounds = 8, 6
		var readers []storage.User
		for i := range writers {
			readers = append(readers, w.user(fmt.Sprint("Reader ", i)))
		}
		before := len(w.audit(storage.Instance))
		together(writers, func(i int) {
			to := readers[i]
			for round := range rounds {
				grant := w.grant(to)
				grant.GrantedAt += storage.Micros(round)
				token := storage.Token{ID: id.New[id.Credential](), Hash: hash(), User: to.ID, CreatedAt: w.now}
				if err := w.Store.PutToken(w.Context(), token, storage.By{}); err != nil { // that no row of a document's holds off
					w.Error(err)
				}
				for {
					access, err := w.Store.Access(w.Context(), doc)
					if err != nil {
						w.Error(err)
						return
					}
					guard := storage.Guard{AccessVersion: access.Document.AccessVersion, Fence: fence(w.actor)}
					if _, err = w.Store.PutGrant(w.Context(), doc, grant, guard); err == nil {
						break
					} else if !errors.Is(err, storage.ErrAccessMoved) {
						w.Error(err)
						return
					}
				}
			}
		})
		rows := w.audit(doc)
		same(w, len(rows), 1+writers*rounds)
		for i, row := range rows {
			same(w, row.N, int64(i)+1)
			if i > 0 && row.At < rows[i-1].At {
				t.Errorf("row %d is of %d, before row %d of %d", i+1, row.At, i, rows[i-1].At)
			}
		}
		w.verified(doc)
		same(w, w.verified(storage.Instance).N, int64(before+writers*rounds))
	})
}
