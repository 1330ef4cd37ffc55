package account

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

// offboardAtOnce is how many things one step takes from whoever leaves.
const offboardAtOnce = 100

// PlanOffboard tells what Offboard would change. ErrNotAllowed, storage.ErrNoUser.
func (s *Service) PlanOffboard(ctx context.Context, actor storage.Actor, user, heir id.User) (storage.OffboardPlan, error) {
	if !actor.Standing().May(authz.Offboard) {
		return storage.OffboardPlan{}, s.denied(ctx, actor, authz.Offboard)
	}
	plan, err := s.store.PlanOffboard(ctx, user, heir, storage.At(time.Now()))
	if err != nil {
		return storage.OffboardPlan{}, fmt.Errorf("plan to offboard a user: %w", err)
	}
	return plan, nil
}

// Offboard takes from a user all that they have, and gives their documents to the heir; the zero heir leaves them where they
// are. Cut short, it is made again and goes on with what is left. Who gives documents away that are not theirs gives a reason:
// ErrReason. ErrNotAllowed, storage.ErrNoUser, storage.ErrLastAdmin.
func (s *Service) Offboard(ctx context.Context, actor storage.Actor, user, heir id.User) error {
	if !actor.Standing().May(authz.Offboard) {
		return s.denied(ctx, actor, authz.Offboard)
	}
	if !heir.IsZero() && !actor.Note.Reasoned() {
		return ErrReason
	}
	for done := false; !done; {
		step, err := s.store.Offboard(ctx, user, heir, storage.At(time.Now()), offboardAtOnce, by(actor))
		if err == nil || errors.Is(err, storage.ErrUnknown) {
			s.bus.Publish(bus.UserChanged{User: user}) // who hears it looks
		}
		for _, doc := range step.Docs {
			s.bus.Publish(bus.AccessChanged{Doc: doc, By: actor.User})
		}
		if err != nil {
			return fmt.Errorf("offboard a user: %w", err)
		}
		done = step.Done
	}
	return nil
}
