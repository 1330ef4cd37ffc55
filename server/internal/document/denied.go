package document

import (
	"context"
	"errors"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// allow is nil if a command may be done. A refusal is written down.
func (s *Service) allow(ctx context.Context, actor storage.Actor, seen View, command authz.Command) error {
	return s.denied(ctx, actor, seen.ID, allow(seen, command))
}

// permit is nil if the actor may do a command of the instance. A refusal is written down.
func (s *Service) permit(ctx context.Context, actor storage.Actor, command authz.Command) error {
	if actor.Standing().May(command) {
		return nil
	}
	return s.denied(ctx, actor, storage.Instance, &Forbidden{Command: command})
}

// denied writes down a command that somebody was refused who may know why, and returns the refusal. It stands whether or not it could
// be written down: who asks has counted it, and has it in the log.
func (s *Service) denied(ctx context.Context, actor storage.Actor, chain id.Doc, err error) error {
	if refused, ok := errors.AsType[*Forbidden](err); ok {
		_ = s.NoteDenied(ctx, actor, chain, refused.Command)
	}
	return err
}

// NoteDenied writes into the audit that the actor was refused a command in a document, or, with storage.Instance, in the instance: the
// first time in a day.
func (s *Service) NoteDenied(ctx context.Context, actor storage.Actor, chain id.Doc, command authz.Command) error {
	return s.note(ctx, actor, chain, storage.AuditDenied, command.String())
}
