package relational

import (
	"context"
	"fmt"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

const linkColumns = "l.id, l.document, l.name, l.hash, l.created_by, l.created_at, l.uses, l.last_used_at"

func linkDest(l *storage.Link) []any {
	return []any{key(&l.ID), key(&l.Doc), &l.Name, (*digest)(&l.Hash), key(&l.CreatedBy), (*int64)(&l.CreatedAt), &l.Uses, (*int64)(&l.LastUsedAt)}
}

// PutLink implements storage.Links.
func (s *Store) PutLink(ctx context.Context, link storage.Link, grant storage.Grant, guard storage.Guard) (int64, error) {
	version, err := s.changeAccess(ctx, link.Doc, guard, change{
		stands: func(ctx context.Context, tx Tx, _ *storage.Document) (bool, error) {
			standing, found, err := s.lockLink(ctx, tx, "l.id = $1", [16]byte(link.ID))
			if err != nil || !found || standing.Name != link.Name || standing.Doc != link.Doc {
				return false, err
			}
			return grantStands(ctx, tx, link.Doc, grant)
		},
		make: func(ctx context.Context, tx Tx, _ *storage.Document) (entry, error) {
			if err := s.putLink(ctx, tx, link); err != nil {
				return entry{}, err
			}
			return putGrant(ctx, tx, link.Doc, grant)
		},
	})
	return version, wrap(err, "store a link")
}

// putLink stores the link of a locked document, or renames it.
func (s *Store) putLink(ctx context.Context, tx Tx, link storage.Link) error {
	standing, found, err := s.lockLink(ctx, tx, "l.id = $1", [16]byte(link.ID))
	switch {
	case err != nil:
		return err
	case found && standing.Doc != link.Doc:
		return storage.ErrNoLink
	case found:
		_, err = tx.Exec(ctx, "UPDATE links SET name = $2 WHERE id = $1", [16]byte(link.ID), link.Name)
		return err
	}
	if err := fewer(ctx, tx, s.bounds.Links, "SELECT count(*) FROM links WHERE document = $1", [16]byte(link.Doc)); err != nil {
		return err
	}
	if err := s.mayGrantMore(ctx, tx, link.Doc, link.To()); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, "INSERT INTO links (id, document, name, hash, created_by, created_at, uses, last_used_at) VALUES ($1, $2, $3, $4, $5, $6, 0, 0)",
		[16]byte(link.ID), [16]byte(link.Doc), link.Name, link.Hash[:], [16]byte(link.CreatedBy), int64(link.CreatedAt))
	return err
}

// lockLink reads a link's row and holds it until the transaction ends. Links are locked after users and credentials.
func (s *Store) lockLink(ctx context.Context, tx Tx, condition string, arg any) (link storage.Link, found bool, err error) {
	err = tx.Query(ctx, Query{
		SQL:  "SELECT " + linkColumns + " FROM links l WHERE " + condition + s.dialect.ForUpdate,
		Args: []any{arg},
		Row:  one(&found, linkDest(&link)...),
	})
	return link, found, err
}

// dropLink removes a link, whose grant is gone, with its members. Whoever is entering by it holds it, and is a member then.
func (s *Store) dropLink(ctx context.Context, tx Tx, link id.Link) error {
	if _, _, err := s.lockLink(ctx, tx, "l.id = $1", [16]byte(link)); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, "DELETE FROM members WHERE principal = $1 AND principal_kind = $2", [16]byte(link), int64(authz.ToLink))
	if err == nil {
		_, err = tx.Exec(ctx, "DELETE FROM links WHERE id = $1", [16]byte(link))
	}
	return err
}

// leading are the links that lead into their documents at $1.
var leading = fmt.Sprintf(" FROM links l JOIN documents d ON d.id = l.document AND d.deleted_at = 0"+
	" JOIN grants g ON g.document = l.document AND g.principal_kind = %d AND g.principal = l.id"+
	" WHERE (g.expires_at = 0 OR g.expires_at > $1)", authz.ToLink)

// EnterLink implements storage.Links.
func (s *Store) EnterLink(ctx context.Context, secret storage.Hash, user storage.User, now storage.Micros, by storage.By) (storage.Link, error) {
	if by.Fence == nil && !user.Guest {
		panic("storage: somebody enters by a link who is neither signed in nor a guest")
	}
	var link storage.Link
	err := s.engine.Write(ctx, func(ctx context.Context, tx Tx) (err error) {
		if err := s.fenced(ctx, tx, by); err != nil {
			return err
		}
		var found, leads bool
		if link, found, err = s.lockLink(ctx, tx, "l.hash = $1", secret[:]); err != nil {
			return err
		}
		if found {
			err = tx.Query(ctx, Query{SQL: "SELECT 1" + leading + " AND l.id = $2", Args: []any{int64(now), [16]byte(link.ID)}, Row: one(&leads, new(int64))})
		}
		if err == nil && !leads {
			err = storage.ErrNoLink
		}
		if err != nil {
			return err
		}
		if by.Fence == nil {
			if err := s.admitsGuests(ctx, tx); err != nil {
				return err
			}
			if err := insertGuest(ctx, tx, user); err != nil {
				return err
			}
		}
		added, err := tx.Exec(ctx, "INSERT INTO members (principal_kind, principal, user_id, added_by, added_at)"+
			" VALUES ($1, $2, $3, $3, $4) ON CONFLICT (principal, principal_kind, user_id) DO NOTHING",
			int64(authz.ToLink), [16]byte(link.ID), [16]byte(user.ID), int64(now))
		if err != nil {
			return err
		}
		link.Uses += added
		if added > 0 && link.Uses > int64(s.bounds.Entrants) { // some of whom may have been forgotten
			err := fewer(ctx, tx, s.bounds.Entrants+1, "SELECT count(*) FROM members WHERE principal = $1 AND principal_kind = $2",
				[16]byte(link.ID), int64(authz.ToLink))
			if err != nil {
				return err
			}
		}
		link.LastUsedAt = max(link.LastUsedAt, now)
		_, err = tx.Exec(ctx, "UPDATE links SET uses = $2, last_used_at = $3 WHERE id = $1", [16]byte(link.ID), link.Uses, int64(link.LastUsedAt))
		return err
	})
	if err != nil {
		return storage.Link{}, wrap(err, "enter by a link")
	}
	return link, nil
}
