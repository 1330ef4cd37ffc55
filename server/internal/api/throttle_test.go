package api

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/coscribe/coscribe/server/internal/meter"
	"github.com/coscribe/coscribe/server/wire"
)

// throttled is a house's API within other limits, and how to ask it from an address.
func throttled(h *house, limits Limits) func(from string, who *client) reply {
	config := h.api.Config
	config.Limits = limits
	config.ClientIP = func(r *http.Request) netip.Addr { return netip.MustParseAddr(r.RemoteAddr) }
	door := New(config)
	return func(from string, who *client) reply {
		r := httptest.NewRequest("GET", "/v1/users/me", nil)
		r.RemoteAddr = from
		if who != nil && who.token != "" {
			r.Header.Set("Authorization", "Bearer "+who.token)
		} else if who != nil {
			r.AddCookie(who.cookie())
		}
		w := httptest.NewRecorder()
		door.ServeHTTP(w, r)
		return reply{t: h.t, call: "GET from " + from, status: w.Code, header: w.Header(), body: w.Body.Bytes()}
	}
}

// One address has so many requests, whoever makes them; a network of IPv6 is one address, and others do not notice.
func TestAddressesAreThrottled(t *testing.T) {
	h := newHouse(t, openHouse)
	ada := h.user("ada")
	ask := throttled(h, Limits{PerAddress: 1, AddressBurst: 5})
	for n := range 5 {
		ask(fmt.Sprintf("2001:db8::%d", n), ada).want(200)
	}
	reply := ask("2001:db8::ffff", ada)
	reply.refused(429, wire.CodeRateLimited)
	if wait := reply.header.Get("Retry-After"); wait != "1" {
		t.Errorf("Retry-After %q, want 1", wait)
	}
	ask("2001:db8:0:1::1", ada).want(200)
	ask("192.0.2.1", ada).want(200)
}

// Those without an account, guests and worthless tokens too, have less, and all of them together a pool: none of it hinders
// those who have one.
func TestStrangersAreThrottled(t *testing.T) {
	h := newHouse(t, openHouse)
	ada, kim := h.member("ada"), h.user("kim")
	public := kim.document("public").ID
	h.grantAnyone(public)
	guest := h.browser()
	guest.do("POST", "/v1/session/guest", wire.Enter{Document: public}).want(200)
	forger := &client{house: h, token: "cos_" + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}

	ask := throttled(h, Limits{StrangersPerAddress: 1, StrangersAddressBurst: 2, StrangersPerNode: 1, StrangersNodeBurst: 5})
	ask("192.0.2.1", nil).refused(401, wire.CodeNotSignedIn)
	ask("192.0.2.1", guest).want(200)
	ask("192.0.2.1", guest).refused(429, wire.CodeRateLimited)
	ask("192.0.2.1", nil).refused(429, wire.CodeRateLimited)
	ask("192.0.2.1", forger).refused(429, wire.CodeRateLimited)
	for range 2 {
		ask("192.0.2.2", forger).refused(401, wire.CodeNotSignedIn)
	}
	ask("192.0.2.3", guest).want(200)
	ask("192.0.2.4", nil).refused(429, wire.CodeRateLimited) // the pool is empty
	for range 20 {
		ask("192.0.2.1", ada).want(200)
		ask("192.0.2.1", kim).want(200)
	}
}

// No address has more than its rate in any time, and who keeps to it is never refused.
func TestRatesKeepTheLimit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		perSecond, burst := rapid.IntRange(1, 5).Draw(t, "rate"), rapid.IntRange(1, 6).Draw(t, "burst")
		limited := newRates(perSecond, burst)
		now := time.Unix(1_000_000, 0)
		var passed []time.Time
		for range rapid.IntRange(1, 60).Draw(t, "requests") {
			now = now.Add(time.Duration(rapid.IntRange(0, 900).Draw(t, "ms")) * time.Millisecond)
			wait := limited.take(netip.Prefix{}, now)
			if wait == 0 {
				passed = append(passed, now)
			} else if limited.take(netip.Prefix{}, now.Add(wait-time.Nanosecond)) == 0 {
				t.Fatalf("it passes before the %v that it was to wait", wait)
			}
			for i, first := range passed { // however many pass after it are no more than the rate
				if n := len(passed) - i; float64(n) > float64(burst)+now.Sub(first).Seconds()*float64(perSecond)+1e-6 {
					t.Fatalf("%d passed in %v", n, now.Sub(first))
				}
			}
		}
	})
}

// However many addresses come, the table stays small, and those it has no room for still have a rate.
func TestAddressesAreBounded(t *testing.T) {
	limited := newRates(1, 1)
	now := time.Unix(1_000_000, 0)
	address := func(i int) netip.Prefix {
		return meter.Network(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}))
	}
	refused := 0
	for i := range maxAddresses + 100 {
		if limited.take(address(i), now) > 0 {
			refused++
		}
	}
	if len(limited.full) > maxAddresses+1 || refused != 99 {
		t.Errorf("%d addresses are remembered, %d are refused", len(limited.full), refused)
	}
	if limited.take(address(0), now.Add(time.Hour)); len(limited.full) != 1 {
		t.Errorf("after an hour %d are remembered", len(limited.full))
	}
}
