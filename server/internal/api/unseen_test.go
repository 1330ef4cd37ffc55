package api

import (
	"bytes"
	"context"
	"net/http"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
	"github.com/coscribe/coscribe/storage/sqlite"
)

// A document that one may not see answers like one that does not exist, by every route, byte for byte but for the number
// of the request; and so does one that is deleted, and what is no id.
func TestUnseenIsLikeNonexistent(t *testing.T) {
	h := newHouse(t)
	p, stranger := h.people(h.user("owner")), h.user("stranger")
	hidden, deleted := h.plan(p), h.plan(p)
	h.delete(deleted)
	nonexistent := hidden
	nonexistent.doc = id.New[id.Doc]()

	for command, calls := range calls {
		if !command.OfDocument() {
			continue
		}
		for _, call := range calls {
			ask := func(who *client, at plan) (body []byte, header http.Header) {
				reply := who.do(call.method, call.path(at), call.bodyOf(at), call.headers(h)...)
				if command == authz.RequestAccess {
					reply.want(call.success)
				} else {
					reply.refused(404, wire.CodeNotFound)
				}
				number := reply.header.Get("X-Request-Id")
				reply.header.Del("X-Request-Id")
				reply.header.Del("Date")
				return bytes.ReplaceAll(reply.body, []byte(number), []byte("*")), reply.header
			}
			want, wantHeader := ask(stranger, nonexistent)
			for name, at := range map[string]plan{"hidden": hidden, "deleted": deleted} {
				got, gotHeader := ask(stranger, at)
				if !bytes.Equal(got, want) {
					t.Errorf("%s %v: a %s document answers %s, a nonexistent one %s", call.method, command, name, got, want)
				}
				for key := range wantHeader {
					if !slices.Equal(gotHeader[key], wantHeader[key]) || len(gotHeader) != len(wantHeader) {
						t.Errorf("%s %v: a %s document's header %s is %q, a nonexistent one's %q", call.method, command, name, key, gotHeader[key], wantHeader[key])
					}
				}
			}
			if (authz.Standing{Role: authz.Owner, SignedIn: true, Deleted: true}).May(command) {
				continue
			}
			if got, _ := ask(p.owner, deleted); !bytes.Equal(got, want) {
				t.Errorf("%s %v: to its owner, a deleted document answers %s", call.method, command, got)
			}
		}
	}
	for _, text := range []string{"x", "00000000-0000-0000-0000-00000000000Z", "..%2f", hidden.doc.String() + "0"} {
		stranger.do("GET", "/v1/documents/"+text, nil).refused(404, wire.CodeNotFound)
	}
}

// asked is a store that notes what is read of documents.
type asked struct {
	storage.Store
	mu    sync.Mutex
	calls []string // guarded by mu
}

func (a *asked) note(call string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.calls = append(a.calls, call)
}

// taken returns what was read since the last time.
func (a *asked) taken() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	calls := a.calls
	a.calls = nil
	return calls
}

func (a *asked) Access(ctx context.Context, doc id.Doc, users ...id.User) (storage.Access, error) {
	if ctx.Value(http.ServerContextKey) != nil { // not a room that looks again by itself
		a.note("Access")
	}
	return a.Store.Access(ctx, doc, users...)
}

func (a *asked) AccessDeleted(ctx context.Context, doc id.Doc, users ...id.User) (storage.Access, error) {
	a.note("AccessDeleted")
	return a.Store.AccessDeleted(ctx, doc, users...)
}

func (a *asked) PutRequest(ctx context.Context, request storage.Request, by storage.By) error {
	a.note("PutRequest")
	return a.Store.PutRequest(ctx, request, by)
}

func (a *asked) Policy(ctx context.Context) (storage.Policy, error) {
	a.note("Policy")
	return a.Store.Policy(ctx)
}

func (a *asked) Users(ctx context.Context, users []id.User) ([]storage.User, error) {
	a.note("Users")
	return a.Store.Users(ctx, users)
}

func (a *asked) UserByEmail(ctx context.Context, email string) (storage.User, error) {
	a.note("UserByEmail")
	return a.Store.UserByEmail(ctx, email)
}

func (a *asked) Load(ctx context.Context, doc id.Doc, users ...id.User) (storage.Loaded, error) {
	a.note("Load")
	return a.Store.Load(ctx, doc, users...)
}

func (a *asked) After(ctx context.Context, doc id.Doc, after ot.Rev, limit int) ([]storage.Revision, error) {
	a.note("After")
	return a.Store.After(ctx, doc, after, limit)
}

func (a *asked) Snapshot(ctx context.Context, doc id.Doc, atMost ot.Rev) (storage.Snapshot, error) {
	a.note("Snapshot")
	return a.Store.Snapshot(ctx, doc, atMost)
}

// What is asked of the database for a document that one may not see is what is asked for one that does not exist, so that
// the time taken tells nothing either.
func TestUnseenTakesTheSameQueries(t *testing.T) {
	real, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "coscribe.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer real.Close()
	store := &asked{Store: real}
	h := newHouseOn(t, store)
	p, stranger := h.people(h.user("owner")), h.user("stranger")
	hidden := h.plan(p)
	nonexistent := hidden
	nonexistent.doc = id.New[id.Doc]()
	for command, calls := range calls {
		if !command.OfDocument() {
			continue
		}
		for _, call := range calls {
			ask := func(at plan) []string {
				store.taken()
				stranger.do(call.method, call.path(at), call.bodyOf(at), call.headers(h)...)
				return store.taken()
			}
			got, want := ask(hidden), ask(nonexistent)
			if !slices.Equal(got, want) {
				t.Errorf("%s %v: %v for a hidden document, %v for a nonexistent one", call.method, command, got, want)
			}
			if len(want) > 2 || !slices.Contains(want, "Access") && !slices.Contains(want, "AccessDeleted") {
				t.Errorf("%s %v: %v", call.method, command, want)
			}
		}
	}
}
