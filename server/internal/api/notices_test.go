package api

import (
	"slices"
	"testing"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage/id"
)

// Who opens a document, takes its content out, comes by a link, or ends somebody's connection, is written down: once a day, however often
// they do it. Who is refused it, is not written down as if they had.
func TestReadingIsWrittenDownOnce(t *testing.T) {
	h := newHouse(t)
	owner, viewer, stranger := h.user("owner"), h.user("viewer"), h.user("stranger")
	doc := owner.document("plan").ID
	h.grant(doc, viewer.user.ID, authz.Viewer, 0)
	secret, link := h.linkWith(doc, authz.Viewer, 0)
	guest := h.browser()
	seat := id.New[id.Seat]().String()
	for range 3 {
		viewer.do("POST", of(doc)+"/tickets", nil).want(201)
		viewer.do("GET", of(doc)+"/content", nil).want(200)
		viewer.do("GET", of(doc)+"/ops", nil).refused(403, wire.CodeForbidden)
		owner.do("GET", of(doc)+"/ops", nil).want(200)
		owner.do("DELETE", of(doc)+"/seats/"+seat, nil).want(204)
		guest.enter(wire.Enter{Link: secret}).want(200)
		guest.do("POST", of(doc)+"/tickets", nil).want(201)
		stranger.do("POST", of(doc)+"/tickets", nil).refused(404, wire.CodeNotFound)
		stranger.do("GET", of(doc)+"/content", nil).refused(404, wire.CodeNotFound)
	}
	var got []string
	for _, row := range into[wire.List[wire.AuditRow]](owner.do("GET", of(doc)+"/audit", nil).want(200)).Items {
		if row.Action[:7] == "notice." {
			if row.From == "" || row.RequestID == "" {
				t.Errorf("%s says neither from where nor by which request: %+v", row.Action, row)
			}
			who := row.ActorName
			if len(who) > 5 && who[:5] == "Guest" {
				who = "guest"
			}
			got = append(got, who+" "+row.Action+" "+row.Target)
		}
	}
	slices.Sort(got)
	want := []string{
		"guest notice.enter link:" + link.String(),
		"guest notice.open ",
		"owner notice.disconnect seat:" + seat,
		"owner notice.export ops",
		"viewer notice.denied history",
		"viewer notice.export content",
		"viewer notice.open ",
	}
	if !slices.Equal(got, want) {
		t.Errorf("written down: %q\nwant %q", got, want)
	}
}

// Who signs out is written down with the address that they did it from.
func TestSigningOutIsWrittenDown(t *testing.T) {
	h := newHouse(t, openHouse)
	boss, ada := h.user("boss", instanceAdmin), h.member("ada")
	ada.do("DELETE", "/v1/session", nil).want(204)
	rows := into[wire.List[wire.AuditRow]](boss.do("GET", "/v1/audit?action=session.end", nil).want(200)).Items
	if len(rows) != 1 || rows[0].Actor != ada.user.ID || rows[0].From != "127.0.0.1" || rows[0].RequestID == "" {
		t.Errorf("the audit has %+v", rows)
	}
}
