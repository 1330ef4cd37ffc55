package relational

import (
	"context"

	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

const (
	documentColumns = "id, title, owner, epoch, head, access_version, open_history, locked, created_at, updated_at, deleted_at, offered_to"
	grantColumns    = "principal_kind, principal, role, expires_at, address, granted_by, granted_at"
)

// documentDest are the destinations of documentColumns.
func documentDest(d *storage.Document) []any {
	return []any{key(&d.ID), &d.Title, key(&d.Owner), &d.Epoch, (*int64)(&d.Head), &d.AccessVersion, &d.OpenHistory, &d.Locked,
		(*int64)(&d.CreatedAt), (*int64)(&d.UpdatedAt), (*int64)(&d.DeletedAt), key(&d.OfferedTo)}
}

// grantDest are the destinations of grantColumns.
func grantDest(g *storage.Grant) []any {
	return []any{(*uint8)(&g.To.Kind), &g.To.ID, (*uint8)(&g.Role), &g.ExpiresAt, &g.Address, key(&g.GrantedBy), (*int64)(&g.GrantedAt)}
}

// accessList collects a document, its grants, and the memberships of some users.
type accessList struct {
	found bool
	list  storage.Access
}

// queries are the same whether the document exists or not.
func (a *accessList) queries(doc id.Doc, users []id.User) []Query {
	queries := []Query{
		{
			SQL:  "SELECT " + documentColumns + " FROM documents WHERE id = $1",
			Args: []any{[16]byte(doc)},
			Row:  one(&a.found, documentDest(&a.list.Document)...),
		},
		{
			SQL:  "SELECT " + grantColumns + " FROM grants WHERE document = $1 ORDER BY principal_kind, principal",
			Args: []any{[16]byte(doc)},
			Row: func(row Row) error {
				var grant storage.Grant
				err := row.Scan(grantDest(&grant)...)
				a.list.Grants = append(a.list.Grants, grant)
				return err
			},
		},
	}
	return append(queries, inListsAfter([]any{[16]byte(doc)}, "SELECT m.user_id, m.principal_kind, m.principal FROM members m"+
		" JOIN grants g ON g.document = $1 AND g.principal_kind = m.principal_kind AND g.principal = m.principal"+
		" WHERE m.user_id IN ", distinct(users), func(row Row) error {
		var member storage.Membership
		err := row.Scan(key(&member.User), (*uint8)(&member.Of.Kind), &member.Of.ID)
		a.list.Members = append(a.list.Members, member)
		return err
	})...)
}

// access is what was read, if the document is there and not deleted, or in the trash if that is wanted.
func (a *accessList) access(deleted bool) (storage.Access, error) {
	if !a.found || (a.list.Document.DeletedAt != 0) != deleted {
		return storage.Access{}, storage.ErrNoDocument
	}
	return a.list, nil
}

// Access implements storage.Documents.
func (s *Store) Access(ctx context.Context, doc id.Doc, users ...id.User) (storage.Access, error) {
	return s.access(ctx, doc, false, users)
}

// AccessDeleted implements storage.Custody.
func (s *Store) AccessDeleted(ctx context.Context, doc id.Doc, users ...id.User) (storage.Access, error) {
	return s.access(ctx, doc, true, users)
}

func (s *Store) access(ctx context.Context, doc id.Doc, deleted bool, users []id.User) (storage.Access, error) {
	var list accessList
	if err := s.read(ctx, "read the access list", list.queries(doc, users)...); err != nil {
		return storage.Access{}, err
	}
	access, err := list.access(deleted)
	return access, wrap(err, "read the access list")
}

// Versions implements storage.Documents.
func (s *Store) Versions(ctx context.Context, docs []id.Doc) (map[id.Doc]storage.Version, error) {
	versions := make(map[id.Doc]storage.Version, len(docs))
	err := s.engine.Read(ctx, inLists("SELECT id, access_version, head FROM documents WHERE deleted_at = 0 AND id IN ", docs, func(row Row) error {
		var doc id.Doc
		var version storage.Version
		err := row.Scan(key(&doc), &version.Access, (*int64)(&version.Head))
		versions[doc] = version
		return err
	})...)
	if err != nil {
		return nil, wrap(err, "read the versions of documents")
	}
	return versions, nil
}
