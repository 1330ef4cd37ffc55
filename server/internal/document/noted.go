package document

import (
	"context"
	"sync"
	"time"

	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// NoteOpening writes into the audit that the actor opens a document, which they may: the first time in a day.
func (s *Service) NoteOpening(ctx context.Context, actor storage.Actor, doc id.Doc) {
	_ = s.note(ctx, actor, doc, storage.AuditOpen, "") // a database that cannot be written keeps nobody from reading
}

// note writes down what changes nothing: the first time in a day. Who goes away at once is written down all the same.
func (s *Service) note(ctx context.Context, actor storage.Actor, chain id.Doc, action storage.Action, target string) error {
	this := notice{chain, actor.User, action, target}
	if !s.notices.first(this, time.Now()) {
		return nil
	}
	_, err := s.store.Notice(context.WithoutCancel(ctx), chain, by(actor), action, target)
	if err != nil {
		s.notices.forget(this)
	}
	return err
}

// notice is what is written down once a day.
type notice struct {
	chain  id.Doc
	user   id.User
	action storage.Action
	target string
}

// notices remembers those of a day, so that a flood of them asks nothing of the database. What it forgot, the database knows.
type notices struct {
	mu    sync.Mutex
	day   int64               // since 1970; guarded by mu
	known map[notice]struct{} // guarded by mu
}

// maxNotices are remembered at a time.
const maxNotices = 20_000

func (n *notices) first(this notice, now time.Time) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if today := now.Unix() / (24 * 60 * 60); today != n.day || len(n.known) >= maxNotices {
		n.day, n.known = today, map[notice]struct{}{}
	}
	if _, known := n.known[this]; known {
		return false
	}
	n.known[this] = struct{}{}
	return true
}

func (n *notices) forget(this notice) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.known, this)
}
