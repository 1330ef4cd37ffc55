package relational

import (
	"context"
	"fmt"
	"strings"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// untitled are the columns of a document for those who may not know its title.
var untitled = strings.Replace(listedColumns, "d.title", "''", 1)

// reachable are the ids of the documents of one page of Reach.
var reachable = "(SELECT d.id FROM documents d JOIN (" +
	"SELECT o.id FROM documents o WHERE o.owner = $1 AND o.deleted_at = 0" +
	" UNION SELECT g.document" + toThem + " UNION SELECT g.document" + toMembers +
	" UNION SELECT g.document" + toEveryone + " UNION SELECT g.document" + toAnyone +
	") AS reached ON reached.id = d.id WHERE d.deleted_at = 0 AND d.id > $4 ORDER BY d.id LIMIT $5)"

// reaching are the grants by which the user reaches them.
var reaching = func() string {
	var parts []string
	for _, part := range []string{toThem, toMembers, toEveryone, toAnyone} {
		parts = append(parts, "SELECT g.document, g."+strings.ReplaceAll(grantColumns, ", ", ", g.")+part+" AND g.document IN "+reachable)
	}
	return strings.Join(parts, " UNION ALL ") + " ORDER BY 1, 2, 3"
}()

// Reach implements storage.Overviews.
func (s *Store) Reach(ctx context.Context, user id.User, now storage.Micros, after id.Doc, limit int) ([]storage.Reached, error) {
	var list []storage.Reached
	at := make(map[id.Doc]int)
	args := func() []any { return []any{[16]byte(user), int64(now), [16]byte{}, [16]byte(after), int64(limit)} }
	err := s.read(ctx, "list what a user reaches", Query{
		SQL:  "SELECT " + untitled + " FROM documents d WHERE d.id IN " + reachable + " ORDER BY d.id",
		Args: args(),
		Row: func(row Row) error {
			var reached storage.Reached
			err := row.Scan(documentDest(&reached.Document)...)
			at[reached.Document.ID] = len(list)
			list = append(list, reached)
			return err
		},
	}, Query{
		SQL:  reaching,
		Args: args(),
		Row: func(row Row) error {
			var doc id.Doc
			var grant storage.Grant
			if err := row.Scan(append([]any{key(&doc)}, grantDest(&grant)...)...); err != nil {
				return err
			}
			list[at[doc]].Grants = append(list[at[doc]].Grants, grant)
			return nil
		},
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

// ListUsers implements storage.Overviews.
func (s *Store) ListUsers(ctx context.Context, filter storage.UserFilter, page storage.UserPage) ([]storage.User, error) {
	args := []any{startOf(page.Before), [16]byte(page.User), int64(page.Limit)}
	sql := "SELECT " + userColumns + " FROM users WHERE created_at <= $1 AND (created_at < $1 OR id > $2)"
	if filter.Text != "" {
		args = append(args, "%"+likeEscape.Replace(strings.ToLower(filter.Text))+"%")
		sql += " AND (lower(name) LIKE $4 ESCAPE '!' OR email LIKE $4 ESCAPE '!')"
	}
	for _, flag := range []struct {
		wanted    *bool
		condition string
	}{{filter.Guests, "guest"}, {filter.Suspended, "suspended_at <> 0"}, {filter.Admins, "instance_admin"}} {
		if flag.wanted != nil {
			sql += map[bool]string{true: " AND ", false: " AND NOT "}[*flag.wanted] + "(" + flag.condition + ")"
		}
	}
	var list []storage.User
	err := s.read(ctx, "list users", Query{
		SQL:  sql + " ORDER BY created_at DESC, id LIMIT $3",
		Args: args,
		Row: func(row Row) error {
			var user storage.User
			err := row.Scan(userDest(&user)...)
			list = append(list, user)
			return err
		},
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

var likeEscape = strings.NewReplacer("!", "!!", "%", "!%", "_", "!_")

// ListDocuments implements storage.Overviews.
func (s *Store) ListDocuments(ctx context.Context, filter storage.DocumentFilter, now storage.Micros, page storage.Page) ([]storage.Overview, error) {
	const grants = " FROM grants g WHERE g.document = d.id" + live
	public := fmt.Sprintf("EXISTS (SELECT 1"+grants+" AND g.principal_kind IN (%d, %d))", authz.ToLink, authz.ToAnyone)
	args := []any{startOf(page.Before), int64(now), [16]byte(page.Doc), int64(page.Limit)}
	sql := "SELECT " + untitled + ", (SELECT count(*)" + grants + "), " + public +
		", (SELECT coalesce(min(g.expires_at), 0)" + grants + " AND g.expires_at <> 0)" +
		" FROM documents d WHERE d.deleted_at = 0 AND d.created_at <= $1 AND (d.created_at < $1 OR d.id > $3)"
	if filter.Public {
		sql += " AND " + public
	}
	if !filter.Owner.IsZero() {
		args = append(args, [16]byte(filter.Owner))
		sql += fmt.Sprintf(" AND d.owner = $%d", len(args))
	}
	if filter.ExpiringBefore != 0 {
		args = append(args, int64(filter.ExpiringBefore))
		sql += fmt.Sprintf(" AND EXISTS (SELECT 1"+grants+" AND g.expires_at <> 0 AND g.expires_at < $%d)", len(args))
	}
	var list []storage.Overview
	err := s.read(ctx, "list documents", Query{
		SQL:  sql + " ORDER BY d.created_at DESC, d.id LIMIT $4",
		Args: args,
		Row: func(row Row) error {
			var item storage.Overview
			err := row.Scan(append(documentDest(&item.Document), &item.Grants, &item.Public, (*int64)(&item.EndsNext))...)
			list = append(list, item)
			return err
		},
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}
