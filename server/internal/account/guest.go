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

// EnterLink lets somebody in by a link: the actor becomes one whom the grant to the link speaks for. For nobody, the zero actor,
// a guest is made, whose session the caller begins; a guest who is here already stays the same. Who comes in stays in, so a token must
// be one that writes: ErrNotAllowed. storage.ErrNoGuests where the policy lets nobody in without an account, *TooManyTries,
// and storage.ErrNoLink, the same for a link that is unknown, revoked or expired and for one of a deleted document.
func (s *Service) EnterLink(ctx context.Context, actor storage.Actor, secret string, visit Visit) (storage.User, id.Doc, error) {
	if actor.Withheld.Has(authz.ScopeWrite) {
		return storage.User{}, id.Doc{}, ErrNotAllowed
	}
	user, enters, err := s.entering(ctx, actor, visit)
	if err != nil {
		return storage.User{}, id.Doc{}, err
	}
	now := storage.At(time.Now())
	link, err := s.store.EnterLink(ctx, hashSecret(secret), user, now, enters)
	if errors.Is(err, storage.ErrUnknown) {
		link, err = s.store.EnterLink(ctx, hashSecret(secret), user, now, enters) // the same entry: once, however often
	}
	if err != nil {
		return storage.User{}, id.Doc{}, fmt.Errorf("enter by a link: %w", err)
	}
	if enters.Fence != nil { // they may have the document open already, with less
		s.bus.Publish(bus.AccessChanged{Doc: link.Doc})
	}
	came := storage.By{Fence: &storage.Fence{User: user.ID, Credential: actor.Credential}, Note: visit.Note()}
	_, _ = s.store.Notice(context.WithoutCancel(ctx), link.Doc, came, storage.AuditEnter, "link:"+link.ID.String())
	return user, link.Doc, nil
}

// EnterDocument lets somebody in where anyone may: for nobody a guest is made, as for EnterLink. storage.ErrNoGuests, *TooManyTries,
// storage.ErrNoDocument if there is no such document or it is not for them to see.
func (s *Service) EnterDocument(ctx context.Context, actor storage.Actor, doc id.Doc, visit Visit) (storage.User, error) {
	user, enters, err := s.entering(ctx, actor, visit)
	if err != nil {
		return storage.User{}, err
	}
	who := storage.Actor{User: user.ID, Guest: user.Guest}
	access, err := s.store.Access(ctx, doc, user.ID)
	if err != nil {
		return storage.User{}, fmt.Errorf("read the access list: %w", err)
	}
	standing := who.Standing()
	standing.Role = access.Decide(who, storage.At(time.Now())).Role
	if !standing.May(authz.Open) {
		return storage.User{}, storage.ErrNoDocument
	}
	if enters.Fence != nil {
		return user, nil
	}
	made, err := s.store.CreateUser(ctx, user, nil, enters)
	if errors.Is(err, storage.ErrUnknown) {
		made, err = s.store.CreateUser(ctx, user, nil, enters)
	}
	if err != nil {
		return storage.User{}, fmt.Errorf("make a guest: %w", err)
	}
	return made, nil
}

// entering is who comes in: the actor, or a guest who is not stored yet.
func (s *Service) entering(ctx context.Context, actor storage.Actor, visit Visit) (storage.User, storage.By, error) {
	if err := s.entries.begin(time.Now(), place(visit.From)); err != nil {
		return storage.User{}, storage.By{}, err
	}
	if !actor.User.IsZero() && !actor.Guest {
		user, err := s.store.User(ctx, actor.User)
		return user, by(actor), err
	}
	policy, err := s.store.Policy(ctx)
	if err != nil {
		return storage.User{}, storage.By{}, err
	}
	if !policy.Anonymous {
		return storage.User{}, storage.By{}, storage.ErrNoGuests
	}
	if actor.Guest {
		user, err := s.store.User(ctx, actor.User)
		return user, by(actor), err
	}
	guest := storage.User{ID: id.New[id.User](), Guest: true, CreatedAt: storage.At(time.Now())}
	guest.Name = guestName(guest.ID)
	return guest, storage.By{Note: visit.Note()}, nil
}

// guestName is what a guest is called: nobody asks them, and two in one document are to be told apart.
func guestName(guest id.User) string {
	return fmt.Sprintf("Guest %s %d", animals[int(guest[14])%len(animals)], 10+int(guest[15])%90)
}

var animals = [...]string{"Alpaca", "Badger", "Beaver", "Bison", "Camel", "Condor", "Crane", "Curlew", "Dolphin", "Dormouse",
	"Egret", "Falcon", "Ferret", "Finch", "Gazelle", "Gecko", "Gibbon", "Hare", "Hedgehog", "Heron", "Ibex", "Ibis", "Jackdaw", "Jay",
	"Kestrel", "Kiwi", "Koala", "Lark", "Lemur", "Lynx", "Magpie", "Marmot", "Marten", "Narwhal", "Newt", "Ocelot", "Oriole", "Osprey",
	"Otter", "Panda", "Pelican", "Plover", "Puffin", "Quail", "Raven", "Robin", "Seal", "Shrew", "Siskin", "Sloth", "Stork", "Swan",
	"Swift", "Tapir", "Tern", "Toucan", "Turtle", "Vole", "Wallaby", "Walrus", "Weasel", "Wombat", "Wren", "Yak"}
