package account

import (
	"net/http"
	"net/netip"

	"github.com/coscribe/coscribe/storage"
)

// Visit is where a request comes from, before anybody knows who makes it.
type Visit struct {
	From    netip.Addr
	Agent   string // the kind of browser or program, as deviceOf says it
	Device  string // the cookie of a device that has signed in before; empty or worthless for others
	Request string // the request's id
}

// VisitOf reads a request that came from that address.
func (s *Service) VisitOf(r *http.Request, from netip.Addr, request string) Visit {
	visit := Visit{From: from.Unmap(), Agent: deviceOf(r.UserAgent()), Request: request}
	if cookie, err := r.Cookie(s.deviceCookie()); err == nil && len(cookie.Value) == deviceLen {
		visit.Device = cookie.Value
	}
	return visit
}

// Note is what an audit row says of it.
func (v Visit) Note() storage.Note { return storage.Note{From: v.address(), Request: v.Request} }

func (v Visit) address() string {
	if !v.From.IsValid() {
		return ""
	}
	return v.From.String()
}

// place is what stands for an address when guesses are counted: a whole /64 of IPv6, since its holder has all of it.
func place(from netip.Addr) string {
	from = from.Unmap()
	if from.Is6() {
		if net, err := from.Prefix(64); err == nil {
			return net.String()
		}
	}
	return from.String()
}
