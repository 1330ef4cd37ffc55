package main

import (
	"crypto/sha256"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coscribe/coscribe/authz"
	"github.com/coscribe/coscribe/client"
	"github.com/coscribe/coscribe/ot"
	"github.com/coscribe/coscribe/server/wire"
	"github.com/coscribe/coscribe/storage"
	"github.com/coscribe/coscribe/storage/id"
	"github.com/coscribe/coscribe/storage/pgtest"
)

// TestMeasureAccess prints what access control costs whom it is asked over the wire, on Postgres: why somebody may, in a document with
// 10,000 grants; the first page of 10,000 documents; and from the call that takes a right away until nothing comes any more over a
// socket. With COSCRIBE_MEASURE in the environment; it asserts nothing, since every machine has its own figures.
func TestMeasureAccess(t *testing.T) {
	if os.Getenv("COSCRIBE_MEASURE") == "" {
		t.Skip("COSCRIBE_MEASURE is not set")
	}
	const many = 10_000
	var store storage.Store
	p := startOn(t, func(s storage.Store) storage.Store { store = s; return s }, "--database-url", pgtest.URL(t), "--limits-profile", "load")
	store.Bound(storage.Bounds{Sessions: many, Tokens: many, Documents: 2 * many, Groups: many, Members: many, Links: many, Entrants: many, Grants: 2 * many, Addresses: 2 * many, Requests: many, Notices: many})
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ana, ben := withCookies(t, p.url), withCookies(t, p.url)
	_, setup, _ := strings.Cut(p.setup, "#")
	begun, err := ana.SignUp(ctx, wire.SignUp{Invitation: setup, Email: "ana@example.com", Name: "Ana", Password: password})
	must(err)
	boss := begun.User
	_, invitation, _ := strings.Cut(invite(t, ana), "#")
	begun, err = ben.SignUp(ctx, wire.SignUp{Invitation: invitation, Email: "ben@example.com", Name: "Ben", Password: password})
	must(err)
	reader := begun.User
	token := storage.Token{ID: id.New[id.Credential](), Hash: sha256.Sum256([]byte("measure")), User: boss.ID, Name: "x", CreatedAt: storage.At(time.Now())}
	must(store.PutToken(ctx, token, storage.By{}))
	fence := storage.Fence{User: boss.ID, Credential: storage.Credential{Kind: storage.ByToken, ID: token.ID}}
	grant := func(doc id.Doc, version int64, to authz.Principal, address string) {
		given := storage.Grant{Right: authz.Right{To: to, Role: authz.Editor}, Address: address, GrantedBy: boss.ID, GrantedAt: storage.At(time.Now())}
		_, err := store.PutGrant(ctx, doc, given, storage.Guard{AccessVersion: version, Fence: fence})
		must(err)
	}
	toReader := authz.Principal{Kind: authz.ToUser, ID: reader.ID}

	made, err := ana.CreateDocument(ctx, "Long list")
	must(err)
	for i := range int64(many) {
		address := fmt.Sprintf("somebody-%d@example.com", i)
		grant(made.ID, i+1, storage.ToAddress(address), address)
	}
	grant(made.ID, many+1, toReader, "")
	took := func(what string, times int, call func() error) {
		var all []time.Duration
		for range times {
			begun := time.Now()
			must(call())
			all = append(all, time.Since(begun))
		}
		report(t, what, all)
	}
	took("explain among 10,000 grants", 100, func() error {
		why, err := ana.Explain(ctx, made.ID, client.ToUser(reader.ID))
		if err == nil && len(why.Paths) != 1 {
			err = fmt.Errorf("%d paths", len(why.Paths))
		}
		return err
	})

	var filling sync.WaitGroup
	for part := range 8 {
		filling.Go(func() {
			for i := part; i < many; i += 8 {
				doc := storage.Document{ID: id.New[id.Doc](), Title: fmt.Sprint("Document ", i), Owner: boss.ID, Epoch: 1, AccessVersion: 1,
					CreatedAt: storage.At(time.Now()), UpdatedAt: storage.At(time.Now().Add(-time.Duration(i) * time.Minute))}
				if i%2 == 0 {
					doc.Owner = reader.ID
				}
				if err := store.CreateDocument(ctx, doc, storage.By{}); err != nil {
					t.Error(err)
				}
				if doc.Owner == boss.ID {
					grant(doc.ID, 1, toReader, "")
				}
			}
		})
	}
	filling.Wait()
	took("first page of 10,000 documents", 100, func() error {
		for _, err := range ben.Documents(ctx) {
			return err // of the first page
		}
		return nil
	})

	watched, err := ana.CreateDocument(ctx, "Watched")
	must(err)
	writer, err := ana.Open(ctx, watched.ID)
	must(err)
	defer writer.Close()
	key, err := ot.New().Insert("x", nil).Delta()
	must(err)
	var stopped []time.Duration
	for range 200 {
		must(ana.Grant(ctx, watched.ID, client.ToUser(reader.ID), wire.PutGrant{Role: authz.Viewer}))
		seen, err := ben.Open(ctx, watched.ID)
		must(err)
		last := make(chan time.Time, 1)
		go func() { // when what they have last changed
			at, rev := time.Now(), ot.Rev(-1)
			for {
				changed := seen.Changed()
				if is, _ := seen.Committed(); is != rev {
					at, rev = time.Now(), is
				}
				select {
				case <-changed:
				case <-seen.Done():
					last <- at
					return
				}
			}
		}()
		for range 3 {
			_, err := writer.Submit(ctx, key)
			must(err)
		}
		writing, stop := make(chan struct{}), make(chan struct{})
		go func() {
			defer close(writing)
			for {
				select {
				case <-stop:
					return
				default:
					_, _ = writer.Submit(ctx, key)
				}
			}
		}()
		must(ana.Revoke(ctx, watched.ID, client.ToUser(reader.ID)))
		returned := time.Now()
		stopped = append(stopped, max(0, (<-last).Sub(returned)))
		close(stop)
		<-writing
		_ = seen.Close()
	}
	report(t, "from a revocation's answer to the last revision over the socket", stopped)
}

func report(t *testing.T, what string, all []time.Duration) {
	t.Helper()
	slices.Sort(all)
	fmt.Printf("%s: p50 %v, p99 %v, most %v, of %d\n", what, all[len(all)/2].Round(10*time.Microsecond), all[len(all)*99/100].Round(10*time.Microsecond),
		all[len(all)-1].Round(10*time.Microsecond), len(all))
}
