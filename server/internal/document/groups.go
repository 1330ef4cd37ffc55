package document

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// Groups lists groups after that name, in the order of their names. Everybody signed in may see them, to share with them.
func (s *Service) Groups(ctx context.Context, actor storage.Actor, after string, limit int) ([]storage.Group, error) {
	if err := s.permit(ctx, actor, authz.SeeGroups); err != nil {
		return nil, err
	}
	return s.store.Groups(ctx, after, limit)
}

// Group returns one. storage.ErrNoGroup.
func (s *Service) Group(ctx context.Context, actor storage.Actor, group id.Group) (storage.Group, error) {
	if err := s.permit(ctx, actor, authz.SeeGroups); err != nil {
		return storage.Group{}, err
	}
	return s.store.Group(ctx, group)
}

// Members lists a group's members after that user, in the order of their ids. Everybody signed in sees the names; the addresses are
// for those who look after accounts. storage.ErrNoGroup.
func (s *Service) Members(ctx context.Context, actor storage.Actor, group id.Group, after id.User, limit int) ([]storage.Member, error) {
	if err := s.permit(ctx, actor, authz.SeeGroups); err != nil {
		return nil, err
	}
	if _, err := s.store.Group(ctx, group); err != nil {
		return nil, err
	}
	members, err := s.store.Members(ctx, group, after, limit)
	for i := range members {
		if !knowsAddress(actor, members[i].User.ID) {
			members[i].User.Email = ""
		}
	}
	return members, err
}

// NewGroup makes a group. storage.ErrNameTaken.
func (s *Service) NewGroup(ctx context.Context, actor storage.Actor, name string) (storage.Group, error) {
	if err := s.permit(ctx, actor, authz.ManageGroups); err != nil {
		return storage.Group{}, err
	}
	group := storage.Group{ID: id.New[id.Group](), Name: strings.TrimSpace(name), CreatedBy: actor.User, CreatedAt: storage.At(time.Now())}
	if err := settle(func() error { return s.store.PutGroup(ctx, group, by(actor)) }); err != nil {
		return storage.Group{}, fmt.Errorf("make a group: %w", err)
	}
	return group, nil
}

// RenameGroup gives a group another name. storage.ErrNoGroup, storage.ErrNameTaken.
func (s *Service) RenameGroup(ctx context.Context, actor storage.Actor, which id.Group, name string) (storage.Group, error) {
	if err := s.permit(ctx, actor, authz.ManageGroups); err != nil {
		return storage.Group{}, err
	}
	group, err := s.store.Group(ctx, which)
	if err == nil {
		group.Name = strings.TrimSpace(name)
		err = settle(func() error { return s.store.PutGroup(ctx, group, by(actor)) })
	}
	if err != nil {
		return storage.Group{}, fmt.Errorf("rename a group: %w", err)
	}
	return group, nil
}

// DropGroup removes a group, and with it all that was granted to it.
func (s *Service) DropGroup(ctx context.Context, actor storage.Actor, group id.Group) error {
	return s.changeGroup(ctx, actor, "delete a group", func() ([]id.Doc, error) { return s.store.DropGroup(ctx, group, by(actor)) })
}

// AddMember puts somebody into a group; who puts themselves into one, and so into its documents, gives a reason: ErrReason.
// storage.ErrNoGroup; storage.ErrNoUser also for a guest.
func (s *Service) AddMember(ctx context.Context, actor storage.Actor, group id.Group, user id.User) error {
	now := storage.At(time.Now())
	return s.changeGroup(ctx, actor, "add a member", func() ([]id.Doc, error) {
		if user == actor.User && !actor.Note.Reasoned() {
			return nil, ErrReason
		}
		return s.store.AddMember(ctx, group, user, now, by(actor))
	})
}

// DropMember takes somebody out of a group. storage.ErrNoGroup.
func (s *Service) DropMember(ctx context.Context, actor storage.Actor, group id.Group, user id.User) error {
	return s.changeGroup(ctx, actor, "remove a member", func() ([]id.Doc, error) { return s.store.DropMember(ctx, group, user, by(actor)) })
}

// changeGroup makes a change to a group and tells the documents that were granted to it.
func (s *Service) changeGroup(ctx context.Context, actor storage.Actor, doing string, change func() ([]id.Doc, error)) error {
	if err := s.permit(ctx, actor, authz.ManageGroups); err != nil {
		return err
	}
	var docs []id.Doc
	err := settle(func() (err error) {
		docs, err = change()
		return err
	})
	s.tell(actor, err, docs...)
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return nil
}
