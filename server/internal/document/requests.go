package document

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// ErrHas is the refusal of a request for, or an approval of, a role that the person has already, or of less.
var ErrHas = errors.New("they have that role already, or more")

// Request asks for a role in a document, in place of the actor's former request. Whether there is such a document, whether the
// actor may know of it, and whether anybody hears of the request, the answer is nil, after the same queries. Only of a document
// that they can open is ErrHas told.
func (s *Service) Request(ctx context.Context, actor storage.Actor, doc id.Doc, role authz.Role, message string) error {
	if err := s.permit(ctx, actor, authz.RequestAccess); err != nil {
		return err
	}
	now := storage.At(time.Now())
	access, err := s.store.Access(ctx, doc, actor.User)
	if err != nil && !errors.Is(err, storage.ErrNoDocument) {
		return fmt.Errorf("ask for access: %w", err)
	}
	seen := view(actor, access, now)
	if err == nil && seen.Standing.May(authz.Open) && !seen.Standing.MayRequest(role) {
		return ErrHas
	}
	request := storage.Request{ID: id.New[id.Ask](), Doc: doc, User: actor.User, Role: role, Message: strings.TrimSpace(message), CreatedAt: now}
	if err := settle(func() error { return s.store.PutRequest(ctx, request, by(actor)) }); err != nil {
		return fmt.Errorf("ask for access: %w", err)
	}
	return nil
}

// Requests lists a document's open requests, the oldest first, with those who ask, whose addresses are told as far as they are
// proven: names are free, and whoever asks wants to be known.
func (s *Service) Requests(ctx context.Context, actor storage.Actor, doc id.Doc) ([]storage.Request, map[id.User]storage.User, error) {
	if _, err := s.decide(ctx, actor, doc, authz.AnswerRequest); err != nil {
		return nil, nil, fmt.Errorf("list requests: %w", err)
	}
	requests, err := s.store.Requests(ctx, doc)
	if err != nil {
		return nil, nil, fmt.Errorf("list requests: %w", err)
	}
	var people []id.User
	for _, request := range requests {
		people = append(people, request.User)
	}
	named, err := s.name(ctx, nil, people...)
	for user, person := range named.People {
		if !person.Proven {
			named.hideOne(actor, user)
		}
	}
	return requests, named.People, err
}

// Approve grants a role to the one who asks, which need not be the one they ask for; None stands for that. storage.ErrNoRequest,
// ErrHas where they have more by now; else as for Grant.
func (s *Service) Approve(ctx context.Context, actor storage.Actor, doc id.Doc, ask id.Ask, role authz.Role, expires storage.Micros) error {
	return s.answer(ctx, actor, doc, ask, func(by decision, request storage.Request) (*storage.Grant, error) {
		given := role
		if given == authz.None {
			given = request.Role
		}
		to := authz.Principal{Kind: authz.ToUser, ID: request.User}
		if request.User == by.Owner {
			return nil, ErrHas
		}
		if standing := by.grantOf(to); standing != nil && standing.Role > given && (standing.ExpiresAt == 0 || standing.ExpiresAt > int64(by.now)) {
			return nil, ErrHas
		}
		grant, err := s.granting(ctx, actor, by, AnyVersion, To{Principal: to}, given, expires)
		if err != nil || grant.Address != "" {
			return &grant, err
		}
		person, err := s.store.User(ctx, request.User)
		if person.Proven {
			grant.Address = person.Email
		}
		return &grant, err
	})
}

// DeclineRequest ends a request without granting anything. storage.ErrNoRequest.
func (s *Service) DeclineRequest(ctx context.Context, actor storage.Actor, doc id.Doc, ask id.Ask) error {
	return s.answer(ctx, actor, doc, ask, func(decision, storage.Request) (*storage.Grant, error) { return nil, nil })
}

func (s *Service) answer(ctx context.Context, actor storage.Actor, doc id.Doc, ask id.Ask, decide func(decision, storage.Request) (*storage.Grant, error)) error {
	err := s.change(ctx, actor, doc, authz.AnswerRequest, func(by decision) error {
		request, err := s.store.Request(ctx, doc, ask)
		if err != nil {
			return err
		}
		grant, err := decide(by, request)
		if err != nil {
			return err
		}
		verdict := storage.Verdict{Outcome: storage.Declined, DecidedBy: actor.User, DecidedAt: by.now}
		if grant != nil {
			verdict.Outcome = storage.Approved
		}
		_, err = s.store.DecideRequest(ctx, doc, ask, verdict, grant, by.guard)
		return err
	})
	s.tell(actor, err, doc)
	if err != nil {
		return fmt.Errorf("answer a request: %w", err)
	}
	return nil
}
