package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/server/internal/bus"
	"github.com/coscribe/coscribe/server/internal/document"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
	"github.com/coscribe/coscribe/storage/sqlite"
)

// Whoever is at the machine verifies the audit, against what was kept of it as well, and asks who may do what.
func TestOperatorLooksAtAuditAndAccess(t *testing.T) {
	data := t.TempDir()
	store, err := sqlite.Open(t.Context(), filepath.Join(data, databaseFile))
	if err != nil {
		t.Fatal(err)
	}
	now := storage.At(time.Now())
	user := storage.User{ID: id.New[id.User](), Email: "ana@example.com", Name: "Ana", Proven: true, CreatedAt: now}
	token := storage.Token{ID: id.New[id.Credential](), User: user.ID, Name: "t", CreatedAt: now}
	actor := storage.Actor{User: user.ID, Name: "Ana", Credential: storage.Credential{Kind: storage.ByToken, ID: token.ID}}
	_, err = store.CreateUser(t.Context(), user, nil, storage.By{})
	if err == nil {
		err = store.PutToken(t.Context(), token, storage.By{})
	}
	documents := document.New(store, &bus.Bus{})
	var view document.View
	if err == nil {
		view, err = documents.Create(t.Context(), actor, "plan")
	}
	if err == nil {
		_, err = documents.Grant(t.Context(), actor, view.ID, authz.Right{To: authz.Principal{Kind: authz.ToEveryone}, Role: authz.Viewer})
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	command := func(args ...string) (string, error) {
		var out bytes.Buffer
		err := run(t.Context(), append(args, "--data", data), &out, &out)
		return out.String(), err
	}

	ends, err := command("audit", "verify")
	if err != nil || !strings.HasPrefix(ends, "instance 2 ") || !strings.Contains(ends, "\n"+view.ID.String()+" 2 ") {
		t.Fatalf("verify: %v\n%s", err, ends)
	}
	kept := filepath.Join(t.TempDir(), "kept")
	for _, c := range []struct{ kept, want string }{
		{ends, ""},
		{strings.Replace(ends, view.ID.String()+" 2 ", view.ID.String()+" 3 ", 1), "missing at the end"},
		{ends + id.New[id.Doc]().String() + " 1 " + strings.Repeat("0", 64) + "\n", "missing at the end"},
	} {
		if err := os.WriteFile(kept, []byte(c.kept), 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := command("audit", "verify", "--kept", kept); (err != nil) != (c.want != "") || !strings.Contains(out, c.want) {
			t.Errorf("against\n%s: %v\n%s", c.kept, err, out)
		}
	}

	out, err := command("access", "explain", view.ID.String(), "email:ana@example.com")
	if fields := strings.Join(strings.Fields(out), " "); err != nil || !strings.HasPrefix(fields, "owner BY ROLE STATE WITHOUT IT user:"+user.ID.String()+
		" (ana@example.com) owner wins viewer everyone viewer covered owner") {
		t.Errorf("explain: %v\n%s", err, out)
	}
	for _, bad := range [][]string{{"plan", "everyone"}, {view.ID.String(), "nobody"}, {id.New[id.Doc]().String(), "anyone"}} {
		if _, err := command("access", "explain", bad[0], bad[1]); err == nil {
			t.Errorf("explain %v is content", bad)
		}
	}
}
