package storagetest

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// few are the bounds of testBounds. A group counts in the instance, and there is one to have members.
const few = 3

func testBounds(t *testing.T, open func(t *testing.T) Opened) {
	w := newWorld(t, open(t))
	w.Store.Bound(storage.Bounds{Sessions: few, Tokens: few, Documents: few, Groups: few, Members: few, Links: few, Entrants: 2 * few, Grants: 2 * few, Addresses: few, Requests: few, Notices: few, VisitorTime: time.Hour})
	ann, bob := w.signIn(w.user("Ann")), w.signIn(w.user("Bob"))

	// all makes one after another of something, each twice, and the first one too many is refused, then and when all come at once.
	all := func(t *testing.T, make func(w *world, i int) func() error) {
		w := w.in(t)
		for i := range few {
			put := make(w, i)
			w.ok(put())
			w.ok(put())
		}
		w.refused(make(w, few)(), storage.ErrFull)
	}
	t.Run("Tokens", func(t *testing.T) {
		first := storage.Token{ID: id.New[id.Credential](), Hash: hash(), User: ann.User, Name: "0", CreatedAt: w.now}
		all(t, func(w *world, i int) func() error {
			token := first
			if i > 0 {
				token = storage.Token{ID: id.New[id.Credential](), Hash: hash(), User: ann.User, Name: fmt.Sprint(i), CreatedAt: w.now}
			}
			return func() error { return w.Store.PutToken(w.Context(), token, by(ann)) }
		})
		w := w.in(t)
		w.ok(w.Store.RevokeToken(w.Context(), ann.User, first.ID, w.now, by(ann)))
		another := storage.Token{ID: id.New[id.Credential](), Hash: hash(), User: ann.User, Name: "another", CreatedAt: w.now + hour - 1}
		w.refused(w.Store.PutToken(w.Context(), another, by(ann)), storage.ErrFull) // who makes and revokes all day
		another.CreatedAt++
		w.ok(w.Store.PutToken(w.Context(), another, by(ann)))
	})
	t.Run("Sessions", func(t *testing.T) {
		w := w.in(t)
		cy := w.user("Cy")
		var began []storage.Session
		for i := range few + 1 {
			session := storage.Session{ID: id.New[id.Credential](), Hash: hash(), User: cy.ID, CreatedAt: w.now,
				ExpiresAt: w.now + hour + storage.Micros(i)*second, LivesUntil: w.now + 9*hour}
			began = append(began, session)
			if i == few { // the first was in use since
				w.ok(w.Store.ProlongSession(w.Context(), began[0].ID, w.now+2*hour, w.now))
			}
			w.ok(w.Store.PutSession(w.Context(), session, storage.Note{}))
			w.ok(w.Store.PutSession(w.Context(), session, storage.Note{}))
		}
		for i, session := range began {
			if _, err := w.Store.Session(w.Context(), session.Hash, w.now); (err == nil) != (i != 1) {
				t.Errorf("session %d: %v", i, err)
			}
		}
	})
	t.Run("Documents", func(t *testing.T) {
		all(t, func(w *world, _ int) func() error {
			doc := w.newDocument(ann)
			return func() error { return w.Store.CreateDocument(w.Context(), doc, by(ann)) }
		})
		w := w.in(t)
		own := w.listed(ann)[0]
		w.ok(w.Store.DeleteDocument(w.Context(), own, w.now, w.guard(ann, own)))
		w.refused(w.Store.CreateDocument(w.Context(), w.newDocument(ann), by(ann)), storage.ErrFull) // it is in the trash
		offered := w.document(bob).ID
		_, err := w.Store.OfferDocument(w.Context(), offered, ann.User, w.guard(bob, offered))
		w.ok(err)
		_, err = w.Store.TransferDocument(w.Context(), offered, storage.Transfer{To: ann.User, Offered: true, At: w.now}, w.guard(ann, offered))
		w.refused(err, storage.ErrFull)
		_, err = w.Store.TransferDocument(w.Context(), offered, storage.Transfer{To: ann.User, At: w.now}, w.guard(w.administrator(), offered))
		w.ok(err) // somebody has to have it
	})
	t.Run("DocumentsAtOnce", func(t *testing.T) {
		w := w.in(t)
		cy := w.signIn(w.user("Cy"))
		var wait sync.WaitGroup
		outcomes := make([]error, 3*few)
		for i := range outcomes {
			doc := w.newDocument(cy)
			wait.Go(func() { outcomes[i] = w.Store.CreateDocument(w.Context(), doc, by(cy)) })
		}
		wait.Wait()
		made := 0
		for _, err := range outcomes {
			if err == nil {
				made++
			} else if !errors.Is(err, storage.ErrFull) {
				t.Error(err)
			}
		}
		same(w, made, few)
	})
	t.Run("Groups", func(t *testing.T) {
		all(t, func(w *world, i int) func() error {
			group := storage.Group{ID: id.New[id.Group](), Name: fmt.Sprint("Group ", i), CreatedBy: ann.User, CreatedAt: w.now}
			return func() error { return w.Store.PutGroup(w.Context(), group, by(ann)) }
		})
	})
	t.Run("Members", func(t *testing.T) {
		w := w.in(t)
		groups, err := w.Store.Groups(w.Context(), "", 1)
		w.ok(err)
		all(t, func(w *world, i int) func() error {
			user := w.user("M").ID
			return func() error {
				_, err := w.Store.AddMember(w.Context(), groups[0].ID, user, w.now, by(ann))
				return err
			}
		})
	})
	t.Run("Grants", func(t *testing.T) {
		doc := w.in(t).document(bob).ID
		give := func(w *world, grant storage.Grant) func() error {
			return func() error {
				_, err := w.Store.PutGrant(w.Context(), doc, grant, w.guard(bob, doc))
				return err
			}
		}
		all(t, func(w *world, i int) func() error { return give(w, w.toAddress(fmt.Sprintf("%d@bounds.example", i))) })
		all(t, func(w *world, i int) func() error { return give(w, w.grant(w.user("G"))) })
		w := w.in(t)
		link, grant := w.newLink(doc, authz.Viewer)
		_, err := w.Store.PutLink(w.Context(), link, grant, w.guard(bob, doc))
		w.refused(err, storage.ErrFull)
		asked := w.ask(doc, ann)
		grant = w.grant(storage.User{ID: ann.User})
		_, err = w.Store.DecideRequest(w.Context(), doc, asked.ID, storage.Verdict{Outcome: storage.Approved, DecidedBy: bob.User, DecidedAt: w.now}, &grant, w.guard(bob, doc))
		w.refused(err, storage.ErrFull)
		standing := w.access(doc).Grants[0]
		standing.Role = authz.Admin
		w.ok(give(w, standing)())
	})
	t.Run("Links", func(t *testing.T) {
		doc := w.in(t).document(bob).ID
		all(t, func(w *world, i int) func() error {
			link, grant := w.newLink(doc, authz.Viewer)
			return func() error {
				_, err := w.Store.PutLink(w.Context(), link, grant, w.guard(bob, doc))
				return err
			}
		})
	})
	t.Run("Notices", func(t *testing.T) {
		w := w.in(t)
		for i := range few + 1 {
			written, err := w.Store.Notice(w.Context(), storage.Instance, by(ann), storage.AuditDenied, fmt.Sprint(i))
			w.ok(err)
			same(w, written, i < few-1) // the last says that there were more
		}
	})
	t.Run("Entrants", func(t *testing.T) {
		w := w.in(t)
		link := w.link(w.document(w.actor).ID, authz.Viewer)
		enter := func(user storage.User) error {
			_, err := w.Store.EnterLink(w.Context(), link.Hash, user, w.now, storage.By{})
			return err
		}
		var guests []storage.User
		for range 2*few + 1 {
			guests = append(guests, storage.User{ID: id.New[id.User](), Name: "Guest", Guest: true, CreatedAt: w.now})
		}
		for _, guest := range guests[:2*few] {
			w.ok(enter(guest))
		}
		w.ok(enter(guests[0]))
		w.refused(enter(guests[2*few]), storage.ErrFull)
		_, err := w.Store.User(w.Context(), guests[2*few].ID)
		w.refused(err, storage.ErrNoUser)
		w.behind("DELETE FROM members WHERE user_id = $1", w.Key(guests[0].ID)) // as forgetting them does
		w.ok(enter(guests[2*few]))
		w.behind("UPDATE users SET kept = $1 WHERE guest", true)
	})
	t.Run("AddressesForgotten", func(t *testing.T) {
		w := w.in(t)
		doc, before := w.document(w.actor).ID, w.count("addresses")
		for i := range 2 {
			grant := w.toAddress(fmt.Sprintf("forgotten%d@bounds.example", i))
			_, err := w.Store.PutGrant(w.Context(), doc, grant, w.guard(w.actor, doc))
			w.ok(err)
			if i == 0 {
				_, err = w.Store.DropGrant(w.Context(), doc, grant.To, w.guard(w.actor, doc))
				w.ok(err)
			}
		}
		same(w, w.count("addresses"), before+2)
		w.ok(w.Store.Expire(w.Context(), w.now))
		same(w, w.count("addresses"), before+1)
	})
	t.Run("Visitors", func(t *testing.T) {
		w := w.in(t)
		dan := w.signIn(w.user("Dan"))
		link := w.link(w.document(dan).ID, authz.Editor)
		come := func() (storage.User, storage.Session) {
			guest := storage.User{ID: id.New[id.User](), Name: "Guest", Guest: true, CreatedAt: w.now}
			_, err := w.Store.EnterLink(w.Context(), link.Hash, guest, w.now, storage.By{})
			w.ok(err)
			return guest, w.session(guest.ID)
		}
		reader, _ := come()
		writer, session := come()
		w.ok(w.Store.ProlongSession(w.Context(), session.ID, session.ExpiresAt, w.now))
		given, _ := come()
		doc := w.document(dan).ID
		_, err := w.Store.PutGrant(w.Context(), doc, w.grant(given), w.guard(dan, doc))
		w.ok(err)
		there := func(want ...bool) {
			for i, who := range []storage.User{reader, writer, given} {
				if _, err := w.Store.User(w.Context(), who.ID); (err == nil) != want[i] {
					t.Errorf("guest %d: %v, want there %v", i, err, want[i])
				}
			}
		}
		w.ok(w.Store.Expire(w.Context(), w.now+hour-1))
		there(true, true, true)
		for range 250 { // more than one transaction takes
			w.behind("INSERT INTO users (id, email, name, password_hash, instance_admin, created_at, suspended_at, guest, proven, kept)"+
				" SELECT $1, '', name, '', instance_admin, created_at, 0, guest, proven, kept FROM users WHERE id = $2", w.Key(id.New[id.User]()), w.Key(reader.ID))
		}
		before := w.count("users")
		w.ok(w.Store.Expire(w.Context(), w.now+hour))
		there(false, true, true)
		same(w, before-w.count("users"), 251)
		w.ok(w.Store.Expire(w.Context(), w.now+9*hour))
		there(false, true, true)
	})
}

// listed are the documents that somebody owns.
func (w *world) listed(actor storage.Actor) (docs []id.Doc) {
	w.Helper()
	list, err := w.Store.DocumentsOf(w.Context(), actor.User, w.now, storage.Page{Limit: 100})
	w.ok(err)
	for _, item := range list {
		docs = append(docs, item.Document.ID)
	}
	return docs
}
