package document

import (
	"context"
	"fmt"
	"time"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// Explanation is why somebody has the role that they have in a document.
type Explanation struct {
	authz.Explanation
	Doc       storage.Document // without its title
	Grants    []storage.Grant  // of the paths, by their places in Explanation.Paths; of ownership a right without a giver
	Exceeding []bool           // of the same: what the policy would not let anybody give now
	Standing  authz.Standing   // of a user, by a credential that nothing is withheld from
	Named
}

// Explain says what role a principal has in a document, by which grants, and what would be left without each. Everybody may ask
// for themselves. Of a group, a link, everyone and anyone it says what any member has by that alone; of an address, what somebody
// will have who signs up with it. storage.ErrNoUser.
func (s *Service) Explain(ctx context.Context, actor storage.Actor, doc id.Doc, about To) (Explanation, error) {
	own := about.Principal == authz.Principal{Kind: authz.ToUser, ID: actor.User}
	command := authz.ExplainAccess
	if own {
		command = authz.SeeOwnAccess
	}
	var others []id.User
	if about.Kind == authz.ToUser {
		others = append(others, about.ID)
	}
	by, err := s.look(ctx, actor, doc, command, storage.At(time.Now()), others...)
	if err == nil {
		err = s.allow(ctx, actor, by.View, command)
	}
	if err != nil {
		return Explanation{}, fmt.Errorf("explain access: %w", err)
	}
	to, _, err := s.resolve(ctx, about)
	if err == nil && to.Kind == authz.ToUser && to != about.Principal { // an address that somebody has
		by, err = s.look(ctx, actor, doc, command, by.now, to.ID)
	}
	if err != nil {
		return Explanation{}, fmt.Errorf("explain access: %w", err)
	}
	made, err := s.explain(ctx, by.access, to, by.now)
	if err != nil {
		return Explanation{}, fmt.Errorf("explain access: %w", err)
	}
	made.hide(actor, made.Grants)
	return made, nil
}

// ExplainToOperator is Explain for whoever is at the machine, and has the database anyway.
func (s *Service) ExplainToOperator(ctx context.Context, doc id.Doc, about To) (Explanation, error) {
	to, _, err := s.resolve(ctx, about)
	if err != nil {
		return Explanation{}, err
	}
	var users []id.User
	if to.Kind == authz.ToUser {
		users = append(users, to.ID)
	}
	access, err := s.store.Access(ctx, doc, users...)
	if err != nil {
		return Explanation{}, err
	}
	return s.explain(ctx, access, to, storage.At(time.Now()))
}

// somebody is nobody in particular, for the question what any member has.
var somebody = [16]byte{15: 1}

// explain answers for a principal whose memberships, if it is a user, are in access.
func (s *Service) explain(ctx context.Context, access storage.Access, to authz.Principal, now storage.Micros) (Explanation, error) {
	policy, err := s.store.Policy(ctx)
	if err != nil {
		return Explanation{}, err
	}
	e := Explanation{Doc: access.Document}
	e.Doc.Title = ""
	who, rights := authz.Who{User: somebody}, make([]authz.Right, len(access.Grants))
	for i := range access.Grants {
		rights[i] = access.Grants[i].Right
		if to.Kind == authz.ToAddress && rights[i].To == to {
			rights[i].To = authz.Principal{Kind: authz.ToUser, ID: somebody}
		}
	}
	switch to.Kind {
	case authz.ToUser:
		user, err := s.store.User(ctx, to.ID)
		if err != nil {
			return Explanation{}, err
		}
		asks := storage.Actor{User: user.ID, Guest: user.Guest, InstanceAdmin: user.InstanceAdmin}
		who = access.Who(asks)
		who.Suspended = user.SuspendedAt != 0
		e.Standing = access.Document.Standing(asks, authz.None)
		if who.Suspended {
			e.Standing = authz.Standing{}
		}
	case authz.ToGroup:
		who.Groups = [][16]byte{to.ID}
	case authz.ToLink:
		who.Guest, who.Links = true, [][16]byte{to.ID}
	case authz.ToAnyone:
		who.User = [16]byte{}
	}
	e.Explanation = authz.Explain(access.Document.Owner, rights, who, int64(now))
	e.Standing.Role = e.Effective.Role
	for _, path := range e.Paths {
		grant := storage.Grant{Right: path.Right}
		if path.Index >= 0 {
			grant = access.Grants[path.Index]
		}
		e.Grants = append(e.Grants, grant)
	}
	if e.Named, err = s.name(ctx, e.Grants, access.Document.Owner); err != nil {
		return Explanation{}, err
	}
	for i := range e.Grants {
		grant := &e.Grants[i]
		guest := grant.To.Kind == authz.ToUser && e.People[grant.To.ID].Guest
		e.Exceeding = append(e.Exceeding, e.Paths[i].Index >= 0 && exceeds(policy, grant, guest))
	}
	return e, nil
}

// Reach explains, document by document in the order of their ids, all that a user reaches. storage.ErrNoUser.
func (s *Service) Reach(ctx context.Context, actor storage.Actor, user id.User, after id.Doc, limit int) ([]Explanation, error) {
	if err := s.permit(ctx, actor, authz.SeeReach); err != nil {
		return nil, err
	}
	now := storage.At(time.Now())
	reached, err := s.store.Reach(ctx, user, now, after, limit)
	if err != nil {
		return nil, fmt.Errorf("list what a user reaches: %w", err)
	}
	if len(reached) == 0 {
		if _, err := s.store.User(ctx, user); err != nil {
			return nil, fmt.Errorf("list what a user reaches: %w", err)
		}
	}
	list := make([]Explanation, len(reached))
	for i, at := range reached {
		access := storage.Access{Document: at.Document, Grants: at.Grants}
		for _, grant := range at.Grants { // all of them speak for the user
			if kind := grant.To.Kind; kind == authz.ToGroup || kind == authz.ToLink {
				access.Members = append(access.Members, storage.Membership{User: user, Of: grant.To})
			}
		}
		if list[i], err = s.explain(ctx, access, authz.Principal{Kind: authz.ToUser, ID: user}, now); err != nil {
			return nil, fmt.Errorf("list what a user reaches: %w", err)
		}
	}
	return list, nil
}

// Overview lists documents, the newest first, as those see them who look after the instance: without their titles.
func (s *Service) Overview(ctx context.Context, actor storage.Actor, filter storage.DocumentFilter, page storage.Page) ([]storage.Overview, map[id.User]storage.User, error) {
	if err := s.permit(ctx, actor, authz.SeeReach); err != nil {
		return nil, nil, err
	}
	list, err := s.store.ListDocuments(ctx, filter, storage.At(time.Now()), page)
	if err != nil {
		return nil, nil, fmt.Errorf("list documents: %w", err)
	}
	var owners []id.User
	for _, item := range list {
		owners = append(owners, item.Document.Owner)
	}
	named, err := s.name(ctx, nil, owners...)
	return list, named.People, err
}
