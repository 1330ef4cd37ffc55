package document

import (
	"context"
	"errors"
	"testing"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// noticing counts what is asked of the audit, and may lose it.
type noticing struct {
	storage.Store
	asked int
	err   error
}

func (n *noticing) Notice(ctx context.Context, chain id.Doc, by storage.By, action storage.Action, target string) (bool, error) {
	n.asked++
	if n.err != nil {
		return false, n.err
	}
	return n.Store.Notice(ctx, chain, by, action, target)
}

// The first refusal of a kind is written down with who was refused, by what and from where; a flood of them asks nothing more of the
// database, and who goes away at once is written down all the same. Who may not know of the document leaves nothing in its chain.
func TestDenialsAreWrittenDownOnce(t *testing.T) {
	s := newScene(t)
	counted := &noticing{Store: s.store}
	s.Service.store = counted
	owner, viewer, stranger := s.actor("owner"), s.actor("viewer"), s.actor("stranger")
	doc := s.document(owner)
	ctx := context.Background()
	if _, err := s.Grant(ctx, owner, doc, authz.Right{To: to(viewer), Role: authz.Viewer}); err != nil {
		t.Fatal(err)
	}
	viewer.Note = storage.Note{From: "192.0.2.7", Request: "r-1"}
	denied := func(who storage.Actor, chain id.Doc) []storage.Audited {
		t.Helper()
		rows, err := s.store.Audit(ctx, storage.AuditFilter{Chain: chain, Actor: who.User, Action: storage.AuditDenied}, storage.AuditPage{Limit: 100})
		if err != nil {
			t.Fatal(err)
		}
		return rows
	}

	counted.err = storage.ErrUnavailable
	if _, err := s.Rename(ctx, viewer, doc, "x"); !isForbidden(err) {
		t.Errorf("while the audit cannot be written: %v", err)
	}
	counted.err, counted.asked = nil, 0
	for range 100 {
		if err := s.Lock(ctx, viewer, doc); !isForbidden(err) {
			t.Fatal(err)
		}
		if _, err := s.Rename(ctx, viewer, doc, "x"); !isForbidden(err) {
			t.Fatal(err)
		}
	}
	if rows := denied(viewer, doc); len(rows) != 2 || counted.asked != 2 || rows[0].Target != "rename" || rows[1].Target != "lock" ||
		rows[0].From != "192.0.2.7" || rows[0].Request != "r-1" || rows[0].Credential != viewer.Credential {
		t.Errorf("after 200 refusals the audit was asked %d times, and holds %+v", counted.asked, rows)
	}

	left, leave := context.WithCancel(ctx)
	leave()
	if err := s.NoteDenied(left, viewer, doc, authz.Delete); err != nil || len(denied(viewer, doc)) != 3 {
		t.Errorf("of who has left the audit holds %+v, %v", denied(viewer, doc), err)
	}

	if err := s.Lock(ctx, stranger, doc); !errors.Is(err, storage.ErrNoDocument) {
		t.Errorf("a stranger: %v", err)
	}
	if _, err := s.NewGroup(ctx, stranger, "mine"); !isForbidden(err) {
		t.Errorf("a stranger's group: %v", err)
	}
	if n, m := len(denied(stranger, doc)), len(denied(stranger, storage.Instance)); n != 0 || m != 1 {
		t.Errorf("of the stranger the document's chain holds %d refusals, the instance's %d", n, m)
	}
}

func isForbidden(err error) bool {
	_, ok := errors.AsType[*Forbidden](err)
	return ok
}
