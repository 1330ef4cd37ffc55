package postgres_test

import (
	"errors"
	"testing"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
	"github.com/coscribe/coscribe/storage/pgtest"
)

// Each change of who may do what, its answer lost, made again: once, as the audit has it too.
func TestChangesOfAccessWhoseAnswerIsLost(t *testing.T) {
	proxy := pgtest.NewProxy(t, pgtest.URL(t))
	a := newAuthor(t, proxy.URL)
	ctx, doc := t.Context(), a.doc.ID
	by := storage.By{Fence: &a.fence}
	user := storage.User{ID: id.New[id.User](), Email: "b@example.org", CreatedAt: 1}
	if _, err := a.CreateUser(ctx, user, nil, storage.By{}); err != nil {
		t.Fatal(err)
	}
	session := storage.Session{ID: id.New[id.Credential](), Hash: storage.Hash{3}, User: user.ID, CreatedAt: 1, ExpiresAt: 1 << 60}
	if err := a.PutSession(ctx, session, storage.Note{}); err != nil {
		t.Fatal(err)
	}
	rows := func() (n int) {
		err := storage.EachAudited(ctx, a, storage.AuditFilter{All: true}, func(*storage.Audited) error { n++; return nil })
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	group := storage.Group{ID: id.New[id.Group](), Name: "Group", CreatedAt: 1}
	link := storage.Link{ID: id.New[id.Link](), Doc: doc, Hash: storage.Hash{4}, CreatedAt: 1}
	guest := storage.User{ID: id.New[id.User](), CreatedAt: 1, Guest: true}
	asked := storage.Request{ID: id.New[id.Ask](), Doc: doc, User: user.ID, Role: authz.Viewer, CreatedAt: 1}
	approved := storage.Verdict{Outcome: storage.Approved, DecidedBy: a.fence.User, DecidedAt: 2}
	grant := func(to authz.Principal) storage.Grant {
		return storage.Grant{Right: authz.Right{To: to, Role: authz.Viewer}, GrantedBy: a.fence.User, GrantedAt: 5}
	}
	toUser, toGroup := authz.Principal{Kind: authz.ToUser, ID: user.ID}, authz.Principal{Kind: authz.ToGroup, ID: group.ID}
	only := func(_ any, err error) error { return err }

	for _, write := range []struct {
		name    string
		audited int
		call    func(guard storage.Guard) error
	}{
		{"PutGroup", 1, func(storage.Guard) error { return a.PutGroup(ctx, group, by) }},
		{"GrantToAGroup", 1, func(g storage.Guard) error { return only(a.PutGrant(ctx, doc, grant(toGroup), g)) }},
		{"AddMember", 1, func(storage.Guard) error { return told(doc)(a.AddMember(ctx, group.ID, user.ID, 3, by)) }},
		{"DropMember", 1, func(storage.Guard) error { return told(doc)(a.DropMember(ctx, group.ID, user.ID, by)) }},
		{"DropGroup", 1, func(storage.Guard) error { return only(a.DropGroup(ctx, group.ID, by)) }},
		{"PutLink", 1, func(g storage.Guard) error { return only(a.PutLink(ctx, link, grant(link.To()), g)) }},
		{"EnterLink", 0, func(storage.Guard) error {
			entered, err := a.EnterLink(ctx, link.Hash, guest, 4, storage.By{})
			if err == nil && entered.Uses != 1 {
				err = errors.New("counted again")
			}
			return err
		}},
		{"DropLink", 1, func(g storage.Guard) error { return only(a.DropGrant(ctx, doc, link.To(), g)) }},
		{"PutRequest", 0, func(storage.Guard) error { return a.PutRequest(ctx, asked, by) }},
		{"DecideRequest", 2, func(g storage.Guard) error {
			given := grant(toUser)
			return only(a.DecideRequest(ctx, doc, asked.ID, approved, &given, g))
		}},
		{"SetLocked", 1, func(g storage.Guard) error { return only(a.SetLocked(ctx, doc, true, g)) }},
		{"SetHistory", 1, func(g storage.Guard) error { return only(a.SetHistory(ctx, doc, true, g)) }},
		{"OfferDocument", 1, func(g storage.Guard) error { return only(a.OfferDocument(ctx, doc, user.ID, g)) }},
		{"TransferDocument", 1, func(g storage.Guard) error {
			return only(a.TransferDocument(ctx, doc, storage.Transfer{To: user.ID, Offered: true, Keep: authz.Admin, At: 6}, g))
		}},
		{"EndSessionByID", 1, func(storage.Guard) error { return a.EndSessionByID(ctx, user.ID, session.ID, 7, by) }},
		{"SuspendUser", 1, func(storage.Guard) error { return a.SuspendUser(ctx, user.ID, 8, by) }},
		{"ReinstateUser", 1, func(storage.Guard) error { return a.ReinstateUser(ctx, user.ID, by) }},
		{"DeleteDocument", 1, func(g storage.Guard) error { return a.DeleteDocument(ctx, doc, 9, g) }},
		{"UndeleteDocument", 1, func(g storage.Guard) error { return only(a.UndeleteDocument(ctx, doc, 10, g)) }},
		{"DeleteAgain", 1, func(g storage.Guard) error { return a.DeleteDocument(ctx, doc, 11, g) }},
		{"Purge", 1, func(storage.Guard) error { return only(a.Purge(ctx, 11, 10, by)) }},
	} {
		t.Run(write.name, func(t *testing.T) {
			access, err := a.Access(ctx, doc)
			if errors.Is(err, storage.ErrNoDocument) {
				access, err = a.AccessDeleted(ctx, doc)
			}
			if err != nil {
				t.Fatal(err)
			}
			guard := storage.Guard{AccessVersion: access.Document.AccessVersion, Fence: a.fence}
			before := rows()
			proxy.LoseAnswerTo("commit")
			if err := write.call(guard); !errors.Is(err, storage.ErrUnknown) {
				t.Fatalf("got %v, want %v", err, storage.ErrUnknown)
			}
			proxy.Set(pgtest.Healthy)
			for range 2 {
				if err := write.call(guard); err != nil {
					t.Fatalf("the same again: %v", err)
				}
			}
			if wrote := rows() - before; wrote != write.audited {
				t.Errorf("%d rows in the audit, want %d", wrote, write.audited)
			}
		})
	}
}

// told wants a change of a group to name the document that is granted to it.
func told(doc id.Doc) func([]id.Doc, error) error {
	return func(docs []id.Doc, err error) error {
		if err == nil && (len(docs) != 1 || docs[0] != doc) {
			err = errors.New("not told which documents it concerns")
		}
		return err
	}
}
