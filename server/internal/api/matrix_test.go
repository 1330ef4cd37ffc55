package api

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/server/internal/bus"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// An asking is somebody who asks for a command, and what package authz is to answer by.
type asking struct {
	name     string
	client   *client
	nobody   bool
	standing authz.Standing
	enter    func(plan) // gives them what they have in a document
}

// everybody is every role, and everybody without one.
func everybody(h *house, p people) []asking {
	user := authz.Standing{SignedIn: true}
	of := func(role authz.Role) authz.Standing { s := user; s.Role = role; return s }
	granted := func(who *client, role authz.Role, expires time.Duration) func(plan) {
		return func(at plan) {
			end := storage.Micros(0)
			if expires != 0 {
				end = storage.At(time.Now().Add(expires))
			}
			h.grant(at.doc, who.user.ID, role, end)
		}
	}
	boss := of(authz.None)
	boss.InstanceAdmin = true
	heir := of(authz.None)
	heir.Offered = true
	out, unknown, bossName := h.user("out", suspended), h.user("unknown"), h.user("boss", instanceAdmin)
	unknown.token = "cos_" + strings.Repeat("x", 43)
	past := h.user("past")
	all := []asking{
		{name: "anonymous", client: h.browser(), nobody: true},
		{name: "suspended", client: out, nobody: true, enter: granted(out, authz.Admin, 0)},
		{name: "unknown token", client: unknown, nobody: true, enter: granted(unknown, authz.Admin, 0)},
		{name: "stranger", client: h.user("stranger"), standing: user},
		{name: "expired", client: past, standing: user, enter: granted(past, authz.Admin, -time.Minute)},
		{name: "administrator", client: bossName, standing: boss},
		{name: "heir", client: p.heir, standing: heir},
		{name: "owner", client: p.owner, standing: of(authz.Owner)},
	}
	for role := authz.Viewer; role <= authz.Admin; role++ {
		who, hour, member := h.user(role.String()), h.user(role.String()+"-hour"), h.user(role.String()+"-member")
		all = append(all,
			asking{name: role.String(), client: who, standing: of(role), enter: granted(who, role, 0)},
			asking{name: role.String() + " for an hour", client: hour, standing: of(role), enter: granted(hour, role, time.Hour)},
			asking{name: role.String() + " by group", client: member, standing: of(role), enter: func(at plan) {
				h.give(at.doc, authz.Principal{Kind: authz.ToGroup, ID: h.groupOf(member.user.ID)}, role)
			}},
		)
		for _, guest := range []bool{false, true} {
			name, change := role.String()+" by link", func(*storage.User) {}
			if guest {
				name, change = "guest, "+name, func(u *storage.User) { u.Guest, u.Email = true, "" }
			}
			who := h.user(strings.ReplaceAll(name, " ", "-"), change)
			standing := of(role)
			standing.SignedIn = !guest
			all = append(all, asking{name: name, client: who, standing: standing, enter: func(at plan) { h.enterByLink(at.doc, who.user.ID, role) }})
		}
	}
	bare := h.user("bare")
	bare.token = h.tokenFor(bare.user.ID, func(t *storage.Token) { t.Withheld = authz.AllScopes })
	withheld := of(authz.Admin)
	withheld.Withheld = authz.AllScopes
	return append(all, asking{name: "admin by a token that only reads", client: bare, standing: withheld, enter: granted(bare, authz.Admin, 0)})
}

// Every command, by everybody, over HTTP: what authz's table allows has its effect, and what it does not allow is refused as it
// should be, leaves document, log, access list and audit untouched, and is told to nobody.
func TestEveryRoleByEveryCommand(t *testing.T) {
	h := newHouse(t)
	p := h.people(h.user("owner"))
	everybody := everybody(h, p)
	told := 0
	h.events.Subscribe(func(bus.Event) { told++ })
	for _, command := range commands() {
		if (len(calls[command]) > 0) == slices.Contains(notYet, command) {
			t.Fatalf("%v stands in calls and in notYet, or in neither", command)
		}
		for i, call := range calls[command] {
			allowed := func(who asking) bool { return !who.nobody && call.standing(who.standing).May(command) }
			shared := h.plan(p) // all who are refused ask for the same
			for _, who := range everybody {
				if who.enter != nil && !allowed(who) {
					who.enter(shared)
				}
			}
			call.ready(h, shared)
			marked := h.mark(shared)
			before := h.everything(shared, marked)
			for _, who := range everybody {
				if allowed(who) {
					continue
				}
				t.Run(fmt.Sprintf("%v/%d/%s", command, i, who.name), func(t *testing.T) {
					told = 0
					call.refuses(t, command, who, who.client.do(call.method, call.path(shared), call.bodyOf(shared), call.headers(h)...))
					if told > 0 {
						t.Errorf("a refused command is told %d times", told)
					}
					h.noted(command, who, call.standing(who.standing), shared)
					if after := h.everything(shared, marked); !reflect.DeepEqual(before, after) {
						t.Errorf("the refused command left something behind (-before +after):\n%s", cmp.Diff(before, after))
					}
				})
			}
			for _, who := range everybody {
				if !allowed(who) {
					continue
				}
				t.Run(fmt.Sprintf("%v/%d/%s", command, i, who.name), func(t *testing.T) {
					at := h.plan(p)
					if who.enter != nil {
						who.enter(at)
					}
					call.ready(h, at)
					who.client.do(call.method, call.path(at), call.bodyOf(at), call.headers(h)...).want(call.answers(who.standing))
				})
			}
		}
	}
}

// refuses holds a refusal against what authz knows of the one who asks.
func (c call) refuses(t *testing.T, command authz.Command, who asking, reply reply) {
	t.Helper()
	standing := c.standing(who.standing)
	switch {
	case who.nobody:
		reply.refused(401, wire.CodeNotSignedIn)
		if reply.header.Get("WWW-Authenticate") == "" {
			t.Error("401 without WWW-Authenticate")
		}
	case !command.OfDocument(), command == authz.RequestAccess:
		reply.refused(403, wire.CodeForbidden)
	case standing.May(authz.SeeOwnAccess):
		problem := reply.refused(403, wire.CodeForbidden)
		if problem.Role != standing.Role.String() || problem.Needed != command.Least().String() {
			t.Errorf("role %s, needed %s; want %v, %v", problem.Role, problem.Needed, standing.Role, command.Least())
		}
	default:
		reply.refused(404, wire.CodeNotFound)
	}
}

// An administrator gives every role that a grant carries, and none besides; the owner's is out of their reach.
func TestNobodyGrantsMoreThanTheyHave(t *testing.T) {
	h := newHouse(t)
	owner, admin, friend := h.user("owner"), h.user("admin"), h.user("friend")
	doc := owner.document("plan").ID
	h.grant(doc, admin.user.ID, authz.Admin, 0)
	grants := "/v1/documents/" + doc.String() + "/grants/"
	for _, role := range []string{"viewer", "commenter", "editor", "admin"} {
		admin.do("PUT", grants+"user:"+friend.user.ID.String(), map[string]any{"role": role}).want(200)
	}
	for _, role := range []string{"owner", "none", "boss"} {
		if got := admin.do("PUT", grants+"user:"+friend.user.ID.String(), map[string]any{"role": role}); got.status/100 != 4 {
			t.Errorf("granting %s: %d", role, got.status)
		}
	}
	admin.do("PUT", grants+"user:"+owner.user.ID.String(), map[string]any{"role": "viewer"}).refused(422, wire.CodeInvalid)
	admin.do("DELETE", grants+"user:"+owner.user.ID.String(), nil).refused(422, wire.CodeInvalid)
	admin.do("PUT", grants+"user:"+id.New[id.User]().String(), map[string]any{"role": "viewer"}).refused(422, wire.CodeInvalid)
	admin.do("PUT", grants+"group:"+id.New[id.Group]().String(), map[string]any{"role": "viewer"}).refused(404, wire.CodeNotFound)
	admin.do("PUT", grants+"link:"+id.New[id.Link]().String(), map[string]any{"role": "viewer"}).refused(404, wire.CodeNotFound)
	admin.do("DELETE", grants+"everyone", nil).refused(404, wire.CodeNotFound)
	for _, principal := range []string{"nobody", "user:", "group:x", "user:" + strings.ToUpper(friend.user.ID.String()), "Everyone", "email:", "email:a", "email:@b", "email:a@b@c"} {
		admin.do("PUT", grants+principal, map[string]any{"role": "viewer"}).refused(400, wire.CodeInvalid)
	}
	past := time.Now().Add(-time.Second).UTC().Format(time.RFC3339)
	admin.do("PUT", grants+"everyone", map[string]any{"role": "viewer", "expiresAt": past}).refused(422, wire.CodeInvalid)
}
