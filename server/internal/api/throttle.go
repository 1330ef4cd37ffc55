package api

import (
	"cmp"
	"errors"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/coscribe/coscribe/server/internal/account"
	"github.com/coscribe/coscribe/server/internal/meter"
)

// Limits are how many requests are served. An address is an IPv4 address, or the /64 that one customer has in IPv6. Zeros are the
// defaults.
type Limits struct {
	PerAddress, AddressBurst int // a second, and at once, of one address: 100, 400

	// Of those who have no account, guests as well: they are strangers, and share a pool beside their address's own.
	StrangersPerAddress, StrangersAddressBurst int // 20, 100
	StrangersPerNode, StrangersNodeBurst       int // 500, 1,000
}

// DefaultLimits are those of a server that nobody configured.
func DefaultLimits() Limits { return Limits{}.withDefaults() }

func (l Limits) withDefaults() Limits {
	l.PerAddress, l.AddressBurst = cmp.Or(l.PerAddress, 100), cmp.Or(l.AddressBurst, 400)
	l.StrangersPerAddress, l.StrangersAddressBurst = cmp.Or(l.StrangersPerAddress, 20), cmp.Or(l.StrangersAddressBurst, 100)
	l.StrangersPerNode, l.StrangersNodeBurst = cmp.Or(l.StrangersPerNode, 500), cmp.Or(l.StrangersNodeBurst, 1000)
	return l
}

// tooFast is the refusal of one request too many.
type tooFast struct{ wait time.Duration }

func (*tooFast) Error() string { return "too many requests" }

// throttle refuses requests beyond an address's rate, before anything is done for them.
func (a *API) throttle(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if wait := a.addresses.take(meter.Network(a.ClientIP(r)), time.Now()); wait > 0 {
			a.refuse(w, r, &tooFast{wait})
			return
		}
		next.ServeHTTP(w, r)
	})
}

// throttleStrangers refuses requests of strangers beyond their rate. Whether a token is worth anything is not known yet:
// chargeStranger sees to those that are not.
func (a *API) throttleStrangers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "" && !a.Accounts.Member(r) {
			if err := a.stranger(r); err != nil {
				a.refuse(w, r, err)
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

// chargeStranger is the answer to a credential that is worth nothing: who has none is a stranger, and is counted as one.
func (a *API) chargeStranger(r *http.Request, err error) error {
	if r.Header.Get("Authorization") != "" && errors.Is(err, account.ErrNotSignedIn) {
		if err := a.stranger(r); err != nil {
			return err
		}
	}
	return err
}

func (a *API) stranger(r *http.Request) error {
	now := time.Now()
	wait := a.strangers.take(meter.Network(a.ClientIP(r)), now)
	if wait == 0 {
		wait = a.pool.take(netip.Prefix{}, now)
	}
	if wait > 0 {
		return &tooFast{wait}
	}
	return nil
}

// rates keeps a rate for each address.
type rates struct {
	perSecond, burst float64

	mu    sync.Mutex
	full  map[netip.Prefix]time.Time // guarded by mu: when nothing of what was taken is left
	swept time.Time                  // guarded by mu
}

// maxAddresses are remembered at a time. Beyond, all others share one rate until some are forgotten.
const maxAddresses = 50_000

func newRates(perSecond, burst int) *rates {
	return &rates{perSecond: float64(perSecond), burst: float64(burst), full: make(map[netip.Prefix]time.Time)}
}

// take takes one from what an address has, or returns how long to wait for it.
func (l *rates) take(from netip.Prefix, now time.Time) (wait time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sweep(now)
	full, known := l.full[from]
	if !known && len(l.full) >= maxAddresses {
		from = netip.Prefix{}
		full = l.full[from]
	}
	if full.Before(now) {
		full = now
	}
	full = full.Add(time.Duration(float64(time.Second) / l.perSecond))
	if wait := full.Sub(now) - time.Duration(l.burst/l.perSecond*float64(time.Second)); wait > 0 {
		return wait
	}
	l.full[from] = full
	return 0
}

// sweep forgets, now and then, the addresses that have all they can have.
func (l *rates) sweep(now time.Time) {
	if now.Sub(l.swept) < time.Second {
		return
	}
	l.swept = now
	for from, full := range l.full {
		if !full.After(now) {
			delete(l.full, from)
		}
	}
}
