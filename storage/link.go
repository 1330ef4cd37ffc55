package storage

import (
	"context"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/storage/id"
)

// Link lets whoever knows its secret into a document, with the role and until the expiry of the grant to it.
type Link struct {
	ID         id.Link
	Doc        id.Doc
	Name       string
	Hash       Hash // of the secret
	CreatedBy  id.User
	CreatedAt  Micros
	Uses       int64  // how many people came by it
	LastUsedAt Micros // 0: not yet
}

// To is the principal that the link's grant speaks to.
func (l Link) To() authz.Principal { return authz.Principal{Kind: authz.ToLink, ID: l.ID} }

// Links is what is kept of links. A link and the grant to it come and go together: PutGrant changes the grant of a link that is
// there, and DropGrant removes the link as well, with the memberships of those who came by it.
type Links interface {
	// PutLink stores a link with its grant, or gives the one of that id another name and grant; its secret, its maker and its
	// uses stay. It bumps the access version, which it returns. ErrFull. Guarded.
	PutLink(ctx context.Context, link Link, grant Grant, guard Guard) (int64, error)

	// Links lists a document's links in the order in which they were made.
	Links(ctx context.Context, doc id.Doc) ([]Link, error)

	// LinksByID returns those of the links that exist, in no order.
	LinksByID(ctx context.Context, links []id.Link) ([]Link, error)

	// LinkBySecret returns a link that leads into its document at now. ErrNoLink. It is a look, not an entry.
	LinkBySecret(ctx context.Context, secret Hash, now Micros) (Link, error)

	// EnterLink makes a user a member of the link of that secret, and returns the link. Without a fence, a guest who is not
	// stored yet is stored in the same transaction. It changes no access version: rights are only added. Whoever comes again
	// is a member already, and is not counted again. ErrNoLink if there is none, its grant has expired at now, or its document is
	// deleted; ErrFull; *FenceError.
	EnterLink(ctx context.Context, secret Hash, user User, now Micros, by By) (Link, error)
}
