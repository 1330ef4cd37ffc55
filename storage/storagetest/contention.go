package storagetest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// testContention does everything at once to few rows: calls may be refused, by the errors that they name, but none fails, waits
// for ever, or is lost.
func testContention(t *testing.T, open func(t *testing.T) Opened) {
	w := newWorld(t, open(t))
	const rounds = 30
	ctx := context.Background()
	var people []storage.Actor
	var sessions []storage.Session
	var tokens []storage.Token
	for range 3 {
		user := w.user("P")
		session := w.session(user.ID)
		session.LivesUntil = w.now + 12*hour
		w.ok(w.Store.PutSession(ctx, session, storage.Note{}))
		people = append(people, storage.Actor{User: user.ID, Credential: storage.Credential{Kind: storage.BySession, ID: session.ID}})
		sessions, tokens = append(sessions, session), append(tokens, w.token(user.ID))
	}
	var docs []id.Doc
	for range 3 {
		docs = append(docs, w.document(w.actor).ID)
	}
	group, suspended := w.group(), w.user("S").ID
	guard := func(doc id.Doc) storage.Guard {
		access, err := w.Store.Access(ctx, doc)
		if err != nil {
			w.Error(err)
		}
		return storage.Guard{AccessVersion: access.Document.AccessVersion, Fence: fence(w.actor)}
	}

	var clock, appended atomic.Int64
	work := []func(random *rand.Rand) error{
		func(random *rand.Rand) error { // an append to all documents by all people, both ways signed in
			var batches []storage.Batch
			for _, i := range random.Perm(len(docs)) {
				access, err := w.Store.Access(ctx, docs[i])
				if err != nil {
					return err
				}
				b := batch(people[0], access.Document, len(people))
				b.Fences = nil
				for _, j := range random.Perm(len(people)) {
					b.Revisions[j].Author = people[j].User
					by := fence(people[j])
					if random.IntN(2) == 0 {
						by.Credential = storage.Credential{Kind: storage.ByToken, ID: tokens[j].ID}
					}
					b.Fences = append(b.Fences, by)
				}
				batches = append(batches, b)
			}
			outcomes, err := w.Store.Append(ctx, batches)
			for i, outcome := range outcomes {
				if outcome == nil {
					appended.Add(int64(len(batches[i].Revisions)))
				} else if !errors.Is(outcome, storage.ErrHeadMoved) && !errors.Is(outcome, storage.ErrAccessMoved) {
					err = errors.Join(err, outcome)
				}
			}
			return err
		},
		func(random *rand.Rand) error {
			session := sessions[random.IntN(len(sessions))]
			session.ExpiresAt += storage.Micros(clock.Add(1))
			return w.Store.PutSession(ctx, session, storage.Note{})
		},
		func(random *rand.Rand) error {
			return w.Store.ProlongSession(ctx, sessions[random.IntN(len(sessions))].ID, w.now+hour+storage.Micros(clock.Add(1)), w.now)
		},
		func(random *rand.Rand) error {
			return w.Store.TouchToken(ctx, tokens[random.IntN(len(tokens))].ID, w.now+60*second*storage.Micros(clock.Add(1)))
		},
		func(random *rand.Rand) error {
			i := random.IntN(len(people))
			by := fence(people[i])
			return w.Store.SetPassword(ctx, people[i].User, fmt.Sprint("new ", clock.Add(1)), storage.By{Fence: &by}, w.now)
		},
		func(random *rand.Rand) error {
			actor := people[random.IntN(len(people))]
			if err := w.Store.PutTicket(ctx, w.ticket(actor), w.now, 1000); err != nil {
				return err
			}
			return w.Store.Live(ctx, fence(actor))
		},
		func(random *rand.Rand) error {
			doc := docs[random.IntN(len(docs))]
			grant := storage.Grant{GrantedBy: w.actor.User, GrantedAt: storage.Micros(clock.Add(1))}
			grant.To, grant.Role = toUser(people[random.IntN(len(people))].User), 2
			_, err := w.Store.PutGrant(ctx, doc, grant, guard(doc))
			return except(err, storage.ErrAccessMoved)
		},
		func(random *rand.Rand) error {
			doc := docs[random.IntN(len(docs))]
			return except(w.Store.Rename(ctx, doc, "New", storage.Micros(clock.Add(1)), guard(doc)), storage.ErrAccessMoved)
		},
		func(*rand.Rand) error { return w.Store.Expire(ctx, w.now) },
		func(random *rand.Rand) error { // in a group that some of the documents are granted to
			user := people[random.IntN(len(people))].User
			if _, err := w.Store.DropMember(ctx, group.ID, user, by(w.actor)); err != nil {
				return err
			}
			_, err := w.Store.AddMember(ctx, group.ID, user, w.now, by(w.actor))
			return err
		},
		func(random *rand.Rand) error {
			doc := docs[random.IntN(len(docs))]
			grant := storage.Grant{GrantedBy: w.actor.User, GrantedAt: storage.Micros(clock.Add(1))}
			grant.To, grant.Role = toGroup(group.ID), authz.Viewer
			_, err := w.Store.PutGrant(ctx, doc, grant, guard(doc))
			return except(err, storage.ErrAccessMoved)
		},
		func(random *rand.Rand) error { // comes by a link that comes and goes
			doc := docs[random.IntN(len(docs))]
			link, grant := w.newLink(doc, authz.Viewer)
			if _, err := w.Store.PutLink(ctx, link, grant, guard(doc)); err != nil {
				return except(err, storage.ErrAccessMoved)
			}
			actor := people[random.IntN(len(people))]
			if _, err := w.Store.EnterLink(ctx, link.Hash, storage.User{ID: actor.User}, w.now, by(actor)); err != nil {
				return err
			}
			_, err := w.Store.DropGrant(ctx, doc, link.To(), guard(doc))
			return except(err, storage.ErrAccessMoved)
		},
		func(random *rand.Rand) error {
			actor := people[random.IntN(len(people))]
			return w.Store.PutRequest(ctx, w.request(docs[random.IntN(len(docs))], actor), by(actor))
		},
		func(random *rand.Rand) error {
			doc := docs[random.IntN(len(docs))]
			_, err := w.Store.OfferDocument(ctx, doc, people[random.IntN(len(people))].User, guard(doc))
			return except(err, storage.ErrAccessMoved)
		},
		func(random *rand.Rand) error { // somebody else is suspended, by one of those who write
			if err := w.Store.SuspendUser(ctx, suspended, storage.Micros(clock.Add(1)), by(people[random.IntN(len(people))])); err != nil {
				return err
			}
			return w.Store.ReinstateUser(ctx, suspended, by(people[random.IntN(len(people))]))
		},
		func(random *rand.Rand) error {
			doc := docs[random.IntN(len(docs))]
			loaded, err := w.Store.Load(ctx, doc)
			if err != nil {
				return err
			}
			return w.Store.PutSnapshot(ctx, doc, storage.Snapshot{Rev: loaded.Access.Document.Head, Content: []byte(blank)})
		},
	}
	var busy sync.WaitGroup
	for i, do := range append(work, work[0], work[0]) {
		random := rand.New(rand.NewPCG(uint64(i), 11))
		busy.Go(func() {
			for range rounds {
				if err := do(random); err != nil {
					w.Errorf("worker %d: %v", i, err)
					return
				}
			}
		})
	}
	busy.Wait()
	heads := ot.Rev(0)
	for _, doc := range docs {
		heads += w.access(doc).Document.Head
		same(w, ot.Rev(len(w.log(doc))), w.access(doc).Document.Head)
	}
	same(w, int64(heads), appended.Load())
}

// except drops an error that is to be expected.
func except(err, expected error) error {
	if errors.Is(err, expected) {
		return nil
	}
	return err
}
