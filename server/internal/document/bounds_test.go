package document

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/storage"
)

// Who is an admin until tomorrow gives nothing that outlasts it, to themselves or to anybody, by any way; and takes nothing that
// others have by touching it.
func TestNobodyGivesForLongerThanTheyHave(t *testing.T) {
	s, ctx := newScene(t), t.Context()
	owner, kim, ben, eve := s.actor("owner"), s.actor("kim"), s.actor("ben"), s.actor("eve")
	doc := s.document(owner)
	now := storage.At(time.Now())
	end := now + days(1)
	s.grant(owner, doc, authz.Right{To: to(kim), Role: authz.Admin, ExpiresAt: int64(end)})
	s.grant(owner, doc, authz.Right{To: to(ben), Role: authz.Editor})
	everyone := authz.Principal{Kind: authz.ToEveryone}
	for _, c := range []struct {
		name      string
		to        authz.Principal
		role      authz.Role
		asked     storage.Micros
		want      storage.Micros
		forbidden bool
	}{
		{"themselves, for ever", to(kim), authz.Admin, 0, end, false},
		{"themselves, for longer", to(kim), authz.Admin, end + 1, 0, true},
		{"themselves, for less", to(kim), authz.Admin, end - 1000, end - 1000, false},
		{"another, for ever", to(eve), authz.Admin, 0, end - 1000, false},
		{"everyone, for longer", everyone, authz.Viewer, end + 1, 0, true},
		{"what another has for ever", to(ben), authz.Editor, 0, 0, false},
		{"less than another has for ever", to(ben), authz.Viewer, 0, 0, false},
		{"more than another has for ever", to(ben), authz.Admin, 0, end - 1000, false},
	} {
		_, grant, err := s.GrantTo(ctx, kim, doc, AnyVersion, To{Principal: c.to}, c.role, c.asked)
		if _, refused := errors.AsType[*PolicyError](err); refused != c.forbidden || err != nil && !refused {
			t.Errorf("%s: %v", c.name, err)
		} else if err == nil && storage.Micros(grant.ExpiresAt) != c.want {
			t.Errorf("%s: ends at %d, want %d", c.name, grant.ExpiresAt, c.want)
		}
	}
	link, _, err := s.NewLink(ctx, kim, doc, "l", authz.Editor, 0)
	if err != nil || link.Grant.ExpiresAt != int64(end-1000) {
		t.Errorf("a link for ever ends at %d, want %d; %v", link.Grant.ExpiresAt, end-1000, err)
	}
	if _, err := s.SetLink(ctx, kim, doc, link.ID, "l", authz.Editor, end); err == nil {
		t.Error("a link was made to last longer")
	}
	results, _, err := s.Bulk(ctx, kim, []Wish{{Doc: doc, To: To{Principal: everyone}, Role: authz.Editor, Expires: end + 1}}, false)
	if err != nil || len(results) != 1 || results[0].Err == nil {
		t.Errorf("in bulk: %+v, %v", results, err)
	}
	if err := s.Request(ctx, eve, doc, authz.Admin, ""); !errors.Is(err, ErrHas) {
		t.Fatal(err)
	}
	kit := s.actor("kit")
	if err := s.Request(ctx, kit, doc, authz.Admin, ""); err != nil {
		t.Fatal(err)
	}
	requests, _, err := s.Requests(ctx, kim, doc)
	if err != nil || len(requests) != 1 {
		t.Fatal(requests, err)
	}
	if err := s.Approve(ctx, kim, doc, requests[0].ID, authz.None, end+1); err == nil {
		t.Error("a request was approved for longer")
	}
	admin := s.actor("admin")
	admin.InstanceAdmin, admin.Note.Reason = true, "nobody is left"
	s.grant(admin, doc, authz.Right{To: to(eve), Role: authz.Admin}) // an administrator's power has no end
}

// A grant that has expired is not what somebody wants who asks for one without an end, also where the policy gives it one.
func TestAnExpiredGrantIsMadeAnewInBulk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, ctx := newScene(t), t.Context()
		defer s.store.Close()
		owner := s.actor("owner")
		doc := s.document(owner)
		policy, err := s.store.Policy(ctx)
		if err != nil {
			t.Fatal(err)
		}
		policy.ExpiryDays = 30
		if _, _, err := s.store.SetPolicy(ctx, policy, storage.At(time.Now()), storage.By{}); err != nil {
			t.Fatal(err)
		}
		wish := Wish{Doc: doc, To: To{Principal: authz.Principal{Kind: authz.ToAnyone}}, Role: authz.Viewer}
		for _, same := range []bool{false, true, false} {
			if results, _, err := s.Bulk(ctx, owner, []Wish{wish}, false); err != nil || results[0].Err != nil || results[0].Same != same {
				t.Errorf("same is %v, want %v: %+v, %v", results[0].Same, same, results, err)
			}
			if same {
				time.Sleep(31 * 24 * time.Hour)
			}
		}
	})
}

func TestReasonsSaySomething(t *testing.T) {
	for _, nothing := range []string{"", " ", "\t\n", "\u200b\u202e", "\u00a0"} {
		if (storage.Note{Reason: nothing}).Reasoned() {
			t.Errorf("%q is a reason", nothing)
		}
	}
	for _, reason := range []string{"x", "法", "§ 4", "🔥"} {
		if !(storage.Note{Reason: reason}).Reasoned() {
			t.Errorf("%q is no reason", reason)
		}
	}
	s, ctx := newScene(t), t.Context()
	owner, admin := s.actor("owner"), s.actor("admin")
	admin.InstanceAdmin, admin.Note.Reason = true, " \u200b"
	doc := s.document(owner)
	if err := s.Transfer(ctx, admin, doc, admin.User, authz.None); !errors.Is(err, ErrReason) {
		t.Errorf("transfer: %v", err)
	}
}
