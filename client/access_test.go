package client_test

import (
	"errors"
	"net/http"
	"net/url"
	"testing"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/client"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage/id"
)

// TestChangesNameTheListTheyWereMadeFrom: the second of two who change the same list hears of the first.
func TestChangesNameTheListTheyWereMadeFrom(t *testing.T) {
	version := `"a1"`
	doc, to := id.New[id.Doc](), client.ToAddress("kim+1@example.com")
	c := clientOf(t, func(w http.ResponseWriter, r *http.Request) {
		if only := r.Header.Get("If-Match"); only != "" && only != version {
			problem(w, 412, wire.CodeChanged)
			return
		}
		if r.Method != http.MethodGet {
			if want := "/v1/documents/" + doc.String() + "/grants/" + url.PathEscape(to.String()); r.URL.EscapedPath() != want {
				t.Errorf("%s %s, want %s", r.Method, r.URL.EscapedPath(), want)
			}
			version = `"a2"`
		}
		w.Header().Set("ETag", version)
		w.Write(wire.Append(nil, wire.Grants{Items: []wire.GrantItem{}}))
	})
	list, err := c.AccessList(t.Context(), doc)
	if err != nil || list.Version != `"a1"` {
		t.Fatalf("the list is of version %s, %v", list.Version, err)
	}
	next, err := c.RevokeAt(t.Context(), doc, list.Version, to)
	if err != nil || next != `"a2"` {
		t.Fatalf("after the change it is of version %s, %v", next, err)
	}
	var refused *client.Problem
	if _, err := c.RevokeAt(t.Context(), doc, list.Version, to); !errors.Is(err, client.ErrChanged) || !errors.As(err, &refused) || refused.Status != 412 {
		t.Errorf("a change to the list as it was: %v", err)
	}
}

// TestListsAreReadToTheirEnds follows cursors, and ends at the first error.
func TestListsAreReadToTheirEnds(t *testing.T) {
	pages := 0
	c := clientOf(t, func(w http.ResponseWriter, r *http.Request) {
		if pages++; pages == 3 {
			problem(w, 403, wire.CodeForbidden)
			return
		}
		if action := r.URL.Query().Get("action"); action != "access.grant" {
			t.Errorf("page %d asks for %q", pages, r.URL.RawQuery)
		}
		w.Write(wire.Append(nil, wire.List[wire.AuditRow]{Items: []wire.AuditRow{{N: 2}, {N: 1}}, NextCursor: "next"}))
	})
	var rows, failures int
	for _, err := range c.Audit(t.Context(), client.AuditFilter{Action: "access.grant"}) {
		if err == nil {
			rows++
		} else if failures++; !errors.Is(err, client.ErrForbidden) {
			t.Errorf("the list ended with %v", err)
		}
	}
	if rows != 4 || failures != 1 {
		t.Errorf("%d rows and %d errors, want 4 and 1", rows, failures)
	}
}

func TestRefusalsOfSharingHaveTheirErrors(t *testing.T) {
	for code, want := range map[wire.Code]error{
		wire.CodePolicy: client.ErrPolicy, wire.CodeReason: client.ErrReason, wire.CodeHasRole: client.ErrHasRole, wire.CodeTaken: client.ErrTaken,
		wire.CodeFull: client.ErrFull,
	} {
		c := clientOf(t, func(w http.ResponseWriter, _ *http.Request) { problem(w, 422, code) })
		err := c.Grant(t.Context(), id.New[id.Doc](), client.ToAnyone(), wire.PutGrant{Role: authz.Viewer})
		if !errors.Is(err, want) || errors.Is(err, client.ErrChanged) {
			t.Errorf("%s: %v, want %v", code, err, want)
		}
	}
}
