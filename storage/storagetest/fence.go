package storagetest

import (
	"errors"
	"testing"
	"time"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// grant is the role of editor for a user.
func (w *world) grant(to storage.User) storage.Grant {
	return storage.Grant{Right: authz.Right{To: toUser(to.ID), Role: authz.Editor}, GrantedBy: w.actor.User, GrantedAt: w.now}
}

// fences are the ways in which a right ends besides the access list. Each takes a fence that holds and breaks it.
var fences = []struct {
	name string
	end  func(w *world, f *storage.Fence)
}{
	{"Suspended", func(w *world, f *storage.Fence) { w.suspend(f.User) }},
	{"UnknownUser", func(w *world, f *storage.Fence) { f.User = id.New[id.User]() }},
	{"SessionEnded", func(w *world, f *storage.Fence) {
		session := w.session(f.User)
		f.Credential.ID = session.ID
		_, err := w.Store.EndSession(w.Context(), session.Hash, w.now, storage.Note{})
		w.ok(err)
	}},
	{"SessionExpired", func(w *world, f *storage.Fence) {
		w.behind("UPDATE sessions SET expires_at = $1 WHERE id = $2", int64(w.now), w.Key(f.Credential.ID))
	}},
	{"SessionUnknown", func(_ *world, f *storage.Fence) { f.Credential.ID = id.New[id.Credential]() }},
	{"SessionOfAnother", func(w *world, f *storage.Fence) { f.Credential.ID = w.session(w.user("Eve").ID).ID }},
	{"SessionBeforeSignIn", func(w *world, f *storage.Fence) { f.Credential.ID = w.session(id.User{}).ID }},
	{"PasswordChanged", func(w *world, f *storage.Fence) {
		w.ok(w.Store.SetPassword(w.Context(), f.User, "new", storage.By{}, w.now))
	}},
	{"TokenRevoked", func(w *world, f *storage.Fence) {
		token := w.token(f.User)
		f.Credential = storage.Credential{Kind: storage.ByToken, ID: token.ID}
		w.ok(w.Store.RevokeToken(w.Context(), f.User, token.ID, w.now, storage.By{}))
	}},
	{"TokenExpired", func(w *world, f *storage.Fence) {
		token := w.token(f.User)
		f.Credential = storage.Credential{Kind: storage.ByToken, ID: token.ID}
		w.behind("UPDATE tokens SET expires_at = $1 WHERE id = $2", int64(w.now), w.Key(token.ID))
	}},
	{"TokenOfAnother", func(w *world, f *storage.Fence) {
		f.Credential = storage.Credential{Kind: storage.ByToken, ID: w.token(w.user("Eve").ID).ID}
	}},
	{"TokenIsNoSession", func(_ *world, f *storage.Fence) { f.Credential.Kind = storage.ByToken }},
	{"RightExpired", func(_ *world, f *storage.Fence) { f.ValidUntil = storage.At(time.Now()) }},
}

// testAccountFence: what lasts longer than the credential that makes it is made only while that is live.
func testAccountFence(t *testing.T, open func(t *testing.T) Opened) {
	w := newWorld(t, open(t))
	for _, broken := range fences {
		t.Run("Refuses"+broken.name, func(t *testing.T) {
			w := w.in(t)
			user := w.user("Dan")
			by := fence(w.signIn(user))
			stood := storage.Token{ID: id.New[id.Credential](), Hash: hash(), User: user.ID, CreatedAt: w.now}
			given := w.invitation()
			w.ok(w.Store.PutToken(w.Context(), stood, storage.By{Fence: &by}))
			w.ok(w.Store.PutInvitation(w.Context(), given, storage.By{Fence: &by}))
			w.ok(w.Store.SetPassword(w.Context(), user.ID, "before", storage.By{Fence: &by}, w.now))
			held := by
			broken.end(w, &by)
			if broken.name == "PasswordChanged" {
				w.behind("UPDATE users SET password_hash = 'before' WHERE id = $1", w.Key(user.ID))
			}

			late := storage.Token{ID: id.New[id.Credential](), Hash: hash(), User: user.ID, CreatedAt: w.now}
			w.refused(w.Store.PutToken(w.Context(), late, storage.By{Fence: &by}), storage.ErrFence)
			_, err := w.Store.Token(w.Context(), late.Hash, w.now)
			w.refused(err, storage.ErrNoCredential)
			invitation := w.invitation()
			w.refused(w.Store.PutInvitation(w.Context(), invitation, storage.By{Fence: &by}), storage.ErrFence)
			_, err = w.Store.Invitation(w.Context(), invitation.Hash, w.now)
			w.refused(err, storage.ErrNoInvitation)
			w.refused(w.Store.SetPassword(w.Context(), user.ID, "after", storage.By{Fence: &by}, w.now), storage.ErrFence)
			got, err := w.Store.User(w.Context(), user.ID)
			w.ok(err)
			same(w, got.PasswordHash, "before")

			// What had landed before is a success when it is made again.
			w.ok(w.Store.PutToken(w.Context(), stood, storage.By{Fence: &held}))
			w.ok(w.Store.PutInvitation(w.Context(), given, storage.By{Fence: &by}))
			w.ok(w.Store.SetPassword(w.Context(), user.ID, "before", storage.By{Fence: &by}, w.now))
		})
	}
}

func testAppendFence(t *testing.T, open func(t *testing.T) Opened) {
	w := newWorld(t, open(t))

	t.Run("AdmitsTokensAndRightsThatEndLater", func(t *testing.T) {
		w := w.in(t)
		token := w.token(w.actor.User)
		doc := w.document(w.actor)
		for edits := 1; edits <= 2; edits++ {
			b := batch(w.actor, w.access(doc.ID).Document, edits)
			b.Fences[0].Credential = storage.Credential{Kind: storage.ByToken, ID: token.ID}
			b.Fences[0].ValidUntil = w.now + hour
			w.ok(w.append(b)[0])
		}
	})

	for _, fence := range fences {
		t.Run("Refuses"+fence.name, func(t *testing.T) {
			for edits := 1; edits <= 2; edits++ {
				w := w.in(t)
				w.actor = w.signIn(w.user("Dan"))
				doc := w.document(w.actor)
				b := batch(w.actor, doc, edits)
				fence.end(w, &b.Fences[0])
				for i := range b.Revisions {
					b.Revisions[i].Author = b.Fences[0].User
				}
				err := w.append(b)[0]
				w.refused(err, storage.ErrFence)
				var ended *storage.FenceError
				if !errors.As(err, &ended) {
					t.Fatalf("got %T, want a *storage.FenceError", err)
				}
				same(w, ended.Ended, b.Fences)
				same(w, len(w.log(doc.ID)), 0)
			}
		})
	}

	t.Run("NamesOnlyThoseThatEnded", func(t *testing.T) {
		w := w.in(t)
		people := []storage.Actor{w.signIn(w.user("A")), w.signIn(w.user("B")), w.signIn(w.user("C")), w.signIn(w.user("D"))}
		b := batch(people[0], w.document(w.actor), 4)
		b.Fences = nil
		for i, actor := range people {
			b.Revisions[i].Author = actor.User
			b.Fences = append(b.Fences, fence(actor))
		}
		w.suspend(people[1].User)
		b.Fences[3].ValidUntil = w.now
		var ended *storage.FenceError
		if !errors.As(w.append(b)[0], &ended) {
			t.Fatal("want a *storage.FenceError")
		}
		same(w, ended.Ended, []storage.Fence{b.Fences[1], b.Fences[3]})
	})
}
