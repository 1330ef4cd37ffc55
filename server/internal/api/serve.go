package api

import (
	"errors"
	"net/http"
	"strings"

	"github.com/coscribe/coscribe/server/internal/account"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
)

// serve makes an http.Handler of a route: its error becomes a problem.
func (a *API) serve(route route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		exchangeOf(r).route = route.pattern
		secureData(w.Header())
		if err := route.handle(w, r); err != nil {
			a.refuse(w, r, err)
		}
	})
}

type actorHandler func(http.ResponseWriter, *http.Request, storage.Actor) error

// signedIn finds out who asks.
func (a *API) signedIn(next actorHandler) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		actor, err := a.Accounts.Actor(r)
		if err != nil {
			return a.chargeStranger(r, err)
		}
		exchangeOf(r).user = actor.User
		actor.Note = a.visit(r).Note()
		return next(w, r, actor)
	}
}

// visit is where a request comes from.
func (a *API) visit(r *http.Request) account.Visit {
	return a.Accounts.VisitOf(r, a.ClientIP(r), exchangeOf(r).id.String())
}

type documentHandler func(http.ResponseWriter, *http.Request, storage.Actor, id.Doc) error

// ofDocument finds out who asks, and which document for. An id that cannot be one is a document that does not exist.
func (a *API) ofDocument(next documentHandler) func(http.ResponseWriter, *http.Request) error {
	return a.signedIn(func(w http.ResponseWriter, r *http.Request, actor storage.Actor) error {
		doc, err := id.Parse[id.Doc](r.PathValue("id"))
		if err != nil {
			return storage.ErrNoDocument
		}
		exchangeOf(r).doc = doc
		return next(w, r, actor, doc)
	})
}

// noRoute answers for paths that nothing is at, and for methods that a path does not have.
func (a *API) noRoute(mux *http.ServeMux) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		var allowed []string
		for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE"} {
			probe := r.Clone(r.Context())
			probe.Method = method
			if _, pattern := mux.Handler(probe); strings.HasPrefix(pattern, method+" ") {
				allowed = append(allowed, method)
			}
		}
		if allowed == nil {
			return errNoRoute
		}
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		return errMethod
	}
}

// sameOrigin refuses what another site's page makes a browser send.
func (a *API) sameOrigin(next http.Handler) http.Handler {
	protection := http.NewCrossOriginProtection()
	protection.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		secureData(w.Header())
		a.refuse(w, r, errCrossOrigin)
	}))
	return protection.Handler(next)
}

// The refusals of this package.
var (
	errNoRoute     = errors.New("nothing is at this path")
	errMethod      = errors.New("the path does not have this method")
	errCrossOrigin = errors.New("sent by another site's page")
	errOrigin      = errors.New("not an origin")
	errMediaType   = errors.New("the body is not application/json")
	errCrowded     = errors.New("too many connections of one address, user or document")
	errFullNode    = errors.New("too many connections")
	errDraining    = errors.New("draining")
	errNoAccount   = errors.New("no such account")
	errNoCondition = errors.New("no If-Match")
)
