package client

import (
	"context"
	"net/http"
	"net/url"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage/id"
)

// The principals of grants.

// ToUser is one user.
func ToUser(user id.User) wire.Principal { return wire.Principal{Kind: authz.ToUser, ID: user} }

// ToGroup is the members of a group.
func ToGroup(group id.Group) wire.Principal { return wire.Principal{Kind: authz.ToGroup, ID: group} }

// ToAddress is whoever has an e-mail address, or will sign up with it by an invitation for it.
func ToAddress(email string) wire.Principal {
	return wire.Principal{Kind: authz.ToAddress, Address: email}
}

// ToEveryone is everybody who is signed in, and ToAnyone anybody at all.
func ToEveryone() wire.Principal { return wire.Principal{Kind: authz.ToEveryone} }

// ToAnyone is anybody at all, with an account or without.
func ToAnyone() wire.Principal { return wire.Principal{Kind: authz.ToAnyone} }

// Grants returns a document's access list, the owner first.
func (c *Client) Grants(ctx context.Context, doc id.Doc) ([]wire.GrantItem, error) {
	var grants wire.Grants
	err := c.ask(ctx, call{method: http.MethodGet, path: ofDocument(doc, "grants")}, &grants)
	return grants.Items, err
}

// Grant gives a role in a document, in place of the principal's former grant. It holds once the call has returned.
func (c *Client) Grant(ctx context.Context, doc id.Doc, to wire.Principal, grant wire.PutGrant) error {
	return c.ask(ctx, call{method: http.MethodPut, path: ofDocument(doc, "grants", to.String()), body: grant}, nil)
}

// Revoke takes a grant away. Once the call has returned, nobody writes by it any more.
func (c *Client) Revoke(ctx context.Context, doc id.Doc, from wire.Principal) error {
	return c.ask(ctx, call{method: http.MethodDelete, path: ofDocument(doc, "grants", from.String())}, nil)
}

// AccessList is the grants of a document as they were at one moment.
type AccessList struct {
	Items   []wire.GrantItem // the owner first
	Version string           // for GrantAt and RevokeAt
}

// AccessList is Grants with the list's version.
func (c *Client) AccessList(ctx context.Context, doc id.Doc) (list AccessList, err error) {
	var grants wire.Grants
	err = c.ask(ctx, call{method: http.MethodGet, path: ofDocument(doc, "grants"), tag: &list.Version}, &grants)
	list.Items = grants.Items
	return list, err
}

// GrantAt is Grant if the access list is still of that version, else ErrChanged. It returns the grant that was made, and the
// list's new version.
func (c *Client) GrantAt(ctx context.Context, doc id.Doc, version string, to wire.Principal, grant wire.PutGrant) (made wire.GrantItem, next string, err error) {
	err = c.ask(ctx, call{method: http.MethodPut, path: ofDocument(doc, "grants", to.String()), only: version, tag: &next, body: grant}, &made)
	return made, next, err
}

// RevokeAt is Revoke if the access list is still of that version, else ErrChanged. It returns the new one.
func (c *Client) RevokeAt(ctx context.Context, doc id.Doc, version string, from wire.Principal) (next string, err error) {
	err = c.ask(ctx, call{method: http.MethodDelete, path: ofDocument(doc, "grants", from.String()), only: version, tag: &next}, nil)
	return next, err
}

// ChangeAccess makes many changes in many documents, each by itself, or with DryRun tells what they would change.
func (c *Client) ChangeAccess(ctx context.Context, changes wire.Bulk) (made wire.Changes, err error) {
	err = c.ask(ctx, call{method: http.MethodPost, path: []string{"grants"}, body: changes}, &made)
	return made, err
}

// Explain says by which grants a principal has its role in a document, and what would be left without each.
func (c *Client) Explain(ctx context.Context, doc id.Doc, about wire.Principal) (why wire.Explanation, err error) {
	query := url.Values{"principal": {about.String()}}
	err = c.ask(ctx, call{method: http.MethodGet, path: ofDocument(doc, "access", "explain"), query: query}, &why)
	return why, err
}

// Access returns what one may do in a document oneself.
func (c *Client) Access(ctx context.Context, doc id.Doc) (access wire.OwnAccess, err error) {
	err = c.ask(ctx, call{method: http.MethodGet, path: ofDocument(doc, "access")}, &access)
	return access, err
}

// Ticket returns a ticket, which admits one connection to one document within its time. Open takes its own.
func (c *Client) Ticket(ctx context.Context, doc id.Doc) (ticket wire.Ticket, err error) {
	err = c.ask(ctx, call{method: http.MethodPost, path: ofDocument(doc, "tickets")}, &ticket)
	return ticket, err
}
