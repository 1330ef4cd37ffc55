package api

import (
	"io/fs"
	"log/slog"
	"net/http"
	"net/netip"
	"sync/atomic"

	"github.com/coscribe/coscribe/server/internal/account"
	"github.com/coscribe/coscribe/server/internal/document"
	"github.com/coscribe/coscribe/server/internal/meter"
	"github.com/coscribe/coscribe/server/internal/room"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// Config is what the API stands on.
type Config struct {
	Store     storage.Store // asked only whether it is ready
	Accounts  *account.Service
	Documents *document.Service
	Hub       *room.Hub

	// Socket serves /v1/documents/{id}/socket. It sees the request as it came: no login session, no deadline.
	Socket http.Handler

	// Pages holds the browser client: index.html, and the files that it names under assets/.
	Pages fs.FS

	// Admit counts in an event stream, and returns how to count it out, or the code of the refusal; nil for any number of them.
	Admit func(from netip.Addr, user id.User, doc id.Doc) (leave func(), refused wire.Code)

	Limits    Limits
	Streams   StreamLimits
	PublicURL string // what links to the pages begin with, as in https://docs.example.com
	ClientIP  func(*http.Request) netip.Addr
	Log       *slog.Logger
	Meter     *meter.Meter // nil for one that nobody reads
}

// API is an http.Handler. It is safe for concurrent use.
type API struct {
	Config
	handler  http.Handler
	draining atomic.Bool
	ending   chan struct{} // closed when streams are to end

	addresses, strangers *rates // by address
	pool                 *rates // one, of all strangers
}

// New returns the API. It panics if Pages lacks index.html, since then the program was built wrongly.
func New(config Config) *API {
	if config.Meter == nil {
		config.Meter = meter.Discard()
	}
	limits := config.Limits.withDefaults()
	config.Streams = config.Streams.withDefaults()
	a := &API{
		Config:    config,
		ending:    make(chan struct{}),
		addresses: newRates(limits.PerAddress, limits.AddressBurst),
		strangers: newRates(limits.StrangersPerAddress, limits.StrangersAddressBurst),
		pool:      newRates(limits.StrangersPerNode, limits.StrangersNodeBurst),
	}
	v1 := http.NewServeMux()
	for _, route := range a.routes() {
		v1.Handle(route.pattern, a.serve(route))
	}
	v1.Handle("/", a.serve(route{pattern: "/", handle: a.noRoute(v1)}))

	site := http.NewServeMux()
	site.Handle("/v1/", a.sameOrigin(a.throttle(config.Accounts.LoadAndSave(a.throttleStrangers(v1), a.refuse))))
	for _, route := range a.openRoutes() {
		site.Handle(route.pattern, a.serve(route))
	}
	site.Handle("/", newPages(config.Pages))

	doors := http.NewServeMux()
	doors.Handle("/v1/documents/{id}/socket", config.Socket)
	doors.Handle("/", a.observe(site))
	a.handler = doors
	return a
}

// ServeHTTP answers a request.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.handler.ServeHTTP(w, r) }

// Drain makes /readyz say that this node is going away, and ends event streams, whose readers come back elsewhere. Requests are
// served until the server shuts down.
func (a *API) Drain() {
	if !a.draining.Swap(true) {
		close(a.ending)
	}
}

// A route is one line of the API.
type route struct {
	pattern string // as http.ServeMux reads it
	handle  func(http.ResponseWriter, *http.Request) error
}

// routes are those under /v1. What a handler may do is decided below it; signedIn only says who asks.
func (a *API) routes() []route {
	return []route{
		{"GET /v1/session", a.showSession},
		{"POST /v1/session", a.signIn},
		{"DELETE /v1/session", a.signOut},
		{"POST /v1/session/guest", a.enter},

		{"POST /v1/users", a.signUp},
		{"GET /v1/users", a.signedIn(a.findUser)},
		{"GET /v1/users/me", a.signedIn(a.showMe)},
		{"PUT /v1/users/me/password", a.signedIn(a.changePassword)},
		{"POST /v1/users/me/proof", a.signedIn(a.proveAddress)},
		{"GET /v1/users/me/sessions", a.signedIn(own(a.listLogins))},
		{"DELETE /v1/users/me/sessions", a.signedIn(own(a.endLogins))},
		{"DELETE /v1/users/me/sessions/{session}", a.signedIn(own(a.endLogin))},

		{"GET /v1/accounts", a.signedIn(a.listAccounts)},
		{"PUT /v1/accounts/{id}/suspension", a.signedIn(ofUser(a.suspend))},
		{"DELETE /v1/accounts/{id}/suspension", a.signedIn(ofUser(a.reinstate))},
		{"POST /v1/accounts/{id}/offboarding", a.signedIn(ofUser(a.offboard))},
		{"GET /v1/accounts/{id}/sessions", a.signedIn(ofUser(a.listLogins))},
		{"DELETE /v1/accounts/{id}/sessions", a.signedIn(ofUser(a.endLogins))},
		{"DELETE /v1/accounts/{id}/sessions/{session}", a.signedIn(ofUser(a.endLogin))},

		{"POST /v1/invitations", a.signedIn(a.invite)},
		{"GET /v1/invitations/{secret}", a.showInvitation},

		{"GET /v1/tokens", a.signedIn(a.listTokens)},
		{"POST /v1/tokens", a.signedIn(a.makeToken)},
		{"DELETE /v1/tokens/{id}", a.signedIn(a.revokeToken)},

		{"GET /v1/documents", a.signedIn(a.listDocuments)},
		{"POST /v1/documents", a.signedIn(a.createDocument)},
		{"GET /v1/documents/{id}", a.ofDocument(a.showDocument)},
		{"PATCH /v1/documents/{id}", a.ofDocument(a.retitleDocument)},
		{"DELETE /v1/documents/{id}", a.ofDocument(a.deleteDocument)},

		{"GET /v1/documents/{id}/content", a.ofDocument(a.showContent)},
		{"GET /v1/documents/{id}/ops", a.ofDocument(a.listOps)},
		{"POST /v1/documents/{id}/ops", a.ofDocument(a.writeOps)},
		{"POST /v1/documents/{id}/tickets", a.ofDocument(a.issueTicket)},

		{"GET /v1/documents/{id}/access", a.ofDocument(a.showAccess)},
		{"GET /v1/documents/{id}/access/explain", a.ofDocument(a.explain)},
		{"GET /v1/documents/{id}/grants", a.ofDocument(a.listGrants)},
		{"PUT /v1/documents/{id}/grants/{principal}", a.ofDocument(a.putGrant)},
		{"DELETE /v1/documents/{id}/grants/{principal}", a.ofDocument(a.dropGrant)},
		{"POST /v1/grants", a.signedIn(a.changeMany)},
		{"GET /v1/documents/{id}/links", a.ofDocument(a.listLinks)},
		{"POST /v1/documents/{id}/links", a.ofDocument(a.makeLink)},
		{"PUT /v1/documents/{id}/links/{link}", a.ofDocument(a.changeLink)},
		{"DELETE /v1/documents/{id}/links/{link}", a.ofDocument(a.dropLink)},
		{"GET /v1/documents/{id}/access-requests", a.ofDocument(a.listRequests)},
		{"POST /v1/documents/{id}/access-requests", a.ofDocument(a.requestAccess)},
		{"POST /v1/documents/{id}/access-requests/{request}/approve", a.ofDocument(a.approveRequest)},
		{"POST /v1/documents/{id}/access-requests/{request}/decline", a.ofDocument(a.declineRequest)},

		{"PUT /v1/documents/{id}/lock", a.ofDocument(a.lock)},
		{"DELETE /v1/documents/{id}/lock", a.ofDocument(a.unlock)},
		{"PUT /v1/documents/{id}/history", a.ofDocument(a.setHistory)},
		{"PUT /v1/documents/{id}/offer", a.ofDocument(a.offer)},
		{"DELETE /v1/documents/{id}/offer", a.ofDocument(a.withdraw)},
		{"POST /v1/documents/{id}/offer/accept", a.ofDocument(a.accept)},
		{"POST /v1/documents/{id}/offer/decline", a.ofDocument(a.decline)},
		{"POST /v1/documents/{id}/transfer-ownership", a.ofDocument(a.transfer)},
		{"POST /v1/documents/{id}/undelete", a.ofDocument(a.undelete)},
		{"GET /v1/documents/{id}/seats", a.ofDocument(a.listSeats)},
		{"DELETE /v1/documents/{id}/seats/{seat}", a.ofDocument(a.disconnect)},
		{"GET /v1/documents/{id}/audit", a.ofDocument(a.listDocumentAudit)},
		{"GET /v1/documents/{id}/audit/verify", a.ofDocument(a.verifyDocumentAudit)},

		{"GET /v1/trash", a.signedIn(a.listTrash)},
		{"POST /v1/trash/purge", a.signedIn(a.purge)},

		{"GET /v1/groups", a.signedIn(a.listGroups)},
		{"POST /v1/groups", a.signedIn(a.makeGroup)},
		{"GET /v1/groups/{id}", a.signedIn(ofGroup(a.showGroup))},
		{"PATCH /v1/groups/{id}", a.signedIn(ofGroup(a.renameGroup))},
		{"DELETE /v1/groups/{id}", a.signedIn(ofGroup(a.dropGroup))},
		{"GET /v1/groups/{id}/members", a.signedIn(ofGroup(a.listMembers))},
		{"PUT /v1/groups/{id}/members/{user}", a.signedIn(ofGroup(a.addMember))},
		{"DELETE /v1/groups/{id}/members/{user}", a.signedIn(ofGroup(a.dropMember))},

		{"GET /v1/accounts/{id}/reach", a.signedIn(ofUser(a.listReach))},
		{"GET /v1/overview", a.signedIn(a.listOverview)},
		{"GET /v1/audit", a.signedIn(a.listAudit)},
		{"GET /v1/audit/verify", a.signedIn(a.verifyAudit)},
		{"GET /v1/policy", a.signedIn(a.showPolicy)},
		{"PUT /v1/policy", a.signedIn(a.setPolicy)},
		{"GET /v1/policy/excess", a.signedIn(a.showExcess)},
	}
}

// openRoutes are those for anybody, outside of /v1.
func (a *API) openRoutes() []route {
	return []route{
		{"GET /livez", a.live},
		{"GET /readyz", a.ready},
		{"GET /openapi.yaml", a.showOpenAPI},
	}
}
