package document

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/server/internal/bus"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// Refusals besides those of package storage.
var (
	ErrOwner      = errors.New("the owner's role is not a grant: transfer the document instead")
	ErrPast       = errors.New("the expiry lies in the past")
	ErrNoRevision = errors.New("the document has no such revision yet")
	ErrGone       = errors.New("the log does not reach back that far")
)

// Forbidden is the refusal of a command in a document that one may see.
type Forbidden struct {
	Command authz.Command
	Role    authz.Role // what one has
	Needed  authz.Role // the least that may
}

// Error names both roles.
func (e *Forbidden) Error() string {
	return fmt.Sprintf("%v takes the role %v, this is %v", e.Command, e.Needed, e.Role)
}

// Service runs commands.
type Service struct {
	store   storage.Store
	bus     *bus.Bus
	notices notices
}

// New returns the commands on the documents in store. What they change is told on bus.
func New(store storage.Store, bus *bus.Bus) *Service { return &Service{store: store, bus: bus} }

// View is a document as somebody sees it.
type View struct {
	storage.Document
	Standing   authz.Standing
	ValidUntil storage.Micros // when Standing.Role ends; 0: it has no end
	Public     bool           // a live link, or a grant to anyone, lets anybody in; not filled in by List
}

// Create makes an empty document of the actor's.
func (s *Service) Create(ctx context.Context, actor storage.Actor, title string) (View, error) {
	policy, err := s.store.Policy(ctx)
	if err != nil {
		return View{}, fmt.Errorf("create a document: %w", err)
	}
	standing := actor.Standing()
	if standing.AdminsCreate = policy.AdminsCreate; !standing.May(authz.CreateDocument) {
		return View{}, s.denied(ctx, actor, storage.Instance, &Forbidden{Command: authz.CreateDocument})
	}
	now := storage.At(time.Now())
	doc := storage.Document{
		ID:            id.New[id.Doc](),
		Title:         strings.TrimSpace(title),
		Owner:         actor.User,
		Epoch:         1,
		AccessVersion: 1,
		CreatedAt:     now,
		UpdatedAt:     now,
	}
	if err := settle(func() error { return s.store.CreateDocument(ctx, doc, by(actor)) }); err != nil {
		return View{}, fmt.Errorf("create a document: %w", err)
	}
	return view(actor, storage.Access{Document: doc}, now), nil
}

// List returns a page of the documents that the actor owns or was given, the last updated first.
func (s *Service) List(ctx context.Context, actor storage.Actor, page storage.Page) ([]View, error) {
	if err := s.permit(ctx, actor, authz.ListDocuments); err != nil {
		return nil, err
	}
	listed, err := s.store.DocumentsOf(ctx, actor.User, storage.At(time.Now()), page)
	if err != nil {
		return nil, fmt.Errorf("list documents: %w", err)
	}
	views := make([]View, len(listed))
	for i, item := range listed {
		views[i] = View{Document: item.Document, Standing: item.Document.Standing(actor, item.Role)}
	}
	return views, nil
}

// Show returns a document that the actor may open.
func (s *Service) Show(ctx context.Context, actor storage.Actor, doc id.Doc) (View, error) {
	return s.decide(ctx, actor, doc, authz.Open)
}

// Access returns a document with the actor's own standing in it, which an administrator of the instance may know of every
// document; its title and content are not theirs to see.
func (s *Service) Access(ctx context.Context, actor storage.Actor, doc id.Doc) (authz.Standing, storage.Micros, error) {
	seen, err := s.decide(ctx, actor, doc, authz.SeeOwnAccess)
	return seen.Standing, seen.ValidUntil, err
}

// Rename sets the title and returns the document with it.
func (s *Service) Rename(ctx context.Context, actor storage.Actor, doc id.Doc, title string) (View, error) {
	title = strings.TrimSpace(title)
	var renamed View
	err := s.change(ctx, actor, doc, authz.Rename, func(by decision) error {
		renamed = by.View
		renamed.Title, renamed.UpdatedAt = title, by.now
		return s.store.Rename(ctx, doc, title, by.now, by.guard)
	})
	if mayStand(err) {
		s.bus.Publish(bus.DocumentChanged{Doc: doc})
	}
	if err != nil {
		return View{}, fmt.Errorf("rename a document: %w", err)
	}
	return renamed, nil
}
