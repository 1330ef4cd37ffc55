package document

import (
	"context"
	"errors"
	"time"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// MaxBulk is how many changes one call of Bulk makes.
const MaxBulk = 1000

// Wish is one of many changes: a grant, or with the role None its end.
type Wish struct {
	Doc     id.Doc
	To      To
	Role    authz.Role
	Expires storage.Micros
}

// Result is what became of a wish, or would.
type Result struct {
	Err    error          // of this one alone; the others go on
	Same   bool           // it is so already, and nothing was written
	Before *storage.Grant // nil for none
	After  *storage.Grant
}

// Bulk makes many changes, each as Grant or Revoke would, one after another: each stands by itself. Made again it finds those
// done that were done, so that one cut short goes on where it was. The error is about all that come after the results.
//
// A dry run changes nothing. It tells what each would change beside those before it.
//
// Orphans are the documents of the wishes that nobody looks after, as they are then: their owner is suspended, and no user has a
// live grant as admin.
func (s *Service) Bulk(ctx context.Context, actor storage.Actor, wishes []Wish, dry bool) (results []Result, orphans []id.Doc, err error) {
	lists := map[id.Doc]*decision{} // of a dry run: as the wishes so far leave them
	for _, wish := range wishes {
		var result Result
		if dry {
			result = s.wouldBe(ctx, actor, wish, lists)
		} else {
			result = s.make(ctx, actor, wish)
		}
		if fatal(result.Err) {
			return results, orphans, result.Err
		}
		results = append(results, result)
	}
	orphans, err = s.orphans(ctx, actor, wishes, lists)
	return results, orphans, err
}

// fatal tells an error that is about everybody from one that is about a wish.
func fatal(err error) bool {
	for _, all := range []error{storage.ErrUnavailable, storage.ErrUnknown, storage.ErrFence, context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, all) {
			return true
		}
	}
	return false
}

// wouldBe is the result of a wish after those that made the lists what they are.
func (s *Service) wouldBe(ctx context.Context, actor storage.Actor, wish Wish, lists map[id.Doc]*decision) Result {
	command := wish.command()
	by := lists[wish.Doc]
	if by == nil {
		read, err := s.look(ctx, actor, wish.Doc, command, storage.At(time.Now()))
		if err != nil {
			return Result{Err: err}
		}
		by = &read
		lists[wish.Doc] = by
	}
	if err := s.allow(ctx, actor, by.View, command); err != nil {
		return Result{Err: err}
	}
	change, err := s.plan(ctx, actor, *by, wish)
	if err == nil && change.After != nil {
		err = s.isThere(ctx, wish.Doc, *change.After)
	}
	if err == nil && !change.Same {
		by.apply(change)
		by.View = view(actor, by.access, by.now)
	}
	change.Err = err
	return change
}

// isThere is nil if there is the one to whom a grant is to speak, which the store asks for itself when the grant is made.
func (s *Service) isThere(ctx context.Context, doc id.Doc, grant storage.Grant) error {
	named, err := s.name(ctx, []storage.Grant{grant})
	if err != nil {
		return err
	}
	switch to := grant.To; to.Kind {
	case authz.ToUser:
		if _, ok := named.People[to.ID]; !ok {
			return storage.ErrNoUser
		}
	case authz.ToGroup:
		if _, ok := named.Groups[to.ID]; !ok {
			return storage.ErrNoGroup
		}
	case authz.ToLink:
		if named.Links[to.ID].Doc != doc {
			return storage.ErrNoLink
		}
	}
	return nil
}

// make makes the change of a wish.
func (s *Service) make(ctx context.Context, actor storage.Actor, wish Wish) (result Result) {
	err := s.change(ctx, actor, wish.Doc, wish.command(), func(by decision) (err error) {
		if result, err = s.plan(ctx, actor, by, wish); err != nil || result.Same {
			return err
		}
		if result.After == nil {
			_, err = s.store.DropGrant(ctx, wish.Doc, result.Before.To, by.guard)
		} else {
			_, err = s.store.PutGrant(ctx, wish.Doc, *result.After, by.guard)
		}
		return err
	})
	if !result.Same {
		s.tell(actor, err, wish.Doc)
	}
	result.Err = err
	return result
}

func (w *Wish) command() authz.Command {
	if w.Role == authz.None {
		return authz.Revoke
	}
	return authz.Grant
}

// plan is the change that a wish asks for.
func (s *Service) plan(ctx context.Context, actor storage.Actor, by decision, wish Wish) (Result, error) {
	if wish.Role == authz.None {
		to, err := s.revoking(ctx, by, AnyVersion, wish.To)
		before := by.grantOf(to)
		return Result{Before: before, Same: before == nil}, err
	}
	grant, err := s.granting(ctx, actor, by, AnyVersion, wish.To, wish.Role, wish.Expires)
	if err != nil {
		return Result{}, err
	}
	before := by.grantOf(grant.To)
	same := before != nil && by.live(before) && before.Role == grant.Role && (before.ExpiresAt == grant.ExpiresAt || wish.Expires == 0 && before.ExpiresAt != 0 && grant.ExpiresAt != 0)
	return Result{Before: before, After: &grant, Same: same}, nil
}

// apply makes the list what it would be after a change.
func (d *decision) apply(change Result) {
	grants := make([]storage.Grant, 0, len(d.access.Grants)+1)
	for _, grant := range d.access.Grants {
		if change.Before == nil || grant.To != change.Before.To {
			grants = append(grants, grant)
		}
	}
	if change.After != nil {
		grants = append(grants, *change.After)
	}
	d.access.Grants = grants
}

// orphans finds the documents of the wishes that nobody looks after; those in lists as these say.
func (s *Service) orphans(ctx context.Context, actor storage.Actor, wishes []Wish, lists map[id.Doc]*decision) ([]id.Doc, error) {
	var orphans []id.Doc
	seen := map[id.Doc]bool{}
	suspended := map[id.User]bool{}
	now := storage.At(time.Now())
	for _, wish := range wishes {
		if seen[wish.Doc] {
			continue
		}
		seen[wish.Doc] = true
		by := lists[wish.Doc]
		if by == nil {
			read, err := s.look(ctx, actor, wish.Doc, authz.ListAccess, now)
			if errors.Is(err, storage.ErrNoDocument) {
				continue
			}
			if err != nil {
				return orphans, err
			}
			by = &read
		}
		if allow(by.View, authz.ListAccess) != nil {
			continue
		}
		out, known := suspended[by.Owner]
		if !known {
			owner, err := s.store.User(ctx, by.Owner)
			if err != nil && !errors.Is(err, storage.ErrNoUser) {
				return orphans, err
			}
			out = err != nil || owner.SuspendedAt != 0
			suspended[by.Owner] = out
		}
		if out && !by.hasAdmin() {
			orphans = append(orphans, wish.Doc)
		}
	}
	return orphans, nil
}

// hasAdmin tells whether a user has a live grant as admin.
func (d *decision) hasAdmin() bool {
	for i := range d.access.Grants {
		grant := &d.access.Grants[i]
		if grant.To.Kind == authz.ToUser && grant.Role == authz.Admin && d.live(grant) {
			return true
		}
	}
	return false
}
