package document

import (
	"errors"
	"testing"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// A dry run refuses whom nothing can be granted to, with the very error of the run that follows it.
func TestDryRunKnowsWhoIsThere(t *testing.T) {
	s, ctx := newScene(t), t.Context()
	owner, other := s.actor("owner"), s.actor("other")
	doc, elsewhere := s.document(owner), s.document(other)
	mine, _, err := s.NewLink(ctx, owner, doc, "mine", authz.Viewer, 0)
	if err != nil {
		t.Fatal(err)
	}
	foreign, _, err := s.NewLink(ctx, other, elsewhere, "foreign", authz.Viewer, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		to   To
		want error
	}{
		{To{Principal: to(other)}, nil},
		{To{Principal: authz.Principal{Kind: authz.ToUser, ID: id.New[id.User]()}}, storage.ErrNoUser},
		{To{Principal: authz.Principal{Kind: authz.ToGroup, ID: id.New[id.Group]()}}, storage.ErrNoGroup},
		{To{Principal: mine.To()}, nil},
		{To{Principal: foreign.To()}, storage.ErrNoLink},
		{To{Principal: authz.Principal{Kind: authz.ToLink, ID: id.New[id.Link]()}}, storage.ErrNoLink},
		{To{Principal: authz.Principal{Kind: authz.ToEveryone}}, nil},
		{To{Principal: authz.Principal{Kind: authz.ToAddress}, Address: "nobody@example.com"}, nil},
	} {
		for _, dry := range []bool{true, false} {
			results, _, err := s.Bulk(ctx, owner, []Wish{{Doc: doc, To: c.to, Role: authz.Commenter}}, dry)
			if err != nil || len(results) != 1 || !errors.Is(results[0].Err, c.want) {
				t.Errorf("to %v %v, dry run %t: %+v, %v; want %v", c.to.Kind, c.to.Address, dry, results, err, c.want)
			}
		}
	}
}

// Who gives up their own role in the middle of a list makes none of the changes after it: a dry run says so too.
func TestDryRunKnowsWhatIsLeftOfOnesOwnRole(t *testing.T) {
	for _, dry := range []bool{true, false} {
		s, ctx := newScene(t), t.Context()
		owner, kim, other := s.actor("owner"), s.actor("kim"), s.actor("other")
		doc := s.document(owner)
		s.grant(owner, doc, authz.Right{To: to(kim), Role: authz.Admin})
		results, _, err := s.Bulk(ctx, kim, []Wish{
			{Doc: doc, To: To{Principal: to(kim)}, Role: authz.Viewer},
			{Doc: doc, To: To{Principal: to(other)}, Role: authz.Viewer},
		}, dry)
		if err != nil || len(results) != 2 || results[0].Err != nil {
			t.Fatalf("dry run %t: %+v, %v", dry, results, err)
		}
		if _, forbidden := errors.AsType[*Forbidden](results[1].Err); !forbidden {
			t.Errorf("dry run %t: after they became a viewer: %v", dry, results[1].Err)
		}
	}
}
