package account

import (
	"context"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/storage"
)

// denied is ErrNotAllowed, and writes down, once a day, what was refused to whom. The refusal stands whether or not it could be written
// down, and whether or not its reader has gone: who asks has counted it, and has it in the log.
func (s *Service) denied(ctx context.Context, actor storage.Actor, command authz.Command) error {
	_, _ = s.store.Notice(context.WithoutCancel(ctx), storage.Instance, by(actor), storage.AuditDenied, command.String())
	return ErrNotAllowed
}
