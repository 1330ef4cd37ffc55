package api

import (
	"bytes"
	"net/http"
	"slices"
	"testing"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage/id"
)

// A document that one may not see answers like one that does not exist, by every route, byte for byte but for the number
// of the request; and so does one that is deleted, and what is no id.
func TestUnseenIsLikeNonexistent(t *testing.T) {
	h := newHouse(t)
	owner, stranger := h.user("owner"), h.user("stranger")
	hidden, deleted := owner.document("secret").ID, owner.document("gone").ID
	owner.do("DELETE", "/v1/documents/"+deleted.String(), nil).want(204)
	nonexistent := id.New[id.Doc]()

	for command, calls := range calls {
		if command.Least() == authz.None {
			continue
		}
		for _, call := range calls {
			ask := func(who *client, doc id.Doc) (body []byte, header http.Header) {
				reply := who.do(call.method, call.path(doc, owner.user.ID, stranger.user.ID), call.body())
				reply.refused(404, wire.CodeNotFound)
				number := reply.header.Get("X-Request-Id")
				reply.header.Del("X-Request-Id")
				reply.header.Del("Date")
				return bytes.ReplaceAll(reply.body, []byte(number), []byte("*")), reply.header
			}
			want, wantHeader := ask(stranger, nonexistent)
			for name, doc := range map[string]id.Doc{"hidden": hidden, "deleted": deleted} {
				got, gotHeader := ask(stranger, doc)
				if !bytes.Equal(got, want) {
					t.Errorf("%s %v: a %s document answers %s, a nonexistent one %s", call.method, command, name, got, want)
				}
				for key := range wantHeader {
					if !slices.Equal(gotHeader[key], wantHeader[key]) || len(gotHeader) != len(wantHeader) {
						t.Errorf("%s %v: a %s document's header %s is %q, a nonexistent one's %q", call.method, command, name, key, gotHeader[key], wantHeader[key])
					}
				}
			}
			if got, _ := ask(owner, deleted); !bytes.Equal(got, want) {
				t.Errorf("%s %v: to its owner, a deleted document answers %s", call.method, command, got)
			}
		}
	}
	for _, text := range []string{"x", "00000000-0000-0000-0000-00000000000Z", "..%2f", hidden.String() + "0"} {
		stranger.do("GET", "/v1/documents/"+text, nil).refused(404, wire.CodeNotFound)
	}
}
