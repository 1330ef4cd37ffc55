package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/client"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage/id"
)

// caller calls the HTTP API with a token, or with none.
type caller struct {
	t     *testing.T
	url   string
	token string
}

// call makes a request and returns the status and the code of a problem, as in "409 full", and an answer's id.
func (c caller) call(method, path string, body any) (outcome, made string) {
	c.t.Helper()
	sent, err := json.Marshal(body)
	if err != nil {
		c.t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(c.t.Context(), method, c.url+"/v1"+path, bytes.NewReader(sent))
	if err != nil {
		c.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	if c.token != "" {
		request.Header.Set("Authorization", "Bearer "+c.token)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		c.t.Fatal(err)
	}
	defer answer.Body.Close()
	var said struct{ ID, Code string }
	_ = json.NewDecoder(answer.Body).Decode(&said) // of nothing, nothing
	return strings.TrimSpace(fmt.Sprintf("%d %s", answer.StatusCode, said.Code)), said.ID
}

type fields map[string]any

// TestOneTooManyIsFull: of everything that people can make as many of as they like there are so many, and then one more is refused
// until one is removed. The reads beside it go on.
func TestOneTooManyIsFull(t *testing.T) {
	const few = 3
	flags := []string{}
	for _, name := range []string{"tokens-per-user", "documents-per-user", "groups", "members-per-group", "links-per-document", "entrants-per-link", "addresses-per-document", "requests-per-document"} {
		flags = append(flags, fmt.Sprintf("--limit-%s=%d", name, few))
	}
	l := startHere(t, append(flags, fmt.Sprintf("--limit-grants-per-document=%d", 3*few))...)
	ana := administrator(t, l.process) // has a token
	person := signIn(t, l.url, "ana@example.com")
	doc := newDocument(t, ana)
	token, err := person.CreateToken(t.Context(), wire.NewToken{Name: "test", Scopes: []string{"write", "admin", "bulk"}})
	if err != nil {
		t.Fatal(err)
	}
	calls := caller{t, l.url, token.Secret}
	_, group := calls.call("POST", "/groups", fields{"name": "Group"})
	var people []id.User
	for i := range few + 1 {
		other := signUpBy(t, l.url, person, fmt.Sprintf("p%d@example.com", i), "Person")
		me, err := other.Me(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		people = append(people, me.ID)
		if err := other.RequestAccess(t.Context(), doc, wire.Ask{Role: authz.Viewer}); err != nil {
			t.Errorf("ask %d: %v, and who asks hears nothing of others", i, err)
		}
	}
	if requests, err := ana.AccessRequests(t.Context(), doc); err != nil || len(requests) != few {
		t.Errorf("%d open requests, want %d; %v", len(requests), few, err)
	}
	of := "/documents/" + doc.String()
	entry, err := person.CreateLink(t.Context(), doc, wire.PutLink{Name: "entry", Role: authz.Viewer})
	if err != nil {
		t.Fatal(err)
	}
	_, secret, _ := strings.Cut(entry.URL, "#")
	for _, kind := range []struct {
		name   string
		before int // there already
		make   func(i int) (outcome, made string)
	}{
		{"members", 0, func(i int) (string, string) {
			return calls.call("PUT", fmt.Sprintf("/groups/%s/members/%s", group, people[i]), fields{})
		}},
		{"groups", 1, func(i int) (string, string) {
			return calls.call("POST", "/groups", fields{"name": fmt.Sprint("Group ", i)})
		}},
		{"addresses", 0, func(i int) (string, string) {
			return calls.call("PUT", fmt.Sprintf("%s/grants/email:n%d@example.com", of, i), fields{"role": "viewer"})
		}},
		{"entrants", 0, func(int) (string, string) {
			return caller{t, l.url, ""}.call("POST", "/session/guest", fields{"link": secret})
		}},
		{"links", 1, func(i int) (string, string) {
			return calls.call("POST", of+"/links", fields{"name": fmt.Sprint(i), "role": "viewer"})
		}},
		{"grants", 0, func(i int) (string, string) {
			return calls.call("PUT", fmt.Sprintf("%s/grants/user:%s", of, people[i]), fields{"role": "viewer"})
		}},
		{"documents", 1, func(i int) (string, string) { return calls.call("POST", "/documents", fields{"title": fmt.Sprint(i)}) }},
		{"tokens", 2, func(i int) (string, string) {
			_, err := person.CreateToken(t.Context(), wire.NewToken{Name: fmt.Sprint(i)})
			if err == nil {
				return "201", ""
			}
			problem, _ := err.(*client.Problem)
			return fmt.Sprint(problem.Status, " ", problem.Code), ""
		}},
	} {
		for i := kind.before; i <= few; i++ {
			outcome, _ := kind.make(i)
			if full := outcome == "409 full"; full != (i == few) || !full && outcome[0] != '2' {
				t.Errorf("%s, %d of %d: %s", kind.name, i+1, few, outcome)
			}
		}
	}
	if outcome, _ := calls.call("DELETE", of, nil); outcome != "204" {
		t.Fatal(outcome)
	}
	if outcome, _ := calls.call("POST", "/documents", fields{"title": "while it is in the trash"}); outcome != "409 full" {
		t.Error(outcome)
	}
	if err := person.RevokeToken(t.Context(), token.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := person.CreateToken(t.Context(), wire.NewToken{Name: "at once"}); err == nil {
		t.Error("who makes and revokes all day fills the table")
	}
	l.counts(map[string]string{`coscribe_rates_hit_total{limit="full"}`: "10"})
}

// TestASessionTooManyEndsTheIdlest: of a user's sessions so many live, and who signs in once more ends the one that was idle for longest.
func TestASessionTooManyEndsTheIdlest(t *testing.T) {
	const few = 3
	l := startHere(t, fmt.Sprintf("--limit-sessions-per-user=%d", few))
	administrator(t, l.process).CloseIdle()
	other := signUpBy(t, l.url, signIn(t, l.url, "ana@example.com"), "bob@example.com", "Bob")
	var sessions []*client.Client
	for range few + 1 {
		sessions = append(sessions, signIn(t, l.url, "ana@example.com"))
	}
	for i, c := range sessions {
		_, err := c.Me(t.Context())
		problem, _ := err.(*client.Problem)
		if ended := problem != nil && problem.Code == wire.CodeNotSignedIn; ended != (i == 0) || !ended && err != nil {
			t.Errorf("session %d: %v", i, err)
		}
	}
	if _, err := other.Me(t.Context()); err != nil {
		t.Errorf("somebody else: %v", err)
	}
}
