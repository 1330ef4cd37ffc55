package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/client"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage/id"
)

var rightAttacks = []attack{
	{rows: "19", name: "a viewer who does not stop writing", run: stubborn},
	{rows: "21", name: "a seat whose right is taken away", run: revoked},
}

func stubborn(ctx context.Context, s *stage, t *tally) {
	s.untouched(ctx, t, func() {
		seat, err := s.viewerSits(ctx, s.target)
		if !t.must(err, "sit") {
			return
		}
		defer seat.Close()
		for range 60 {
			got := seat.submit(id.New[id.Edit](), `{"ops":[{"insert":"`+marker+`"}]}`)
			if t.expect("a viewer's edit", got, "rejected forbidden", "rejected slow_down", "closed 4029"); !strings.HasPrefix(got, "rejected ") {
				break
			}
		}
		t.hold(t.count("closed 4029") == 1, "closed", "who did not stop was not closed")
	})
}

// revoked takes a right away from somebody who sits, and writes: nothing of that may arrive.
func revoked(ctx context.Context, s *stage, t *tally) {
	doc, err := s.newDocument(ctx, s.editor)
	if err == nil {
		err = s.editor.Grant(ctx, doc, client.ToUser(s.users[1]), wire.PutGrant{Role: authz.Editor})
	}
	if !t.must(err, "make a document") {
		return
	}
	seat, err := s.viewerSits(ctx, doc)
	if !t.must(err, "sit") {
		return
	}
	defer seat.Close()
	if !t.must(s.editor.Revoke(ctx, doc, client.ToUser(s.users[1])), "revoke") {
		return
	}
	began := time.Now()
	seat.put(text(fmt.Sprintf(`{"type":"submit","seq":1,"id":"%s","base":0,"delta":{"ops":[{"insert":"%s"}]}}`, id.New[id.Edit](), marker)))
	late := s.writing(doc, `{"insert":"secret"}`)
	t.expect("another writes", s.ask(ctx, late).String(), "200", "201")
	for {
		op, payload, err := seat.next(time.Now().Add(patience))
		if err != nil || op == opClose {
			fate := "cut"
			if err == nil {
				fate = closing(payload)
			}
			t.expect("the seat", fate, "closed 4503")
			break
		}
		t.hold(!strings.Contains(string(payload), "secret"), "nothing shown", "content was shown after the right was taken: %s", payload)
	}
	t.lasted(time.Since(began))
	t.hold(time.Since(began) <= s.stretch(closeTime), "soon", "the seat was closed after %v", time.Since(began))
	t.expect("the document", s.ask(ctx, request{method: "GET", path: of(doc, "/content"), token: s.ViewerToken}).String(), "404 not_found")
	s.holds(ctx, t, doc, 1, "secret\n")
}
