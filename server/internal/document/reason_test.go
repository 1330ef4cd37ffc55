package document

import (
	"errors"
	"testing"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// Whoever gives a role by their power over the instance says why, whomever they give it to: they may be in the group, have the link,
// or be everyone. What somebody gives who has the role themselves takes no reason, of administrators of the instance either.
func TestRolesAboveOnesOwnTakeAReason(t *testing.T) {
	s, ctx := newScene(t), t.Context()
	owner, admin, editor := s.actor("owner"), s.actor("admin"), s.actor("editor")
	admin.InstanceAdmin, editor.InstanceAdmin = true, true
	doc := s.document(owner)
	if _, err := s.Grant(ctx, owner, doc, authz.Right{To: to(editor), Role: authz.Editor}); err != nil {
		t.Fatal(err)
	}
	group := storage.Group{ID: id.New[id.Group](), Name: "all"}
	if err := s.store.PutGroup(ctx, group, storage.By{}); err != nil {
		t.Fatal(err)
	}
	standing, _, err := s.NewLink(ctx, owner, doc, "standing", authz.Viewer, 0)
	if err != nil {
		t.Fatal(err)
	}
	grant := func(right authz.Right) func(storage.Actor) error {
		return func(actor storage.Actor) error { _, err := s.Grant(ctx, actor, doc, right); return err }
	}
	other := s.actor("other")
	if err := s.Request(ctx, other, doc, authz.Viewer, ""); err != nil {
		t.Fatal(err)
	}
	requests, _, err := s.Requests(ctx, owner, doc)
	if err != nil || len(requests) != 1 {
		t.Fatalf("requests: %v, %v", requests, err)
	}
	cases := []struct {
		name string
		do   func(storage.Actor) error
	}{
		{"to themselves", grant(authz.Right{To: to(admin), Role: authz.Viewer})},
		{"to another", grant(authz.Right{To: to(other), Role: authz.Viewer})},
		{"to everyone", grant(authz.Right{To: authz.Principal{Kind: authz.ToEveryone}, Role: authz.Viewer})},
		{"to anyone", grant(authz.Right{To: authz.Principal{Kind: authz.ToAnyone}, Role: authz.Viewer})},
		{"to a group", grant(authz.Right{To: authz.Principal{Kind: authz.ToGroup, ID: group.ID}, Role: authz.Viewer})},
		{"by a link that stands", grant(authz.Right{To: standing.To(), Role: authz.Commenter})},
		{"by a new link", func(actor storage.Actor) error {
			_, _, err := s.NewLink(ctx, actor, doc, "new", authz.Viewer, 0)
			return err
		}},
		{"by a changed link", func(actor storage.Actor) error {
			_, err := s.SetLink(ctx, actor, doc, standing.ID, "standing", authz.Editor, 0)
			return err
		}},
		{"on request", func(actor storage.Actor) error { return s.Approve(ctx, actor, doc, requests[0].ID, authz.None, 0) }},
		{"many at once", func(actor storage.Actor) error {
			results, _, err := s.Bulk(ctx, actor, []Wish{{Doc: doc, To: To{Principal: to(other)}, Role: authz.Editor}}, false)
			if err == nil {
				err = results[0].Err
			}
			return err
		}},
	}
	for _, c := range cases {
		if err := c.do(admin); !errors.Is(err, ErrReason) {
			t.Errorf("%s, without a reason: %v", c.name, err)
		}
	}
	reasoned := admin
	reasoned.Note.Reason = "legal hold"
	for _, c := range cases {
		if err := c.do(reasoned); err != nil {
			t.Errorf("%s, with a reason: %v", c.name, err)
		}
	}
	if _, err := s.Grant(ctx, editor, doc, authz.Right{To: to(other), Role: authz.Editor}); err != nil {
		t.Errorf("of one's own role: %v", err)
	}
	if _, err := s.Grant(ctx, editor, doc, authz.Right{To: to(other), Role: authz.Admin}); !errors.Is(err, ErrReason) {
		t.Errorf("above one's own role: %v", err)
	}
	if err := s.AddMember(ctx, admin, group.ID, admin.User); !errors.Is(err, ErrReason) {
		t.Errorf("into a group, oneself: %v", err)
	}
	if err := s.AddMember(ctx, admin, group.ID, other.User); err != nil {
		t.Errorf("into a group, another: %v", err)
	}
}
