package client

import (
	"context"
	"iter"
	"maps"
	"net/http"
	"net/url"
	"strconv"

	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage/id"
)

func ofDocument(doc id.Doc, more ...string) []string {
	return append([]string{"documents", doc.String()}, more...)
}

// CreateDocument makes an empty document, owned by the one who signs the request.
func (c *Client) CreateDocument(ctx context.Context, title string) (made wire.Document, err error) {
	err = c.ask(ctx, call{method: http.MethodPost, path: []string{"documents"}, body: wire.NewDocument{Title: title}}, &made)
	return made, err
}

// Documents iterates over the documents that one owns or was given, the last updated first. It ends after the first error.
func (c *Client) Documents(ctx context.Context) iter.Seq2[wire.Document, error] {
	return each[wire.Document](ctx, c, url.Values{}, "documents")
}

// each iterates over a list, page by page. It ends after the first error.
func each[Item any](ctx context.Context, c *Client, query url.Values, path ...string) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		asked := call{method: http.MethodGet, path: path, query: maps.Clone(query)}
		for {
			var page wire.List[Item]
			if err := c.ask(ctx, asked, &page); err != nil {
				yield(*new(Item), err)
				return
			}
			for _, item := range page.Items {
				if !yield(item, nil) {
					return
				}
			}
			if page.NextCursor == "" {
				return
			}
			asked.query.Set("cursor", page.NextCursor)
		}
	}
}

// Document returns what is known of a document besides its content.
func (c *Client) Document(ctx context.Context, doc id.Doc) (found wire.Document, err error) {
	err = c.ask(ctx, call{method: http.MethodGet, path: ofDocument(doc)}, &found)
	return found, err
}

// Rename sets a document's title.
func (c *Client) Rename(ctx context.Context, doc id.Doc, title string) error {
	return c.ask(ctx, call{method: http.MethodPatch, path: ofDocument(doc), body: wire.Retitle{Title: title}}, nil)
}

// Delete puts a document into the trash, from which Undelete takes it out for 30 days.
func (c *Client) Delete(ctx context.Context, doc id.Doc) error {
	return c.ask(ctx, call{method: http.MethodDelete, path: ofDocument(doc)}, nil)
}

// Content returns a document's content at its head.
func (c *Client) Content(ctx context.Context, doc id.Doc) (content wire.Content, err error) {
	err = c.ask(ctx, call{method: http.MethodGet, path: ofDocument(doc, "content")}, &content)
	return content, err
}

// ContentAt returns a document's content at a revision; 0 is the new document.
func (c *Client) ContentAt(ctx context.Context, doc id.Doc, rev ot.Rev) (content wire.Content, err error) {
	query := url.Values{"rev": {strconv.FormatInt(int64(rev), 10)}}
	err = c.ask(ctx, call{method: http.MethodGet, path: ofDocument(doc, "content"), query: query}, &content)
	return content, err
}
