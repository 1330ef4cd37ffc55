package main

import (
	"errors"
	"strings"
	"testing"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/client"
	"github.com/coscribe/coscribe/server/wire"
)

// TestProgramsShareByTheGoClient walks through the client's methods for access on a real server, each effect beside the refusal
// before or after it.
func TestProgramsShareByTheGoClient(t *testing.T) {
	p, ctx := startHere(t), t.Context()
	_, secret, _ := strings.Cut(p.setup, "#")
	ana := withCookies(t, p.url)
	if _, err := ana.SignUp(ctx, wire.SignUp{Invitation: secret, Email: "ana@example.com", Name: "Ana Diaz", Password: password}); err != nil {
		t.Fatal(err)
	}
	ben := signUpBy(t, p.url, ana, "ben@example.com", "Ben Okafor")
	doc, err := ana.CreateDocument(ctx, "Plan")
	if err != nil {
		t.Fatal(err)
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	refused := func(err, want error) {
		t.Helper()
		if !errors.Is(err, want) {
			t.Errorf("got %v, want %v", err, want)
		}
	}
	me, err := ben.Me(ctx)
	must(err)

	// A group gives a role, says why, and takes it away.
	_, err = ben.CreateGroup(ctx, "Engineering")
	refused(err, client.ErrForbidden)
	group, err := ana.CreateGroup(ctx, "Engineering")
	must(err)
	_, err = ana.CreateGroup(ctx, "Engineering")
	refused(err, client.ErrTaken)
	must(ana.Grant(ctx, doc.ID, client.ToGroup(group.ID), wire.PutGrant{Role: authz.Editor}))
	_, err = ben.Document(ctx, doc.ID)
	refused(err, client.ErrNotFound)
	must(ana.AddMember(ctx, group.ID, me.ID, ""))
	must(ben.Rename(ctx, doc.ID, "The plan"))
	why, err := ana.Explain(ctx, doc.ID, client.ToUser(me.ID))
	if err != nil || len(why.Paths) != 1 || why.Paths[0].Group == nil || why.Paths[0].Without.Role != authz.None {
		t.Errorf("why: %+v, %v", why, err)
	}
	must(ana.RemoveMember(ctx, group.ID, me.ID))
	refused(ben.Rename(ctx, doc.ID, "Mine"), client.ErrNotFound)

	// Asking for a role, and being let in.
	must(ben.RequestAccess(ctx, doc.ID, wire.Ask{Role: authz.Viewer, Message: "please"}))
	_, err = ben.AccessRequests(ctx, doc.ID)
	refused(err, client.ErrNotFound)
	requests, err := ana.AccessRequests(ctx, doc.ID)
	if err != nil || len(requests) != 1 || requests[0].User.ID != me.ID {
		t.Fatalf("the requests are %+v, %v", requests, err)
	}
	must(ana.Approve(ctx, doc.ID, requests[0].ID, wire.Approve{}))
	refused(ben.RequestAccess(ctx, doc.ID, wire.Ask{Role: authz.Viewer}), client.ErrHasRole)

	// A link lets a guest in, until it is revoked.
	link, err := ana.CreateLink(ctx, doc.ID, wire.PutLink{Name: "Client", Role: authz.Editor})
	must(err)
	guest := withCookies(t, p.url)
	entered, err := guest.EnterLink(ctx, link.Secret)
	if err != nil || entered.Document != doc.ID || !entered.User.Guest {
		t.Fatalf("entered %+v, %v", entered, err)
	}
	must(guest.Rename(ctx, doc.ID, "By a guest"))
	must(ana.Lock(ctx, doc.ID))
	refused(guest.Rename(ctx, doc.ID, "Late"), client.ErrForbidden)
	must(ana.Unlock(ctx, doc.ID))
	must(ana.RevokeLink(ctx, doc.ID, link.ID))
	refused(guest.Rename(ctx, doc.ID, "Late"), client.ErrNotFound)

	// The policy binds everybody, and two do not set it over each other.
	policy, version, err := ana.Policy(ctx)
	must(err)
	policy.Anonymous = false
	_, err = ana.SetPolicy(ctx, policy, version)
	must(err)
	policy.AdminsCreate = true
	_, err = ana.SetPolicy(ctx, policy, version)
	refused(err, client.ErrChanged)
	refused(ana.Grant(ctx, doc.ID, client.ToAnyone(), wire.PutGrant{Role: authz.Viewer}), client.ErrPolicy)

	// Whose it is, the trash, and what the audit says of it all.
	refused(ben.AcceptOwnership(ctx, doc.ID), client.ErrForbidden)
	must(ana.OfferOwnership(ctx, doc.ID, me.ID))
	must(ben.AcceptOwnership(ctx, doc.ID))
	must(ben.Delete(ctx, doc.ID))
	_, err = ana.Document(ctx, doc.ID)
	refused(err, client.ErrNotFound)
	must(ben.Undelete(ctx, doc.ID))
	granted := 0
	for row, err := range ana.Audit(ctx, client.AuditFilter{Document: doc.ID, Action: "access.grant"}) {
		must(err)
		if granted++; row.ActorName != "Ana Diaz" {
			t.Errorf("granted by %q", row.ActorName)
		}
	}
	verdict, err := ana.VerifyAudit(ctx, doc.ID)
	if err != nil || !verdict.Intact || granted == 0 {
		t.Errorf("the audit has %d grants and is %+v, %v", granted, verdict, err)
	}
}
