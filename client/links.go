package client

import (
	"context"
	"net/http"

	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage/id"
)

// Links returns the links into a document.
func (c *Client) Links(ctx context.Context, doc id.Doc) ([]wire.Link, error) {
	var links wire.List[wire.Link]
	err := c.ask(ctx, call{method: http.MethodGet, path: ofDocument(doc, "links")}, &links)
	return links.Items, err
}

// CreateLink makes a link. Its Secret and URL are in this answer and nowhere else.
func (c *Client) CreateLink(ctx context.Context, doc id.Doc, link wire.PutLink) (made wire.Link, err error) {
	err = c.ask(ctx, call{method: http.MethodPost, path: ofDocument(doc, "links"), body: link}, &made)
	return made, err
}

// ChangeLink gives a link another name, role and end, for those as well who came by it.
func (c *Client) ChangeLink(ctx context.Context, doc id.Doc, link id.Link, to wire.PutLink) (changed wire.Link, err error) {
	err = c.ask(ctx, call{method: http.MethodPut, path: ofDocument(doc, "links", link.String()), body: to}, &changed)
	return changed, err
}

// RevokeLink ends a link. Once the call has returned, nobody who came by it writes any more.
func (c *Client) RevokeLink(ctx context.Context, doc id.Doc, link id.Link) error {
	return c.ask(ctx, call{method: http.MethodDelete, path: ofDocument(doc, "links", link.String())}, nil)
}

// EnterLink comes in by a link: its secret stands behind the # of its URL. Who is nobody becomes a guest, with a session in the
// client's cookie jar.
func (c *Client) EnterLink(ctx context.Context, secret string) (entered wire.Entered, err error) {
	err = c.ask(ctx, call{method: http.MethodPost, path: []string{"session", "guest"}, body: wire.Enter{Link: secret}}, &entered)
	return entered, err
}

// RequestAccess asks those who look after a document for a role. The answer is the same whether there is such a document or
// not; ErrHasRole is of one that can be opened.
func (c *Client) RequestAccess(ctx context.Context, doc id.Doc, ask wire.Ask) error {
	return c.ask(ctx, call{method: http.MethodPost, path: ofDocument(doc, "access-requests"), body: ask}, nil)
}

// AccessRequests returns the open requests, the oldest first.
func (c *Client) AccessRequests(ctx context.Context, doc id.Doc) ([]wire.AccessRequest, error) {
	var requests wire.List[wire.AccessRequest]
	err := c.ask(ctx, call{method: http.MethodGet, path: ofDocument(doc, "access-requests")}, &requests)
	return requests.Items, err
}

// Approve grants a role to the one who asks: the one asked for, if the answer has none.
func (c *Client) Approve(ctx context.Context, doc id.Doc, request id.Ask, answer wire.Approve) error {
	path := ofDocument(doc, "access-requests", request.String(), "approve")
	return c.ask(ctx, call{method: http.MethodPost, path: path, body: answer}, nil)
}

// Decline declines a request.
func (c *Client) Decline(ctx context.Context, doc id.Doc, request id.Ask) error {
	return c.ask(ctx, call{method: http.MethodPost, path: ofDocument(doc, "access-requests", request.String(), "decline")}, nil)
}
