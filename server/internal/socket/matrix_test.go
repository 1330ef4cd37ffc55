package socket

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// messages are all the ways in which a seat asks for a command. {target} is a user who has a grant.
var messages = map[authz.Command]string{
	authz.Edit:           "", // insert
	authz.ShowCursor:     `{"type":"cursor","cursor":{"rev":0,"index":0,"length":0}}`,
	authz.Rename:         `{"type":"rename","ref":"c","title":"Renamed"}`,
	authz.Grant:          `{"type":"grant","ref":"c","principal":"user:{target}","role":"commenter"}`,
	authz.Revoke:         `{"type":"revoke","ref":"c","principal":"user:{target}"}`,
	authz.ManageLinks:    `{"type":"link","ref":"c","name":"review","role":"viewer"}`,
	authz.Lock:           `{"type":"lock","ref":"c"}`,
	authz.Unlock:         `{"type":"unlock","ref":"c"}`,
	authz.DisconnectSeat: `{"type":"disconnect","ref":"c","seat":"00000000-0000-4000-8000-000000000001"}`,
}

// notOverSocket are the commands that no message asks for: to join is Open, and what is read comes by itself.
var notOverSocket = []authz.Command{
	authz.Open, authz.ReadContent, authz.ReadHistory, authz.Export, authz.SeePresence, authz.SeeOwnAccess, authz.Comment,
	authz.RestoreRevision, authz.NameRevision, authz.RequestAccess, authz.ListAccess, authz.ExplainAccess, authz.AnswerRequest,
	authz.SetHistory, authz.ListSeats, authz.ReadAudit, authz.OfferOwnership, authz.AcceptOwnership, authz.DeclineOwnership,
	authz.Transfer, authz.Delete, authz.Undelete,
}

// comer is somebody who comes to the document, and what package authz is to answer by.
type comer struct {
	name     string
	actor    storage.Actor
	standing authz.Standing
	closed   wire.CloseCode // for who gets no ticket that works
}

// give grants to any principal, by the owner.
func (h *house) give(right authz.Right) {
	h.t.Helper()
	if _, err := h.Documents.Grant(context.Background(), h.owner, h.doc, right); err != nil {
		h.t.Fatal(err)
	}
}

// everybody is every role, by a grant of their own, by a group and by a link, everybody without one, and the owner by every kind of token.
func (h *house) everybody() []comer {
	ctx, now := context.Background(), storage.At(time.Now())
	must := func(err error) {
		h.t.Helper()
		if err != nil {
			h.t.Fatal(err)
		}
	}
	user := func(role authz.Role) authz.Standing { return authz.Standing{SignedIn: true, Role: role} }
	gone := h.member("Gone", authz.Admin)
	must(h.store.SuspendUser(ctx, gone.User, now, storage.By{}))
	boss, past := h.person("Boss"), h.person("Past")
	boss.InstanceAdmin = true
	guard := storage.Guard{Fence: storage.Fence{User: h.owner.User, Credential: h.owner.Credential}}
	access, err := h.store.Access(ctx, h.doc)
	must(err)
	guard.AccessVersion = access.Document.AccessVersion
	expired := authz.Right{To: authz.Principal{Kind: authz.ToUser, ID: past.User}, Role: authz.Admin, ExpiresAt: int64(now) - 1}
	_, err = h.store.PutGrant(ctx, h.doc, storage.Grant{Right: expired, GrantedBy: h.owner.User, GrantedAt: now}, guard)
	must(err)
	all := []comer{
		{name: "suspended", actor: gone, closed: wire.CloseTicket},
		{name: "stranger", actor: h.person("Stranger"), standing: user(authz.None)},
		{name: "expired", actor: past, standing: user(authz.None)},
		{name: "administrator of the instance", actor: boss, standing: user(authz.None)},
		{name: "owner", actor: h.owner, standing: user(authz.Owner)},
	}
	for withheld := range authz.AllScopes + 1 {
		token := h.tokenOf(storage.User{ID: h.owner.User, Name: h.owner.Name}, withheld)
		capped := user(authz.Owner)
		capped.Withheld = withheld
		all = append(all, comer{name: fmt.Sprintf("owner by a token without scopes %03b", withheld), actor: token, standing: capped})
	}
	for role := authz.Viewer; role <= authz.Admin; role++ {
		name := role.String()
		member := h.person(name + "-member")
		group := storage.Group{ID: id.New[id.Group](), Name: name, CreatedAt: now}
		must(h.store.PutGroup(ctx, group, storage.By{}))
		_, err := h.store.AddMember(ctx, group.ID, member.User, now, storage.By{})
		must(err)
		h.give(authz.Right{To: authz.Principal{Kind: authz.ToGroup, ID: group.ID}, Role: role})

		guest := storage.User{ID: id.New[id.User](), Name: name + " guest", Guest: true, CreatedAt: now}
		linkRole := min(role, authz.Editor) // the policy's most
		_, secret, err := h.Documents.NewLink(ctx, h.owner, h.doc, name, linkRole, 0)
		must(err)
		_, err = h.store.EnterLink(ctx, hashOf(secret), guest, now, storage.By{})
		must(err)
		came := h.tokenOf(guest)
		byLink := user(linkRole)
		byLink.SignedIn = false

		all = append(all, comer{name: name, actor: h.member(name, role), standing: user(role)},
			comer{name: name + " by group", actor: member, standing: user(role)},
			comer{name: name + ", guest by link", actor: came, standing: byLink})
	}
	return all
}

// Every command, by everybody who may take a seat, over a socket: what authz's table allows is done, and what it does not allow is
// refused, changes nothing, and is told to nobody else who sits there. Who may not take a seat is closed.
func TestEveryRoleByEveryCommand(t *testing.T) {
	h := newHouse(t, func(c *Config) { c.Limits.Frames, c.Limits.FrameBurst = 1<<20, 1<<20 })
	target := h.person("Target")
	right := authz.Right{To: authz.Principal{Kind: authz.ToUser, ID: target.User}, Role: authz.Viewer}
	h.give(right)
	everybody := h.everybody()
	bystander, _ := h.join(h.owner)
	for command := authz.Command(0); command < authz.CreateDocument; command++ {
		message, asked := messages[command]
		if asked == slices.Contains(notOverSocket, command) {
			t.Fatalf("%v stands in messages and in notOverSocket, or in neither", command)
		}
		if !asked {
			continue
		}
		message = strings.ReplaceAll(message, "{target}", target.User.String())
		for _, who := range everybody {
			t.Run(fmt.Sprintf("%v/%s", command, who.name), func(t *testing.T) {
				c := h.connect()
				c.text(joinWith(h.ticket(who.actor)))
				switch {
				case who.closed != 0:
					c.expectClose(who.closed)
					return
				case !who.standing.May(authz.Open):
					c.expectClose(wire.CloseNoDocument)
					return
				}
				welcome := expect[wire.Welcome](c)
				if welcome.Role != who.standing.Role {
					t.Fatalf("welcomed as %v, want %v", welcome.Role, who.standing.Role)
				}
				h.hush(bystander)
				before := h.everything()
				if command == authz.Edit {
					message = insert(1, welcome.Rev, "x")
				}
				c.text(message)
				c.text(`{"type":"ping","t":7}`)
				got := c.outcome(command == authz.Edit)
				if who.standing.May(command) {
					if got != "done" {
						t.Errorf("answered %q", got)
					}
					h.putBack(right)
				} else {
					if command != authz.ShowCursor { // which has no answer
						if got != "forbidden" {
							t.Errorf("answered %q, want forbidden", got)
						}
						eventually(t, "the first refusal of a kind is in the audit, once", func() bool { return h.noted(who.actor, command) == 1 })
					}
					if diff := cmp.Diff(before, h.everything()); diff != "" {
						t.Errorf("the refused command left something behind (-before +after):\n%s", diff)
					}
					if told := h.hush(bystander); len(told) > 0 {
						t.Errorf("others are told %q", told)
					}
				}
				c.conn.Close()
			})
		}
	}
}

// A connection that has not joined asks for nothing: whatever it sends first but a join is its end.
func TestHalfAuthenticated(t *testing.T) {
	h := newHouse(t, nil)
	before := h.everything()
	for command, message := range messages {
		if command == authz.Edit {
			message = insert(1, 0, "x")
		}
		c := h.connect()
		c.text(message)
		c.expectClose(wire.CloseTicket)
	}
	c := h.connect()
	c.text(joinWith(strings.Repeat("x", 43)))
	c.expectClose(wire.CloseTicket)
	if diff := cmp.Diff(before, h.everything()); diff != "" {
		t.Errorf("something changed (-before +after):\n%s", diff)
	}
}

// outcome reads up to the pong, and returns what the message before it was answered with: "done" also for an edit that is in the
// log, and for what has no answer.
func (c *client) outcome(edit bool) string {
	c.t.Helper()
	got := "done"
	for {
		op, payload, err := c.read()
		if err != nil || op != opText {
			c.t.Fatalf("got op %d, %v; want an answer", op, err)
		}
		m, _ := wire.DecodeOutbound(payload)
		switch m := m.(type) {
		case *wire.Error:
			got = string(m.Code)
		case *wire.Rejected:
			return string(m.Code)
		case *wire.Revisions:
			if m.Items[len(m.Items)-1].Delta == nil { // one's own; others were there before
				return "done"
			}
		case *wire.Pong:
			if !edit { // whose answer comes from the room, in its own time
				return got
			}
		}
	}
}

// hush reads all that a seat was sent so far, and returns what is no presence.
func (h *house) hush(c *client) (told []string) {
	h.t.Helper()
	c.text(`{"type":"ping","t":9}`)
	for {
		_, payload, err := c.read()
		if err != nil {
			h.t.Fatal(err)
		}
		switch m, _ := wire.DecodeOutbound(payload); m.(type) {
		case *wire.Pong:
			return told
		case *wire.Presences:
		default:
			told = append(told, string(payload))
		}
	}
}

// noted is how often the audit has that somebody was refused a command.
func (h *house) noted(who storage.Actor, command authz.Command) int {
	h.t.Helper()
	rows, err := h.store.Audit(context.Background(),
		storage.AuditFilter{Chain: h.doc, Actor: who.User, Action: storage.AuditDenied, Target: command.String()}, storage.AuditPage{Limit: 10})
	if err != nil {
		h.t.Fatal(err)
	}
	return len(rows)
}

// everything is what a command could change.
type everything struct {
	Access storage.Access
	Log    []storage.Revision
	Links  []storage.Link
	Audit  []storage.Audited
}

func (h *house) everything() (all everything) {
	h.t.Helper()
	ctx := context.Background()
	var errs [4]error
	all.Access, errs[0] = h.store.Access(ctx, h.doc)
	all.Log, errs[1] = h.store.After(ctx, h.doc, 0, 1000)
	all.Links, errs[2] = h.store.Links(ctx, h.doc)
	all.Audit, errs[3] = h.store.Audit(ctx, storage.AuditFilter{Chain: h.doc}, storage.AuditPage{Limit: 1000})
	all.Audit = slices.DeleteFunc(all.Audit, func(row storage.Audited) bool { return row.Action == storage.AuditDenied }) // noted
	for _, err := range errs {
		if err != nil {
			h.t.Fatal(err)
		}
	}
	return all
}

// putBack undoes what commands do to each other.
func (h *house) putBack(right authz.Right) {
	h.t.Helper()
	if err := h.Documents.Unlock(context.Background(), h.owner, h.doc); err != nil {
		h.t.Fatal(err)
	}
	h.give(right)
}
