package storagetest

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

func testSession(t *testing.T, open func(t *testing.T) Opened) {
	w := newWorld(t, open(t))

	t.Run("StoredAndUpdated", func(t *testing.T) {
		w := w.in(t)
		session := w.session(id.User{}) // before sign-in
		got, err := w.Store.Session(w.Context(), session.Hash, w.now)
		w.ok(err)
		same(w, got, session)
		session.User, session.Data, session.ExpiresAt = w.actor.User, []byte("more"), session.ExpiresAt+hour
		w.ok(w.Store.PutSession(w.Context(), session, storage.Note{}))
		got, err = w.Store.Session(w.Context(), session.Hash, w.now)
		w.ok(err)
		same(w, got, session)
	})

	t.Run("DeadWhenItExpires", func(t *testing.T) {
		w := w.in(t)
		session := w.session(w.actor.User)
		_, err := w.Store.Session(w.Context(), session.Hash, session.ExpiresAt-1)
		w.ok(err)
		_, err = w.Store.Session(w.Context(), session.Hash, session.ExpiresAt)
		w.refused(err, storage.ErrNoCredential)
		_, err = w.Store.Session(w.Context(), hash(), w.now)
		w.refused(err, storage.ErrNoCredential)
	})

	t.Run("EndedStaysEnded", func(t *testing.T) {
		w := w.in(t)
		session := w.session(w.actor.User)
		for range 2 { // the second is the same call again
			ended, err := w.Store.EndSession(w.Context(), session.Hash, w.now+1, storage.Note{})
			w.ok(err)
			same(w, ended, session.ID)
		}
		ended, err := w.Store.EndSession(w.Context(), session.Hash, w.now+2, storage.Note{})
		w.ok(err)
		same(w, ended, id.Credential{})
		_, err = w.Store.Session(w.Context(), session.Hash, w.now)
		w.refused(err, storage.ErrNoCredential)
		w.refused(w.Store.PutSession(w.Context(), session, storage.Note{}), storage.ErrNoCredential)
		_, err = w.Store.Session(w.Context(), session.Hash, w.now)
		w.refused(err, storage.ErrNoCredential)
	})

	t.Run("ExpiredAndEndedIsNotRevived", func(t *testing.T) {
		w := w.in(t)
		session := w.session(w.actor.User)
		ended, err := w.Store.EndSession(w.Context(), session.Hash, session.ExpiresAt, storage.Note{})
		w.ok(err)
		same(w, ended, id.Credential{})
		session.ExpiresAt += hour
		w.refused(w.Store.PutSession(w.Context(), session, storage.Note{}), storage.ErrNoCredential)
	})

	t.Run("Prolonged", func(t *testing.T) {
		w := w.in(t)
		for _, c := range []struct {
			name                  string
			livesUntil, ask, want storage.Micros // from now
		}{
			{"Later", 12 * hour, 3 * hour, 3 * hour},
			{"NotEarlier", 12 * hour, hour / 2, hour},
			{"NotBeyondItsEnd", 2 * hour, 3 * hour, 2 * hour},
			{"NotBeyondAnEndThatHasPassed", hour / 2, 3 * hour, hour},
			{"NotWithoutAnEnd", -w.now, 3 * hour, hour},
		} {
			session := w.session(w.actor.User)
			session.LivesUntil = w.now + c.livesUntil
			w.ok(w.Store.PutSession(w.Context(), session, storage.Note{}))
			for range 2 {
				w.ok(w.Store.ProlongSession(w.Context(), session.ID, w.now+c.ask, w.now))
			}
			got, err := w.Store.Session(w.Context(), session.Hash, w.now)
			w.ok(err)
			if session.ExpiresAt = w.now + c.want; got.ExpiresAt != session.ExpiresAt {
				w.Errorf("%s: expires after %d s, want %d s", c.name, (got.ExpiresAt-w.now)/second, c.want/second)
			}
			same(w, got, session) // and nothing else has changed
		}
	})

	t.Run("DeadIsNotProlonged", func(t *testing.T) {
		w := w.in(t)
		ended, expired := w.session(w.actor.User), w.session(w.actor.User)
		for _, session := range []storage.Session{ended, expired} {
			session.LivesUntil = w.now + 12*hour
			w.ok(w.Store.PutSession(w.Context(), session, storage.Note{}))
		}
		_, err := w.Store.EndSession(w.Context(), ended.Hash, w.now, storage.Note{})
		w.ok(err)
		w.refused(w.Store.ProlongSession(w.Context(), ended.ID, w.now+2*hour, w.now), storage.ErrNoCredential)
		w.refused(w.Store.ProlongSession(w.Context(), expired.ID, w.now+2*hour, expired.ExpiresAt), storage.ErrNoCredential)
		w.refused(w.Store.ProlongSession(w.Context(), id.New[id.Credential](), w.now+2*hour, w.now), storage.ErrNoCredential)
		for _, session := range []storage.Session{ended, expired} {
			_, err = w.Store.Session(w.Context(), session.Hash, session.ExpiresAt)
			w.refused(err, storage.ErrNoCredential)
		}
	})

	t.Run("EndOfNone", func(t *testing.T) {
		w := w.in(t)
		ended, err := w.Store.EndSession(w.Context(), hash(), w.now, storage.Note{})
		w.ok(err)
		same(w, ended, id.Credential{})
	})

	t.Run("LateWritesDoNotRevive", func(t *testing.T) {
		w := w.in(t)
		session := w.session(w.actor.User)
		var busy sync.WaitGroup
		for range 4 {
			busy.Go(func() {
				for range 10 {
					if err := w.Store.PutSession(w.Context(), session, storage.Note{}); err != nil && !errors.Is(err, storage.ErrNoCredential) {
						w.Error(err)
					}
				}
			})
		}
		_, err := w.Store.EndSession(w.Context(), session.Hash, w.now, storage.Note{})
		w.ok(err)
		busy.Wait()
		_, err = w.Store.Session(w.Context(), session.Hash, w.now)
		w.refused(err, storage.ErrNoCredential)
	})
}

func testToken(t *testing.T, open func(t *testing.T) Opened) {
	w := newWorld(t, open(t))

	t.Run("FoundAndListed", func(t *testing.T) {
		w := w.in(t)
		user := w.user("Tok").ID
		first := w.token(user)
		second := storage.Token{ID: id.New[id.Credential](), Hash: hash(), User: user, Name: "deploy", CreatedAt: w.now + 1, ExpiresAt: w.now + hour, LastUsedAt: w.now, Withheld: authz.ScopeAdmin}
		for range 2 {
			w.ok(w.Store.PutToken(w.Context(), second, storage.By{}))
		}
		got, err := w.Store.Token(w.Context(), second.Hash, w.now)
		w.ok(err)
		same(w, got, second)
		list, err := w.Store.Tokens(w.Context(), user)
		w.ok(err)
		same(w, list, []storage.Token{first, second})
		_, err = w.Store.Token(w.Context(), first.Hash, 1<<60) // has no end
		w.ok(err)
		_, err = w.Store.Token(w.Context(), second.Hash, second.ExpiresAt)
		w.refused(err, storage.ErrNoCredential)
		_, err = w.Store.Token(w.Context(), hash(), w.now)
		w.refused(err, storage.ErrNoCredential)
	})

	t.Run("RevokedByItsUserOnly", func(t *testing.T) {
		w := w.in(t)
		user := w.user("Tok").ID
		token := w.token(user)
		w.refused(w.Store.RevokeToken(w.Context(), w.actor.User, token.ID, w.now, storage.By{}), storage.ErrNoCredential)
		for range 2 {
			w.ok(w.Store.RevokeToken(w.Context(), user, token.ID, w.now, storage.By{}))
		}
		w.refused(w.Store.RevokeToken(w.Context(), user, token.ID, w.now+1, storage.By{}), storage.ErrNoCredential)
		_, err := w.Store.Token(w.Context(), token.Hash, w.now)
		w.refused(err, storage.ErrNoCredential)
		list, err := w.Store.Tokens(w.Context(), user)
		w.ok(err)
		same(w, len(list), 0)
		w.ok(w.Store.PutToken(w.Context(), token, storage.By{})) // the same call again does not revive it
		_, err = w.Store.Token(w.Context(), token.Hash, w.now)
		w.refused(err, storage.ErrNoCredential)
	})

	t.Run("UseIsKeptToTheMinute", func(t *testing.T) {
		w := w.in(t)
		token := w.token(w.actor.User)
		for _, use := range []struct{ at, want storage.Micros }{
			{w.now, w.now}, {w.now + 59*second, w.now}, {w.now + 60*second, w.now + 60*second}, {w.now, w.now + 60*second},
		} {
			w.ok(w.Store.TouchToken(w.Context(), token.ID, use.at))
			got, err := w.Store.Token(w.Context(), token.Hash, w.now)
			w.ok(err)
			same(w, got.LastUsedAt, use.want)
		}
		w.ok(w.Store.TouchToken(w.Context(), id.New[id.Credential](), w.now))
	})
}

func (w *world) ticket(actor storage.Actor) storage.Ticket {
	return storage.Ticket{Hash: hash(), Doc: w.doc.ID, User: actor.User, Credential: actor.Credential, Origin: "https://example.org", ExpiresAt: w.now + 30*second}
}

func testTicket(t *testing.T, open func(t *testing.T) Opened) {
	w := newWorld(t, open(t))

	t.Run("TakenOnce", func(t *testing.T) {
		w := w.in(t)
		ticket := w.ticket(w.actor)
		for range 2 {
			w.ok(w.Store.PutTicket(w.Context(), ticket, w.now, 9))
		}
		got, err := w.Store.TakeTicket(w.Context(), ticket.Hash, w.now)
		w.ok(err)
		same(w, got, ticket)
		_, err = w.Store.TakeTicket(w.Context(), ticket.Hash, w.now)
		w.refused(err, storage.ErrNoTicket)
		_, err = w.Store.TakeTicket(w.Context(), hash(), w.now)
		w.refused(err, storage.ErrNoTicket)
	})

	t.Run("DeadWhenItExpires", func(t *testing.T) {
		w := w.in(t)
		ticket := w.ticket(w.actor)
		w.ok(w.Store.PutTicket(w.Context(), ticket, w.now, 9))
		_, err := w.Store.TakeTicket(w.Context(), ticket.Hash, ticket.ExpiresAt)
		w.refused(err, storage.ErrNoTicket)
	})

	t.Run("RacedHasOneWinner", func(t *testing.T) {
		w := w.in(t)
		for range 10 { // in the first races there are few connections yet, to a store that makes them as it needs them
			ticket := w.ticket(w.actor)
			w.ok(w.Store.PutTicket(w.Context(), ticket, w.now, 99))
			var won, lost atomic.Int64
			together(20, func(int) {
				got, err := w.Store.TakeTicket(w.Context(), ticket.Hash, w.now)
				switch {
				case err == nil && got == ticket:
					won.Add(1)
				case errors.Is(err, storage.ErrNoTicket):
					lost.Add(1)
				default:
					w.Errorf("got %v, %v", got, err)
				}
			})
			same(w, fmt.Sprint(won.Load(), lost.Load()), "1 19")
		}
	})

	t.Run("BoundedPerCredential", func(t *testing.T) {
		for _, kind := range []storage.CredentialKind{storage.BySession, storage.ByToken} {
			w := w.in(t)
			actor := w.signIn(w.user("Max"))
			if kind == storage.ByToken {
				actor.Credential = storage.Credential{Kind: kind, ID: w.token(actor.User).ID}
			}
			var stored atomic.Int64
			together(20, func(int) {
				if err := w.Store.PutTicket(w.Context(), w.ticket(actor), w.now, 5); err == nil {
					stored.Add(1)
				} else if !errors.Is(err, storage.ErrTooMany) {
					w.Error(err)
				}
			})
			same(w, stored.Load(), 5)
			w.ok(w.Store.PutTicket(w.Context(), w.ticket(w.signIn(w.user("Other"))), w.now, 5))
			w.ok(w.Store.PutTicket(w.Context(), w.ticket(actor), w.now+30*second, 5)) // the others have expired
		}
	})
}

func testLive(t *testing.T, open func(t *testing.T) Opened) {
	w := newWorld(t, open(t))
	t.Run("Holds", func(t *testing.T) {
		w := w.in(t)
		held := fence(w.actor)
		w.ok(w.Store.Live(w.Context(), held))
		held.ValidUntil = w.now + hour
		w.ok(w.Store.Live(w.Context(), held))
		held.Credential = storage.Credential{Kind: storage.ByToken, ID: w.token(w.actor.User).ID}
		w.ok(w.Store.Live(w.Context(), held))
	})
	for _, c := range fences {
		t.Run("Not"+c.name, func(t *testing.T) {
			w := w.in(t)
			ended := fence(w.signIn(w.user("Uma")))
			c.end(w, &ended)
			var refusal *storage.FenceError
			if err := w.Store.Live(w.Context(), ended); !errors.As(err, &refusal) {
				t.Fatalf("got %v, want a *storage.FenceError", err)
			}
			same(w, refusal.Ended, []storage.Fence{ended})
			withToken := fence(w.actor)
			withToken.Credential = storage.Credential{Kind: storage.ByToken, ID: w.token(w.actor.User).ID}
			if err := w.Store.Live(w.Context(), fence(w.actor), ended, withToken); !errors.As(err, &refusal) {
				t.Fatalf("among others: got %v, want a *storage.FenceError", err)
			}
			same(w, refusal.Ended, []storage.Fence{ended})
		})
	}
	t.Run("Many", func(t *testing.T) {
		w := w.in(t)
		w.ok(w.Store.Live(w.Context()))
		withToken := fence(w.actor)
		withToken.Credential = storage.Credential{Kind: storage.ByToken, ID: w.token(w.actor.User).ID}
		w.ok(w.Store.Live(w.Context(), fence(w.actor), withToken, fence(w.actor)))
		all, unknown := []storage.Fence{withToken}, []storage.Fence(nil)
		for range 600 { // more than one statement takes
			fence := storage.Fence{User: w.actor.User, Credential: storage.Credential{Kind: storage.BySession, ID: id.New[id.Credential]()}}
			all, unknown = append(all, fence), append(unknown, fence)
		}
		var refusal *storage.FenceError
		if err := w.Store.Live(w.Context(), append(all, fence(w.actor))...); !errors.As(err, &refusal) {
			t.Fatalf("got %v, want a *storage.FenceError", err)
		}
		same(w, refusal.Ended, unknown)
	})
}

func testExpire(t *testing.T, open func(t *testing.T) Opened) {
	w := newWorld(t, open(t))
	actor := w.signIn(w.user("Ivy"))
	later := w.now + hour
	dead, live := w.ticket(actor), w.ticket(actor)
	live.ExpiresAt = later + 1
	for _, ticket := range []storage.Ticket{dead, live} {
		w.ok(w.Store.PutTicket(w.Context(), ticket, w.now, 9))
	}
	ended := w.session(w.actor.User)
	_, err := w.Store.EndSession(w.Context(), ended.Hash, w.now, storage.Note{})
	w.ok(err)
	kept := w.session(w.actor.User)
	kept.ExpiresAt = later + 1
	w.ok(w.Store.PutSession(w.Context(), kept, storage.Note{}))
	tombstone := w.session(w.actor.User)
	tombstone.ExpiresAt = later + 1
	w.ok(w.Store.PutSession(w.Context(), tombstone, storage.Note{}))
	_, err = w.Store.EndSession(w.Context(), tombstone.Hash, w.now, storage.Note{})
	w.ok(err)
	for range 600 { // more than one transaction takes
		w.behind("INSERT INTO tickets (hash, document, user_id, credential_kind, credential, origin, expires_at)"+
			" SELECT $1, document, user_id, credential_kind, credential, origin, 1 FROM tickets WHERE expires_at > 1 LIMIT 1", bytesOf(hash()))
	}
	invitations := []storage.Invitation{w.invitation(), w.invitation()}
	invitations[1].ExpiresAt = later + 1
	for _, invitation := range invitations {
		w.ok(w.Store.PutInvitation(w.Context(), invitation, storage.By{}))
	}

	for range 2 {
		w.ok(w.Store.Expire(w.Context(), later))
	}
	same(w, w.count("tickets"), 1)
	same(w, w.count("sessions"), 2)
	same(w, w.count("invitations"), 1)
	_, err = w.Store.Session(w.Context(), kept.Hash, later)
	w.ok(err)
	w.refused(w.Store.PutSession(w.Context(), tombstone, storage.Note{}), storage.ErrNoCredential)
	_, err = w.Store.TakeTicket(w.Context(), live.Hash, later)
	w.ok(err)
	_, err = w.Store.Invitation(w.Context(), invitations[1].Hash, later)
	w.ok(err)
}

func bytesOf(hash storage.Hash) []byte { return hash[:] }

func (w *world) count(table string) (n int) {
	w.Helper()
	w.ok(w.DB.QueryRowContext(w.Context(), "SELECT count(*) FROM "+table).Scan(&n))
	return n
}
