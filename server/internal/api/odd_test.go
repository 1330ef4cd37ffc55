package api

import (
	"strings"
	"testing"
	"time"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/server/wire"
)

// The number of the first moment of all means never: a grant that was to end then would last for ever.
func TestTheFirstMomentIsNotNever(t *testing.T) {
	h := newHouse(t)
	ada, kim := h.user("ada"), h.user("kim")
	doc := "/v1/documents/" + ada.document("x").ID.String()
	first := time.Unix(0, 0).UTC().Format(time.RFC3339)
	ada.do("PUT", doc+"/grants/user:"+kim.user.ID.String(), map[string]any{"role": "viewer", "expiresAt": first}).refused(422, wire.CodeInvalid)
	ada.do("POST", doc+"/links", map[string]any{"name": "l", "role": "viewer", "expiresAt": first}).refused(422, wire.CodeInvalid)
	if micros(nil) != 0 {
		t.Error("no end is none")
	}
}

// A condition that no list of ours ever met is not taken for none.
func TestNoConditionButOurs(t *testing.T) {
	h := newHouse(t)
	ada, kim := h.user("ada"), h.user("kim")
	to := "/v1/documents/" + ada.document("x").ID.String() + "/grants/user:" + kim.user.ID.String()
	for _, condition := range []string{`"a0"`, `"a-0"`, `"a-1"`, `"a01"`, `a1`, `"a1", "a2"`, `"A1"`, `""`} {
		ada.do("PUT", to, map[string]any{"role": "viewer"}, "If-Match", condition).refused(412, wire.CodeChanged)
	}
	ada.do("PUT", to, map[string]any{"role": "viewer"}, "If-Match", "*").want(200)
}

// What is no text in every database is refused, and is no fault of the server's.
func TestQueriesAreText(t *testing.T) {
	h := newHouse(t)
	ada := h.user("ada")
	doc := "/v1/documents/" + ada.document("x").ID.String()
	for _, path := range []string{doc + "/audit?target=%00", doc + "/audit?action=a%FFb", "/v1/groups?cursor=AA", "/v1/users?email=a%00@example.com"} {
		ada.do("GET", path, nil).refused(400, wire.CodeInvalid)
	}
}

// A token that only reads does not make its user one who came by a link.
func TestReadingTokensStayOutside(t *testing.T) {
	h := newHouse(t, openHouse)
	owner, kim := h.user("owner"), h.member("kim")
	doc := owner.document("x").ID
	secret, _ := h.linkWith(doc, authz.Editor, 0)
	bot := h.browser()
	for _, c := range []struct {
		scope  string
		status int
	}{{"read", 403}, {"bulk", 403}, {"write", 200}} {
		bot.token = into[wire.Token](kim.do("POST", "/v1/tokens", map[string]any{"name": "bot", "scopes": []string{c.scope}}).want(201)).Secret
		bot.enter(wire.Enter{Link: secret}).want(c.status)
		want := 404
		if c.status == 200 {
			want = 200
		}
		kim.do("GET", "/v1/documents/"+doc.String(), nil).want(want)
	}
}

// A spreadsheet takes no field for a formula, in whatever width it is written.
func TestExportedFieldsAreNoFormulas(t *testing.T) {
	for _, start := range []string{"=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"} {
		if line := string(record(start + "x")); !strings.HasPrefix(strings.TrimPrefix(line, `"`), "'"+strings.TrimSuffix(start, "\r")) {
			t.Errorf("%q became %q", start, line)
		}
	}
}
