package main

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage/id"
	"github.com/coscribe/coscribe/storage/pgtest"
)

// operator is somebody at a Postgres, with whatever it takes.
func operator(t *testing.T, url string) (do func(statement string)) {
	return func(statement string) {
		t.Helper()
		ctx := context.Background() // some of it comes after the test
		conn, err := pgx.Connect(ctx, url)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close(ctx)
		if _, err := conn.Exec(ctx, statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

// serveBriefly starts a server, and stops it as soon as it serves.
func serveBriefly(t *testing.T, args ...string) (log string, err error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var stderr bytes.Buffer
	err = run(ctx, append([]string{"--listen", "127.0.0.1:0"}, args...), &trigger{on: "Coscribe is at", do: cancel}, &stderr)
	return stderr.String(), err
}

// TestForgetfulDatabaseIsRefused: a Postgres that answers before its disk has it would break the first promise, whoever told it to.
func TestForgetfulDatabaseIsRefused(t *testing.T) {
	server := pgtest.Start(t)
	do := operator(t, server.URL)
	for _, c := range []struct{ off, how, back string }{
		{"synchronous_commit", "ALTER DATABASE %s SET synchronous_commit = off", "ALTER DATABASE %s RESET synchronous_commit"},
		{"synchronous_commit", "ALTER ROLE postgres SET synchronous_commit = off", "ALTER ROLE postgres RESET synchronous_commit"},
		{"synchronous_commit", "ALTER SYSTEM SET synchronous_commit = off", "ALTER SYSTEM RESET synchronous_commit"},
		{"fsync", "ALTER SYSTEM SET fsync = off", "ALTER SYSTEM RESET fsync"},
		{"full_page_writes", "ALTER SYSTEM SET full_page_writes = off", "ALTER SYSTEM RESET full_page_writes"},
	} {
		t.Run(c.how, func(t *testing.T) {
			url := server.Database(t)
			config, err := pgx.ParseConfig(url)
			if err != nil {
				t.Fatal(err)
			}
			do(strings.Replace(c.how, "%s", config.Database, 1))
			server.Restart(t, "fast")
			defer func() {
				do(strings.Replace(c.back, "%s", config.Database, 1))
				server.Restart(t, "fast")
			}()
			want := c.off + "=off"
			if _, err := serveBriefly(t, "--allow-unsafe-database=false", "--database-url", url); err == nil ||
				!strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "--allow-unsafe-database") {
				t.Errorf("it started with %v, want a sentence with %s", err, want)
			}
			if log, err := serveBriefly(t, "--allow-unsafe-database", "--database-url", url); err != nil || !strings.Contains(log, want) {
				t.Errorf("who allows it is served with %v, and a log without %s: %s", err, want, log)
			}
		})
	}
	if log, err := serveBriefly(t, "--allow-unsafe-database=false", "--database-url", server.Database(t)); err != nil || strings.Contains(log, "=off") {
		t.Errorf("a database as it comes is served with %v: %s", err, log)
	}
}

// TestMigrateMakesWayForAServer: one role migrates, and another serves, which can do all that a server must, and cannot rewrite the past.
func TestMigrateMakesWayForAServer(t *testing.T) {
	url := pgtest.URL(t)
	do := operator(t, url)
	role := "server_" + strings.ReplaceAll(id.New[id.Request]().String(), "-", "")
	served := strings.Replace(url, "postgres@", role+"@", 1)
	do("REVOKE CREATE ON SCHEMA public FROM PUBLIC") // as it is from Postgres 15 on

	migrate := func(args ...string) (string, error) {
		var stdout bytes.Buffer
		err := run(t.Context(), append([]string{"migrate"}, args...), &stdout, os.Stderr)
		return stdout.String(), err
	}
	if _, err := migrate("--migrate-url", url, "--grant-to", role); err == nil || !strings.Contains(err.Error(), "CREATE ROLE") {
		t.Errorf("a role that is not there: %v", err)
	}
	do("CREATE ROLE " + role + " LOGIN")
	t.Cleanup(func() { do("DROP OWNED BY " + role); do("DROP ROLE " + role) })
	if _, err := migrate("--migrate-url", url, "--grant-to", "postgres"); err == nil || !strings.Contains(err.Error(), "one of its own") {
		t.Errorf("the role that migrates: %v", err)
	}
	if _, err := migrate(); err == nil || !strings.Contains(err.Error(), "--migrate-url") {
		t.Errorf("without an address: %v", err)
	}

	do("DROP SCHEMA public CASCADE")
	do("CREATE SCHEMA public")
	do("GRANT USAGE ON SCHEMA public TO " + role)
	if _, err := serveBriefly(t, "--database-url", served); err == nil || !strings.Contains(err.Error(), "coscribe migrate") {
		t.Errorf("a server that finds nothing, and may make nothing: %v", err)
	}
	for range 2 { // with each version again
		if said, err := migrate("--migrate-url", url, "--grant-to", role); err != nil || !strings.Contains(said, role) {
			t.Fatalf("%v: %s", err, said)
		}
	}

	l := startHere(t, "--database-url", served)
	admin := administrator(t, l.process)
	made, err := admin.CreateDocument(t.Context(), "Written by a server that may write")
	if err != nil {
		t.Fatal(err)
	}
	written, err := admin.WriteOps(t.Context(), made.ID, wire.WriteOps{
		Epoch: 1, Mode: "rebase", Client: id.New[id.Client](), Seq: 1, IDs: []id.Edit{id.New[id.Edit]()}, Ops: []ot.Delta{ot.New().Insert("x", nil).MustDelta()},
	})
	if err != nil || len(written.Items) != 1 {
		t.Errorf("written %+v, %v", written, err)
	}
	if err := admin.Delete(t.Context(), made.ID); err != nil {
		t.Errorf("delete: %v", err)
	}
	if log := l.log.String(); strings.Contains(log, "can rewrite") {
		t.Errorf("its role can do more than it needs: %s", log)
	}
}
