package api

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/coscribe/coscribe/server/wire"
)

// A body that is not what its schema says is refused with a pointer, and quotes nothing of its sender.
func TestBodiesAreReadStrictly(t *testing.T) {
	h := newHouse(t)
	ada := h.user("ada")
	for _, c := range []struct {
		body    string
		status  int
		pointer string
	}{
		{``, 400, ""},
		{`{`, 400, ""},
		{`null`, 400, ""},
		{`[]`, 400, ""},
		{`"title"`, 400, ""},
		{`{"title":"a"} {}`, 400, ""},
		{`{"title":"a","title":"b"}`, 400, ""},
		{`{"title":"a","evil<script>":1}`, 400, ""},
		{`{"Title":"a"}`, 400, ""},
		{`{"title":1}`, 400, "/title"},
		{`{"title":null}`, 400, "/title"},
		{"{\"title\":\"a\xff\"}", 400, ""},
		{`{"title":"\ud800"}`, 400, ""},
		{`{"title":"a\u0000b"}`, 400, "/title"},
		{`{}`, 400, "/title"},
		{`{"title":""}`, 422, "/title"},
		{`{"title":"  "}`, 422, "/title"},
		{`{"title":"a\nb"}`, 422, "/title"},
		{`{"title":"\u202eevil"}`, 422, "/title"},
		{`{"title":"` + strings.Repeat("é", 201) + `"}`, 422, "/title"},
	} {
		reply := ada.do("POST", "/v1/documents", c.body)
		if reply.status != c.status {
			t.Errorf("%s: %d %s, want %d", c.body, reply.status, reply.body, c.status)
			continue
		}
		problem := into[wire.Problem](reply)
		if problem.Code != wire.CodeInvalid || c.pointer != "" && problem.Pointer != c.pointer {
			t.Errorf("%s: code %s, pointer %q, want pointer %q", c.body, problem.Code, problem.Pointer, c.pointer)
		}
		if strings.Contains(string(reply.body), "evil") {
			t.Errorf("%s is quoted in %s", c.body, reply.body)
		}
	}
	if listed := into[wire.List[wire.Document]](ada.do("GET", "/v1/documents", nil).want(200)); len(listed.Items) != 0 {
		t.Errorf("refused bodies made documents: %+v", listed)
	}
	ada.do("POST", "/v1/documents", `{"title":" Ünïcödé 🌍 "}`).want(201)
}

func TestOversizedBody(t *testing.T) {
	h := newHouse(t)
	ada := h.user("ada")
	path := "/v1/documents/" + ada.document("x").ID.String() + "/ops"
	for name, reader := range map[string]io.Reader{
		"with a length": strings.NewReader(`{"x":"` + strings.Repeat("x", maxBody) + `"}`),
		"in chunks":     io.MultiReader(strings.NewReader(`{"x":"`), strings.NewReader(strings.Repeat("x", maxBody))),
	} {
		request := ada.request("POST", path, nil)
		request.Header.Set("Content-Type", "application/json")
		request.Body = io.NopCloser(reader)
		request.ContentLength = -1
		response, err := h.server.Client().Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		if response.StatusCode != http.StatusRequestEntityTooLarge {
			t.Errorf("%s: %d", name, response.StatusCode)
		}
	}
	ada.do("POST", path, strings.Repeat(" ", maxBody)+"{}").refused(413, wire.CodeTooLarge)
}

func TestQueriesAreReadStrictly(t *testing.T) {
	h := newHouse(t)
	ada := h.user("ada")
	doc := "/v1/documents/" + ada.document("x").ID.String()
	for _, path := range []string{
		"/v1/documents?limit=0", "/v1/documents?limit=201", "/v1/documents?limit=x", "/v1/documents?cursor=x",
		"/v1/documents?cursor=" + strings.Repeat("A", 32), "/v1/documents?page=2", "/v1/documents?limit=1&limit=2",
		doc + "/content?rev=-1", doc + "/content?rev=1.5", doc + "/content?rev=99999999999999999999", doc + "/content?at=1",
		doc + "/ops?after=-1", doc + "/ops?limit=1001", doc + "/ops?since=0", "/v1/session?x=1",
	} {
		ada.do("GET", path, nil).refused(400, wire.CodeInvalid)
	}
	for _, path := range []string{doc + "/content?rev=1", doc + "/ops?after=1"} {
		ada.do("GET", path, nil).refused(422, wire.CodeBadBase)
	}
}

func TestUnknownPathsAndMethods(t *testing.T) {
	h := newHouse(t)
	ada := h.user("ada")
	ada.do("GET", "/v1/nothing", nil).refused(404, wire.CodeNotFound)
	ada.do("GET", "/v1/", nil).refused(404, wire.CodeNotFound)
	reply := ada.do("PUT", "/v1/documents", "{}")
	reply.refused(405, wire.CodeUnsupported)
	if got := reply.header.Get("Allow"); got != "GET, POST" {
		t.Errorf("Allow: %s", got)
	}
	ada.do("PATCH", "/v1/users/me/password", "{}").refused(405, wire.CodeUnsupported)
	if got := ada.do("GET", "/v1/documents/x/socket", nil); got.status != http.StatusTeapot {
		t.Errorf("the socket's handler does not hear its requests: %d", got.status)
	}
}
