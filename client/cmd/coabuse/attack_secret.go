package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"strings"
)

var secretAttacks = []attack{
	{rows: "25", name: "links and invitations, guessed", run: guessedLinks},
	{rows: "26", name: "passwords, guessed", run: guessedPasswords},
	{rows: "26", name: "requests of nobody, faster than allowed", run: fastRequests},
	{rows: "27", name: "tokens, guessed and bent", run: bentTokens},
}

// guess is a secret like ours.
func guess() string {
	var bits [32]byte
	_, _ = rand.Read(bits[:])
	return base64.RawURLEncoding.EncodeToString(bits[:])
}

func guessedLinks(ctx context.Context, s *stage, t *tally) {
	enter, look := s.asks(s.place()), s.asks(s.place())
	for range 150 {
		a := enter(ctx, request{method: "POST", path: "/v1/session/guest", header: map[string][]string{"Origin": {s.ours()}}, body: `{"link":"` + guess() + `"}`})
		t.expect("a link", a.String(), "404 not_found", "429 rate_limited")
		a = look(ctx, request{method: "GET", path: "/v1/invitations/" + guess()})
		t.expect("an invitation", a.String(), "404 not_found", "429 rate_limited")
	}
	t.hold(t.count("429 rate_limited") > 0, "slowed down", "150 guesses from one address were all answered")
}

// guessedPasswords tries one account from many addresses, and many accounts from one.
func guessedPasswords(ctx context.Context, s *stage, t *tally) {
	one := s.asks(s.place())
	try := func(ask func(context.Context, request) answer, email string) {
		a := ask(ctx, request{method: "POST", path: "/v1/session", header: map[string][]string{"Origin": {s.ours()}}, body: `{"email":"` + email + `","password":"` + marker + guess() + `"}`})
		t.expect("a password", a.String(), "401 bad_login", "429 rate_limited", "503 overloaded")
	}
	account := strings.ToLower(guess()) + "@a.example"
	for range 12 {
		try(one, account)
	}
	t.hold(t.count("429 rate_limited") >= 5, "slowed down", "12 guesses of one account's password in a row were answered")
	for range 6 {
		try(one, strings.ToLower(guess())+"@a.example")
	}
	t.hold(t.count("401 bad_login") <= 12, "slowed down", "%d guesses of one address were answered", t.count("401 bad_login"))
}

func bentTokens(ctx context.Context, s *stage, t *tally) {
	token := s.EditorToken
	middle := len(token) / 2
	other := byte('A')
	if token[middle] == other {
		other = 'B'
	}
	for name, value := range map[string]string{
		"cut": "Bearer " + token[:len(token)-1], "longer": "Bearer " + token + "A", "a letter changed": "Bearer " + token[:middle] + string(other) + token[middle+1:],
		"in capitals": "Bearer " + strings.ToUpper(token), "without its prefix": "Bearer " + token[4:], "made up": "Bearer " + token[:len(token)-43] + guess(), "nothing": "Bearer ",
		"no scheme": token, "another scheme": "Basic " + token, "two in one": "Bearer " + token + ", Bearer " + token, "a space": "Bearer " + token[:middle] + " " + token[middle:],
		"SQL": "Bearer ' OR 1=1 --", "long": "Bearer " + strings.Repeat("A", 10_000), "its hash": "Bearer " + marker,
	} {
		for _, path := range []string{"/v1/users/me", of(s.target, "/content")} {
			a := s.ask(ctx, request{method: "GET", path: path, header: map[string][]string{"Authorization": {value}}})
			t.expect(name, a.String(), "401 not_signed_in")
		}
	}
	a := s.ask(ctx, request{method: "GET", path: "/v1/users/me", header: map[string][]string{"Authorization": {"Bearer " + marker, "Bearer " + token}}})
	t.expect("two headers", a.String(), "401 not_signed_in")
}

// strangerBurst is how many requests at once one address may send without an account.
const strangerBurst = 100

// fastRequests asks faster than anybody without an account may.
func fastRequests(ctx context.Context, s *stage, t *tally) {
	ask := s.asks(s.place())
	for i := range 4 * strangerBurst {
		a := ask(ctx, request{method: "GET", path: "/v1/users/me", token: marker, header: map[string][]string{"X-Forwarded-For": {fmt.Sprintf("198.51.100.%d", i%250)}}})
		t.expect("a request", a.String(), "401 not_signed_in", "429 rate_limited")
	}
	t.hold(t.count("429 rate_limited") > 0, "slowed down", "%d requests at once from one address were all answered", 4*strangerBurst)
}
