package relational

import (
	"context"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// Group implements storage.Groups.
func (s *Store) Group(ctx context.Context, group id.Group) (storage.Group, error) {
	return s.groupBy(ctx, "g.id = $1", [16]byte(group))
}

// GroupByName implements storage.Groups.
func (s *Store) GroupByName(ctx context.Context, name string) (storage.Group, error) {
	return s.groupBy(ctx, "g.name = $1", name)
}

func (s *Store) groupBy(ctx context.Context, condition string, arg any) (storage.Group, error) {
	var found bool
	var group storage.Group
	err := s.engine.Read(ctx, Query{SQL: groupsFrom + " WHERE " + condition, Args: []any{arg}, Row: one(&found, groupDest(&group)...)})
	if err == nil && !found {
		err = storage.ErrNoGroup
	}
	return group, wrap(err, "read a group")
}

// Groups implements storage.Groups.
func (s *Store) Groups(ctx context.Context, after string, limit int) ([]storage.Group, error) {
	return s.groups(ctx, Query{SQL: groupsFrom + " WHERE g.name > $1 ORDER BY g.name LIMIT $2", Args: []any{after, int64(limit)}})
}

// GroupsOf implements storage.Groups.
func (s *Store) GroupsOf(ctx context.Context, user id.User) ([]storage.Group, error) {
	return s.groups(ctx, Query{
		SQL: groupsFrom + " JOIN members own ON own.principal = g.id AND own.principal_kind = $2" +
			" WHERE own.user_id = $1 ORDER BY g.name",
		Args: []any{[16]byte(user), int64(authz.ToGroup)},
	})
}

// GroupsByID implements storage.Groups.
func (s *Store) GroupsByID(ctx context.Context, groups []id.Group) ([]storage.Group, error) {
	return s.groups(ctx, inLists(groupsFrom+" WHERE g.id IN ", distinct(groups), nil)...)
}

func (s *Store) groups(ctx context.Context, queries ...Query) ([]storage.Group, error) {
	var list []storage.Group
	for i := range queries {
		queries[i].Row = func(row Row) error {
			var group storage.Group
			err := row.Scan(groupDest(&group)...)
			list = append(list, group)
			return err
		}
	}
	if err := s.read(ctx, "list groups", queries...); err != nil {
		return nil, err
	}
	return list, nil
}

// Members implements storage.Groups.
func (s *Store) Members(ctx context.Context, group id.Group, after id.User, limit int) ([]storage.Member, error) {
	var list []storage.Member
	err := s.read(ctx, "list members", Query{
		SQL: "SELECT " + userColumns + ", added_by, added_at FROM members JOIN users ON id = user_id" +
			" WHERE principal = $1 AND principal_kind = $2 AND user_id > $3 ORDER BY user_id LIMIT $4",
		Args: []any{[16]byte(group), int64(authz.ToGroup), [16]byte(after), int64(limit)},
		Row: func(row Row) error {
			var member storage.Member
			err := row.Scan(append(userDest(&member.User), key(&member.AddedBy), (*int64)(&member.AddedAt))...)
			list = append(list, member)
			return err
		},
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}
