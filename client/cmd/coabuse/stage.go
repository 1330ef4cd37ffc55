package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"sync"
	"time"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/client"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage/id"
)

// stage is the server, and what attackers have there.
type stage struct {
	config
	base           *url.URL
	editor, viewer *client.Client // act in good faith, to prepare and to look
	users          [2]id.User     // theirs
	target         id.Doc         // the editor's, who lets the viewer look; attackers try to change it
	shared         id.Doc         // the viewer's, who types in it and lets the editor write; floods go here
	hidden         id.Doc         // the editor's, and nobody else's
	addresses      addresses
	echoes         echoes

	mu   sync.Mutex
	made map[id.Doc]*client.Client // to be deleted afterwards, and by whom; guarded by mu
}

// Bounds of one step. Slack stretches them.
const (
	patience   = 20 * time.Second // for an answer in good faith
	closeTime  = time.Second      // for an offender to be closed
	settleTime = time.Second      // for a place to be free again
)

// newStage signs in and makes the documents.
func newStage(ctx context.Context, c config) (*stage, error) {
	s := &stage{config: c, made: map[id.Doc]*client.Client{}}
	var err error
	if s.base, err = url.Parse(c.URL); err != nil {
		return nil, err
	}
	s.addresses.begin(s.base.Hostname())
	for i, who := range []struct {
		is    **client.Client
		token string
	}{{&s.editor, c.EditorToken}, {&s.viewer, c.ViewerToken}} {
		if *who.is, err = client.New(c.URL, client.WithToken(who.token)); err != nil {
			return nil, err
		}
		user, err := (*who.is).Me(ctx)
		if err != nil {
			return nil, fmt.Errorf("who the tokens belong to: %w", err)
		}
		s.users[i] = user.ID
	}
	if s.users[0] == s.users[1] {
		return nil, errors.New("the tokens belong to one user: two are needed")
	}
	if s.target, err = s.newDocument(ctx, s.editor); err == nil {
		err = s.editor.Grant(ctx, s.target, client.ToUser(s.users[1]), wire.PutGrant{Role: authz.Viewer})
	}
	if err == nil {
		s.shared, err = s.newDocument(ctx, s.viewer)
	}
	if err == nil {
		err = s.viewer.Grant(ctx, s.shared, client.ToUser(s.users[0]), wire.PutGrant{Role: authz.Editor})
	}
	if err == nil {
		s.hidden, err = s.newDocument(ctx, s.editor)
	}
	if err != nil {
		s.clear()
		return nil, fmt.Errorf("prepare documents, for which the tokens need all scopes: %w", err)
	}
	return s, nil
}

// newDocument makes a document that is deleted afterwards.
func (s *stage) newDocument(ctx context.Context, owner *client.Client) (id.Doc, error) {
	made, err := owner.CreateDocument(ctx, "coabuse")
	if err == nil {
		s.mu.Lock()
		s.made[made.ID] = owner
		s.mu.Unlock()
	}
	return made.ID, err
}

// clear deletes what was made.
func (s *stage) clear() {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for doc, owner := range s.made {
		_ = owner.Delete(ctx, doc) // best effort: an operator sees what is left in the list of documents
	}
	s.editor.CloseIdle()
	s.viewer.CloseIdle()
}

// stretch is a time as this machine may take it.
func (s *stage) stretch(d time.Duration) time.Duration { return time.Duration(float64(d) * s.Slack) }

// state is all of a document that an attack could have changed.
func (s *stage) state(ctx context.Context, doc id.Doc) (string, error) {
	content, err := s.editor.Content(ctx, doc)
	if err != nil {
		return "", err
	}
	about, err := s.editor.Document(ctx, doc)
	if err != nil {
		return "", err
	}
	grants, err := s.editor.Grants(ctx, doc)
	if err != nil {
		return "", err
	}
	rights, err := json.Marshal(grants)
	return fmt.Sprintf("%q at %d.%d, locked %t, granted %s: %s", about.Title, content.Epoch, content.Rev, about.Locked,
		rights, content.Content.AppendJSON(nil)), err
}

// untouched runs an attack that must not change the target, and checks that it did not.
func (s *stage) untouched(ctx context.Context, t *tally, run func()) {
	before, err := s.state(ctx, s.target)
	if !t.must(err, "look at the document") {
		return
	}
	run()
	after, err := s.state(ctx, s.target)
	if t.must(err, "look at the document") {
		t.hold(before == after, "document unchanged", "the document was %.300s and is %.300s", before, after)
	}
}
