package document

import (
	"context"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// Named are those whom grants name, as far as they exist.
type Named struct {
	People map[id.User]storage.User
	Groups map[id.Group]storage.Group
	Links  map[id.Link]storage.Link
}

// name finds those whom grants name, and further people.
func (s *Service) name(ctx context.Context, grants []storage.Grant, people ...id.User) (Named, error) {
	var groups []id.Group
	var links []id.Link
	for _, grant := range grants {
		switch grant.To.Kind {
		case authz.ToUser:
			people = append(people, grant.To.ID)
		case authz.ToGroup:
			groups = append(groups, grant.To.ID)
		case authz.ToLink:
			links = append(links, grant.To.ID)
		}
	}
	named := Named{map[id.User]storage.User{}, map[id.Group]storage.Group{}, map[id.Link]storage.Link{}}
	users, err := s.store.Users(ctx, people)
	if err != nil {
		return named, err
	}
	for _, user := range users {
		named.People[user.ID] = user
	}
	if len(groups) > 0 {
		found, err := s.store.GroupsByID(ctx, groups)
		if err != nil {
			return named, err
		}
		for _, group := range found {
			named.Groups[group.ID] = group
		}
	}
	if len(links) > 0 {
		found, err := s.store.LinksByID(ctx, links)
		if err != nil {
			return named, err
		}
		for _, link := range found {
			named.Links[link.ID] = link
		}
	}
	return named, nil
}

// knowsAddress tells whether somebody may know a user's address whoever told them of the user: it is theirs, or they look after
// accounts. An id tells everybody a name, and no more; else one would grant something to ids, and read the addresses.
func knowsAddress(reader storage.Actor, user id.User) bool {
	return reader.User == user || reader.Standing().May(authz.ManageAccounts)
}

// hide takes away the addresses that a reader of the grants may not know: they see those by which the grants were made.
func (n *Named) hide(reader storage.Actor, grants []storage.Grant) {
	told := map[id.User]string{}
	for i := range grants {
		if grants[i].To.Kind == authz.ToUser {
			told[grants[i].To.ID] = grants[i].Address
		}
	}
	for user, person := range n.People {
		if person.Email != told[user] {
			n.hideOne(reader, user)
		}
	}
}

func (n *Named) hideOne(reader storage.Actor, user id.User) {
	if person := n.People[user]; !knowsAddress(reader, user) {
		person.Email = ""
		n.People[user] = person
	}
}
