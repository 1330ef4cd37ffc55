package client

import (
	"context"
	"net/http"
	"net/url"

	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage/id"
)

// Tokens returns one's own live tokens, without their secrets.
func (c *Client) Tokens(ctx context.Context) ([]wire.Token, error) {
	var tokens wire.List[wire.Token]
	err := c.ask(ctx, call{method: http.MethodGet, path: []string{"tokens"}}, &tokens)
	return tokens.Items, err
}

// CreateToken makes a token. Its Secret is in this answer and nowhere else.
func (c *Client) CreateToken(ctx context.Context, token wire.NewToken) (made wire.Token, err error) {
	err = c.ask(ctx, call{method: http.MethodPost, path: []string{"tokens"}, body: token}, &made)
	return made, err
}

// RevokeToken ends a token of one's own.
func (c *Client) RevokeToken(ctx context.Context, token id.Credential) error {
	return c.ask(ctx, call{method: http.MethodDelete, path: []string{"tokens", token.String()}}, nil)
}

// SignUp makes an account and signs it in. The invitation is the secret behind the # of the link.
func (c *Client) SignUp(ctx context.Context, body wire.SignUp) (session wire.Session, err error) {
	err = c.ask(ctx, call{method: http.MethodPost, path: []string{"users"}, body: body}, &session)
	return session, err
}

// SignIn begins a login session, kept in the client's cookie jar. Programs use WithToken instead.
func (c *Client) SignIn(ctx context.Context, email, password string) (session wire.Session, err error) {
	body := wire.SignIn{Email: email, Password: password}
	err = c.ask(ctx, call{method: http.MethodPost, path: []string{"session"}, body: body}, &session)
	return session, err
}

// SignOut ends the login session.
func (c *Client) SignOut(ctx context.Context) error {
	return c.ask(ctx, call{method: http.MethodDelete, path: []string{"session"}}, nil)
}

// Me returns who signs the requests.
func (c *Client) Me(ctx context.Context) (user wire.User, err error) {
	err = c.ask(ctx, call{method: http.MethodGet, path: []string{"users", "me"}}, &user)
	return user, err
}

// FindUser returns the user with that email address. ErrNotFound.
func (c *Client) FindUser(ctx context.Context, email string) (wire.User, error) {
	var found wire.List[wire.User]
	err := c.ask(ctx, call{method: http.MethodGet, path: []string{"users"}, query: url.Values{"email": {email}}}, &found)
	if err != nil || len(found.Items) > 0 {
		return append(found.Items, wire.User{})[0], err
	}
	return wire.User{}, ErrNotFound
}

// Sessions returns one's own live login sessions.
func (c *Client) Sessions(ctx context.Context) ([]wire.Login, error) {
	var logins wire.List[wire.Login]
	err := c.ask(ctx, call{method: http.MethodGet, path: []string{"users", "me", "sessions"}}, &logins)
	return logins.Items, err
}

// EndSession ends a login session of one's own.
func (c *Client) EndSession(ctx context.Context, session id.Credential) error {
	return c.ask(ctx, call{method: http.MethodDelete, path: []string{"users", "me", "sessions", session.String()}}, nil)
}

// ProveAddress takes up an invitation for one's own address, which is proven to be one's own by it: what was granted to it is one's
// own then. It returns oneself.
func (c *Client) ProveAddress(ctx context.Context, invitation string) (me wire.User, err error) {
	body := wire.ProveAddress{Invitation: invitation}
	err = c.ask(ctx, call{method: http.MethodPost, path: []string{"users", "me", "proof"}, body: body}, &me)
	return me, err
}
