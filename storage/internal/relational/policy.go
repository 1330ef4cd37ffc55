package relational

import (
	"context"
	"reflect"
	"slices"
	"strings"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// policyQuery reads the policy; lock keeps it as it is until the transaction ends.
func policyQuery(p *storage.Policy, lock string) Query {
	return Query{
		SQL: "SELECT version, link_role, anonymous, expiry_days, only_admins_create, domains FROM policy WHERE id = 1" + lock,
		Row: func(row Row) error {
			var domains string
			err := row.Scan(&p.Version, (*uint8)(&p.LinkRole), &p.Anonymous, &p.ExpiryDays, &p.AdminsCreate, &domains)
			p.SignUpDomains = nil
			if domains != "" {
				p.SignUpDomains = strings.Fields(domains)
			}
			return err
		},
	}
}

// Policy implements storage.Policies.
func (s *Store) Policy(ctx context.Context) (storage.Policy, error) {
	var policy storage.Policy
	err := s.read(ctx, "read the policy", policyQuery(&policy, ""))
	return policy, err
}

// SetPolicy implements storage.Policies.
func (s *Store) SetPolicy(ctx context.Context, policy storage.Policy, now storage.Micros, by storage.By) (storage.Policy, []id.User, error) {
	next := policy
	next.Version++
	err := s.engine.Write(ctx, func(ctx context.Context, tx Tx) error {
		var before storage.Policy
		if err := tx.Query(ctx, policyQuery(&before, s.dialect.ForUpdate)); err != nil {
			return err
		}
		if samePolicy(before, next) {
			return nil // it stands
		}
		if before.Version != policy.Version {
			return storage.ErrPolicyMoved
		}
		if err := s.administers(ctx, tx, by); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "UPDATE policy SET version = $1, link_role = $2, anonymous = $3, expiry_days = $4, only_admins_create = $5, domains = $6 WHERE id = 1",
			next.Version, int64(next.LinkRole), next.Anonymous, next.ExpiryDays, next.AdminsCreate, strings.Join(next.SignUpDomains, " "))
		if err != nil {
			return err
		}
		return s.audit(ctx, tx, entry{by: by, action: storage.AuditPolicy, target: "policy", before: policyState(before), after: policyState(next)})
	})
	var ended []id.User
	if err == nil && !next.Anonymous {
		ended, err = s.EndGuests(ctx, now)
	}
	if err != nil {
		return storage.Policy{}, nil, wrap(err, "set the policy")
	}
	return next, ended, nil
}

// samePolicy compares two as they are stored.
func samePolicy(a, b storage.Policy) bool {
	same := slices.Equal(a.SignUpDomains, b.SignUpDomains)
	a.SignUpDomains, b.SignUpDomains = nil, nil
	return same && reflect.DeepEqual(a, b)
}

// policyState is the policy as the audit has it.
func policyState(p storage.Policy) state {
	return state{"version": p.Version, "link_role": p.LinkRole.String(), "anonymous": p.Anonymous, "expiry_days": p.ExpiryDays,
		"admins_create": p.AdminsCreate, "sign_up_domains": append([]string{}, p.SignUpDomains...)}
}

// administers is nil if by's fence holds, and its user is an administrator of the instance, or if by is the operator.
func (s *Store) administers(ctx context.Context, tx Tx, by storage.By) error {
	if by.Fence == nil {
		return nil
	}
	if err := s.Fenced(ctx, tx, *by.Fence); err != nil {
		return err
	}
	var admin bool
	err := tx.Query(ctx, Query{SQL: "SELECT 1 FROM users WHERE id = $1 AND instance_admin", Args: []any{[16]byte(by.Fence.User)}, Row: one(&admin, new(int64))})
	if err == nil && !admin {
		err = &storage.FenceError{Ended: []storage.Fence{*by.Fence}}
	}
	return err
}

// admitsGuests is nil if guests may come in, and keeps it so until the transaction ends: a policy that ends it, and then the
// sessions of those who are in, has waited for those who were just coming.
func (s *Store) admitsGuests(ctx context.Context, tx Tx) error {
	var policy storage.Policy
	err := tx.Query(ctx, policyQuery(&policy, s.dialect.ForShare))
	if err == nil && !policy.Anonymous {
		err = storage.ErrNoGuests
	}
	return err
}

// excessGrants counts the grants of a condition that are live at $1, in documents that are there.
func excessGrants(count *int64, condition string, args ...any) Query {
	return Query{
		SQL: "SELECT count(*) FROM grants g JOIN documents d ON d.id = g.document" +
			" WHERE d.deleted_at = 0 AND (g.expires_at = 0 OR g.expires_at > $1) AND " + condition,
		Args: args,
		Row:  func(row Row) error { return row.Scan(count) },
	}
}

// Excess implements storage.Policies.
func (s *Store) Excess(ctx context.Context, policy storage.Policy, now storage.Micros) (storage.Excess, error) {
	var excess storage.Excess
	queries := []Query{excessGrants(&excess.Links, "g.principal_kind IN ($2, $3) AND g.role > $4",
		int64(now), int64(authz.ToLink), int64(authz.ToAnyone), int64(policy.LinkRole))}
	if !policy.Anonymous {
		queries = append(queries, excessGrants(&excess.Public, "g.principal_kind = $2", int64(now), int64(authz.ToAnyone)))
	}
	if policy.ExpiryDays != 0 {
		queries = append(queries, excessGrants(&excess.Lasting,
			"(g.expires_at = 0 OR g.expires_at > g.granted_at + $2) AND (g.principal_kind NOT IN ($3, $4, $5)"+
				" OR g.principal IN (SELECT id FROM users WHERE guest))",
			int64(now), policy.ExpiryDays*dayMicros, int64(authz.ToUser), int64(authz.ToGroup), int64(authz.ToEveryone)))
	}
	if len(policy.SignUpDomains) > 0 {
		queries = append(queries, Query{SQL: "SELECT email FROM users WHERE suspended_at = 0 AND email <> ''", Row: func(row Row) error {
			var email string
			err := row.Scan(&email)
			if !policy.Admits(email) {
				excess.Addresses++
			}
			return err
		}})
	}
	err := s.read(ctx, "count what exceeds the policy", queries...)
	return excess, err
}
