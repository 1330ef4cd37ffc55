package relational

import (
	"context"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

const (
	groupColumns = "g.id, g.name, g.created_by, g.created_at"
	groupsFrom   = "SELECT " + groupColumns + ", (SELECT count(*) FROM members m WHERE m.principal = g.id AND m.principal_kind = 2) FROM groups g"
)

func groupDest(g *storage.Group) []any {
	return []any{key(&g.ID), &g.Name, key(&g.CreatedBy), (*int64)(&g.CreatedAt), &g.Members}
}

func toGroup(group id.Group) authz.Principal { return authz.Principal{Kind: authz.ToGroup, ID: group} }

// lockGroup reads a group's row and holds it until the transaction ends.
func (s *Store) lockGroup(ctx context.Context, tx Tx, group id.Group) (name string, found bool, err error) {
	err = tx.Query(ctx, Query{SQL: "SELECT name FROM groups WHERE id = $1" + s.dialect.ForUpdate, Args: []any{[16]byte(group)}, Row: one(&found, &name)})
	return name, found, err
}

// fenced is Fenced for a change of the instance.
func (s *Store) fenced(ctx context.Context, tx Tx, by storage.By) error {
	if by.Fence == nil {
		return nil
	}
	return s.Fenced(ctx, tx, *by.Fence)
}

// PutGroup implements storage.Groups.
func (s *Store) PutGroup(ctx context.Context, group storage.Group, by storage.By) error {
	err := s.engine.Write(ctx, func(ctx context.Context, tx Tx) error {
		name, found, err := s.lockGroup(ctx, tx, group.ID)
		if err != nil || found && name == group.Name {
			return err
		}
		if err := s.fenced(ctx, tx, by); err != nil {
			return err
		}
		var taken bool
		err = tx.Query(ctx, Query{SQL: "SELECT 1 FROM groups WHERE name = $1", Args: []any{group.Name}, Row: one(&taken, new(int64))})
		switch {
		case err != nil:
			return err
		case taken:
			return storage.ErrNameTaken
		case found:
			_, err = tx.Exec(ctx, "UPDATE groups SET name = $2 WHERE id = $1", [16]byte(group.ID), group.Name)
		default:
			if err := fewer(ctx, tx, s.bounds.Groups, "SELECT count(*) FROM groups"); err != nil {
				return err
			}
			_, err = tx.Exec(ctx, "INSERT INTO groups (id, name, created_by, created_at) VALUES ($1, $2, $3, $4)",
				[16]byte(group.ID), group.Name, [16]byte(group.CreatedBy), int64(group.CreatedAt))
		}
		if err != nil {
			return err
		}
		return s.audit(ctx, tx, entry{by: by, action: storage.AuditGroup, target: target("group", group.ID)})
	})
	return wrap(err, "store a group")
}

// DropGroup implements storage.Groups.
func (s *Store) DropGroup(ctx context.Context, group id.Group, by storage.By) (docs []id.Doc, err error) {
	err = s.engine.Write(ctx, func(ctx context.Context, tx Tx) error {
		_, found, err := s.lockGroup(ctx, tx, group)
		if docs = nil; err != nil || !found {
			return err
		}
		if docs, err = s.bumpGrantedTo(ctx, tx, toGroup(group)); err != nil {
			return err
		}
		if err := s.fenced(ctx, tx, by); err != nil {
			return err
		}
		for _, statement := range []string{
			"DELETE FROM grants WHERE principal = $1 AND principal_kind = 2",
			"DELETE FROM members WHERE principal = $1 AND principal_kind = 2",
			"DELETE FROM groups WHERE id = $1",
		} {
			if _, err := tx.Exec(ctx, statement, [16]byte(group)); err != nil {
				return err
			}
		}
		return s.audit(ctx, tx, entry{by: by, action: storage.AuditUngroup, target: target("group", group)})
	})
	if err != nil {
		return nil, wrap(err, "delete a group")
	}
	return docs, nil
}

// AddMember implements storage.Groups.
func (s *Store) AddMember(ctx context.Context, group id.Group, user id.User, now storage.Micros, by storage.By) ([]id.Doc, error) {
	return s.changeMember(ctx, group, user, true, by, func(ctx context.Context, tx Tx) error {
		var found bool
		err := tx.Query(ctx, Query{SQL: "SELECT 1 FROM users WHERE id = $1 AND NOT guest", Args: []any{[16]byte(user)}, Row: one(&found, new(int64))})
		if err != nil {
			return err
		}
		if !found {
			return storage.ErrNoUser
		}
		err = fewer(ctx, tx, s.bounds.Members, "SELECT count(*) FROM members WHERE principal = $1 AND principal_kind = $2", [16]byte(group), int64(authz.ToGroup))
		if err != nil {
			return err
		}
		var addedBy id.User
		if by.Fence != nil {
			addedBy = by.Fence.User
		}
		_, err = tx.Exec(ctx, "INSERT INTO members (principal_kind, principal, user_id, added_by, added_at) VALUES ($1, $2, $3, $4, $5)",
			int64(authz.ToGroup), [16]byte(group), [16]byte(user), [16]byte(addedBy), int64(now))
		return err
	})
}

// DropMember implements storage.Groups.
func (s *Store) DropMember(ctx context.Context, group id.Group, user id.User, by storage.By) ([]id.Doc, error) {
	return s.changeMember(ctx, group, user, false, by, func(ctx context.Context, tx Tx) error {
		_, err := tx.Exec(ctx, "DELETE FROM members WHERE principal = $1 AND principal_kind = $2 AND user_id = $3",
			[16]byte(group), int64(authz.ToGroup), [16]byte(user))
		return err
	})
}

// changeMember makes a change after which the user is in the group or not, unless that is so already, and bumps the documents
// granted to the group.
func (s *Store) changeMember(ctx context.Context, group id.Group, user id.User, in bool, by storage.By,
	change func(ctx context.Context, tx Tx) error,
) (docs []id.Doc, err error) {
	err = s.engine.Write(ctx, func(ctx context.Context, tx Tx) error {
		_, found, err := s.lockGroup(ctx, tx, group)
		if err != nil {
			return err
		}
		if !found {
			return storage.ErrNoGroup
		}
		var is bool
		err = tx.Query(ctx, Query{
			SQL:  "SELECT 1 FROM members WHERE principal = $1 AND principal_kind = $2 AND user_id = $3",
			Args: []any{[16]byte(group), int64(authz.ToGroup), [16]byte(user)},
			Row:  one(&is, new(int64)),
		})
		if err != nil {
			return err
		}
		if is == in { // it may be this very call that made it so: whom it concerns is told again
			docs, err = grantedTo(ctx, tx, toGroup(group))
			return err
		}
		if docs, err = s.bumpGrantedTo(ctx, tx, toGroup(group)); err != nil {
			return err
		}
		if err := s.fenced(ctx, tx, by); err != nil {
			return err
		}
		if err := change(ctx, tx); err != nil {
			return err
		}
		done := entry{by: by, action: storage.AuditUnmember, target: target("group", group), before: state{"user": user}}
		if in {
			done.action, done.before, done.after = storage.AuditMember, nil, done.before
		}
		return s.audit(ctx, tx, done)
	})
	if err != nil {
		return nil, wrap(err, "change the members of a group")
	}
	return docs, nil
}

// grantedTo is the documents with a grant to the principal.
func grantedTo(ctx context.Context, tx Tx, to authz.Principal) ([]id.Doc, error) {
	var docs []id.Doc
	err := tx.Query(ctx, Query{
		SQL:  "SELECT document FROM grants WHERE principal = $1 AND principal_kind = $2 ORDER BY document",
		Args: []any{to.ID, int64(to.Kind)},
		Row: func(row Row) error {
			var doc id.Doc
			err := row.Scan(key(&doc))
			docs = append(docs, doc)
			return err
		},
	})
	return docs, err
}
