package client

import (
	"context"
	"net/http"

	"github.com/coscribe/coscribe/server/wire"
)

// Invite makes a link that makes one account. It takes an administrator of the instance. The answer's URL is shown once.
func (c *Client) Invite(ctx context.Context, invite wire.Invite) (made wire.Invitation, err error) {
	err = c.ask(ctx, call{method: http.MethodPost, path: []string{"invitations"}, body: invite}, &made)
	return made, err
}
