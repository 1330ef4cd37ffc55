package api

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/server/internal/bus"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage/id"
)

func (c *client) write(doc id.Doc, body map[string]any) reply {
	c.house.t.Helper()
	return c.do("POST", "/v1/documents/"+doc.String()+"/ops", body)
}

func (c *client) text(doc id.Doc) string {
	c.house.t.Helper()
	return into[wire.Content](c.do("GET", "/v1/documents/"+doc.String()+"/content", nil).want(200)).Content.String()
}

// Sent again, also by somebody who rebases it or when others have written since, edits have one effect and one answer.
func TestWritingTwiceIsWritingOnce(t *testing.T) {
	h := newHouse(t)
	ada := h.user("ada")
	doc := ada.document("x").ID
	edits := insert(0, 1, "world", "hello ", "🌍")
	first := into[wire.Written](ada.write(doc, edits).want(200))
	if len(first.Items) != 3 || first.Head != 3 {
		t.Fatalf("written %+v", first)
	}
	ada.write(doc, insert(3, 1, "others ")).want(200)
	for range 3 {
		again := into[wire.Written](ada.write(doc, edits).want(200))
		if diff := cmp.Diff(fmt.Sprint(first.Items), fmt.Sprint(again.Items)); diff != "" {
			t.Fatalf("the retry is answered otherwise (-first +retry):\n%s", diff)
		}
	}
	exact := with(edits, "mode", "exact") // its base is old, but it stands in the log already
	ada.write(doc, exact).want(200)
	if got, want := ada.text(doc), `{"ops":[{"insert":"others 🌍hello world\n"}]}`; got != want {
		t.Fatalf("content %s, want %s", got, want)
	}
	other := with(edits, "ids", insert(0, 1, "a", "b", "c")["ids"])
	ada.write(doc, other).refused(409, wire.CodeSeqReuse)
}

func TestExactOrRebase(t *testing.T) {
	h := newHouse(t)
	ada, kim := h.user("ada"), h.user("kim")
	doc := ada.document("x").ID
	h.grant(doc, kim.user.ID, authz.Editor, 0)
	ada.write(doc, with(insert(0, 1, "one "), "mode", "exact")).want(200)
	late := insert(0, 1, "two ")
	problem := kim.write(doc, with(late, "mode", "exact")).refused(409, wire.CodeConflict)
	if problem.Head == nil || *problem.Head != 1 {
		t.Errorf("the conflict names head %v, want 1", problem.Head)
	}
	if got := ada.text(doc); got != `{"ops":[{"insert":"one \n"}]}` {
		t.Fatalf("a conflicting write left %s", got)
	}
	written := into[wire.Written](kim.write(doc, late).want(200))
	if written.Head != 2 || written.Items[0].Author != kim.user.ID {
		t.Fatalf("written %+v", written)
	}
	if got := ada.text(doc); !strings.Contains(got, "one ") || !strings.Contains(got, "two ") {
		t.Fatalf("content %s", got)
	}
}

// All edits of a request or none.
func TestRefusedEdits(t *testing.T) {
	h := newHouse(t)
	ada := h.user("ada")
	doc := ada.document("x").ID
	ada.write(doc, insert(0, 1, "abc")).want(200)
	delta := func(ops string) []any {
		var read any
		if err := json.Unmarshal([]byte(ops), &read); err != nil {
			t.Fatal(err)
		}
		return []any{map[string]any{"ops": read}}
	}
	good := insert(1, 1, "x")
	before := h.state(doc)
	for name, c := range map[string]struct {
		body   map[string]any
		status int
		code   wire.Code
	}{
		"past the end":      {with(good, "ops", delta(`[{"retain":9},{"insert":"x"}]`)), 422, wire.CodeDoesNotFit},
		"the last newline":  {with(good, "ops", delta(`[{"retain":3},{"delete":1}]`)), 422, wire.CodeDoesNotFit},
		"after the last":    {with(good, "ops", delta(`[{"retain":4},{"insert":"x"}]`)), 422, wire.CodeDoesNotFit},
		"empty":             {with(good, "ops", delta(`[]`)), 422, wire.CodeEmptyEdit},
		"script link":       {with(good, "ops", delta(`[{"insert":"x","attributes":{"link":"javascript:alert(1)"}}]`)), 422, wire.CodeNotAllowed},
		"unknown attribute": {with(good, "ops", delta(`[{"insert":"x","attributes":{"onclick":"x"}}]`)), 422, wire.CodeNotAllowed},
		"two in one":        {with(good, "ops", delta(`[{"insert":"x","delete":1}]`)), 422, wire.CodeBadDelta},
		"a carriage return": {with(good, "ops", delta(`[{"insert":"a\r\nb"}]`)), 422, wire.CodeBadDelta},
		"future base":       {with(good, "base", 2), 422, wire.CodeBadBase},
		"another epoch":     {with(good, "epoch", 2), 409, wire.CodeResync},
		"no mode":           {with(good, "mode", ""), 422, wire.CodeInvalid},
		"no ids":            {with(good, "ids", []any{}), 422, wire.CodeInvalid},
		"more ids than ops": {with(good, "ids", []any{id.New[id.Edit]().String(), id.New[id.Edit]().String()}), 422, wire.CodeInvalid},
		"seq 0":             {with(good, "seq", 0), 422, wire.CodeInvalid},
		"negative base":     {with(good, "base", -1), 422, wire.CodeInvalid},
	} {
		if reply := ada.write(doc, c.body); reply.status != c.status || into[wire.Problem](reply).Code != c.code {
			t.Errorf("%s: %d %s, want %d %s", name, reply.status, reply.body, c.status, c.code)
		}
	}
	half := insert(1, 1, "fine", "x")
	half["ops"] = append(half["ops"].([]any)[:1], delta(`[{"retain":99},{"insert":"x"}]`)...)
	ada.write(doc, half).refused(422, wire.CodeDoesNotFit)
	if diff := cmp.Diff(before, h.state(doc)); diff != "" {
		t.Errorf("refused edits left something behind (-before +after):\n%s", diff)
	}
}

// Pages of JSON and a stream of lines hold the same log, from any revision on.
func TestReadingTheLog(t *testing.T) {
	h := newHouse(t)
	ada := h.user("ada")
	doc := ada.document("x").ID
	path := "/v1/documents/" + doc.String() + "/ops"
	const revisions = 1203
	var base int64
	for seq := int64(1); base < revisions; seq += 500 {
		texts := make([]string, min(401, revisions-base))
		for i := range texts {
			texts[i] = "é"
		}
		base = int64(into[wire.Written](ada.write(doc, insert(base, seq, texts...)).want(200)).Head)
	}

	var paged []wire.Revision
	for {
		page := into[wire.Ops](ada.do("GET", fmt.Sprintf("%s?after=%d&limit=500", path, len(paged)), nil).want(200))
		paged = append(paged, page.Items...)
		if len(paged) == int(page.Head) {
			break
		}
	}
	streamed := ada.stream(path + "?after=0")
	if len(streamed) != revisions || len(paged) != revisions {
		t.Fatalf("%d streamed, %d paged, want %d", len(streamed), len(paged), revisions)
	}
	for i := range paged {
		if got, want := fmt.Sprint(streamed[i]), fmt.Sprint(paged[i]); got != want || int(paged[i].Rev) != i+1 {
			t.Fatalf("line %d: %s, in the pages %s", i, got, want)
		}
	}
	if tail := ada.stream(path + "?after=1200"); len(tail) != 3 || tail[0].Rev != 1201 {
		t.Fatalf("after 1200: %+v", tail)
	}
	if some := ada.stream(path + "?after=5&limit=2"); len(some) != 2 || some[0].Rev != 6 {
		t.Fatalf("two after 5: %+v", some)
	}
	if none := ada.stream(fmt.Sprintf("%s?after=%d", path, revisions)); len(none) != 0 {
		t.Fatalf("after the head: %+v", none)
	}
}

func (c *client) stream(path string) []wire.Revision {
	c.house.t.Helper()
	reply := c.do("GET", path, nil, "Accept", "text/html, application/x-ndjson;q=0.9").want(200)
	if got := reply.header.Get("Content-Type"); got != "application/x-ndjson" {
		c.house.t.Fatalf("content type %q", got)
	}
	var revisions []wire.Revision
	lines := bufio.NewScanner(bytes.NewReader(reply.body))
	for lines.Scan() {
		line := reply
		line.body = lines.Bytes()
		revisions = append(revisions, into[wire.Revision](line))
	}
	return revisions
}

// A right that ends in the middle of a stream ends the stream, and not as if that were all.
func TestStreamEndsWithTheRight(t *testing.T) {
	h := newHouse(t)
	ada, kim := h.user("ada"), h.user("kim")
	doc := ada.document("x").ID
	h.grant(doc, kim.user.ID, authz.Editor, 0)
	var base int64
	for seq := int64(1); base < opsMost+1; seq += 500 {
		texts := make([]string, 500)
		for i := range texts {
			texts[i] = "x"
		}
		base = int64(into[wire.Written](ada.write(doc, insert(base, seq, texts...)).want(200)).Head)
	}
	h.server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.Header.Get("Accept"), ndjson) {
			w = &between{ResponseWriter: w, pieces: func() {
				ada.do("DELETE", "/v1/documents/"+doc.String()+"/grants/user:"+kim.user.ID.String(), nil).want(204)
			}}
		}
		h.api.ServeHTTP(w, r)
	})
	response, err := h.server.Client().Do(kim.request("GET", "/v1/documents/"+doc.String()+"/ops", nil, "Accept", ndjson))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	read, err := io.ReadAll(response.Body)
	if lines := bytes.Count(read, []byte("\n")); err == nil || lines != opsMost {
		t.Fatalf("the stream ended with %v after %d lines, want it cut off after %d", err, lines, opsMost)
	}
}

// between does something after each piece of a stream.
type between struct {
	http.ResponseWriter
	pieces func()
}

func (b *between) FlushError() error {
	err := http.NewResponseController(b.ResponseWriter).Flush()
	b.pieces()
	return err
}

func (b *between) Unwrap() http.ResponseWriter { return b.ResponseWriter }

func TestContentAtEveryRevision(t *testing.T) {
	h := newHouse(t)
	ada, viewer := h.user("ada"), h.user("viewer")
	doc := ada.document("x").ID
	h.grant(doc, viewer.user.ID, authz.Viewer, 0)
	ada.write(doc, insert(0, 1, "c", "b", "a")).want(200)
	path := "/v1/documents/" + doc.String() + "/content"
	for rev, want := range []string{"\\n", "c\\n", "bc\\n", "abc\\n"} {
		reply := ada.do("GET", fmt.Sprintf("%s?rev=%d", path, rev), nil).want(200)
		content := into[wire.Content](reply)
		if got := content.Content.String(); got != `{"ops":[{"insert":"`+want+`"}]}` || int(content.Rev) != rev {
			t.Errorf("at %d: %s, want %s", rev, got, want)
		}
		tag := reply.header.Get("ETag")
		if tag != fmt.Sprintf(`"e1-%d"`, rev) {
			t.Errorf("at %d: ETag %s", rev, tag)
		}
		ada.do("GET", fmt.Sprintf("%s?rev=%d", path, rev), nil, "If-None-Match", tag).want(304)
	}
	head := viewer.do("GET", path, nil).want(200).header.Get("ETag")
	for _, condition := range []string{head, "W/" + head, `"x", ` + head, "*"} {
		if reply := viewer.do("GET", path, nil, "If-None-Match", condition).want(304); len(reply.body) > 0 {
			t.Errorf("304 with a body %s", reply.body)
		}
	}
	viewer.do("GET", path, nil, "If-None-Match", `"e1-2"`).want(200)
	stranger := h.user("stranger")
	stranger.do("GET", path, nil, "If-None-Match", head).refused(404, wire.CodeNotFound)
}

// A document's title and access are told to those who have it open.
func TestChangesAreTold(t *testing.T) {
	h := newHouse(t)
	ada, kim := h.user("ada"), h.user("kim")
	doc := ada.document("x").ID
	path := "/v1/documents/" + doc.String()
	var told []string
	h.events.Subscribe(func(e bus.Event) { told = append(told, fmt.Sprintf("%T", e)) })
	ada.do("PATCH", path, wire.Retitle{Title: "y"}).want(200)
	ada.do("PUT", path+"/grants/user:"+kim.user.ID.String(), map[string]any{"role": "editor"}).want(200)
	ada.do("DELETE", path+"/grants/user:"+kim.user.ID.String(), nil).want(204)
	ada.do("DELETE", path+"/grants/user:"+kim.user.ID.String(), nil).refused(404, wire.CodeNotFound)
	ada.do("DELETE", path, nil).want(204)
	want := []string{"bus.DocumentChanged", "bus.AccessChanged", "bus.AccessChanged", "bus.AccessChanged"}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
}
