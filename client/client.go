package client

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"time"
)

// Client speaks to one server as one principal. It is safe for concurrent use and holds no connection that must be closed.
type Client struct {
	base  *url.URL // without a path
	http  *http.Client
	token string // empty: the cookie of a login session
}

// Option is a choice made in New.
type Option func(*Client)

// WithToken signs every request with an API token: its secret, as it was shown when the token was made.
func WithToken(secret string) Option { return func(c *Client) { c.token = secret } }

// WithHTTPClient sends requests through a copy of h, for another transport or other timeouts. Redirects are not followed,
// since a token must not travel. The WebSocket connections of live documents do not go through it.
func WithHTTPClient(h *http.Client) Option {
	return func(c *Client) {
		chosen := *h
		c.http = &chosen
	}
}

// New returns a client of the server at an address such as "https://docs.example.org". Without WithToken, SignIn signs in.
func New(baseURL string, options ...Option) (*Client, error) {
	base, err := url.Parse(strings.TrimSuffix(baseURL, "/"))
	if err != nil || base.Scheme != "http" && base.Scheme != "https" || base.Host == "" || base.Path != "" || base.RawQuery != "" {
		return nil, fmt.Errorf("client: %q is not the address of a server: use one as in https://docs.example.org", baseURL)
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.ResponseHeaderTimeout = answerTime
	c := &Client{base: base, http: &http.Client{Transport: transport}}
	for _, option := range options {
		option(c)
	}
	c.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	if c.token == "" && c.http.Jar == nil {
		if c.http.Jar, err = cookiejar.New(nil); err != nil {
			return nil, err
		}
	}
	if strings.ContainsAny(c.token, "\r\n \t") {
		return nil, errors.New("client: the token holds white space")
	}
	return c, nil
}

// answerTime is how long a server may take until its answer begins.
const answerTime = 30 * time.Second

// URL returns the address of the server.
func (c *Client) URL() string { return c.base.String() }

// CloseIdle closes connections that are not in use, as http.Client.CloseIdleConnections does.
func (c *Client) CloseIdle() { c.http.CloseIdleConnections() }

// authorize puts the credential on a request. A request that is signed by a cookie says where it comes from, as a page of
// the server would.
func (c *Client) authorize(header http.Header) {
	if c.token != "" {
		header.Set("Authorization", "Bearer "+c.token)
		return
	}
	header.Set("Origin", c.base.Scheme+"://"+c.base.Host)
}
