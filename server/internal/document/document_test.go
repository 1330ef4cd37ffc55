package document

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/server/internal/bus"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
	"github.com/coscribe/coscribe/storage/sqlite"
)

// A scene is the commands on a real database, with something that may come between the two.
type scene struct {
	*Service
	t     *testing.T
	store *between
	told  []bus.Event
}

// between lets a test come in before a write, and lose its outcome after it.
type between struct {
	storage.Store
	before func()
	after  func() error
}

func (b *between) write(write func() error) error {
	if before := b.before; before != nil {
		before()
	}
	err := write()
	if b.after != nil && err == nil {
		return b.after()
	}
	return err
}

func (b *between) Rename(ctx context.Context, doc id.Doc, title string, now storage.Micros, guard storage.Guard) error {
	return b.write(func() error { return b.Store.Rename(ctx, doc, title, now, guard) })
}

func (b *between) CreateDocument(ctx context.Context, doc storage.Document, by storage.By) error {
	return b.write(func() error { return b.Store.CreateDocument(ctx, doc, by) })
}

func (b *between) DeleteDocument(ctx context.Context, doc id.Doc, now storage.Micros, guard storage.Guard) error {
	return b.write(func() error { return b.Store.DeleteDocument(ctx, doc, now, guard) })
}

func (b *between) PutGrant(ctx context.Context, doc id.Doc, grant storage.Grant, guard storage.Guard) (version int64, err error) {
	err = b.write(func() error { version, err = b.Store.PutGrant(ctx, doc, grant, guard); return err })
	return version, err
}

func (b *between) DropGrant(ctx context.Context, doc id.Doc, to authz.Principal, guard storage.Guard) (version int64, err error) {
	err = b.write(func() error { version, err = b.Store.DropGrant(ctx, doc, to, guard); return err })
	return version, err
}

func newScene(t *testing.T) *scene {
	t.Helper()
	store, err := sqlite.Open(context.Background(), filepath.Join(t.TempDir(), "coscribe.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	s := &scene{t: t, store: &between{Store: store}}
	events := &bus.Bus{}
	events.Subscribe(func(e bus.Event) { s.told = append(s.told, e) })
	s.Service = New(s.store, events)
	return s
}

// actor makes a user with a token.
func (s *scene) actor(name string) storage.Actor {
	s.t.Helper()
	user, err := s.store.CreateUser(context.Background(), storage.User{ID: id.New[id.User](), Email: name + "@example.com",
		Name: name, CreatedAt: storage.At(time.Now()), Proven: true}, nil, storage.By{})
	if err != nil {
		s.t.Fatal(err)
	}
	token := storage.Token{ID: id.New[id.Credential](), Hash: storage.Hash(append(user.ID[:], user.ID[:]...)), User: user.ID,
		Name: "t", CreatedAt: storage.At(time.Now())}
	if err := s.store.PutToken(context.Background(), token, storage.By{}); err != nil {
		s.t.Fatal(err)
	}
	return storage.Actor{User: user.ID, Name: name, Credential: storage.Credential{Kind: storage.ByToken, ID: token.ID}}
}

func (s *scene) document(owner storage.Actor) id.Doc {
	s.t.Helper()
	view, err := s.Create(context.Background(), owner, "before")
	if err != nil {
		s.t.Fatal(err)
	}
	return view.ID
}

func to(actor storage.Actor) authz.Principal {
	return authz.Principal{Kind: authz.ToUser, ID: actor.User}
}

func (s *scene) grant(by storage.Actor, doc id.Doc, right authz.Right) {
	s.t.Helper()
	if _, err := s.Grant(context.Background(), by, doc, right); err != nil {
		s.t.Fatal(err)
	}
}

func (s *scene) title(owner storage.Actor, doc id.Doc) string {
	s.t.Helper()
	view, err := s.Show(context.Background(), owner, doc)
	if err != nil {
		s.t.Fatal(err)
	}
	return view.Title
}

// A right that is taken away between the decision and the write is decided anew, and the write does not happen.
func TestRightTakenAwayMeanwhile(t *testing.T) {
	s := newScene(t)
	owner, kim := s.actor("owner"), s.actor("kim")
	doc := s.document(owner)
	everyone := authz.Principal{Kind: authz.ToEveryone}
	for _, c := range []struct {
		left authz.Role
		want error
	}{
		{authz.None, storage.ErrNoDocument},
		{authz.Viewer, &Forbidden{authz.Rename, authz.Viewer, authz.Editor}},
		{authz.Editor, nil},
	} {
		s.grant(owner, doc, authz.Right{To: to(kim), Role: authz.Admin})
		if c.left != authz.None {
			s.grant(owner, doc, authz.Right{To: everyone, Role: c.left})
		}
		s.store.before = func() {
			s.store.before = nil
			if _, err := s.Revoke(context.Background(), owner, doc, to(kim)); err != nil {
				t.Fatal(err)
			}
		}
		title := "by kim, " + c.left.String()
		_, err := s.Rename(t.Context(), kim, doc, title)
		if !same(err, c.want) {
			t.Errorf("left as %v: %v, want %v", c.left, err, c.want)
		}
		if got := s.title(owner, doc) == title; got != (c.want == nil) {
			t.Errorf("left as %v: renamed is %v", c.left, got)
		}
	}
}

// same tells whether err is want, roles included.
func same(err, want error) bool {
	var got, wanted *Forbidden
	if errors.As(want, &wanted) {
		return errors.As(err, &got) && *got == *wanted
	}
	return errors.Is(err, want)
}

// An access list that never stands still ends in a refusal, not in an endless loop.
func TestRestlessAccessList(t *testing.T) {
	s := newScene(t)
	owner := s.actor("owner")
	doc := s.document(owner)
	direct := New(s.store.Store, &bus.Bus{})
	everyone := authz.Principal{Kind: authz.ToEveryone}
	writes := 0
	s.store.before = func() {
		writes++
		if _, err := direct.Grant(context.Background(), owner, doc, authz.Right{To: everyone, Role: authz.Viewer}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Rename(t.Context(), owner, doc, "after"); !errors.Is(err, ErrBusy) {
		t.Errorf("%v, want ErrBusy", err)
	}
	if writes != decisions {
		t.Errorf("%d tries, want %d", writes, decisions)
	}
}

// A credential that ends between the decision and the write ends the write.
func TestSignedOutMeanwhile(t *testing.T) {
	s := newScene(t)
	owner := s.actor("owner")
	doc := s.document(owner)
	s.store.before = func() {
		if err := s.store.RevokeToken(context.Background(), owner.User, owner.Credential.ID, storage.At(time.Now()), storage.By{}); err != nil && !errors.Is(err, storage.ErrNoCredential) {
			t.Fatal(err)
		}
	}
	if _, err := s.Rename(t.Context(), owner, doc, "after"); !errors.Is(err, storage.ErrFence) {
		t.Errorf("rename: %v, want ErrFence", err)
	}
	if _, err := s.Create(t.Context(), owner, "other"); !errors.Is(err, storage.ErrFence) {
		t.Errorf("create: %v, want ErrFence", err)
	}
}

// The database's clock says when a right has expired, also when ours is behind: then what is left is decided. Here ours
// is in the year 2000.
func TestExpiryByTheDatabasesClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		owner, kim := s.actor("owner"), s.actor("kim")
		doc := s.document(owner)
		expires := int64(storage.At(time.Now().Add(time.Hour)))
		s.grant(owner, doc, authz.Right{To: to(kim), Role: authz.Admin, ExpiresAt: expires})
		if view, err := s.Show(t.Context(), kim, doc); err != nil || view.Standing.Role != authz.Admin {
			t.Fatalf("kim is %v, %v by our clock", view.Standing.Role, err)
		}
		for _, c := range []struct {
			left authz.Role
			want error
		}{
			{authz.None, storage.ErrNoDocument},
			{authz.Viewer, &Forbidden{authz.Rename, authz.Viewer, authz.Editor}},
			{authz.Editor, nil},
		} {
			if c.left != authz.None {
				s.grant(owner, doc, authz.Right{To: authz.Principal{Kind: authz.ToEveryone}, Role: c.left})
			}
			if _, err := s.Rename(t.Context(), kim, doc, c.left.String()); !same(err, c.want) {
				t.Errorf("left as %v: %v, want %v", c.left, err, c.want)
			}
			if got := s.title(owner, doc) == c.left.String(); got != (c.want == nil) {
				t.Errorf("left as %v: renamed is %v", c.left, got)
			}
		}
		s.store.Close()
	})
}

// When the database does not say whether it committed, the command finds out, and everyone is told to look.
func TestUnknownOutcomes(t *testing.T) {
	s := newScene(t)
	owner, kim := s.actor("owner"), s.actor("kim")
	doc := s.document(owner)
	lost := 0
	s.store.after = func() error {
		if lost++; lost%2 == 1 {
			return fmt.Errorf("connection lost: %w", storage.ErrUnknown)
		}
		return nil
	}
	commands := []struct {
		name string
		run  func() error
		told bus.Event
	}{
		{"create", func() error { _, err := s.Create(context.Background(), owner, "x"); return err }, nil},
		{"rename", func() error { _, err := s.Rename(context.Background(), owner, doc, "y"); return err }, bus.DocumentChanged{Doc: doc}},
		{"grant", func() error {
			_, err := s.Grant(context.Background(), owner, doc, authz.Right{To: to(kim), Role: authz.Editor})
			return err
		}, bus.AccessChanged{Doc: doc, By: owner.User, Name: owner.Name}},
		{"revoke", func() error { _, err := s.Revoke(context.Background(), owner, doc, to(kim)); return err }, bus.AccessChanged{Doc: doc, By: owner.User, Name: owner.Name}},
		{"delete", func() error { return s.Delete(context.Background(), owner, doc) }, bus.AccessChanged{Doc: doc, By: owner.User, Name: owner.Name}},
	}
	for _, c := range commands {
		s.told = nil
		lost = 0
		if err := c.run(); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if c.told != nil && (len(s.told) == 0 || s.told[0] != c.told) {
			t.Errorf("%s: told %v, want %v", c.name, s.told, c.told)
		}
	}
	if listed, err := s.List(t.Context(), owner, storage.Page{Limit: 10}); err != nil || len(listed) != 1 || listed[0].Title != "x" {
		t.Errorf("listed %+v, %v: want the one that was created, once", listed, err)
	}

	s.store.after = func() error { return storage.ErrUnknown } // for good
	if _, err := s.Create(t.Context(), owner, "z"); !errors.Is(err, storage.ErrUnknown) {
		t.Errorf("create: %v, want ErrUnknown", err)
	}
}

// Once Revoke has returned, no write of the one it was taken from lands any more, however many were on their way.
func TestNoWriteAfterRevoke(t *testing.T) {
	s := newScene(t)
	direct := New(s.store.Store, &bus.Bus{})
	owner, kim := s.actor("owner"), s.actor("kim")
	for round := range 10 {
		doc := s.document(owner)
		s.grant(owner, doc, authz.Right{To: to(kim), Role: authz.Editor})
		const writers, warm = 4, 3
		var writing, all sync.WaitGroup
		writing.Add(writers * warm)
		for writer := range writers {
			all.Go(func() {
				for i := 0; ; i++ {
					_, err := direct.Rename(context.Background(), kim, doc, fmt.Sprint(writer, "/", i))
					if err != nil {
						if !errors.Is(err, storage.ErrNoDocument) || i < warm {
							t.Errorf("write %d: refused with %v", i, err)
						}
						writing.Add(min(0, i-warm))
						return
					}
					if i < warm {
						writing.Done()
					}
				}
			})
		}
		writing.Wait()
		if _, err := direct.Revoke(t.Context(), owner, doc, to(kim)); err != nil {
			t.Fatal(err)
		}
		after := s.title(owner, doc)
		all.Wait()
		if got := s.title(owner, doc); got != after {
			t.Errorf("round %d: after the revocation, %q became %q", round, after, got)
		}
	}
}
