package socket

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/server/internal/document"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
)

// ask runs a command of the document: what it takes is decided in package document, as for HTTP.
func (c *connection) ask(m wire.Inbound) {
	documents := c.handler.Documents
	var run func(context.Context) (*wire.Link, error)
	done := func(err error) (*wire.Link, error) { return nil, err }
	switch m := m.(type) {
	case *wire.Rename:
		run = func(ctx context.Context) (*wire.Link, error) {
			_, err := documents.Rename(ctx, c.actor, c.doc, m.Title)
			return nil, err
		}
	case *wire.Grant:
		run = func(ctx context.Context) (*wire.Link, error) {
			_, _, err := documents.GrantTo(ctx, because(c.actor, m.Reason), c.doc, document.AnyVersion, toOf(m.Principal), m.Role, micros(m.ExpiresAt))
			return nil, err
		}
	case *wire.Revoke:
		run = func(ctx context.Context) (*wire.Link, error) {
			_, err := documents.RevokeFrom(ctx, c.actor, c.doc, document.AnyVersion, toOf(m.Principal))
			return nil, err
		}
	case *wire.NewLink:
		run = func(ctx context.Context) (*wire.Link, error) {
			link, secret, err := documents.NewLink(ctx, because(c.actor, m.Reason), c.doc, m.Name, m.Role, endOf(m))
			if err != nil {
				return nil, err
			}
			return linkOf(link, secret), nil
		}
	case *wire.Lock:
		run = func(ctx context.Context) (*wire.Link, error) { return done(documents.Lock(ctx, c.actor, c.doc)) }
	case *wire.Unlock:
		run = func(ctx context.Context) (*wire.Link, error) { return done(documents.Unlock(ctx, c.actor, c.doc)) }
	case *wire.Disconnect:
		run = func(ctx context.Context) (*wire.Link, error) {
			return done(documents.Disconnect(ctx, c.actor, c.doc, m.Seat))
		}
	default:
		c.close(wire.CloseBadMessage)
		return
	}
	c.command(refOf(m), run)
}

// command runs a command and answers it by its ref.
func (c *connection) command(ref string, run func(context.Context) (*wire.Link, error)) {
	ctx, cancel := context.WithTimeout(c.ctx, c.handler.Limits.CommandTime)
	defer cancel()
	link, err := run(ctx)
	if err == nil {
		c.forbidden = 0
		c.send(&wire.Done{Ref: ref, Link: link})
		return
	}
	code, message := wordsOf(err)
	if code == wire.CodeInternal {
		c.log.Error("command", "error", err)
	}
	c.send(&wire.Error{Ref: ref, Code: code, Message: message})
	if forbidden, ok := errors.AsType[*document.Forbidden](err); ok {
		c.forbade(forbidden.Command.String())
	}
}

// because is the actor with what they say is why.
func because(actor storage.Actor, reason string) storage.Actor {
	actor.Note.Reason = strings.TrimSpace(reason)
	return actor
}

func toOf(to wire.Principal) document.To {
	return document.To{Principal: authz.Principal{Kind: to.Kind, ID: to.ID}, Address: to.Address}
}

// micros is a time that may be absent, which is never. The first moment of all, whose number means never, is the one after it.
func micros(t *time.Time) storage.Micros {
	if t == nil {
		return 0
	}
	return max(1, storage.At(*t))
}

// endOf is when a link is to end.
func endOf(m *wire.NewLink) storage.Micros {
	if m.Never {
		return document.Never
	}
	return micros(m.ExpiresAt)
}

func linkOf(link document.Link, secret string) *wire.Link {
	made := &wire.Link{ID: link.ID, Name: link.Name, Role: link.Grant.Role, CreatedBy: link.CreatedBy, CreatedAt: link.CreatedAt.Time(), Secret: secret}
	if end := storage.Micros(link.Grant.ExpiresAt); end != 0 {
		at := end.Time()
		made.ExpiresAt = &at
	}
	return made
}
