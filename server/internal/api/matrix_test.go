package api

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

// A call is a command as HTTP has it. Path and body are of a document, of a user who has a grant in it, and of one who has
// none.
type call struct {
	method  string
	path    func(doc id.Doc, granted, other id.User) string
	body    func() any
	success int
}

func at(suffix string) func(id.Doc, id.User, id.User) string {
	return func(doc id.Doc, _, _ id.User) string { return "/v1/documents/" + doc.String() + suffix }
}

func fixed(path string) func(id.Doc, id.User, id.User) string {
	return func(id.Doc, id.User, id.User) string { return path }
}

// ofOther is a path about the account of somebody else.
func ofOther(suffix string) func(id.Doc, id.User, id.User) string {
	return func(_ id.Doc, _, other id.User) string { return "/v1/accounts/" + other.String() + suffix }
}

func bodyOf(body any) func() any { return func() any { return body } }

// calls are all the ways in which HTTP asks for a command.
var calls = map[authz.Command][]call{
	authz.Open: {
		{"GET", at(""), bodyOf(nil), 200},
		{"POST", at("/tickets"), bodyOf(nil), 201},
	},
	authz.ReadContent: {
		{"GET", at("/content"), bodyOf(nil), 200},
		{"GET", at("/content?rev=1"), bodyOf(nil), 200},
	},
	authz.ReadHistory: {
		{"GET", at("/content?rev=0"), bodyOf(nil), 200},
		{"GET", at("/ops"), bodyOf(nil), 200},
		{"GET", at("/ops?after=1"), bodyOf(nil), 200},
	},
	authz.SeeOwnAccess: {{"GET", at("/access"), bodyOf(nil), 200}},
	authz.Edit:         {{"POST", at("/ops"), func() any { return insert(1, 1, "x") }, 200}},
	authz.Rename:       {{"PATCH", at(""), bodyOf(wire.Retitle{Title: "renamed"}), 200}},
	authz.ListAccess:   {{"GET", at("/grants"), bodyOf(nil), 200}},
	authz.Grant: {{"PUT", func(doc id.Doc, _, other id.User) string {
		return "/v1/documents/" + doc.String() + "/grants/user:" + other.String()
	}, bodyOf(map[string]any{"role": "viewer"}), 200}},
	authz.Revoke: {{"DELETE", func(doc id.Doc, granted, _ id.User) string {
		return "/v1/documents/" + doc.String() + "/grants/user:" + granted.String()
	}, bodyOf(nil), 204}},
	authz.Delete:         {{"DELETE", at(""), bodyOf(nil), 204}},
	authz.CreateDocument: {{"POST", fixed("/v1/documents"), bodyOf(wire.NewDocument{Title: "new"}), 201}},
	authz.InvitePerson:   {{"POST", fixed("/v1/invitations"), bodyOf(map[string]any{}), 201}},
	authz.FindPerson:     {{"GET", fixed("/v1/users?email=a@example.com"), bodyOf(nil), 200}},
	authz.ManageOwnAccount: {
		{"GET", fixed("/v1/tokens"), bodyOf(nil), 200},
		{"GET", fixed("/v1/users/me/sessions"), bodyOf(nil), 200},
	},
	authz.ManageAccounts: {
		{"GET", fixed("/v1/accounts"), bodyOf(nil), 200},
		{"GET", ofOther("/sessions"), bodyOf(nil), 200},
		{"DELETE", ofOther("/sessions"), bodyOf(nil), 204},
	},
	authz.SuspendUser: {{"DELETE", ofOther("/suspension"), bodyOf(nil), 204}},
	authz.Offboard:    {{"POST", ofOther("/offboarding"), bodyOf(wire.Offboard{DryRun: true}), 200}},
}

// notYet are the commands that HTTP has no route for. A new command must be put here or in calls.
var notYet = []authz.Command{
	authz.Export, authz.SeePresence, authz.ShowCursor, authz.Comment, authz.RestoreRevision, authz.NameRevision,
	authz.ManageLinks, authz.Lock, authz.Unlock, authz.DisconnectSeat, authz.ReadAudit, authz.Transfer, authz.Undelete,
	authz.RequestAccess, authz.ExplainAccess, authz.AnswerRequest, authz.SetHistory, authz.ListSeats, authz.OfferOwnership,
	authz.AcceptOwnership, authz.DeclineOwnership, authz.ListDocuments, authz.SeeGroups, authz.SeePolicy,
	authz.ManageGroups, authz.SeeReach, authz.ReadInstanceAudit,
	authz.SetPolicy, authz.Purge,
}

// commands are all that there are.
func commands() []authz.Command {
	var all []authz.Command
	for c := authz.Command(0); !strings.HasPrefix(c.String(), "Command("); c++ {
		all = append(all, c)
	}
	return all
}

// Every role, and everybody without one, by every command over HTTP: what authz's table allows has its effect, and what it
// does not allow is refused as it should be and leaves document, log and access list untouched.
func TestEveryRoleByEveryCommand(t *testing.T) {
	h := newHouse(t)
	owner := h.user("owner")
	stranger, boss := h.user("stranger"), h.user("boss", instanceAdmin)
	out, locked := h.user("out", suspended), h.user("revoked")
	past, nobody := h.user("past"), h.browser()
	locked.token = "cos_" + strings.Repeat("x", 43)
	granted, other := h.user("granted"), h.user("other")

	type asking struct {
		name     string
		client   *client
		standing authz.Standing
		grant    authz.Role
		expires  storage.Micros
	}
	who := []asking{
		{"anonymous", nobody, authz.Standing{}, authz.None, 0},
		{"suspended", out, authz.Standing{}, authz.Admin, 0},
		{"unknown token", locked, authz.Standing{}, authz.Admin, 0},
		{"stranger", stranger, authz.Standing{SignedIn: true}, authz.None, 0},
		{"expired", past, authz.Standing{SignedIn: true}, authz.Admin, storage.At(time.Now().Add(-time.Minute))},
		{"administrator", boss, authz.Standing{SignedIn: true, InstanceAdmin: true}, authz.None, 0},
		{"owner", owner, authz.Standing{SignedIn: true, Role: authz.Owner}, authz.None, 0},
	}
	for role := authz.Viewer; role <= authz.Admin; role++ {
		who = append(who, asking{role.String(), h.user(role.String()), authz.Standing{SignedIn: true, Role: role}, role, 0})
		soon := storage.At(time.Now().Add(time.Hour))
		who = append(who, asking{role.String() + " for an hour", h.user(role.String() + "-hour"),
			authz.Standing{SignedIn: true, Role: role}, role, soon})
	}
	for _, command := range commands() {
		if (len(calls[command]) > 0) == slices.Contains(notYet, command) {
			t.Fatalf("%v stands in calls and in notYet, or in neither", command)
		}
		for i, call := range calls[command] {
			for _, who := range who {
				t.Run(fmt.Sprintf("%v/%d/%s", command, i, who.name), func(t *testing.T) {
					doc := owner.document("plan").ID
					owner.do("POST", "/v1/documents/"+doc.String()+"/ops", insert(0, 1, "hello")).want(200)
					h.grant(doc, granted.user.ID, authz.Viewer, 0)
					if who.grant != authz.None {
						h.grant(doc, who.client.user.ID, who.grant, who.expires)
					}
					before := h.state(doc)
					reply := who.client.do(call.method, call.path(doc, granted.user.ID, other.user.ID), call.body())
					switch {
					case !who.standing.SignedIn:
						reply.refused(401, wire.CodeNotSignedIn)
						if reply.header.Get("WWW-Authenticate") == "" {
							t.Error("401 without WWW-Authenticate")
						}
					case who.standing.May(command):
						reply.want(call.success)
						return
					case command.Least() == authz.None:
						reply.refused(403, wire.CodeForbidden)
					case who.standing.May(authz.SeeOwnAccess):
						problem := reply.refused(403, wire.CodeForbidden)
						if problem.Role != who.standing.Role.String() || problem.Needed != command.Least().String() {
							t.Errorf("role %s, needed %s; want %v, %v", problem.Role, problem.Needed, who.standing.Role, command.Least())
						}
					default:
						reply.refused(404, wire.CodeNotFound)
					}
					if diff := cmp.Diff(before, h.state(doc)); diff != "" {
						t.Errorf("the refused command left something behind (-before +after):\n%s", diff)
					}
				})
			}
		}
	}
}

// state is everything that a command could change of a document.
func (h *house) state(doc id.Doc) storage.Loaded {
	h.t.Helper()
	loaded, err := h.store.Load(context.Background(), doc)
	if err != nil {
		h.t.Fatal(err)
	}
	return loaded
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
	admin.do("DELETE", grants+"everyone", nil).refused(404, wire.CodeNotFound)
	for _, principal := range []string{"nobody", "user:", "group:x", "user:" + strings.ToUpper(friend.user.ID.String()), "Everyone"} {
		admin.do("PUT", grants+principal, map[string]any{"role": "viewer"}).refused(400, wire.CodeInvalid)
	}
	past := time.Now().Add(-time.Second).UTC().Format(time.RFC3339)
	admin.do("PUT", grants+"everyone", map[string]any{"role": "viewer", "expiresAt": past}).refused(422, wire.CodeInvalid)
}
