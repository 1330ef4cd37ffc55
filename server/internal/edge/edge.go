// Package edge is the first handler of every request: it finds out who really connects, and lets nothing through that did
// not come encrypted or under a name of ours.
//
// A request is taken as encrypted when it came over TLS to this process, or from a trusted proxy that says
// "X-Forwarded-Proto: https", or from this very machine (a loopback address that is no trusted proxy's). Headers that
// a proxy sets are believed only from the addresses named as trusted. Everything else is sent to the https address
// (pages) or refused (the API), so that a cookie or a ticket never travels in the clear.
package edge

import (
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"github.com/go-chi/chi/v5/middleware"
)

// Config says what the edge trusts.
type Config struct {
	// Origins are the origins of our own pages, scheme and host as browsers send them; the hosts among them are the only
	// ones that requests may name. Where none is given, any loopback host is one.
	Origins []string

	// TrustedProxies are the networks whose X-Forwarded-For and X-Forwarded-Proto are believed.
	TrustedProxies []netip.Prefix
}

// Edge decides what may come in. It is immutable.
type Edge struct {
	hosts   map[string]bool // of Origins, lower case, default ports left out
	secure  string          // the first https origin, where pages are sent; empty for none
	proxies []netip.Prefix
}

// New makes an Edge.
func New(config Config) *Edge {
	e := &Edge{hosts: map[string]bool{}, proxies: config.TrustedProxies}
	for _, origin := range config.Origins {
		u, err := url.Parse(origin)
		if err != nil {
			continue // main has validated them
		}
		e.hosts[host(u.Host)] = true
		if u.Scheme == "https" && e.secure == "" {
			e.secure = origin
		}
	}
	return e
}

// ClientAddr is the address of the one who asks, behind trusted proxies; the zero Addr if it cannot be told.
func ClientAddr(r *http.Request) netip.Addr { return middleware.GetClientIPAddr(r.Context()) }

// strictTransport tells browsers to use https only, for a year.
const strictTransport = "max-age=31536000"

// Handler puts the edge before next.
func (e *Edge) Handler(next http.Handler) http.Handler {
	guarded := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !e.knows(r.Host) {
			http.Error(w, "this server does not answer under that name", http.StatusMisdirectedRequest)
			return
		}
		switch encrypted, local := e.transport(r); {
		case encrypted:
			w.Header().Set("Strict-Transport-Security", strictTransport)
			next.ServeHTTP(w, r)
		case local:
			next.ServeHTTP(w, r)
		case e.secure != "" && isPage(r):
			http.Redirect(w, r, e.secure+r.URL.RequestURI(), http.StatusPermanentRedirect)
		default:
			http.Error(w, "https only", http.StatusForbidden)
		}
	})
	if len(e.proxies) == 0 {
		return middleware.ClientIPFromRemoteAddr(guarded)
	}
	var networks []string
	for _, proxy := range e.proxies {
		networks = append(networks, proxy.String())
	}
	return middleware.ClientIPFromXFF(networks...)(guarded)
}

// transport tells whether the request came encrypted, or without leaving this machine.
func (e *Edge) transport(r *http.Request) (encrypted, local bool) {
	if r.TLS != nil {
		return true, false
	}
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return false, false
	}
	addr := peer.Addr().Unmap().WithZone("")
	for _, proxy := range e.proxies {
		if proxy.Contains(addr) {
			proto := r.Header.Values("X-Forwarded-Proto")
			return len(proto) == 1 && strings.EqualFold(proto[0], "https"), false
		}
	}
	return false, addr.IsLoopback()
}

// knows tells whether a request may name this host.
func (e *Edge) knows(name string) bool {
	name = host(name)
	if len(e.hosts) > 0 {
		return e.hosts[name]
	}
	return isLoopbackHost(name)
}

func isLoopbackHost(name string) bool {
	if bare, _, found := strings.Cut(name, ":"); found && !strings.HasPrefix(name, "[") {
		name = bare
	}
	if name == "localhost" {
		return true
	}
	if port := strings.LastIndex(name, "]:"); port > 0 {
		name = name[:port+1]
	}
	addr, err := netip.ParseAddr(strings.Trim(name, "[]"))
	return err == nil && addr.IsLoopback()
}

// host normalises a host with its port: lower case, no default port.
func host(name string) string {
	name = strings.ToLower(name)
	name = strings.TrimSuffix(name, ":443")
	return strings.TrimSuffix(name, ":80")
}

func isPage(r *http.Request) bool {
	return (r.Method == http.MethodGet || r.Method == http.MethodHead) && !strings.HasPrefix(r.URL.Path, "/v1/")
}
