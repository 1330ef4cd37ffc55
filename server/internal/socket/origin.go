package socket

import (
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"github.com/coscribe/coscribe/server/internal/edge"
)

// origins is the allowlist of pages that may connect, and of names that they may connect to. Without a list, pages of the
// very host that they connect to may, if that is this machine.
type origins struct {
	allowed map[string]bool // normal origins
	hosts   map[string]bool // of allowed, each with its port
}

func newOrigins(list []string) origins {
	o := origins{allowed: map[string]bool{}, hosts: map[string]bool{}}
	for _, text := range list {
		origin, host, ok := edge.NormalOrigin(text)
		if !ok {
			panic("socket: not an origin: " + text) // whoever read the configuration has checked it
		}
		o.allowed[origin] = true
		o.hosts[host] = true
	}
	return o
}

// check tells whether the handshake comes from a page of ours, or from a program: something that is no browser, for it
// has no Origin, and could not do harm by somebody's cookie, for it has none and brings a token of its own. It returns
// the normal origin that the ticket must have been given to, empty for a program.
func (o origins) check(r *http.Request) (origin string, ok bool) {
	switch values := r.Header.Values("Origin"); len(values) {
	case 0:
		_, cookie := r.Header["Cookie"]
		return "", !cookie && isBearer(r.Header.Values("Authorization"))
	case 1:
		origin, host, ok := edge.NormalOrigin(values[0])
		if !ok {
			return "", false
		}
		if len(o.allowed) > 0 {
			return origin, o.allowed[origin]
		}
		return origin, host == hostWithPort(r.Host, strings.HasPrefix(origin, "https:")) && isLoopback(host)
	}
	return "", false
}

// knows tells whether we answer under the host that the request names.
func (o origins) knows(host string) bool {
	if len(o.hosts) > 0 {
		return o.hosts[hostWithPort(host, false)] || o.hosts[hostWithPort(host, true)]
	}
	return isLoopback(hostWithPort(host, false))
}

func isBearer(values []string) bool {
	if len(values) != 1 {
		return false
	}
	scheme, token, _ := strings.Cut(values[0], " ")
	return strings.EqualFold(scheme, "Bearer") && token != ""
}

// hostWithPort writes out the port that a Host header leaves out.
func hostWithPort(host string, https bool) string {
	scheme := "http"
	if https {
		scheme = "https"
	}
	_, withPort, _ := edge.NormalOrigin(scheme + "://" + host)
	return withPort
}

func isLoopback(hostWithPort string) bool {
	u := url.URL{Host: hostWithPort}
	if u.Hostname() == "localhost" {
		return true
	}
	addr, err := netip.ParseAddr(u.Hostname())
	return err == nil && addr.IsLoopback()
}
