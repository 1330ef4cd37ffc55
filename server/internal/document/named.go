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
