package api

import (
	"fmt"
	"slices"
	"testing"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
)

// Whatever its user may do, a token does only what it was given, by every command over HTTP; and what it is refused leaves
// nothing behind.
func TestScopesCapEveryCommand(t *testing.T) {
	h := newHouse(t, openHouse)
	owner := h.member("owner")
	h.tokenFor(owner.user.ID)
	p := h.people(owner)
	shared := h.plan(p)
	for _, names := range [][]string{{"read"}, {"write"}, {"admin"}, {"read", "write", "admin", "bulk"}} {
		made := into[wire.Token](owner.do("POST", "/v1/tokens", map[string]any{"name": "bot", "scopes": names}).want(201))
		want := slices.Clone(names)
		if !slices.Contains(want, "read") {
			want = append([]string{"read"}, want...)
		}
		if !slices.Equal(made.Scopes, want) {
			t.Errorf("scopes %v became %v", names, made.Scopes)
		}
		bot := h.browser()
		bot.token = made.Secret
		given := scopesOf(names)
		for command, calls := range calls {
			standing := authz.Standing{Role: authz.Owner, SignedIn: true, Withheld: authz.AllScopes &^ given}
			if !(authz.Standing{Role: authz.Owner, SignedIn: true}).May(command) {
				continue // not the owner's either
			}
			for i, call := range calls {
				if len(calls) > 1 && i > 0 && command == authz.Open || call.stands != nil {
					continue
				}
				t.Run(fmt.Sprintf("%v/%v/%d", names, command, i), func(t *testing.T) {
					at := shared
					if standing.May(command) {
						at = h.plan(p)
						call.ready(h, at)
					}
					marked := h.mark(at)
					before := h.everything(at, marked)
					reply := bot.do(call.method, call.path(at), call.bodyOf(at), call.headers(h)...)
					if standing.May(command) {
						if reply.status >= 400 && reply.status != 404 && reply.status != 409 { // what it is about may be missing
							t.Errorf("%d %s", reply.status, reply.body)
						}
						return
					}
					reply.refused(403, wire.CodeForbidden)
					if after := h.everything(at, marked); after.Access.Document.AccessVersion != before.Access.Document.AccessVersion ||
						after.Access.Document.Head != before.Access.Document.Head || after.Access.Document.Title != before.Access.Document.Title {
						t.Errorf("it left something behind: %+v", after.Access.Document)
					}
				})
			}
		}
	}
	for _, bad := range []any{[]string{"root"}, []string{"read", "read", "read", "read", "read"}, "write", []int{1}} {
		if reply := owner.do("POST", "/v1/tokens", map[string]any{"name": "bot", "scopes": bad}); reply.status != 422 && reply.status != 400 {
			t.Errorf("scopes %v: %d", bad, reply.status)
		}
	}
}

// A ticket brings to the socket what the token that took it may do.
func TestTicketsCarryScopes(t *testing.T) {
	h := newHouse(t, openHouse)
	ada := h.member("ada")
	doc := ada.document("plan").ID
	for _, c := range []struct {
		scopes []string
		want   authz.Scopes
	}{{[]string{"read"}, authz.AllScopes}, {[]string{"write"}, authz.ScopeAdmin | authz.ScopeBulk}, {[]string{"write", "admin", "bulk"}, 0}} {
		bot := h.browser()
		bot.token = into[wire.Token](ada.do("POST", "/v1/tokens", map[string]any{"name": "bot", "scopes": c.scopes}).want(201)).Secret
		ticket := into[wire.Ticket](bot.do("POST", "/v1/documents/"+doc.String()+"/tickets", nil).want(201)).Ticket
		actor, err := h.accounts.RedeemTicket(t.Context(), ticket, doc, "")
		if err != nil || actor.Withheld != c.want || actor.Credential.Kind != storage.ByToken {
			t.Errorf("%v: %+v, %v; want %03b withheld", c.scopes, actor, err, c.want)
		}
	}
}
