package postgres_test

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
	"github.com/coscribe/coscribe/storage/pgtest"
	"github.com/coscribe/coscribe/storage/postgres"
)

// author is somebody with a document, in a store of their own.
type author struct {
	*postgres.Store
	fence storage.Fence
	doc   storage.Document
}

func newAuthor(t *testing.T, url string) *author {
	t.Helper()
	store, err := postgres.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	now := storage.At(time.Now())
	user, session := id.New[id.User](), id.New[id.Credential]()
	a := &author{Store: store, fence: storage.Fence{User: user, Credential: storage.Credential{Kind: storage.BySession, ID: session}}}
	a.doc = storage.Document{ID: id.New[id.Doc](), Owner: user, Epoch: 1, AccessVersion: 1, CreatedAt: now, UpdatedAt: now}
	_, err = store.CreateUser(t.Context(), storage.User{ID: user, CreatedAt: now}, nil, storage.By{})
	err = errors.Join(err,
		store.PutSession(t.Context(), storage.Session{ID: session, Hash: storage.Hash(slices.Repeat(user[:], 2)), User: user, CreatedAt: now, ExpiresAt: now + 3_600_000_000}, storage.Note{}),
		store.CreateDocument(t.Context(), a.doc, storage.By{Fence: &a.fence}))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// batch is n revisions on top of head.
func (a *author) batch(head ot.Rev, n int) storage.Batch {
	b := storage.Batch{Doc: a.doc.ID, Epoch: 1, Head: head, AccessVersion: 1, Fences: []storage.Fence{a.fence}}
	client := id.New[id.Client]()
	for i := range n {
		b.Revisions = append(b.Revisions, storage.Revision{Rev: head + 1 + ot.Rev(i), Edit: id.New[id.Edit](), Author: a.fence.User,
			Client: client, Seq: int64(i) + 1, At: a.doc.CreatedAt, Kind: storage.KindEdit, Delta: []byte(`{"ops":[]}`)})
	}
	return b
}

func (a *author) append(b storage.Batch) error {
	outcomes, err := a.Append(context.Background(), []storage.Batch{b})
	if err == nil {
		err = outcomes[0]
	}
	return err
}

// length is how many revisions the log has, asked beside the store.
func (a *author) length(t *testing.T, url string) (n ot.Rev) {
	t.Helper()
	db, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRowContext(t.Context(), "SELECT count(*) FROM revisions").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// settle waits until no other transaction is under way.
func settle(t *testing.T, url string) {
	t.Helper()
	db, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for others := 1; others > 0; {
		err := db.QueryRowContext(t.Context(), "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'").Scan(&others)
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestAppendWhoseAnswerIsLost(t *testing.T) {
	for _, fault := range []struct {
		name   string
		fault  pgtest.Fault
		stands ot.Rev
	}{{"Landed", pgtest.LoseAnswers, 4}, {"NeverArrived", pgtest.LoseCalls, 1}} {
		t.Run(fault.name, func(t *testing.T) {
			url := pgtest.URL(t)
			proxy := pgtest.NewProxy(t, url)
			a := newAuthor(t, proxy.URL)
			if err := a.append(a.batch(0, 1)); err != nil { // its statements are prepared now: there is one answer to lose
				t.Fatal(err)
			}
			b := a.batch(1, 3)
			proxy.Set(fault.fault)
			if err := a.append(b); !errors.Is(err, storage.ErrUnknown) {
				t.Fatalf("got %v, want %v", err, storage.ErrUnknown)
			}
			proxy.Set(pgtest.Refuse)
			if err := a.append(b); !errors.Is(err, storage.ErrUnavailable) {
				t.Fatalf("got %v while nothing answers, want %v", err, storage.ErrUnavailable)
			}
			proxy.Set(pgtest.Healthy)
			settle(t, url)
			if n := a.length(t, url); n != fault.stands {
				t.Fatalf("%d revisions stand, want %d", n, fault.stands)
			}
			for range 2 {
				if err := a.append(b); err != nil {
					t.Fatalf("the same again: %v", err)
				}
			}
			if n := a.length(t, url); n != 4 {
				t.Fatalf("%d revisions stand, want 4", n)
			}
		})
	}
}

// Each of the other writes, its answer lost, made again: once, as the audit has it too.
func TestWritesWhoseAnswerIsLost(t *testing.T) {
	url := pgtest.URL(t)
	proxy := pgtest.NewProxy(t, url)
	a := newAuthor(t, proxy.URL)
	guard := func() storage.Guard {
		access, err := a.Access(t.Context(), a.doc.ID)
		if err != nil {
			t.Fatal(err)
		}
		return storage.Guard{AccessVersion: access.Document.AccessVersion, Fence: a.fence}
	}
	user := storage.User{ID: id.New[id.User](), Email: "b@example.org", CreatedAt: 1}
	invitation := storage.Invitation{ID: id.New[id.Invitation](), Hash: storage.Hash{1}, CreatedAt: 1, ExpiresAt: 1 << 60}
	token := storage.Token{ID: id.New[id.Credential](), Hash: storage.Hash{2}, User: a.fence.User, CreatedAt: 1}
	session := storage.Session{ID: id.New[id.Credential](), Hash: storage.Hash{3}, User: a.fence.User, CreatedAt: 1, ExpiresAt: 1 << 60}
	ticket := storage.Ticket{Hash: storage.Hash{4}, Doc: a.doc.ID, User: a.fence.User, Credential: a.fence.Credential, ExpiresAt: 1 << 60}
	doc := a.doc
	doc.ID = id.New[id.Doc]()
	var held storage.Guard
	grant := storage.Grant{GrantedBy: a.fence.User, GrantedAt: 5}
	ctx := t.Context()
	unaudited := []string{"ProlongSession", "TouchToken", "PutTicket", "PutSnapshot", "Expire"}
	rows := func() (n int) {
		err := storage.EachAudited(ctx, a, storage.AuditFilter{All: true}, func(*storage.Audited) error { n++; return nil })
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	policy := storage.Policy{Version: 1, ExpiryDays: 7}
	for _, write := range []struct {
		name    string
		prepare func()
		call    func() error
	}{
		{"PutInvitation", nil, func() error { return a.PutInvitation(ctx, invitation, storage.By{Fence: &a.fence}) }},
		{"CreateUser", nil, func() error { _, err := a.CreateUser(ctx, user, &invitation.Hash, storage.By{}); return err }},
		{"PutSession", nil, func() error { return a.PutSession(ctx, session, storage.Note{}) }},
		{"ProlongSession", nil, func() error { return a.ProlongSession(ctx, session.ID, 1<<60+1, 1) }},
		{"EndSession", nil, func() error {
			ended, err := a.EndSession(ctx, session.Hash, 7, storage.Note{})
			if err == nil && ended != session.ID {
				err = errors.New("not told that it was live")
			}
			return err
		}},
		{"PutToken", nil, func() error { return a.PutToken(ctx, token, storage.By{Fence: &a.fence}) }},
		{"TouchToken", nil, func() error { return a.TouchToken(ctx, token.ID, 60_000_000) }},
		{"RevokeToken", nil, func() error { return a.RevokeToken(ctx, a.fence.User, token.ID, 8, storage.By{}) }},
		{"PutTicket", nil, func() error { return a.PutTicket(ctx, ticket, 1, 1) }},
		{"SetPassword", nil, func() error { return a.SetPassword(ctx, a.fence.User, "x", storage.By{Fence: &a.fence}, 9) }},
		{"CreateDocument", nil, func() error { return a.CreateDocument(ctx, doc, storage.By{Fence: &a.fence}) }},
		{"PutSnapshot", nil, func() error { return a.PutSnapshot(ctx, a.doc.ID, storage.Snapshot{Content: []byte("{}")}) }},
		{"Rename", func() { held = guard() }, func() error { return a.Rename(ctx, a.doc.ID, "T", a.doc.UpdatedAt+1, held) }},
		{"PutGrant", func() { held = guard(); grant.To.Kind, grant.To.ID, grant.Role = 1, user.ID, 3 }, func() error {
			_, err := a.PutGrant(ctx, a.doc.ID, grant, held)
			return err
		}},
		{"DropGrant", func() { held = guard() }, func() error { _, err := a.DropGrant(ctx, a.doc.ID, grant.To, held); return err }},
		{"Expire", nil, func() error { return a.Expire(ctx, 1) }},
		{"Notice", nil, func() error {
			_, err := a.Notice(ctx, a.doc.ID, storage.By{Fence: &a.fence}, storage.AuditDenied, "delete")
			return err
		}},
		{"SetPolicy", nil, func() error { _, _, err := a.SetPolicy(ctx, policy, 10, storage.By{}); return err }},
		{"Offboard", nil, func() error { _, err := a.Offboard(ctx, user.ID, id.User{}, 10, 9, storage.By{}); return err }},
		{"DeleteDocument", func() { held = guard() }, func() error { return a.DeleteDocument(ctx, a.doc.ID, 11, held) }},
	} {
		t.Run(write.name, func(t *testing.T) {
			if write.prepare != nil {
				write.prepare()
			}
			before, want := rows(), 1
			if slices.Contains(unaudited, write.name) {
				want = 0
			}
			proxy.LoseAnswerTo("commit")
			if err := write.call(); !errors.Is(err, storage.ErrUnknown) {
				t.Fatalf("got %v, want %v", err, storage.ErrUnknown)
			}
			proxy.Set(pgtest.Healthy)
			for range 2 {
				if err := write.call(); err != nil {
					t.Fatalf("the same again: %v", err)
				}
			}
			if wrote := rows() - before; wrote != want {
				t.Errorf("%d rows in the audit, want %d", wrote, want)
			}
		})
	}
	err := storage.VerifyAudits(ctx, a, nil, func(_ storage.AuditHead, err error) error { return err })
	if err != nil {
		t.Error(err)
	}
}

// TestTicketWhoseAnswerIsLost: it is taken, by a statement that commits itself, and nobody gets it.
func TestTicketWhoseAnswerIsLost(t *testing.T) {
	proxy := pgtest.NewProxy(t, pgtest.URL(t))
	a := newAuthor(t, proxy.URL)
	ticket := storage.Ticket{Doc: a.doc.ID, User: a.fence.User, Credential: a.fence.Credential, ExpiresAt: 1 << 60}
	copy(ticket.Hash[:], "the ticket that is lost")
	if err := a.PutTicket(t.Context(), ticket, 1, 1); err != nil {
		t.Fatal(err)
	}
	take := func(hash storage.Hash, want error) {
		t.Helper()
		if _, err := a.TakeTicket(t.Context(), hash, 1); !errors.Is(err, want) {
			t.Errorf("got %v, want %v", err, want)
		}
	}
	take(storage.Hash{}, storage.ErrNoTicket) // and from now on the statement is prepared
	proxy.LoseAnswerTo("the ticket that is lost")
	take(ticket.Hash, storage.ErrUnknown)
	proxy.Set(pgtest.Healthy)
	take(ticket.Hash, storage.ErrNoTicket)
}

// Postgres crashes and restarts while several write: what was acknowledged stands, what is unknown is settled by the same call.
func TestRestartsLoseNothing(t *testing.T) {
	server := pgtest.Start(t)
	url := server.Database(t)
	var authors []*author
	for range 4 {
		authors = append(authors, newAuthor(t, url))
	}
	stop := make(chan struct{})
	var writing sync.WaitGroup
	logs := make([][]id.Edit, len(authors))
	for i, a := range authors {
		writing.Go(func() {
			for head := ot.Rev(0); ; head++ {
				b := a.batch(head, 1)
				for err := a.append(b); err != nil; err = a.append(b) {
					if !errors.Is(err, storage.ErrUnknown) && !errors.Is(err, storage.ErrUnavailable) {
						t.Errorf("author %d, revision %d: %v", i, head+1, err)
						return
					}
				}
				logs[i] = append(logs[i], b.Revisions[0].Edit)
				select {
				case <-stop:
					return
				default:
				}
			}
		})
	}
	for _, mode := range []string{"immediate", "fast", "immediate"} {
		server.Restart(t, mode)
		behind(t, server.URL, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'coscribe'")
	}
	close(stop)
	writing.Wait()
	for i, a := range authors {
		log, err := a.After(t.Context(), a.doc.ID, 0, 1_000_000)
		for errors.Is(err, storage.ErrUnavailable) { // by a connection from before the last restart
			log, err = a.After(t.Context(), a.doc.ID, 0, 1_000_000)
		}
		if err != nil {
			t.Fatal(err)
		}
		var stored []id.Edit
		for _, r := range log {
			stored = append(stored, r.Edit)
		}
		if !slices.Equal(stored, logs[i]) {
			t.Errorf("author %d: %d revisions stand, %d were acknowledged", i, len(stored), len(logs[i]))
		}
	}
}

func TestReadOnlyDatabaseIsNotReady(t *testing.T) {
	url := pgtest.URL(t)
	a := newAuthor(t, url)
	name, _, _ := strings.Cut(url[strings.LastIndex(url, "coscribe_"):], "?")
	terminate := "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'coscribe' AND datname = current_database()"
	behind(t, url, "ALTER DATABASE "+name+" SET default_transaction_read_only = on")
	behind(t, url, terminate)
	ready := func() error {
		err := a.Ready(t.Context())
		if err != nil { // a connection that was ended may be found so by this call
			err = a.Ready(t.Context())
		}
		return err
	}
	if err := ready(); !errors.Is(err, storage.ErrUnavailable) {
		t.Fatalf("got %v, want %v", err, storage.ErrUnavailable)
	}
	// A connection that was ended is found so by the call that uses it, which cannot know what the database has heard.
	batch := a.batch(0, 1)
	again := func() error {
		err := a.append(batch)
		for errors.Is(err, storage.ErrUnknown) {
			err = a.append(batch)
		}
		return err
	}
	if err := again(); !errors.Is(err, storage.ErrUnavailable) {
		t.Fatalf("got %v, want %v", err, storage.ErrUnavailable)
	}
	behind(t, strings.Replace(url, "?", "?options=-cdefault_transaction_read_only%3Doff&", 1), "ALTER DATABASE "+name+" RESET default_transaction_read_only")
	behind(t, url, terminate)
	if err := errors.Join(ready(), again()); err != nil {
		t.Fatal(err)
	}
}

// The role of a server needs no right to change or delete what is in the log.
func TestAppendNeedsNoRightToChangeTheLog(t *testing.T) {
	url := pgtest.URL(t)
	a := newAuthor(t, url)
	role := "writer_" + strings.ReplaceAll(id.New[id.Request]().String(), "-", "")
	behind(t, url, "CREATE ROLE "+role+" LOGIN")
	t.Cleanup(func() {
		db, err := sql.Open("pgx", url)
		if err == nil {
			_, err = db.Exec("DROP OWNED BY " + role + "; DROP ROLE " + role)
			db.Close()
		}
		if err != nil {
			t.Error(err)
		}
	})
	behind(t, url, "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO "+role)
	behind(t, url, "REVOKE UPDATE, DELETE ON revisions FROM "+role)
	store, err := postgres.Open(t.Context(), strings.Replace(url, "postgres@", role+"@", 1))
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	b := a.batch(0, 3)
	for range 2 {
		outcomes, err := store.Append(t.Context(), []storage.Batch{b})
		if err = errors.Join(append(outcomes, err)...); err != nil {
			t.Fatal(err)
		}
	}
	if loaded, err := store.Load(t.Context(), a.doc.ID); err != nil || len(loaded.Tail) != 3 {
		t.Fatalf("got %d revisions, %v", len(loaded.Tail), err)
	}
}
