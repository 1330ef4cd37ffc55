package socket

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/server/internal/account"
	"github.com/coscribe/coscribe/server/internal/bus"
	"github.com/coscribe/coscribe/server/internal/document"
	"github.com/coscribe/coscribe/server/internal/room"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
	"github.com/coscribe/coscribe/storage/sqlite"
)

// house is a server with nothing faked: accounts, documents and rooms on a database file.
type house struct {
	*server
	store    storage.Store
	accounts *account.Service
	owner    storage.Actor
}

func newHouse(t *testing.T, change func(*Config)) *house {
	t.Helper()
	ctx := context.Background()
	store, err := sqlite.Open(ctx, filepath.Join(t.TempDir(), "test.db"))
	if err != nil {
		t.Fatal(err)
	}
	events := &bus.Bus{}
	log := slog.New(slog.DiscardHandler)
	h := &house{store: store}
	if h.accounts, err = account.New(store, events, account.Config{Tickets: 10_000}); err != nil {
		t.Fatal(err)
	}
	documents := document.New(store, events)
	hub := room.New(store, events, log, room.DefaultLimits())
	hub.NoteDenied(documents.NoteDenied)
	running, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- hub.Run(running) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("hub: %v", err)
		}
		if err := store.Close(); err != nil {
			t.Errorf("store: %v", err)
		}
	})
	h.server = serve(t, func(c *Config) {
		c.Hub, c.Documents, c.Redeem, c.Log = hub, documents, h.accounts.RedeemTicket, log
		if change != nil {
			change(c)
		}
	})
	h.owner = h.person("Owner")
	view, err := documents.Create(ctx, h.owner, "Notes")
	if err != nil {
		t.Fatal(err)
	}
	h.doc = view.ID
	return h
}

// person is a user with a live token.
func (h *house) person(name string, change ...func(*storage.User)) storage.Actor {
	h.t.Helper()
	now := storage.At(time.Now())
	user := storage.User{ID: id.New[id.User](), Email: name + "@example.com", Name: name, CreatedAt: now}
	for _, change := range change {
		change(&user)
	}
	if _, err := h.store.CreateUser(context.Background(), user, nil, storage.By{}); err != nil {
		h.t.Fatal(err)
	}
	return h.tokenOf(user)
}

func hashOf(secret string) storage.Hash { return sha256.Sum256([]byte(secret)) }

// tokenOf makes a token of a user's.
func (h *house) tokenOf(user storage.User, withheld ...authz.Scopes) storage.Actor {
	h.t.Helper()
	now := storage.At(time.Now())
	token := storage.Token{ID: id.New[id.Credential](), User: user.ID, Name: "test", CreatedAt: now}
	token.Hash = sha256.Sum256(token.ID[:])
	for _, scopes := range withheld {
		token.Withheld |= scopes
	}
	if err := h.store.PutToken(context.Background(), token, storage.By{}); err != nil {
		h.t.Fatal(err)
	}
	return storage.Actor{User: user.ID, Name: user.Name, Guest: user.Guest, Withheld: token.Withheld, Credential: storage.Credential{Kind: storage.ByToken, ID: token.ID}}
}

// member is a person with a role in the document.
func (h *house) member(name string, role authz.Role) storage.Actor {
	h.t.Helper()
	actor := h.person(name)
	right := authz.Right{To: authz.Principal{Kind: authz.ToUser, ID: actor.User}, Role: role}
	if _, err := h.Documents.Grant(context.Background(), h.owner, h.doc, right); err != nil {
		h.t.Fatal(err)
	}
	return actor
}

func (h *house) ticket(actor storage.Actor) string {
	h.t.Helper()
	secret, _, err := h.accounts.IssueTicket(context.Background(), actor, h.doc, "http://"+h.address)
	if err != nil {
		h.t.Fatal(err)
	}
	return secret
}

// join connects as actor and returns the welcome.
func (h *house) join(actor storage.Actor) (*client, *wire.Welcome) {
	h.t.Helper()
	c := h.connect()
	c.text(joinWith(h.ticket(actor)))
	return c, expect[wire.Welcome](c)
}

// expect reads up to the next message of a type, and passes over what may come at any time.
func expect[M any, P interface {
	*M
	wire.Outbound
}](c *client) *M {
	c.t.Helper()
	for {
		op, payload, err := c.read()
		if err != nil || op != opText {
			c.t.Fatalf("got op %d, %q, %v; want %T", op, payload, err, P(nil))
		}
		m, err := wire.DecodeOutbound(payload)
		if err != nil {
			c.t.Fatalf("%s: %v", payload, err)
		}
		if found, ok := m.(P); ok {
			return (*M)(found)
		}
		switch m.(type) {
		case *wire.Presences, *wire.Access, *wire.DocumentChanged:
		default:
			c.t.Fatalf("got %s, want %T", payload, P(nil))
		}
	}
}

func insert(seq int64, base ot.Rev, text string) string {
	return string(wire.AppendInbound(nil, &wire.Submit{Seq: seq, ID: id.New[id.Edit](), Base: base, Delta: ot.New().Insert(text, nil).MustDelta()}))
}

func (h *house) content() (string, ot.Rev) {
	h.t.Helper()
	content, err := h.Documents.Content(context.Background(), h.owner, h.doc, document.Head)
	if err != nil {
		h.t.Fatal(err)
	}
	return content.Content.String(), content.Rev
}

func TestTwoPeopleWriteOneDocument(t *testing.T) {
	h := newHouse(t, nil)
	ada, welcome := h.join(h.owner)
	if welcome.Document.Title != "Notes" || welcome.Rev != 0 || welcome.Role != authz.Owner || welcome.You.User != h.owner.User {
		t.Errorf("welcome: %+v", welcome)
	}
	bob, _ := h.join(h.member("Bob", authz.Editor))

	ada.text(insert(1, 0, "Hé 😀"))
	if own := expect[wire.Revisions](ada).Items[0]; own.Rev != 1 || own.Seq != 1 || own.Delta != nil || own.Author != h.owner.User {
		t.Errorf("the author sees %+v", own)
	}
	if seen := expect[wire.Revisions](bob).Items[0]; seen.Rev != 1 || seen.Delta == nil || seen.Delta.String() != `{"ops":[{"insert":"Hé 😀"}]}` {
		t.Errorf("the other sees %+v", seen)
	}
	bob.text(insert(1, 1, "> "))
	expect[wire.Revisions](bob)
	if seen := expect[wire.Revisions](ada).Items[0]; seen.Rev != 2 {
		t.Errorf("the other sees %+v", seen)
	}
	if got, rev := h.content(); got != `{"ops":[{"insert":"> Hé 😀\n"}]}` || rev != 2 {
		t.Errorf("content %s at %d", got, rev)
	}

	bob.text(`{"type":"submit","seq":2,"id":"00000000-0000-4000-8000-000000000001","base":2,"delta":{"ops":[{"retain":1},{"insert":"a","attributes":{"onclick":"x"}}]}}`)
	if no := expect[wire.Rejected](bob); no.Seq != 2 || no.Code != wire.CodeNotAllowed || no.Temporary || no.Head != 2 || !strings.HasPrefix(no.Pointer, "/ops/1") {
		t.Errorf("rejected: %+v", no)
	}
	bob.text(`{"type":"submit","seq":3,"id":"00000000-0000-4000-8000-000000000001","base":2,"delta":{"ops":[{"retain":1},{"insert":""}]}}`)
	if no := expect[wire.Rejected](bob); no.Seq != 3 || no.Code != wire.CodeBadDelta || no.Temporary || no.Head != 2 || no.Pointer != "/ops/1" {
		t.Errorf("rejected by the door: %+v", no)
	}
}

// expectAnswer reads up to done or error, and returns done or the error's code. Its ref must be "c".
func expectAnswer(c *client) string {
	c.t.Helper()
	for {
		op, payload, err := c.read()
		if err != nil || op != opText {
			c.t.Fatalf("got op %d, %v; want an answer", op, err)
		}
		m, _ := wire.DecodeOutbound(payload)
		switch m := m.(type) {
		case *wire.Done:
			return "done"
		case *wire.Error:
			if m.Ref != "c" {
				c.t.Errorf("answered without the ref: %s", payload)
			}
			return string(m.Code)
		}
	}
}

// TestRenameIsToldToAll who have the document open.
func TestRenameIsToldToAll(t *testing.T) {
	h := newHouse(t, nil)
	ada, _ := h.join(h.owner)
	bob, _ := h.join(h.member("Bob", authz.Viewer))
	ada.text(`{"type":"rename","ref":"c","title":" Travel 😀 "}`)
	for {
		_, payload, err := bob.read()
		if err != nil {
			t.Fatal(err)
		}
		if m, _ := wire.DecodeOutbound(payload); m != nil {
			if changed, ok := m.(*wire.DocumentChanged); ok {
				if changed.Document.Title != "Travel 😀" {
					t.Errorf("told %+v", changed)
				}
				return
			}
		}
	}
}

// TestRevokedIsClosed by a command of somebody else's, and what it submits afterwards is not written.
func TestRevokedIsClosed(t *testing.T) {
	h := newHouse(t, nil)
	bob := h.member("Bob", authz.Editor)
	admin, _ := h.join(h.owner)
	c, _ := h.join(bob)
	admin.text(fmt.Sprintf(`{"type":"grant","ref":"c","principal":"user:%s","role":"viewer"}`, bob.User))
	if got := expectAnswer(admin); got != "done" {
		t.Fatal(got)
	}
	c.text(insert(1, 0, "late"))
	if no := expect[wire.Rejected](c); no.Code != wire.CodeForbidden {
		t.Errorf("edit after the role was lowered: %+v", no)
	}
	admin.text(fmt.Sprintf(`{"type":"revoke","ref":"c","principal":"user:%s"}`, bob.User))
	if got := expectAnswer(admin); got != "done" {
		t.Fatal(got)
	}
	c.expectClose(wire.CloseAccessRevoked)
	if got, rev := h.content(); rev != 0 {
		t.Errorf("content %s at %d", got, rev)
	}

	again := h.connect()
	again.text(joinWith(h.ticket(bob)))
	again.expectClose(wire.CloseNoDocument) // as if there were none
}

func TestSignedOutIsClosed(t *testing.T) {
	h := newHouse(t, nil)
	bob := h.member("Bob", authz.Editor)
	c, _ := h.join(bob)
	late := h.ticket(bob)
	if err := h.accounts.RevokeToken(context.Background(), bob, bob.Credential.ID); err != nil {
		t.Fatal(err)
	}
	c.expectClose(wire.CloseSignedOut)
	again := h.connect()
	again.text(joinWith(late))
	again.expectClose(wire.CloseTicket)
}

// TestNewerTabSupersedes: the same client id again takes the seat over.
func TestNewerTabSupersedes(t *testing.T) {
	h := newHouse(t, nil)
	client := id.New[id.Client]()
	first, second := h.connect(), h.connect()
	first.text(string(wire.AppendInbound(nil, &wire.Join{Ticket: h.ticket(h.owner), Client: client})))
	expect[wire.Welcome](first)
	second.text(string(wire.AppendInbound(nil, &wire.Join{Ticket: h.ticket(h.owner), Client: client})))
	expect[wire.Welcome](second)
	first.expectClose(wire.CloseSuperseded)
}

// TestComingBackGetsWhatWasMissed, from since on.
func TestComingBackGetsWhatWasMissed(t *testing.T) {
	h := newHouse(t, nil)
	c, _ := h.join(h.owner)
	for seq := int64(1); seq <= 5; seq++ {
		c.text(insert(seq, ot.Rev(seq-1), "x"))
		expect[wire.Revisions](c)
	}
	back := h.connect()
	back.text(string(wire.AppendInbound(nil, &wire.Join{Ticket: h.ticket(h.owner), Client: id.New[id.Client](), Since: &wire.Since{Epoch: 1, Rev: 2}})))
	if welcome := expect[wire.Welcome](back); welcome.Rev != 2 || welcome.Head != 5 || welcome.Snapshot != nil {
		t.Errorf("welcome: %+v", welcome)
	}
	for rev := ot.Rev(3); rev <= 5; {
		for _, item := range expect[wire.Revisions](back).Items {
			if item.Rev != rev || item.Delta == nil {
				t.Errorf("got %+v, want revision %d with its delta", item, rev)
			}
			rev++
		}
	}
	lost := h.connect()
	lost.text(string(wire.AppendInbound(nil, &wire.Join{Ticket: h.ticket(h.owner), Client: id.New[id.Client](), Since: &wire.Since{Epoch: 2, Rev: 2}})))
	lost.expectClose(wire.CloseResync)
}

// TestPipelinedEditsAreAllAnswered: a hundred at once are each written or refused, and none is lost without a word.
func TestPipelinedEditsAreAllAnswered(t *testing.T) {
	h := newHouse(t, nil)
	c, _ := h.join(h.owner)
	var all []byte
	for seq := int64(1); seq <= 100; seq++ {
		all = append(all, masked(bitFIN|opText, []byte(insert(seq, 0, "x")))...)
	}
	c.write(all)
	answered, written := map[int64]bool{}, 0
	for len(answered) < 100 {
		op, payload, err := c.read()
		if err != nil || op != opText {
			t.Fatalf("got op %d %q, %v after %d answers", op, payload, err, len(answered))
		}
		m, _ := wire.DecodeOutbound(payload)
		switch m := m.(type) {
		case *wire.Revisions:
			for _, item := range m.Items {
				answered[item.Seq] = true
				written++
			}
		case *wire.Rejected:
			answered[m.Seq] = true
			if m.Code != wire.CodeInFlight && m.Code != wire.CodeOverloaded && m.Code != wire.CodeSlowDown && m.Code != wire.CodeStaleSeq {
				t.Errorf("rejected: %+v", m)
			}
		}
	}
	if _, rev := h.content(); written == 0 || rev != ot.Rev(written) {
		t.Errorf("%d were acknowledged, the document is at %d", written, rev)
	}
}

// An administrator of the instance who sits in a document gives more than they have for a reason only, over a socket as well.
func TestGivingMoreThanOneHasTakesAReason(t *testing.T) {
	h := newHouse(t, nil)
	boss := h.person("Boss", func(u *storage.User) { u.InstanceAdmin = true })
	h.give(authz.Right{To: authz.Principal{Kind: authz.ToUser, ID: boss.User}, Role: authz.Viewer})
	c, _ := h.join(boss)
	ask := func(message, want string) {
		t.Helper()
		c.text(message)
		c.text(`{"type":"ping","t":7}`)
		if got := c.outcome(false); got != want {
			t.Errorf("%s: answered %q, want %q", message, got, want)
		}
	}
	ask(`{"type":"grant","ref":"a","principal":"everyone","role":"viewer"}`, "done")
	for _, message := range []string{
		`{"type":"grant","ref":"b","principal":"everyone","role":"editor"%s}`,
		`{"type":"link","ref":"c","name":"x","role":"editor"%s}`,
	} {
		ask(fmt.Sprintf(message, ""), "reason")
		ask(fmt.Sprintf(message, `,"reason":" "`), "reason")
		ask(fmt.Sprintf(message, `,"reason":"legal hold"`), "done")
		rows, err := h.store.Audit(t.Context(), storage.AuditFilter{Chain: h.doc}, storage.AuditPage{Limit: 1})
		if err != nil || len(rows) != 1 || rows[0].Reason != "legal hold" || rows[0].Actor != boss.User {
			t.Errorf("the audit ends with %+v, %v", rows, err)
		}
		if _, err := h.Documents.Revoke(t.Context(), h.owner, h.doc, authz.Principal{Kind: authz.ToEveryone}); err != nil && !errors.Is(err, storage.ErrNoGrant) {
			t.Fatal(err)
		}
	}
}

// TestOpenedIsToldToAll who have the document open: that anybody who has a link may come in now, and that nobody may any more.
func TestOpenedIsToldToAll(t *testing.T) {
	h := newHouse(t, nil)
	bob, _ := h.join(h.member("Bob", authz.Editor))
	told := func(do func() error) {
		t.Helper()
		if err := do(); err != nil {
			t.Fatal(err)
		}
		expect[wire.DocumentChanged](bob)
	}
	var link document.Link
	told(func() (err error) {
		link, _, err = h.Documents.NewLink(t.Context(), h.owner, h.doc, "review", authz.Viewer, 0)
		return err
	})
	if _, _, err := h.Documents.NewLink(t.Context(), h.owner, h.doc, "another", authz.Viewer, storage.At(time.Now().Add(time.Hour))); err != nil {
		t.Fatal(err)
	}
	if quiet := h.hush(bob); len(quiet) > 0 {
		t.Errorf("another link is told: %q", quiet)
	}
	links, err := h.Documents.Links(t.Context(), h.owner, h.doc)
	if err != nil || len(links) != 2 {
		t.Fatal(links, err)
	}
	if err := h.Documents.DropLink(t.Context(), h.owner, h.doc, link.ID); err != nil {
		t.Fatal(err)
	}
	told(func() error { return h.Documents.DropLink(t.Context(), h.owner, h.doc, links[1].ID) })
}
