package document

import (
	"context"
	"errors"
	"sync"
	"time"

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
// first time in a day. Who goes away at once is written down all the same.
func (s *Service) NoteDenied(ctx context.Context, actor storage.Actor, chain id.Doc, command authz.Command) error {
	this := denial{chain, actor.User, command}
	if !s.denials.first(this, time.Now()) {
		return nil
	}
	_, err := s.store.Notice(context.WithoutCancel(ctx), chain, by(actor), storage.AuditDenied, command.String())
	if err != nil {
		s.denials.forget(this)
	}
	return err
}

// denial is what is written down once a day.
type denial struct {
	chain   id.Doc
	user    id.User
	command authz.Command
}

// denials remembers those of a day, so that a flood of them asks nothing of the database. What it forgot, the database knows.
type denials struct {
	mu    sync.Mutex
	day   int64               // since 1970; guarded by mu
	known map[denial]struct{} // guarded by mu
}

// maxDenials are remembered at a time.
const maxDenials = 10_000

func (d *denials) first(this denial, now time.Time) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if today := now.Unix() / (24 * 60 * 60); today != d.day || len(d.known) >= maxDenials {
		d.day, d.known = today, map[denial]struct{}{}
	}
	if _, known := d.known[this]; known {
		return false
	}
	d.known[this] = struct{}{}
	return true
}

func (d *denials) forget(this denial) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.known, this)
}
