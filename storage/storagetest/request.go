package storagetest

import (
	"testing"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// request is the actor's for the role of editor, not stored yet.
func (w *world) request(doc id.Doc, actor storage.Actor) storage.Request {
	return storage.Request{ID: id.New[id.Ask](), Doc: doc, User: actor.User, Role: authz.Editor, Message: "Please? 🙏", CreatedAt: w.now}
}

func (w *world) ask(doc id.Doc, actor storage.Actor) storage.Request {
	w.Helper()
	request := w.request(doc, actor)
	w.ok(w.Store.PutRequest(w.Context(), request, by(actor)))
	return request
}

func (w *world) requests(doc id.Doc) []storage.Request {
	w.Helper()
	list, err := w.Store.Requests(w.Context(), doc)
	w.ok(err)
	return list
}

func testRequests(t *testing.T, open func(t *testing.T) Opened) {
	w := newWorld(t, open(t))
	bob := w.signIn(w.user("Bob"))

	t.Run("OneOpenOfEachUser", func(t *testing.T) {
		w := w.in(t)
		doc := w.document(w.actor).ID
		first := w.ask(doc, bob)
		w.ok(w.Store.PutRequest(w.Context(), first, by(bob))) // again
		same(w, w.requests(doc), []storage.Request{first})
		eve := w.signIn(w.user("Eve"))
		second, other := w.request(doc, bob), w.request(doc, eve)
		second.CreatedAt, other.CreatedAt = w.now+1, w.now+2
		w.ok(w.Store.PutRequest(w.Context(), second, by(bob)))
		w.ok(w.Store.PutRequest(w.Context(), other, by(eve)))
		same(w, w.requests(doc), []storage.Request{second, other})
		w.suspend(eve.User)
		same(w, w.requests(doc), []storage.Request{second})
		same(w, w.version(doc), int64(1))
	})

	t.Run("SameAnswerForNoDocument", func(t *testing.T) {
		w := w.in(t)
		deleted := w.document(w.actor).ID
		w.ok(w.Store.DeleteDocument(w.Context(), deleted, w.now, w.guard(w.actor, deleted)))
		for _, doc := range []id.Doc{id.New[id.Doc](), deleted} {
			w.ask(doc, bob)
			same(w, len(w.requests(doc)), 0)
		}
	})

	t.Run("SameAnswerForOneTooMany", func(t *testing.T) {
		w := w.in(t)
		doc := w.document(w.actor).ID
		for range storage.DefaultBounds().Requests {
			w.ask(doc, w.signIn(w.user("Crowd")))
		}
		w.ask(doc, bob)
		same(w, len(w.requests(doc)), storage.DefaultBounds().Requests)
	})

	t.Run("ApprovedWithItsGrant", func(t *testing.T) {
		w := w.in(t)
		doc := w.document(w.actor).ID
		request := w.ask(doc, bob)
		grant := w.grant(storage.User{ID: bob.User})
		guard := w.guard(w.actor, doc)
		verdict := storage.Verdict{Outcome: storage.Approved, DecidedBy: w.actor.User, DecidedAt: w.now}
		for range 2 {
			version, err := w.Store.DecideRequest(w.Context(), doc, request.ID, verdict, &grant, guard)
			w.ok(err)
			same(w, version, int64(2))
		}
		same(w, w.access(doc).Grants, []storage.Grant{grant})
		same(w, len(w.requests(doc)), 0)
		request.Verdict = verdict
		got, err := w.Store.Request(w.Context(), doc, request.ID)
		w.ok(err)
		same(w, got, request)
		w.give(doc, everyone, authz.Viewer) // the call comes again after something else
		version, err := w.Store.DecideRequest(w.Context(), doc, request.ID, verdict, &grant, guard)
		w.ok(err)
		same(w, version, int64(3))
		verdict.Outcome = storage.Declined
		_, err = w.Store.DecideRequest(w.Context(), doc, request.ID, verdict, nil, w.guard(w.actor, doc))
		w.refused(err, storage.ErrNoRequest)
	})

	t.Run("DeclinedChangesNothing", func(t *testing.T) {
		w := w.in(t)
		doc := w.document(w.actor).ID
		request := w.ask(doc, bob)
		verdict := storage.Verdict{Outcome: storage.Declined, DecidedBy: w.actor.User, DecidedAt: w.now}
		guard := w.guard(w.actor, doc)
		for range 2 {
			version, err := w.Store.DecideRequest(w.Context(), doc, request.ID, verdict, nil, guard)
			w.ok(err)
			same(w, version, int64(1))
		}
		same(w, w.role(doc, bob), authz.None)
		same(w, len(w.requests(doc)), 0)
		same(w, w.ask(doc, bob), w.requests(doc)[0]) // and they may ask again
	})

	t.Run("NotDecided", func(t *testing.T) {
		w := w.in(t)
		doc, elsewhere := w.document(w.actor).ID, w.document(w.actor).ID
		request := w.ask(elsewhere, bob)
		grant := w.grant(storage.User{ID: bob.User})
		verdict := storage.Verdict{Outcome: storage.Approved, DecidedBy: w.actor.User, DecidedAt: w.now}
		_, err := w.Store.DecideRequest(w.Context(), doc, request.ID, verdict, &grant, w.guard(w.actor, doc))
		w.refused(err, storage.ErrNoRequest) // of another document
		_, err = w.Store.Request(w.Context(), doc, request.ID)
		w.refused(err, storage.ErrNoRequest)
		grant.To = toUser(id.New[id.User]())
		_, err = w.Store.DecideRequest(w.Context(), elsewhere, request.ID, verdict, &grant, w.guard(w.actor, elsewhere))
		w.refused(err, storage.ErrNoUser) // and then nothing is decided
		same(w, w.requests(elsewhere), []storage.Request{request})
		same(w, w.version(doc)+w.version(elsewhere), int64(2))
	})

	t.Run("GoneAfterAWhile", func(t *testing.T) {
		w := w.in(t)
		doc := w.document(w.actor).ID
		request := w.ask(doc, bob)
		w.ok(w.Store.Expire(w.Context(), w.now))
		same(w, w.requests(doc), []storage.Request{request})
		w.behind("UPDATE access_requests SET expires_at = expires_at - $1 WHERE document = $2", storage.RequestsLast.Microseconds()-1, w.Key(doc))
		w.ok(w.Store.Expire(w.Context(), w.now))
		same(w, len(w.requests(doc)), 1)
		w.ok(w.Store.Expire(w.Context(), w.now+1))
		same(w, len(w.requests(doc)), 0)
	})

	for _, broken := range fences {
		t.Run("NotAskedBy"+broken.name, func(t *testing.T) {
			w := w.in(t)
			doc := w.document(w.actor).ID
			who := fence(w.signIn(w.user("Dan")))
			user := who.User
			broken.end(w, &who)
			request := w.request(doc, storage.Actor{User: user})
			w.refused(w.Store.PutRequest(w.Context(), request, storage.By{Fence: &who}), storage.ErrFence)
			same(w, len(w.requests(doc)), 0)
		})
	}
}
