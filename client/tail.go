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
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage/id"
)

// Tail iterates over a document's edits after a revision, in order and without a gap, and goes on with each as it is committed. When
// the connection breaks, it comes back and goes on where it stopped, for as long as ctx lasts; only the first connection is given up
// after some attempts. It ends after the first error, and that says why: a *Problem for what the server refuses, as it matches
// ErrResync when the document's history was replaced; an *Ended for what the server ended, as it matches ErrForbidden when the right
// to read history did; or ctx's own.
//
// Nothing is held back for a reader who stops for long: the server gives up its connection, and what it lacks is read from the log.
func (c *Client) Tail(ctx context.Context, doc id.Doc, from From) iter.Seq2[wire.Revision, error] {
	return func(yield func(wire.Revision, error) bool) {
		t := &tail{client: c, doc: doc, at: wire.EventID{Rev: ot.Rev(from)}, yield: yield}
		for failures := 0; ; {
			before, began := t.at, time.Now()
			err := t.read(ctx)
			if errors.Is(err, errStopped) {
				return
			}
			if t.at != before || time.Since(began) > steadyTime {
				failures = 0
			}
			failures++
			if ctx.Err() == nil && !t.isFinal(err, failures) && sleep(ctx, max(t.wait, pause(failures, mostBackoff))) == nil {
				continue
			}
			if ctx.Err() != nil {
				err = ctx.Err()
			}
			yield(wire.Revision{}, err)
			return
		}
	}
}

// tail is a stream of events that is read, over one connection after another.
type tail struct {
	client *Client
	doc    id.Doc
	at     wire.EventID  // the last revision given; its epoch is 0 until a connection was made
	wait   time.Duration // before the next connection, as the server wishes
	yield  func(wire.Revision, error) bool
}

// isFinal tells whether there is no coming back after so many failures, of which err is the last.
func (t *tail) isFinal(err error, failures int) bool {
	if ended, ok := errors.AsType[*Ended](err); ok {
		return !ended.Code.ComeBack()
	}
	return !mayPass(err) || t.at.Epoch == 0 && failures == mostAttempts
}

// tailSilence is how long a connection may bring nothing, not even a sign of life, of which the server sends some a minute.
const tailSilence = 2 * time.Minute

// read reads one stream.
func (t *tail) read(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	asked := call{method: http.MethodGet, path: ofDocument(t.doc, "ops"), accept: wire.EventStream}
	if t.at.Epoch == 0 {
		asked.query = url.Values{"after": {strconv.FormatInt(int64(t.at.Rev), 10)}}
	} else {
		asked.resume = t.at.String()
	}
	response, err := t.client.send(ctx, asked, nil)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if t.wait = retryAfter(response); response.StatusCode != http.StatusOK {
		return problemOf(response)
	}
	if t.at.Epoch, err = strconv.ParseInt(response.Header.Get("Coscribe-Epoch"), 10, 64); err != nil {
		return fmt.Errorf("client: the answer is not a stream of revisions: %w", io.ErrUnexpectedEOF)
	}
	silence := time.AfterFunc(tailSilence, cancel)
	defer silence.Stop()
	lines := bufio.NewScanner(response.Body)
	lines.Buffer(make([]byte, 0, 64<<10), longestRevision)
	var kind, data string
	for lines.Scan() {
		silence.Reset(tailSilence)
		name, value, _ := strings.Cut(lines.Text(), ":")
		switch value = strings.TrimPrefix(value, " "); {
		case name == "event":
			kind = value
		case name == "data":
			data = value
		case name == "retry":
			t.retry(value)
		case name == "" && lines.Text() == "" && data != "":
			if err := t.take(kind, data); err != nil {
				return err
			}
			kind, data = "", ""
		}
	}
	if err := lines.Err(); err != nil {
		return err
	}
	return io.ErrUnexpectedEOF
}

// retry takes the server's wish for how long to stay away.
func (t *tail) retry(text string) {
	if ms, err := strconv.ParseUint(text, 10, 31); err == nil {
		t.wait = min(time.Duration(ms)*time.Millisecond, mostBackoff)
	}
}

// take takes an event. Of kinds that it does not know it makes nothing.
func (t *tail) take(kind, data string) error {
	switch kind {
	case wire.EventEnd:
		var end wire.End
		if err := json.Unmarshal([]byte(data), &end); err != nil {
			return fmt.Errorf("client: read the end of a stream: %w", err)
		}
		return &Ended{wire.CloseFor(end.Code)} // of another word, what the server says to the next connection will tell
	case "":
		var revision wire.Revision
		if err := json.Unmarshal([]byte(data), &revision); err != nil {
			return fmt.Errorf("client: read revision %d: %w", t.at.Rev+1, err)
		}
		if revision.Rev != t.at.Rev+1 || revision.Delta == nil {
			return fmt.Errorf("client: revision %d came where %d belongs: %w", revision.Rev, t.at.Rev+1, io.ErrUnexpectedEOF)
		}
		t.at.Rev = revision.Rev
		if !t.yield(revision, nil) {
			return errStopped
		}
	}
	return nil
}
