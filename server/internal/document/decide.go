package document

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/coscribe/coscribe/authz"
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
	grants []storage.Grant
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
	by, err := s.look(ctx, actor, doc, now)
	if err != nil {
		return decision{}, err
	}
	return by, allow(by.View, command)
}

// look reads what decisions are made of. What it returns is for allow, not for the actor.
func (s *Service) look(ctx context.Context, actor storage.Actor, doc id.Doc, now storage.Micros) (decision, error) {
	access, err := s.store.Access(ctx, doc)
	if err != nil {
		return decision{}, fmt.Errorf("read the access list: %w", err)
	}
	seen := view(actor, access, now)
	return decision{
		View:   seen,
		grants: access.Grants,
		now:    now,
		guard:  storage.Guard{AccessVersion: access.Document.AccessVersion, Fence: fence(actor, seen.ValidUntil)},
	}, nil
}

// view computes somebody's standing in a document.
func view(actor storage.Actor, access storage.Access, now storage.Micros) View {
	effective := access.Decide(actor, now)
	standing := instance(actor)
	standing.Role = effective.Role
	standing.Locked, standing.OpenHistory = access.Document.Locked, access.Document.OpenHistory
	return View{Document: access.Document, Standing: standing, ValidUntil: storage.Micros(effective.ValidUntil)}
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

// instance is the actor's standing outside of any document. An actor is signed in: a suspended one is none.
func instance(actor storage.Actor) authz.Standing {
	return authz.Standing{SignedIn: !actor.User.IsZero(), InstanceAdmin: actor.InstanceAdmin}
}

func fence(actor storage.Actor, until storage.Micros) storage.Fence {
	return storage.Fence{User: actor.User, Credential: actor.Credential, ValidUntil: until}
}
