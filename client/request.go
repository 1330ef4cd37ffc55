package client

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/coscribe/coscribe/server/wire"
)

// Bounds of one call.
const (
	mostAttempts  = 5
	mostWait      = 5 * time.Second // between two attempts
	longestAnswer = 64 << 20        // bytes; a document of the largest size takes less
)

// call is one request of the API.
type call struct {
	method string
	path   []string // its segments, escaped here
	query  url.Values
	accept string
	resume string  // the last event that came, of a stream that is taken up again
	only   string  // the tag of what the change was made from; it is refused if that is another by now
	tag    *string // where the answer's tag goes, or nil
	body   any     // a struct of package wire, or nil
}

// ask sends a call and decodes the answer into answer, unless that is nil. A call that may be repeated without harm is:
// reads are, and writes whose keys make them one.
func (c *Client) ask(ctx context.Context, asked call, answer any) error {
	return c.asking(ctx, asked, answer, asked.method == http.MethodGet)
}

func (c *Client) asking(ctx context.Context, asked call, answer any, repeatable bool) error {
	var body []byte
	if asked.body != nil {
		body = wire.Append(nil, asked.body)
	}
	for attempt := 1; ; attempt++ {
		wait, err := c.askOnce(ctx, asked, body, answer)
		if err == nil || !repeatable || attempt == mostAttempts || !mayPass(err) || ctx.Err() != nil {
			return err
		}
		if sleep(ctx, max(wait, pause(attempt, mostWait))) != nil {
			return err
		}
	}
}

// mayPass tells whether a request that failed so may succeed when it is repeated.
func mayPass(err error) bool {
	var problem *Problem
	if errors.As(err, &problem) {
		return problem.Temporary()
	}
	return true // the network
}

func (c *Client) askOnce(ctx context.Context, asked call, body []byte, answer any) (wait time.Duration, err error) {
	response, err := c.send(ctx, asked, body)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	if response.StatusCode >= 300 {
		return retryAfter(response), problemOf(response)
	}
	if asked.tag != nil {
		*asked.tag = response.Header.Get("ETag")
	}
	if answer == nil {
		_, err = io.Copy(io.Discard, io.LimitReader(response.Body, longestAnswer))
		return 0, err
	}
	return 0, json.UnmarshalRead(io.LimitReader(response.Body, longestAnswer), answer)
}

func (c *Client) send(ctx context.Context, asked call, body []byte) (*http.Response, error) {
	address := c.base.JoinPath(append([]string{"v1"}, asked.path...)...)
	address.RawQuery = asked.query.Encode()
	request, err := http.NewRequestWithContext(ctx, asked.method, address.String(), bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	c.authorize(request.Header)
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if asked.accept != "" {
		request.Header.Set("Accept", asked.accept)
	}
	if asked.resume != "" {
		request.Header.Set("Last-Event-ID", asked.resume)
	}
	if asked.only != "" {
		request.Header.Set("If-Match", asked.only)
	}
	return c.http.Do(request)
}

// problemOf reads a refusal. What is none of Coscribe's, such as a proxy's page, keeps its status.
func problemOf(response *http.Response) error {
	problem := &Problem{}
	err := json.UnmarshalRead(io.LimitReader(response.Body, 64<<10), problem)
	if err != nil || problem.Code == "" {
		*problem = Problem{Title: response.Status, Detail: response.Status}
	}
	problem.Status = response.StatusCode
	return problem
}

func retryAfter(response *http.Response) time.Duration {
	seconds, err := strconv.Atoi(response.Header.Get("Retry-After"))
	if err != nil || seconds < 0 {
		return 0
	}
	return min(time.Duration(seconds)*time.Second, mostWait)
}

// pause is how long to wait after so many failures in a row: twice as long each time, and never the same for all.
func pause(failures int, most time.Duration) time.Duration {
	const first = 200 * time.Millisecond
	longest := min(first<<min(failures-1, 16), most)
	return longest/2 + rand.N(longest/2)
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
