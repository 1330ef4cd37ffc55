package client

import (
	"context"
	"iter"
	"net/http"
	"net/url"

	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage/id"
)

// Lock keeps everybody from changing what a document says, until Unlock.
func (c *Client) Lock(ctx context.Context, doc id.Doc) error {
	return c.ask(ctx, call{method: http.MethodPut, path: ofDocument(doc, "lock")}, nil)
}

// Unlock ends a lock.
func (c *Client) Unlock(ctx context.Context, doc id.Doc) error {
	return c.ask(ctx, call{method: http.MethodDelete, path: ofDocument(doc, "lock")}, nil)
}

// OpenHistory lets viewers read a document's history, or ends that.
func (c *Client) OpenHistory(ctx context.Context, doc id.Doc, open bool) error {
	return c.ask(ctx, call{method: http.MethodPut, path: ofDocument(doc, "history"), body: wire.SetHistory{Open: open}}, nil)
}

// OfferOwnership offers a document of one's own to somebody, whose it is once they accept.
func (c *Client) OfferOwnership(ctx context.Context, doc id.Doc, to id.User) error {
	return c.ask(ctx, call{method: http.MethodPut, path: ofDocument(doc, "offer"), body: wire.Offer{To: to}}, nil)
}

// WithdrawOffer takes an offer back.
func (c *Client) WithdrawOffer(ctx context.Context, doc id.Doc) error {
	return c.ask(ctx, call{method: http.MethodDelete, path: ofDocument(doc, "offer")}, nil)
}

// AcceptOwnership accepts what is offered. ErrConflict: it is not, any more.
func (c *Client) AcceptOwnership(ctx context.Context, doc id.Doc) error {
	return c.ask(ctx, call{method: http.MethodPost, path: ofDocument(doc, "offer", "accept")}, nil)
}

// DeclineOwnership declines it.
func (c *Client) DeclineOwnership(ctx context.Context, doc id.Doc) error {
	return c.ask(ctx, call{method: http.MethodPost, path: ofDocument(doc, "offer", "decline")}, nil)
}

// Transfer makes somebody the owner without anybody's consent. It takes an administrator of the instance, and a reason.
func (c *Client) Transfer(ctx context.Context, doc id.Doc, transfer wire.Transfer) error {
	return c.ask(ctx, call{method: http.MethodPost, path: ofDocument(doc, "transfer-ownership"), body: transfer}, nil)
}

// Undelete takes a document out of the trash, with the access that it had.
func (c *Client) Undelete(ctx context.Context, doc id.Doc) error {
	return c.ask(ctx, call{method: http.MethodPost, path: ofDocument(doc, "undelete")}, nil)
}

// Trash iterates over the documents of one's own that are in the trash. It ends after the first error.
func (c *Client) Trash(ctx context.Context) iter.Seq2[wire.Deleted, error] {
	return each[wire.Deleted](ctx, c, url.Values{}, "trash")
}

// Seats returns the connections to a document.
func (c *Client) Seats(ctx context.Context, doc id.Doc) ([]wire.SeatItem, error) {
	var seats wire.List[wire.SeatItem]
	err := c.ask(ctx, call{method: http.MethodGet, path: ofDocument(doc, "seats")}, &seats)
	return seats.Items, err
}

// Disconnect ends a connection. Whoever had it may come back.
func (c *Client) Disconnect(ctx context.Context, doc id.Doc, seat id.Seat) error {
	return c.ask(ctx, call{method: http.MethodDelete, path: ofDocument(doc, "seats", seat.String())}, nil)
}
