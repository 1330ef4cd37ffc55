package relational

import (
	"context"
	"errors"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// leaving is somebody's offboarding.
type leaving struct {
	*Store
	user id.User
	heir id.User // zero: nobody
	now  storage.Micros
	by   storage.By
}

// Offboard implements storage.Offboardings. What is left is read from the rows themselves, so that no record of the progress
// can be wrong.
func (s *Store) Offboard(ctx context.Context, user, heir id.User, now storage.Micros, limit int, by storage.By) (storage.Offboarded, error) {
	l := leaving{Store: s, user: user, heir: heir, now: now, by: by}
	var done storage.Offboarded
	if err := l.shut(ctx); err != nil {
		return done, wrap(err, "offboard a user")
	}
	for _, part := range []struct {
		applies bool
		left    string // the ids of what is left
		leave   func(ctx context.Context, of [16]byte) ([]id.Doc, error)
	}{
		{!heir.IsZero(), "SELECT id FROM documents WHERE owner = $1 ORDER BY id LIMIT $2", l.giveAway},
		{true, grantsLeft, l.dropGrant},
		{true, "SELECT id FROM documents WHERE offered_to = $1 ORDER BY id LIMIT $2", l.dropOffer},
		{true, "SELECT principal FROM members WHERE user_id = $1 AND principal_kind = 2 ORDER BY principal LIMIT $2", l.leaveGroup},
		{true, "SELECT principal FROM members WHERE user_id = $1 AND principal_kind = 3 ORDER BY principal LIMIT $2", l.leaveLink},
	} {
		if !part.applies {
			continue
		}
		left, err := l.ids(ctx, part.left, limit)
		if err != nil {
			return done, wrap(err, "offboard a user")
		}
		for _, of := range left {
			docs, err := part.leave(ctx, of)
			done.Docs = append(done.Docs, docs...)
			if err != nil {
				return done, wrap(err, "offboard a user")
			}
		}
		if limit -= len(left); limit <= 0 {
			return done, nil // there may be more
		}
	}
	done.Done = true
	return done, nil
}

// grantsLeft are the documents with a grant to the user.
const grantsLeft = "SELECT document FROM grants WHERE principal = $1 AND principal_kind = 1 ORDER BY document LIMIT $2"

// ids reads up to limit ids of what concerns the user.
func (l *leaving) ids(ctx context.Context, sql string, limit int) ([][16]byte, error) {
	var list [][16]byte
	err := l.engine.Read(ctx, Query{SQL: sql, Args: []any{[16]byte(l.user), int64(limit)}, Row: func(row Row) error {
		var id [16]byte
		err := row.Scan(&id)
		list = append(list, id)
		return err
	}})
	return list, err
}

// shut suspends the user, so that nobody acts for them from here on, and takes what would come back with a reinstatement. It
// locks as SuspendUser does.
func (l *leaving) shut(ctx context.Context) error {
	return l.engine.Write(ctx, func(ctx context.Context, tx Tx) error {
		standing, others, err := l.lockAdmins(ctx, tx, l.user, l.by)
		if err != nil {
			return err
		}
		if err := l.administers(ctx, tx, l.by); err != nil {
			return err
		}
		if standing == nil || standing.Guest || l.by.Fence != nil && l.by.Fence.User == l.user {
			return storage.ErrNoUser
		}
		if !l.heir.IsZero() {
			if err := l.mayOwn(ctx, tx, l.heir, l.user); err != nil {
				return err
			}
		}
		if standing.InstanceAdmin && standing.SuspendedAt == 0 && others == 0 {
			return storage.ErrLastAdmin
		}
		revoked, err := l.revokeTokens(ctx, tx)
		if err != nil || revoked == 0 && !standing.InstanceAdmin && standing.SuspendedAt != 0 {
			return err
		}
		_, err = tx.Exec(ctx, "UPDATE users SET instance_admin = $2, suspended_at = CASE suspended_at WHEN 0 THEN $3 ELSE suspended_at END WHERE id = $1",
			[16]byte(l.user), false, int64(l.now))
		if err != nil {
			return err
		}
		after := state{"tokens_revoked": revoked}
		if !l.heir.IsZero() {
			after["heir"] = l.heir
		}
		return l.audit(ctx, tx, entry{by: l.by, action: storage.AuditOffboard, target: target("user", l.user),
			before: state{"instance_admin": standing.InstanceAdmin, "suspended": standing.SuspendedAt != 0}, after: after})
	})
}

// revokeTokens ends the user's sessions and tokens, whose rows it takes in order, and tells how many tokens.
func (l *leaving) revokeTokens(ctx context.Context, tx Tx) (int64, error) {
	if err := l.endSessions(ctx, tx, l.user, id.Credential{}, l.now); err != nil {
		return 0, err
	}
	const live = "user_id = $1 AND revoked_at = 0"
	held := Query{SQL: "SELECT id FROM tokens WHERE " + live + " ORDER BY id" + l.dialect.ForUpdate, Args: []any{[16]byte(l.user)}, Row: ignored}
	if err := tx.Query(ctx, held); err != nil {
		return 0, err
	}
	return tx.Exec(ctx, "UPDATE tokens SET revoked_at = $2 WHERE "+live, [16]byte(l.user), int64(l.now))
}

// change makes a change to a document, which it bumps, unless there is nothing to change: errStands.
func (l *leaving) change(ctx context.Context, of [16]byte, make func(ctx context.Context, tx Tx, document *storage.Document) (entry, error)) ([]id.Doc, error) {
	doc := id.Doc(of)
	err := l.engine.Write(ctx, func(ctx context.Context, tx Tx) error {
		document, err := l.lockDocument(ctx, tx, doc)
		if errors.Is(err, storage.ErrNoDocument) {
			return errStands // purged meanwhile
		}
		if err != nil {
			return err
		}
		if err := l.administers(ctx, tx, l.by); err != nil {
			return err
		}
		done, err := make(ctx, tx, &document)
		if err != nil {
			return err
		}
		if err := setVersion(ctx, tx, doc, document.AccessVersion+1); err != nil {
			return err
		}
		done.chain, done.by = doc, l.by
		return l.audit(ctx, tx, done)
	})
	return []id.Doc{doc}, except(err, errStands)
}

// giveAway makes the heir the owner of a document, whose grant goes.
func (l *leaving) giveAway(ctx context.Context, of [16]byte) ([]id.Doc, error) {
	return l.change(ctx, of, func(ctx context.Context, tx Tx, document *storage.Document) (entry, error) {
		if document.Owner != l.user {
			return entry{}, errStands
		}
		if err := l.mayOwn(ctx, tx, l.heir, l.user); err != nil {
			return entry{}, err
		}
		_, err := tx.Exec(ctx, "UPDATE documents SET owner = $2, offered_to = $3 WHERE id = $1", of, [16]byte(l.heir), [16]byte{})
		if err == nil {
			_, err = tx.Exec(ctx, "DELETE FROM grants WHERE document = $1 AND principal_kind = $2 AND principal = $3",
				of, int64(authz.ToUser), [16]byte(l.heir))
		}
		return entry{action: storage.AuditTransfer, target: target("document", document.ID),
			before: state{"owner": l.user}, after: state{"owner": l.heir}}, err
	})
}

// dropGrant takes the user's grant in a document away.
func (l *leaving) dropGrant(ctx context.Context, of [16]byte) ([]id.Doc, error) {
	to := authz.Principal{Kind: authz.ToUser, ID: l.user}
	return l.change(ctx, of, func(ctx context.Context, tx Tx, document *storage.Document) (entry, error) {
		standing, err := grantOf(ctx, tx, document.ID, to)
		if err != nil {
			return entry{}, err
		}
		if standing == nil {
			return entry{}, errStands
		}
		_, err = tx.Exec(ctx, "DELETE FROM grants WHERE document = $1 AND principal_kind = $2 AND principal = $3", of, int64(to.Kind), to.ID)
		return entry{action: storage.AuditRevoke, target: principalTarget(to), before: grantState(standing)}, err
	})
}

// dropOffer takes back the ownership of a document that was offered to the user: they would accept it when they are back.
func (l *leaving) dropOffer(ctx context.Context, of [16]byte) ([]id.Doc, error) {
	return l.change(ctx, of, func(ctx context.Context, tx Tx, document *storage.Document) (entry, error) {
		if document.OfferedTo != l.user {
			return entry{}, errStands
		}
		_, err := tx.Exec(ctx, "UPDATE documents SET offered_to = $2 WHERE id = $1", of, [16]byte{})
		return entry{action: storage.AuditOffer, target: target("document", document.ID), before: offerState(l.user)}, err
	})
}

// leaveGroup takes the user out of a group.
func (l *leaving) leaveGroup(ctx context.Context, of [16]byte) ([]id.Doc, error) {
	docs, err := l.DropMember(ctx, id.Group(of), l.user, l.by)
	return docs, except(err, storage.ErrNoGroup) // deleted meanwhile
}

// leaveLink makes the user one who did not come by a link.
func (l *leaving) leaveLink(ctx context.Context, of [16]byte) ([]id.Doc, error) {
	var found bool
	var doc [16]byte
	err := l.engine.Read(ctx, Query{SQL: "SELECT document FROM links WHERE id = $1", Args: []any{of}, Row: one(&found, &doc)})
	if err != nil || !found {
		return nil, err
	}
	return l.change(ctx, doc, func(ctx context.Context, tx Tx, document *storage.Document) (entry, error) {
		dropped, err := tx.Exec(ctx, "DELETE FROM members WHERE principal = $1 AND principal_kind = $2 AND user_id = $3",
			of, int64(authz.ToLink), [16]byte(l.user))
		if err == nil && dropped == 0 {
			err = errStands
		}
		return entry{action: storage.AuditRevoke, target: target("user", l.user), before: state{"link": id.Link(of)}}, err
	})
}
