package document

import (
	"encoding/json"
	"strings"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// Mentioned are those whom a row of the audit speaks of, besides who did it: the people, groups and links that it was done to, or
// that stand in the state before and after.
func Mentioned(row *storage.Audited) []authz.Principal {
	var all []authz.Principal
	mention := func(kind, text string) {
		for _, k := range []authz.PrincipalKind{authz.ToUser, authz.ToGroup, authz.ToLink} {
			if of, err := id.Parse[id.User](text); err == nil && k.String() == kind {
				all = append(all, authz.Principal{Kind: k, ID: of})
			}
		}
	}
	kind, text, _ := strings.Cut(row.Target, ":")
	mention(kind, text)
	for _, state := range []string{row.Before, row.After} {
		var says struct {
			User    string `json:"user"`
			Owner   string `json:"owner"`
			Offered string `json:"offered_to"`
			Link    string `json:"link"`
		}
		if json.Unmarshal([]byte(state), &says) != nil {
			continue // there is none
		}
		mention("user", says.User)
		mention("user", says.Owner)
		mention("user", says.Offered)
		mention("link", says.Link)
	}
	if !row.OnBehalf.IsZero() {
		all = append(all, authz.Principal{Kind: authz.ToUser, ID: row.OnBehalf})
	}
	return all
}

// NameOf is the name of somebody or something that a grant may speak to, empty if there is none any more.
func (n Named) NameOf(p authz.Principal) string {
	switch p.Kind {
	case authz.ToUser:
		return n.People[p.ID].Name
	case authz.ToGroup:
		return n.Groups[p.ID].Name
	case authz.ToLink:
		return n.Links[p.ID].Name
	}
	return ""
}
