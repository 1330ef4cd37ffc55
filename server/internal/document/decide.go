package document

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/server/internal/bus"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// decisions is how often a command is decided before it gives up on an access list that keeps changing.
const decisions = 8

// ErrBusy is the refusal of a command whose document's access list kept changing. It may be tried again.
var ErrBusy = errors.New("the access list keeps changing")

// A decision is a command allowed: the document as it was then, and the guard that holds the write to it.
type decision struct {
	View
	access storage.Access // with the memberships of the actor
	now    storage.Micros
	guard  storage.Guard
}

// decide answers a read.
func (s *Service) decide(ctx context.Context, actor storage.Actor, doc id.Doc, command authz.Command) (View, error) {
	by, err := s.decideAt(ctx, actor, doc, command, storage.At(time.Now()))
	if err != nil {
		return View{}, err
	}
	return by.View, nil
}

// change decides a write and makes it, again and again while the access list moves between the two.
func (s *Service) change(ctx context.Context, actor storage.Actor, doc id.Doc, command authz.Command, write func(decision) error) error {
	var expired storage.Micros
	for range decisions {
		by, err := s.decideAt(ctx, actor, doc, command, max(expired, storage.At(time.Now())))
		if err != nil {
			return err
		}
		switch err := settle(func() error { return write(by) }); {
		case errors.Is(err, storage.ErrAccessMoved):
		case errors.Is(err, storage.ErrFence):
			if live := s.store.Live(ctx, fence(actor, 0)); live != nil {
				return live
			}
			// The right has expired by the database's clock, which goes before ours.
			expired = by.ValidUntil
		default:
			return err
		}
	}
	return ErrBusy
}

// settle makes a call again while the store does not know how it ended: the same call has its effect once.
func settle(call func() error) error {
	const times = 3
	err := call()
	for range times - 1 {
		if !errors.Is(err, storage.ErrUnknown) {
			break
		}
		err = call()
	}
	return err
}

// mayStand tells whether a write that returned err may be in the database: everyone is then told to look.
func mayStand(err error) bool { return err == nil || errors.Is(err, storage.ErrUnknown) }

func (s *Service) decideAt(ctx context.Context, actor storage.Actor, doc id.Doc, command authz.Command, now storage.Micros) (decision, error) {
	by, err := s.look(ctx, actor, doc, command, now)
	if err != nil {
		return decision{}, err
	}
	return by, s.allow(ctx, actor, by.View, command)
}

// look reads what decisions are made of, with the memberships of the actor and of others whom the command is about. What it
// returns is for allow, not for the actor. It makes the same queries whatever there is.
func (s *Service) look(ctx context.Context, actor storage.Actor, doc id.Doc, command authz.Command, now storage.Micros, others ...id.User) (decision, error) {
	access, err := s.find(ctx, doc, command, append(others, actor.User))
	if err != nil {
		return decision{}, fmt.Errorf("read the access list: %w", err)
	}
	seen := view(actor, access, now)
	return decision{
		View:   seen,
		access: access,
		now:    now,
		guard:  storage.Guard{AccessVersion: access.Document.AccessVersion, Fence: fence(actor, seen.ValidUntil), Note: actor.Note},
	}, nil
}

// find reads an access list from where the command finds its document: in the trash or outside of it.
func (s *Service) find(ctx context.Context, doc id.Doc, command authz.Command, users []id.User) (storage.Access, error) {
	switch command {
	case authz.Undelete:
		return s.store.AccessDeleted(ctx, doc, users...)
	case authz.ReadAudit, authz.Transfer:
		deleted, gone := s.store.AccessDeleted(ctx, doc, users...)
		access, err := s.store.Access(ctx, doc, users...)
		if errors.Is(err, storage.ErrNoDocument) {
			return deleted, gone
		}
		return access, err
	}
	return s.store.Access(ctx, doc, users...)
}

// view computes somebody's standing in a document.
func view(actor storage.Actor, access storage.Access, now storage.Micros) View {
	effective := access.Decide(actor, now)
	standing := access.Document.Standing(actor, effective.Role)
	return View{Document: access.Document, Standing: standing, ValidUntil: storage.Micros(effective.ValidUntil), Public: access.Public(now)}
}

// allow is nil if a command may be done. Who may not even see their own access learns nothing of the document.
func allow(seen View, command authz.Command) error {
	switch {
	case seen.Standing.May(command):
		return nil
	case seen.Standing.May(authz.SeeOwnAccess):
		return &Forbidden{Command: command, Role: seen.Standing.Role, Needed: command.Least()}
	}
	return storage.ErrNoDocument
}

// by is the actor as the one who makes a change of the instance.
func by(actor storage.Actor) storage.By {
	held := fence(actor, 0)
	return storage.By{Fence: &held, Note: actor.Note}
}

// tell says that an actor has changed who may do what in documents, or may have: everyone concerned looks.
func (s *Service) tell(actor storage.Actor, err error, docs ...id.Doc) {
	if !mayStand(err) {
		return
	}
	for _, doc := range docs {
		s.bus.Publish(bus.AccessChanged{Doc: doc, By: actor.User, Name: actor.Name})
	}
}

func fence(actor storage.Actor, until storage.Micros) storage.Fence {
	return storage.Fence{User: actor.User, Credential: actor.Credential, ValidUntil: until}
}
