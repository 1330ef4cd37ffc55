package main

import (
	"context"
	"strings"
	"time"

	"github.com/coscribe/coscribe/storage/id"
)

var ticketAttacks = []attack{
	{rows: "6", name: "a ticket, raced", run: race},
	{rows: "6", name: "tickets used, foreign, unknown, of another page", run: badTickets},
	{rows: "6", name: "a ticket in the address", run: ticketInURL},
	{rows: "6", name: "a ticket that has expired", run: expiredTicket, kind: long},
	{rows: "7", name: "something else before the ticket", run: beforeJoin},
}

func badTickets(ctx context.Context, s *stage, t *tally) {
	ours := "Origin: " + s.base.Scheme + "://" + s.base.Host
	program := s.opening(s.target, s.EditorToken)
	page := program.without("Authorization").with(ours)
	fresh := func() string {
		secret, err := ticket(ctx, s.editor, s.target)
		t.must(err, "ticket")
		return secret
	}
	join := func(name string, o opening, secret string) {
		l, err := s.open(ctx, o)
		if !t.must(err, "open") {
			return
		}
		defer l.Close()
		l.put(text(joining(secret)))
		t.expect(name, l.fate(patience), "closed 4005")
	}
	replayed := fresh()
	l, err := s.open(ctx, program)
	if !t.must(err, "open") {
		return
	}
	defer l.Close()
	_, err = l.join(replayed)
	t.must(err, "join by a ticket in order")
	join("replayed", program, replayed)
	join("replayed on another document", s.opening(s.hidden, s.EditorToken), replayed)
	join("for another document", s.opening(s.shared, s.EditorToken), fresh())
	join("for a document that is not there", s.opening(id.New[id.Doc](), s.EditorToken), fresh())
	join("of a program, by a page", page, fresh())
	unused := fresh()
	for name, secret := range map[string]string{
		"made up": strings.Repeat("A", 43), "too short": unused[:42], "with a letter more": unused + "A", "in capitals": strings.ToUpper(unused),
		"empty": "", "SQL": "' OR 1=1 --" + marker, "with NUL": unused[:42] + "\x00", "a space after": unused + " ",
	} {
		join(name, program, secret)
	}
	join("for another document, when none knew of it", s.opening(s.hidden, s.EditorToken), unused)
	a := s.ask(ctx, request{method: "POST", path: of(s.target, "/tickets")})
	t.expect("a ticket for nobody", a.String(), "401 not_signed_in")
	a = s.ask(ctx, request{method: "POST", path: of(s.hidden, "/tickets"), token: s.ViewerToken})
	t.expect("a ticket for a document of others", a.String(), "404 not_found")
}

func ticketInURL(ctx context.Context, s *stage, t *tally) {
	secret, err := ticket(ctx, s.editor, s.target)
	if !t.must(err, "ticket") {
		return
	}
	o := s.opening(s.target, s.EditorToken)
	o.first = "GET " + of(s.target, "/socket?ticket="+secret+"&token="+s.EditorToken) + " HTTP/1.1"
	l, a := s.knock(ctx, s.addresses.fresh(), o.with("Sec-WebSocket-Protocol: "+secret))
	if l == nil {
		t.expect("in the address", a.String(), "400 ", "403 ")
		return
	}
	defer l.Close()
	l.put(text(`{"type":"ping","t":1}`))
	t.expect("in the address", l.fate(patience), "closed 4005")
	a = s.ask(ctx, request{method: "GET", path: of(s.target, "/content?token="+s.EditorToken)})
	t.expect("a token in the address", a.String(), "401 not_signed_in", "400 invalid")
}

func expiredTicket(ctx context.Context, s *stage, t *tally) {
	secret, err := ticket(ctx, s.editor, s.target)
	if !t.must(err, "ticket") {
		return
	}
	sleep(ctx, 31*time.Second)
	l, err := s.open(ctx, s.opening(s.target, s.EditorToken))
	if t.must(err, "open") {
		defer l.Close()
		l.put(text(joining(secret)))
		t.expect("after 31 s", l.fate(patience), "closed 4005")
	}
}

func beforeJoin(ctx context.Context, s *stage, t *tally) {
	submit := `{"type":"submit","seq":1,"id":"` + id.New[id.Edit]().String() + `","base":0,"delta":{"ops":[{"insert":"` + marker + `"}]}}`
	s.untouched(ctx, t, func() {
		for name, first := range map[string][]byte{
			"an edit": text(submit), "a rename": text(`{"type":"rename","ref":"r","title":"` + marker + `"}`), "a ping": frame(fin|opPing, ""), "a pong": frame(fin|opPong, marker),
			"5 KiB": text(joining(strings.Repeat("A", 5<<10))), "64 KiB announced": header(fin|opText, 64<<10), "a fragment": frame(opText, joining("")),
			"bytes": frame(fin|opBinary, submit), "no JSON": text(marker), "nothing": text(""), "an array": text("[]"), "a join without a ticket": text(`{"type":"join"}`),
			"two messages": append(text(`{"type":"join"}`), text(submit)...), "an empty continuation": frame(fin|opContinuation, ""),
		} {
			l, err := s.open(ctx, s.opening(s.target, s.EditorToken))
			if !t.must(err, "open") {
				return
			}
			l.put(first)
			t.expect(name, l.fate(patience), "closed 4005", "closed 1002")
			l.Close()
		}
	})
}
