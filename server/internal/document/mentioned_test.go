package document

import (
	"slices"
	"testing"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

func TestMentioned(t *testing.T) {
	ada, bob := id.New[id.User](), id.New[id.User]()
	user := func(of id.User) authz.Principal { return authz.Principal{Kind: authz.ToUser, ID: of} }
	for _, test := range []struct {
		row  storage.Audited
		want []authz.Principal
	}{
		{storage.Audited{Target: "user:" + ada.String(), After: `{"role":"editor","expires_at":1}`}, []authz.Principal{user(ada)}},
		{storage.Audited{Target: "group:" + ada.String(), Before: `{"user":"` + bob.String() + `"}`}, []authz.Principal{{Kind: authz.ToGroup, ID: ada}, user(bob)}},
		{storage.Audited{Target: "user:" + ada.String(), Before: `{"link":"` + bob.String() + `"}`}, []authz.Principal{user(ada), {Kind: authz.ToLink, ID: bob}}},
		{storage.Audited{Before: `{"owner":"` + ada.String() + `"}`, After: `{"offered_to":"` + bob.String() + `"}`}, []authz.Principal{user(ada), user(bob)}},
		{storage.Audited{Target: "token:" + ada.String(), OnBehalf: bob}, []authz.Principal{user(bob)}},
		{row: storage.Audited{Target: "address:" + ada.String()}}, // of which the audit knows no more than a hash
		{row: storage.Audited{Target: "anyone", Before: `{"user":7}`, After: `{"user":"nobody"}`}},
	} {
		if got := Mentioned(&test.row); !slices.Equal(got, test.want) {
			t.Errorf("%+v mentions %v, want %v", test.row, got, test.want)
		}
	}
}
