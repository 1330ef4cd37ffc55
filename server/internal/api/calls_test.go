package api

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/server/internal/bus"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// A call is a command as HTTP has it.
type call struct {
	method  string
	path    func(plan) string
	body    func(plan) any
	success int

	prepare func(*house, plan)                  // makes the document what the command is for; nil if it is so
	stands  func(authz.Standing) authz.Standing // what that does to everybody's standing; nil for nothing
	header  func(*house) []string               // nil for none
}

// answers is the status for one who may: who has a role already cannot ask for it.
func (c call) answers(s authz.Standing) int {
	if c.success == http.StatusAccepted && s.Role >= authz.Admin {
		return http.StatusConflict
	}
	return c.success
}

func (c call) bodyOf(at plan) any {
	if c.body == nil {
		return nil
	}
	return c.body(at)
}

func (c call) ready(h *house, at plan) {
	if c.prepare != nil {
		c.prepare(h, at)
	}
}

func (c call) standing(s authz.Standing) authz.Standing {
	if c.stands != nil {
		return c.stands(s)
	}
	return s
}

// asEvents asks for a stream of them.
func asEvents(*house) []string { return []string{"Accept", wire.EventStream} }

func (c call) headers(h *house) []string {
	if c.header == nil {
		return nil
	}
	return c.header(h)
}

// people are those whom commands are about.
type people struct{ owner, heir, granted, other, asker *client }

// A plan is a document with all that commands are about: a grant, a link, a request and an offer.
type plan struct {
	people
	doc   id.Doc
	link  id.Link
	ask   id.Ask
	group id.Group
}

func (h *house) people(owner *client) people {
	return people{owner, h.user("heir"), h.user("granted"), h.user("other"), h.user("asker")}
}

// plan makes one by the store's own means, so that tests of the refusals do not hang on the commands themselves.
func (h *house) plan(p people) plan {
	h.t.Helper()
	at := plan{people: p, doc: p.owner.document("plan").ID, ask: id.New[id.Ask](), group: h.groupOf(p.other.user.ID)}
	p.owner.do("POST", "/v1/documents/"+at.doc.String()+"/ops", insert(0, 1, "hello")).want(200)
	h.grant(at.doc, p.granted.user.ID, authz.Viewer, 0)
	at.link = h.link(at.doc, authz.Viewer).ID
	h.must(h.store.PutRequest(h.t.Context(), storage.Request{ID: at.ask, Doc: at.doc, User: p.asker.user.ID, Role: authz.Editor,
		Message: "please", CreatedAt: storage.At(time.Now())}, storage.By{}))
	_, err := h.store.OfferDocument(h.t.Context(), at.doc, p.heir.user.ID, h.guard(at.doc))
	h.must(err)
	return at
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// guard is the owner's, for the access list as it is.
func (h *house) guard(doc id.Doc) storage.Guard {
	h.t.Helper()
	access, err := h.store.Access(h.t.Context(), doc)
	h.must(err)
	owner := h.tokenActor(access.Document.Owner)
	return storage.Guard{AccessVersion: access.Document.AccessVersion, Fence: storage.Fence{User: owner.User, Credential: owner.Credential}}
}

// give grants to any principal.
func (h *house) give(doc id.Doc, to authz.Principal, role authz.Role) {
	h.t.Helper()
	guard := h.guard(doc)
	grant := storage.Grant{Right: authz.Right{To: to, Role: role}, GrantedBy: guard.Fence.User, GrantedAt: storage.At(time.Now())}
	_, err := h.store.PutGrant(h.t.Context(), doc, grant, guard)
	h.must(err)
	h.events.Publish(bus.AccessChanged{Doc: doc})
}

// groupOf makes a group with one member.
func (h *house) groupOf(user id.User) id.Group {
	h.t.Helper()
	group := storage.Group{ID: id.New[id.Group](), Name: "Group " + id.New[id.Group]().String(), CreatedAt: storage.At(time.Now())}
	h.must(h.store.PutGroup(h.t.Context(), group, storage.By{}))
	_, err := h.store.AddMember(h.t.Context(), group.ID, user, group.CreatedAt, storage.By{})
	h.must(err)
	return group.ID
}

// link makes a link, whose hash is made of its id.
func (h *house) link(doc id.Doc, role authz.Role) storage.Link {
	h.t.Helper()
	guard := h.guard(doc)
	link := storage.Link{ID: id.New[id.Link](), Doc: doc, Name: "review", CreatedBy: guard.Fence.User, CreatedAt: storage.At(time.Now())}
	copy(link.Hash[:], link.ID[:])
	grant := storage.Grant{Right: authz.Right{To: link.To(), Role: role}, GrantedBy: guard.Fence.User, GrantedAt: link.CreatedAt}
	_, err := h.store.PutLink(h.t.Context(), link, grant, guard)
	h.must(err)
	h.events.Publish(bus.AccessChanged{Doc: doc})
	return link
}

func (h *house) enterByLink(doc id.Doc, user id.User, role authz.Role) {
	h.t.Helper()
	link := h.link(doc, role)
	actor := h.tokenActor(user)
	by := storage.By{Fence: &storage.Fence{User: actor.User, Credential: actor.Credential}}
	_, err := h.store.EnterLink(h.t.Context(), link.Hash, storage.User{ID: user}, storage.At(time.Now()), by)
	h.must(err)
}

// everything is what a command could change.
type everything struct {
	Access   storage.Access
	Log      []storage.Revision
	Links    []storage.Link
	Requests []storage.Request
	Audit    []storage.Audited // what came since a mark, of the document and of the instance, but for refusals
	Members  []storage.Member
	Policy   storage.Policy
}

// A mark is where the audit of a document ends, and that of the instance.
type mark [2]storage.AuditPlace

func audits(at plan) [2]id.Doc { return [...]id.Doc{at.doc, storage.Instance} }

func (h *house) mark(at plan) (m mark) {
	h.t.Helper()
	for i, chain := range audits(at) {
		rows, err := h.store.Audit(h.t.Context(), storage.AuditFilter{Chain: chain}, storage.AuditPage{Limit: 1})
		h.must(err)
		for _, row := range rows {
			m[i].N = row.N
		}
	}
	return m
}

func (h *house) everything(at plan, since mark) (s everything) {
	h.t.Helper()
	ctx := context.Background()
	var err error
	if s.Access, err = h.store.Access(ctx, at.doc); errors.Is(err, storage.ErrNoDocument) {
		s.Access, err = h.store.AccessDeleted(ctx, at.doc)
	}
	h.must(err)
	s.Log, err = h.store.After(ctx, at.doc, 0, 100)
	h.must(err)
	s.Links, err = h.store.Links(ctx, at.doc)
	h.must(err)
	s.Requests, err = h.store.Requests(ctx, at.doc)
	h.must(err)
	for i, chain := range audits(at) {
		rows, err := h.store.Audit(ctx, storage.AuditFilter{Chain: chain}, storage.AuditPage{Oldest: true, After: since[i], Limit: 1000})
		h.must(err)
		s.Audit = append(s.Audit, slices.DeleteFunc(rows, func(row storage.Audited) bool { return row.Action == storage.AuditDenied })...)
	}
	s.Members, err = h.store.Members(ctx, at.group, id.User{}, 10)
	h.must(err)
	s.Policy, err = h.store.Policy(ctx)
	h.must(err)
	return s
}

// noted holds that the first refusal of a kind is in the audit, once, for those who may know why; and nothing of the others.
func (h *house) noted(command authz.Command, who asking, standing authz.Standing, at plan) {
	h.t.Helper()
	chain := at.doc
	if !command.OfDocument() || command == authz.RequestAccess {
		chain = storage.Instance
	}
	rows, err := h.store.Audit(h.t.Context(), storage.AuditFilter{Chain: chain, Actor: who.client.user.ID, Action: storage.AuditDenied, Target: command.String()},
		storage.AuditPage{Limit: 10})
	h.must(err)
	want := 0
	if !who.nobody && (chain == storage.Instance || standing.May(authz.SeeOwnAccess)) {
		want = 1
	}
	if len(rows) != want && !who.client.user.ID.IsZero() {
		h.t.Errorf("%v by %s: %d refusals are in the audit, want %d", command, who.name, len(rows), want)
	}
}

func at(suffix string) func(plan) string {
	return func(p plan) string {
		return "/v1/documents/" + p.doc.String() + strings.NewReplacer(
			"{granted}", p.granted.user.ID.String(), "{other}", p.other.user.ID.String(),
			"{link}", p.link.String(), "{ask}", p.ask.String(), "{group}", p.group.String(),
			"{owner}", p.owner.user.ID.String(), "{seat}", id.New[id.Seat]().String(),
		).Replace(suffix)
	}
}

func fixed(path string) func(plan) string {
	return func(p plan) string {
		return strings.NewReplacer("{group}", p.group.String(), "{granted}", p.granted.user.ID.String()).Replace(path)
	}
}

func bodyOf(body any) func(plan) any { return func(plan) any { return body } }

func inTrash(s authz.Standing) authz.Standing  { s.Deleted = true; return s }
func isLocked(s authz.Standing) authz.Standing { s.Locked = true; return s }

func (h *house) delete(at plan) {
	h.must(h.store.DeleteDocument(h.t.Context(), at.doc, storage.At(time.Now()), h.guard(at.doc)))
}

func (h *house) lock(at plan) {
	_, err := h.store.SetLocked(h.t.Context(), at.doc, true, h.guard(at.doc))
	h.must(err)
	h.events.Publish(bus.AccessChanged{Doc: at.doc})
}

// policyTag is that of the policy in force.
func (h *house) policyTag() []string {
	policy, err := h.store.Policy(h.t.Context())
	h.must(err)
	return []string{"If-Match", policyTag(policy)}
}

var (
	link    = bodyOf(wire.PutLink{Name: "review", Role: authz.Commenter, Reason: "asked to"})
	edit    = func(plan) any { return insert(1, 1, "x") }
	rename  = bodyOf(wire.Retitle{Title: "renamed"})
	naming  = func(plan) any { return wire.NameGroup{Name: "Group " + id.New[id.Group]().String()} }
	toOther = func(p plan) any { return wire.Offer{To: p.other.user.ID} }
	handing = func(p plan) any { return wire.Transfer{To: p.other.user.ID, Reason: "has left"} }
)

// calls are all the ways in which HTTP asks for a command.
var calls = map[authz.Command][]call{
	authz.Open: {
		{method: "GET", path: at(""), success: 200},
		{method: "POST", path: at("/tickets"), success: 201},
	},
	authz.ReadContent: {
		{method: "GET", path: at("/content"), success: 200},
		{method: "GET", path: at("/content?rev=1"), success: 200},
		{method: "GET", path: at("/content"), success: 200, prepare: (*house).lock, stands: isLocked},
	},
	authz.ReadHistory: {
		{method: "GET", path: at("/content?rev=0"), success: 200},
		{method: "GET", path: at("/ops"), success: 200},
		{method: "GET", path: at("/ops?after=1"), success: 200},
		{method: "GET", path: at("/ops?after=1"), success: 200, header: asEvents},
	},
	authz.SeeOwnAccess: {
		{method: "GET", path: at("/access"), success: 200},
		{method: "GET", path: at("/access/explain"), success: 200},
		{method: "GET", path: at("/access"), success: 200, prepare: (*house).delete, stands: inTrash},
	},
	authz.Edit: {
		{method: "POST", path: at("/ops"), body: edit, success: 200},
		{method: "POST", path: at("/ops"), body: edit, success: 200, prepare: (*house).lock, stands: isLocked},
	},
	authz.Rename: {
		{method: "PATCH", path: at(""), body: rename, success: 200},
		{method: "PATCH", path: at(""), body: rename, success: 200, prepare: (*house).lock, stands: isLocked},
	},
	authz.ListAccess:    {{method: "GET", path: at("/grants"), success: 200}},
	authz.ExplainAccess: {{method: "GET", path: at("/access/explain?principal=user:{granted}"), success: 200}},
	authz.Grant: {
		{method: "PUT", path: at("/grants/user:{other}"), body: bodyOf(wire.PutGrant{Role: authz.Viewer, Reason: "asked to"}), success: 200},
		{method: "PUT", path: at("/grants/group:{group}"), body: bodyOf(wire.PutGrant{Role: authz.Viewer, Reason: "asked to"}), success: 200},
		{method: "PUT", path: at("/grants/email:new@example.com"), body: bodyOf(wire.PutGrant{Role: authz.Viewer, Reason: "asked to"}), success: 200},
	},
	authz.Revoke: {{method: "DELETE", path: at("/grants/user:{granted}"), success: 204}},
	authz.ManageLinks: {
		{method: "GET", path: at("/links"), success: 200},
		{method: "POST", path: at("/links"), body: link, success: 201},
		{method: "PUT", path: at("/links/{link}"), body: link, success: 200},
		{method: "DELETE", path: at("/links/{link}"), success: 204},
	},
	authz.AnswerRequest: {
		{method: "GET", path: at("/access-requests"), success: 200},
		{method: "POST", path: at("/access-requests/{ask}/approve"), body: bodyOf(wire.Approve{Reason: "asked to"}), success: 204},
		{method: "POST", path: at("/access-requests/{ask}/decline"), success: 204},
	},
	authz.SetHistory: {{method: "PUT", path: at("/history"), body: bodyOf(wire.SetHistory{Open: true}), success: 204}},
	authz.Lock:       {{method: "PUT", path: at("/lock"), success: 204}},
	authz.Unlock: {
		{method: "DELETE", path: at("/lock"), success: 204},
		{method: "DELETE", path: at("/lock"), success: 204, prepare: (*house).lock, stands: isLocked},
	},
	authz.ListSeats:      {{method: "GET", path: at("/seats"), success: 200}},
	authz.DisconnectSeat: {{method: "DELETE", path: at("/seats/{seat}"), success: 204}},
	authz.ReadAudit: {
		{method: "GET", path: at("/audit"), success: 200},
		{method: "GET", path: at("/audit/verify"), success: 200},
		{method: "GET", path: at("/audit"), success: 200, prepare: (*house).delete, stands: inTrash},
	},
	authz.OfferOwnership: {
		{method: "PUT", path: at("/offer"), body: toOther, success: 204},
		{method: "DELETE", path: at("/offer"), success: 204},
	},
	authz.AcceptOwnership:  {{method: "POST", path: at("/offer/accept"), success: 204}},
	authz.DeclineOwnership: {{method: "POST", path: at("/offer/decline"), success: 204}},
	authz.Transfer:         {{method: "POST", path: at("/transfer-ownership"), body: handing, success: 204}},
	authz.Delete:           {{method: "DELETE", path: at(""), success: 204}},
	authz.Undelete:         {{method: "POST", path: at("/undelete"), success: 204, prepare: (*house).delete, stands: inTrash}},

	authz.CreateDocument: {{method: "POST", path: fixed("/v1/documents"), body: bodyOf(wire.NewDocument{Title: "new"}), success: 201}},
	authz.ListDocuments: {
		{method: "GET", path: fixed("/v1/documents"), success: 200},
		{method: "GET", path: fixed("/v1/trash"), success: 200},
	},
	authz.InvitePerson: {{method: "POST", path: fixed("/v1/invitations"), body: bodyOf(map[string]any{}), success: 201}},
	authz.SeeGroups: {
		{method: "GET", path: fixed("/v1/groups"), success: 200},
		{method: "GET", path: fixed("/v1/groups/{group}"), success: 200},
		{method: "GET", path: fixed("/v1/groups/{group}/members"), success: 200},
	},
	authz.ManageGroups: {
		{method: "POST", path: fixed("/v1/groups"), body: naming, success: 201},
		{method: "PATCH", path: fixed("/v1/groups/{group}"), body: naming, success: 200},
		{method: "PUT", path: fixed("/v1/groups/{group}/members/{granted}"), success: 204},
		{method: "DELETE", path: fixed("/v1/groups/{group}/members/{granted}"), success: 204},
		{method: "DELETE", path: fixed("/v1/groups/{group}"), success: 204},
	},
	authz.SeePolicy: {{method: "GET", path: fixed("/v1/policy"), success: 200}},
	authz.SetPolicy: {
		{method: "PUT", path: fixed("/v1/policy"), body: bodyOf(wire.Policy{LinkRole: authz.Admin, Anonymous: true, SignUpDomains: []string{}}),
			success: 200, header: (*house).policyTag},
		{method: "GET", path: fixed("/v1/policy/excess"), success: 200},
	},
	authz.SeeReach: {
		{method: "GET", path: fixed("/v1/accounts/{granted}/reach"), success: 200},
		{method: "GET", path: fixed("/v1/overview"), success: 200},
	},
	authz.ReadInstanceAudit: {
		{method: "GET", path: fixed("/v1/audit"), success: 200},
		{method: "GET", path: fixed("/v1/audit/verify"), success: 200},
	},
	authz.Purge:         {{method: "POST", path: fixed("/v1/trash/purge"), success: 200}},
	authz.RequestAccess: {{method: "POST", path: at("/access-requests"), body: bodyOf(wire.Ask{Role: authz.Admin}), success: http.StatusAccepted}},
}

// notYet are the commands that HTTP has no route for, or whose tests are elsewhere. A new command must be put here or in calls.
var notYet = []authz.Command{
	authz.Export, authz.SeePresence, authz.ShowCursor, authz.Comment, authz.RestoreRevision, authz.NameRevision,
	authz.ManageAccounts, authz.FindPerson, authz.ManageOwnAccount, authz.SuspendUser, authz.Offboard, // accounts_test.go
}

// commands are all that there are.
func commands() []authz.Command {
	var all []authz.Command
	for c := authz.Command(0); !strings.HasPrefix(c.String(), "Command("); c++ {
		all = append(all, c)
	}
	return all
}

// state is a document as a room would load it.
func (h *house) state(doc id.Doc) storage.Loaded {
	h.t.Helper()
	loaded, err := h.store.Load(context.Background(), doc)
	h.must(err)
	return loaded
}
