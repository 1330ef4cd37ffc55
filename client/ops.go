package client

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/url"
	"strconv"

	"github.com/go-json-experiment/json"

	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage/id"
)

// From is the revision after which a reader begins: From(0) reads a document's whole history.
type From ot.Rev

// longestRevision bounds a line of the stream, in bytes.
const longestRevision = 32 << 20

// Ops iterates over a document's edits after a revision, in order and without a gap, up to the head as of the call. They
// are streamed; when the connection breaks, the stream is taken up where it stopped. It ends after the first error.
func (c *Client) Ops(ctx context.Context, doc id.Doc, from From) iter.Seq2[wire.Revision, error] {
	return func(yield func(wire.Revision, error) bool) {
		after := ot.Rev(from)
		for failures := 0; ; {
			before := after
			err := c.streamOps(ctx, doc, &after, yield)
			if err == nil || errors.Is(err, errStopped) {
				return
			}
			if failures++; after > before {
				failures = 1
			}
			if failures == mostAttempts || !mayPass(err) || sleep(ctx, pause(failures, mostWait)) != nil {
				yield(wire.Revision{}, err)
				return
			}
		}
	}
}

var errStopped = errors.New("the reader has stopped")

// streamOps reads one stream, and moves after along with what it has given to yield.
func (c *Client) streamOps(ctx context.Context, doc id.Doc, after *ot.Rev, yield func(wire.Revision, error) bool) error {
	response, err := c.send(ctx, call{
		method: http.MethodGet,
		path:   ofDocument(doc, "ops"),
		query:  url.Values{"after": {strconv.FormatInt(int64(*after), 10)}},
		accept: "application/x-ndjson",
	}, nil)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return problemOf(response)
	}
	// A stream that was cut may look whole behind a proxy, and a page of somebody else's may have no line at all.
	head, err := strconv.ParseInt(response.Header.Get("Coscribe-Head"), 10, 64)
	if err != nil {
		return fmt.Errorf("client: what was answered is no log: %w", io.ErrUnexpectedEOF)
	}
	lines := bufio.NewScanner(response.Body)
	lines.Buffer(make([]byte, 0, 64<<10), longestRevision)
	for lines.Scan() {
		var revision wire.Revision
		if err := json.Unmarshal(lines.Bytes(), &revision); err != nil {
			return fmt.Errorf("client: read revision %d: %w", *after+1, err)
		}
		if revision.Rev != *after+1 || revision.Delta == nil {
			return fmt.Errorf("client: revision %d came where %d belongs: %w", revision.Rev, *after+1, io.ErrUnexpectedEOF)
		}
		*after = revision.Rev
		if !yield(revision, nil) {
			return errStopped
		}
	}
	if err := lines.Err(); err != nil || *after >= ot.Rev(head) {
		return err
	}
	return fmt.Errorf("client: the log ended at revision %d of %d: %w", *after, head, io.ErrUnexpectedEOF)
}

// The modes of WriteOps.
const (
	Rebase = "rebase" // merged over newer edits, never refused for being late
	Exact  = "exact"  // ErrConflict if the document has newer revisions than Base
)

// WriteOps writes edits to a document, all or none: ops[i] applies to the result of ops[i-1], the first to write.Base. What
// of Mode, Client, Seq and IDs is zero is filled in: Rebase, and numbers of their own. The call is repeated while it fails
// temporarily, which is safe; so is calling it again with the same Client, Seq and IDs after an error.
func (c *Client) WriteOps(ctx context.Context, doc id.Doc, write wire.WriteOps) (written wire.Written, err error) {
	if write.Mode == "" {
		write.Mode = Rebase
	}
	if write.Client.IsZero() {
		write.Client, write.Seq = id.New[id.Client](), 1
	}
	if write.IDs == nil {
		for range write.Ops {
			write.IDs = append(write.IDs, id.New[id.Edit]())
		}
	}
	err = c.asking(ctx, call{method: http.MethodPost, path: ofDocument(doc, "ops"), body: write}, &written, true)
	return written, err
}
