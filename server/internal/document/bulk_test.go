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
