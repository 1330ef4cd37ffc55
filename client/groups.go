package client

import (
	"context"
	"iter"
	"net/http"
	"net/url"

	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage/id"
)

// Groups iterates over the groups, by name. It ends after the first error.
func (c *Client) Groups(ctx context.Context) iter.Seq2[wire.Group, error] {
	return each[wire.Group](ctx, c, url.Values{}, "groups")
}

// CreateGroup makes a group. It takes an administrator of the instance, as all changes of groups do. ErrTaken.
func (c *Client) CreateGroup(ctx context.Context, name string) (made wire.Group, err error) {
	err = c.ask(ctx, call{method: http.MethodPost, path: []string{"groups"}, body: wire.NameGroup{Name: name}}, &made)
	return made, err
}

// RenameGroup gives a group another name. ErrTaken.
func (c *Client) RenameGroup(ctx context.Context, group id.Group, name string) error {
	return c.ask(ctx, call{method: http.MethodPatch, path: ofGroup(group), body: wire.NameGroup{Name: name}}, nil)
}

// DeleteGroup ends a group, and what was granted to it.
func (c *Client) DeleteGroup(ctx context.Context, group id.Group) error {
	return c.ask(ctx, call{method: http.MethodDelete, path: ofGroup(group)}, nil)
}

// Members iterates over those in a group. It ends after the first error.
func (c *Client) Members(ctx context.Context, group id.Group) iter.Seq2[wire.Member, error] {
	return each[wire.Member](ctx, c, url.Values{}, ofGroup(group, "members")...)
}

// AddMember puts somebody into a group. Once the call has returned, they have what was granted to it. Who puts themselves into one
// gives a reason: ErrReason.
func (c *Client) AddMember(ctx context.Context, group id.Group, user id.User, reason string) error {
	path := ofGroup(group, "members", user.String())
	return c.ask(ctx, call{method: http.MethodPut, path: path, body: wire.AddMember{Reason: reason}}, nil)
}

// RemoveMember takes somebody out of a group. Once the call has returned, they write nowhere by it any more.
func (c *Client) RemoveMember(ctx context.Context, group id.Group, user id.User) error {
	return c.ask(ctx, call{method: http.MethodDelete, path: ofGroup(group, "members", user.String())}, nil)
}

func ofGroup(group id.Group, more ...string) []string {
	return append([]string{"groups", group.String()}, more...)
}
