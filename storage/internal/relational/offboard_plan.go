package relational

import (
	"context"
	"fmt"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// orphans are the documents of $1 which nobody else administers at $2.
var orphans = func() string {
	const other = " AND u.suspended_at = 0 AND NOT u.guest AND u.id <> $1)"
	admins := fmt.Sprintf(" WHERE g.document = d.id AND g.role >= %d AND (g.expires_at = 0 OR g.expires_at > $2) AND g.principal_kind = ", authz.Admin)
	return "SELECT d.id FROM documents d WHERE d.owner = $1 AND d.deleted_at = 0" +
		" AND NOT EXISTS (SELECT 1 FROM grants g JOIN users u ON u.id = g.principal" + admins + fmt.Sprint(uint8(authz.ToUser)) + other +
		" AND NOT EXISTS (SELECT 1 FROM grants g JOIN members m ON m.principal = g.principal AND m.principal_kind = g.principal_kind" +
		" JOIN users u ON u.id = m.user_id" + admins + fmt.Sprint(uint8(authz.ToGroup)) + other +
		" ORDER BY d.id LIMIT $3"
}()

// PlanOffboard implements storage.Offboardings.
func (s *Store) PlanOffboard(ctx context.Context, user, heir id.User, now storage.Micros) (storage.OffboardPlan, error) {
	var plan storage.OffboardPlan
	var known, takes bool
	count := func(into *int64, from string, args ...any) Query {
		return Query{SQL: "SELECT count(*) FROM " + from, Args: append([]any{[16]byte(user)}, args...), Row: func(row Row) error { return row.Scan(into) }}
	}
	queries := []Query{
		{SQL: "SELECT 1 FROM users WHERE id = $1 AND NOT guest", Args: []any{[16]byte(user)}, Row: one(&known, new(int64))},
		{SQL: "SELECT 1 FROM users WHERE id = $1 AND id <> $2 AND NOT guest AND suspended_at = 0", Args: []any{[16]byte(heir), [16]byte(user)}, Row: one(&takes, new(int64))},
		count(&plan.Sessions, "sessions WHERE user_id = $1 AND ended_at = 0 AND expires_at > $2", int64(now)),
		count(&plan.Tokens, "tokens WHERE user_id = $1 AND revoked_at = 0 AND (expires_at = 0 OR expires_at > $2)", int64(now)),
		count(&plan.Documents, "documents WHERE owner = $1 AND deleted_at = 0"),
		count(&plan.Trash, "documents WHERE owner = $1 AND deleted_at <> 0"),
		count(&plan.Grants, "grants WHERE principal = $1 AND principal_kind = 1"),
		count(&plan.Groups, "members WHERE user_id = $1 AND principal_kind = 2"),
		count(&plan.Links, "members WHERE user_id = $1 AND principal_kind = 3"),
		count(&plan.MadeLinks, "links WHERE created_by = $1"),
	}
	if heir.IsZero() {
		queries = append(queries, Query{SQL: orphans, Args: []any{[16]byte(user), int64(now), int64(storage.MaxOrphans)}, Row: func(row Row) error {
			var doc id.Doc
			err := row.Scan(key(&doc))
			plan.Orphans = append(plan.Orphans, doc)
			return err
		}})
	}
	err := s.read(ctx, "plan an offboarding", queries...)
	if err == nil && (!known || !takes && !heir.IsZero()) {
		err = wrap(storage.ErrNoUser, "plan an offboarding")
	}
	if err != nil {
		return storage.OffboardPlan{}, err
	}
	return plan, nil
}
